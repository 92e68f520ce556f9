"""Prodigy's JSONL export and its traps."""

import json

import pytest

from training.formats import FORMATS
from training.formats.draft import Options

pytest.importorskip("regex")

TEXT = "The nurse carelessly failed to check the allergy status."
RECORD = {
    "text": TEXT,
    "_input_hash": 1,
    "_task_hash": 2,
    "tokens": [{"text": "The", "start": 0, "end": 3, "id": 0, "ws": True}],
    "spans": [{"start": 10, "end": 20, "token_start": 2, "token_end": 2, "label": "CHARACTER"}],
    "options": [{"id": "INDIVIDUAL", "text": "individual"}],
    "accept": ["INDIVIDUAL"],
    "answer": "accept",
    "_annotator_id": "db-ann1",
    "_session_id": "db-ann1",
    "_timestamp": 1763900000,
    "_view_id": "blocks",
}


def read(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return FORMATS["prodigy"].read(path, Options())


def test_spans_and_choices_are_read(tmp_path):
    found = read(tmp_path / "p.jsonl", RECORD)
    (layer,) = found.documents[0].layers
    assert (layer.annotator, layer.spans[0].words, layer.spans[0].category) == ("db-ann1", "carelessly", "character")
    assert layer.attribution == ("individual",)


@pytest.mark.parametrize("answer", ["reject", "ignore"])
def test_only_accept_says_anything(tmp_path, answer):
    found = read(tmp_path / "p.jsonl", RECORD | {"answer": answer})
    assert found.documents[0].layers == ()
    assert found.skipped == 1


def test_accept_without_spans_says_that_there_is_nothing(tmp_path):
    found = read(tmp_path / "p.jsonl", RECORD | {"spans": [], "accept": []})
    assert found.documents[0].layers[0].spans == ()


def test_of_two_answers_to_one_task_the_last_counts(tmp_path):
    later = RECORD | {"spans": [RECORD["spans"][0] | {"label": "JUDGEMENT"}]}
    other = RECORD | {"_annotator_id": "db-ann2"}
    found = read(tmp_path / "p.jsonl", RECORD, other, later)
    assert [(layer.annotator, layer.spans[0].category) for layer in found.documents[0].layers] == [("db-ann1", "judgement"), ("db-ann2", "character")]
    assert (found.read, found.skipped) == (2, 1)


def test_spans_and_choices_of_two_sessions_are_one_layer(tmp_path):
    choice = {key: value for key, value in RECORD.items() if key != "spans"} | {"_task_hash": 3}
    found = read(tmp_path / "p.jsonl", RECORD | {"accept": []}, choice)
    (layer,) = found.documents[0].layers
    assert (len(layer.spans), layer.attribution) == (1, ("individual",))


def test_offsets_are_code_points_also_where_words_are_missing(tmp_path):
    span = {"start": 12, "end": 22, "label": "CHARACTER"}
    found = read(tmp_path / "p.jsonl", {"text": "😀 " + TEXT, "spans": [span], "answer": "accept"})
    assert found.documents[0].layers[0].spans[0].words == "carelessly"


def test_tokens_that_do_not_fit_the_text_refuse_it(tmp_path):
    found = read(tmp_path / "p.jsonl", RECORD | {"tokens": [{"text": "Then", "start": 0, "end": 4, "id": 0}]})
    assert "first at 0..4" in found.refused[0][1]


def test_what_is_written_has_inclusive_token_ends(tmp_path):
    source = read(tmp_path / "p.jsonl", RECORD)
    FORMATS["prodigy"].write(source.documents, tmp_path / "out.jsonl")
    record = json.loads((tmp_path / "out.jsonl").read_text())
    for span in record["spans"]:
        assert record["tokens"][span["token_start"]]["start"] == span["start"]
        assert record["tokens"][span["token_end"]]["end"] == span["end"]
    assert "".join(token["text"] + " " * token["ws"] for token in record["tokens"]) == TEXT
