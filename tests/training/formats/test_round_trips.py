"""What is written in any format and read again is the same corpus, whatever the text is made of."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.corpus import ATTRIBUTIONS, CATEGORIES, FACTORS, STRENGTHS, BlameSpan, Document, Layer, Origin, SentenceMark, digest
from training.formats import FORMATS, detect
from training.formats.draft import Options

pytest.importorskip("regex")
FILES = {
    "corpus": "c.jsonl",
    "doccano": "d.jsonl",
    "label-studio": "l.json",
    "prodigy": "p.jsonl",
    "brat": "brat",
    "inception": "xmi",
    "webanno-tsv": "tsv",
    "csv": "t.csv",
    "xlsx": "t.xlsx",
    "docbin": "d.spacy",
}
WORDS = ("The", "nurse", "failed", "naïve", "e\u0301", "😀", "👩\u200d⚕️", "Z\u0303a", "don't", "[1]", "\ufeff", "a|b", "\\n")
SIGNS = ("#Text=", "_x000D_", "=1+1", "<b>&", '"', ";", "_", "*", "->")
GAPS = (" ", "  ", "\u00a0", "\r\n", "\n", "\r", "\t", "\u2028", "\x85", "")
NAMES = st.text(st.sampled_from("abZ09 /.-_%é😀"), min_size=1, max_size=6)


@st.composite
def layers(draw, text: str, sentences: tuple[SentenceMark, ...], annotator: str) -> Layer:
    solid = [at for at, character in enumerate(text) if not character.isspace()]
    ends = sorted(draw(st.lists(st.sampled_from(solid), max_size=6, unique=True))) if solid else []
    spans = tuple(
        BlameSpan(start=start, end=end + 1, category=draw(st.sampled_from(CATEGORIES)), reported=draw(st.booleans()), words=text[start : end + 1])
        for start, end in list(pairwise(ends))[::2]
    )
    count = len(sentences)

    def answers(one):
        return st.lists(st.none() | one, min_size=count, max_size=count).map(tuple)

    factors = st.lists(st.sampled_from(FACTORS), unique=True).map(tuple)
    return Layer(
        annotator=annotator,
        spans=spans,
        attribution=draw(answers(st.sampled_from(ATTRIBUTIONS))),
        factors=draw(answers(factors)),
        action_strength=draw(answers(st.sampled_from(STRENGTHS))),
    )


@st.composite
def documents(draw, name: str) -> Document:
    pieces = draw(st.lists(st.tuples(st.sampled_from(WORDS + SIGNS), st.sampled_from(GAPS)), max_size=12))
    text = draw(st.sampled_from(GAPS)) + "".join(word + gap for word, gap in pieces)
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=3))})
    parts = [(start, text[start:end]) for start, end in pairwise(cuts) if text[start:end].strip()]
    tight = [(start + len(part) - len(part.lstrip()), part.strip()) for start, part in parts]
    sentences = tuple(SentenceMark(start=start, end=start + len(words), sha256=digest(words)) for start, words in tight)
    annotators = draw(st.lists(NAMES, max_size=3, unique_by=str.casefold))
    return Document(
        id=name,
        text=text,
        origin=Origin(source="s", licence="CC0-1.0", row=draw(st.none() | st.integers(0, 9)), path=draw(st.none() | NAMES)),
        group=draw(NAMES),
        slice=draw(st.sampled_from(("authored", "random"))),
        split=draw(st.sampled_from((None, "train", "test"))),
        meta=draw(st.dictionaries(NAMES, NAMES, max_size=1)),
        sentences=sentences,
        layers=tuple(draw(layers(text, sentences, annotator)) for annotator in annotators),
    )


corpora = st.lists(NAMES, min_size=1, max_size=3, unique_by=str.casefold).flatmap(lambda names: st.tuples(*map(documents, names)))


def comparable(found) -> list[Document]:
    """Documents and layers in order of name: folders keep no other."""
    return [
        document.model_copy(update={"layers": tuple(sorted(document.layers, key=lambda layer: layer.annotator))})
        for document in sorted(found, key=lambda document: document.id)
    ]


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(corpus=corpora)
def test_a_round_trip_loses_nothing(name, corpus):
    if name in {"inception", "xlsx"}:
        pytest.importorskip({"inception": "cassis", "xlsx": "openpyxl"}[name])
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILES[name]
        FORMATS[name].write(corpus, path)
        found = FORMATS[name].read(path, Options())
        assert detect(path) == name or name == "csv"
    assert found.refused == ()
    assert comparable(found.documents) == comparable(corpus)
    assert found.repaired == 0
