"""spaCy's DocBin."""

import pytest
import spacy
from spacy.tokens import DocBin

from nlp.errors import UnreadableInputError
from training.formats import FORMATS
from training.formats.draft import Options

pytest.importorskip("regex")

TEXT = "The nurse failed to check."


def saved(path, prepare):
    doc = spacy.blank("en")(TEXT)
    prepare(doc)
    DocBin(docs=[doc]).to_disk(path)
    return FORMATS["docbin"].read(path, Options(labels={"FAIL": "failure"}))


def test_entities_spans_and_categories_of_others_are_read(tmp_path):
    def prepare(doc):
        doc.ents = [doc.char_span(10, 25, label="FAIL")]
        doc.spans["mine"] = [doc.char_span(4, 9, label="character")]
        doc.cats = {"individual": 0.9, "system": 0.1}

    found = saved(tmp_path / "d.spacy", prepare)
    (layer,) = found.documents[0].layers
    assert [(span.words, span.category) for span in layer.spans] == [("nurse", "character"), ("failed to check", "failure")]
    assert layer.attribution == ("individual",)


def test_sentences_set_in_the_doc_are_kept(tmp_path):
    def prepare(doc):
        for token in doc:
            token.is_sent_start = token.i in {0, 2}

    found = saved(tmp_path / "d.spacy", prepare)
    assert [(mark.start, mark.end) for mark in found.documents[0].sentences] == [(0, 9), (10, 26)]


def test_blame_is_written_where_the_span_categoriser_looks(tmp_path):
    found = saved(tmp_path / "d.spacy", lambda doc: doc.spans.update({"sc": [doc.char_span(10, 16, label="failure")]}))
    FORMATS["docbin"].write(found.documents, tmp_path / "out.spacy")
    (doc,) = DocBin().from_disk(tmp_path / "out.spacy").get_docs(spacy.blank("en").vocab)
    assert [(span.text, span.label_) for span in doc.spans["sc"]] == [("failed", "failure")]


def test_something_else_is_no_docbin(tmp_path):
    (tmp_path / "d.spacy").write_text("text")
    with pytest.raises(UnreadableInputError, match="not a DocBin"):
        FORMATS["docbin"].read(tmp_path / "d.spacy", Options())
