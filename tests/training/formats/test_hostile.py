"""Exports with anything anywhere are read or refused in a sentence; no other error comes out."""

import json
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import SecondStoryError
from training.formats import FORMATS, detect
from training.formats.draft import Options

TEXT = "The nurse carelessly failed."
REGION = {"id": "r1", "from_name": "span", "type": "labels", "value": {"start": 10, "end": 20, "text": "carelessly", "labels": ["character"]}}
CHOICE = {"id": "r1", "from_name": "reported", "type": "choices", "value": {"choices": ["reported"]}}
SAMPLES = {
    "doccano": {"id": 1, "text": TEXT, "entities": [{"label": "character", "start_offset": 10, "end_offset": 20, "user": 1}], "relations": []},
    "label-studio": {"id": 1, "data": {"text": TEXT}, "annotations": [{"completed_by": {"id": 1}, "result": [REGION, CHOICE]}]},
    "prodigy": {
        "text": TEXT,
        "meta": {"id": 1},
        "tokens": [{"start": 0, "end": 3, "text": "The"}],
        "spans": [{"start": 10, "end": 20, "label": "character"}],
        "answer": "accept",
    },
}
ANYTHING = st.none() | st.booleans() | st.integers(-3, 99) | st.text(max_size=3) | st.just([]) | st.just([1]) | st.just({}) | st.just({"a": "b"})


def places(value, path=()):
    if path:
        yield path
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(each, (*path, key))


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_value_anywhere(name, data):
    record = deepcopy(SAMPLES[name])
    *way, last = data.draw(st.sampled_from(list(places(record))))
    target = record
    for key in way:
        target = target[key]
    target[last] = data.draw(ANYTHING)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.json"
        path.write_text(json.dumps([record]), encoding="utf-8")
        message = ""
        try:
            FORMATS[name].read(path, Options())
        except SecondStoryError as error:
            message = str(error)
        assert "carelessly" not in message


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.tsv", "a.csv", "a.xlsx", "a.xmi", "a.spacy", "a.ann", "a.zip", "a"])
@settings(deadline=None)
@given(content=st.binary(max_size=30))
def test_any_bytes_under_any_name(name, content):
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        with suppress(SecondStoryError):
            FORMATS[detect(path)].read(path, Options())
