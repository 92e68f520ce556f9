"""Drafts become documents without a guess."""

import pytest

from training.corpus import BlameSpan
from training.formats.building import build
from training.formats.draft import Draft, Mark, Options
from training.formats.records import card_of

pytest.importorskip("regex")

TEXT = "The nurse carelessly failed to check the allergy status."
TWO = "The nurse failed to check. She was tired."


def one(*marks: Mark, text: str = TEXT, labels=None, **fields):
    found = build([Draft(id="1", text=text, marks=marks, **fields)], Options(labels=labels or {}))
    return found, (found.documents[0].layers[0] if found.documents and found.documents[0].layers else None)


def test_labels_are_read_whatever_their_case():
    _, layer = one(Mark(label="CHARACTER", start=10, end=20), Mark(label="Attribution: Individual", start=0, end=56))
    assert layer.spans == (BlameSpan(start=10, end=20, category="character", words="carelessly"),)
    assert layer.attribution == ("individual",)


def test_a_map_says_what_other_labels_stand_for():
    found, layer = one(Mark(label="FAILURE_VERB", start=21, end=36), Mark(label="PER", start=4, end=9), labels={"failure_verb": "failure", "PER": "-"})
    assert [span.category for span in layer.spans] == ["failure"]
    assert found.skipped == 1


def test_an_unknown_label_is_refused_with_the_labels_there_are():
    found, _ = one(Mark(label="WRONG", start=10, end=20))
    assert found.documents == ()
    assert "'WRONG'" in found.refused[0][1]
    assert "person_focused_action" in found.refused[0][1]


def test_a_label_that_may_be_report_text_is_not_repeated():
    found, _ = one(Mark(label="Nurse Smith, who was on duty, failed.", start=10, end=20))
    assert "Smith" not in found.refused[0][1]


def test_of_two_categories_on_one_region_the_first_in_precedence_stays():
    found, layer = one(Mark(label="failure", start=10, end=20), Mark(label="character", start=10, end=20))
    assert [span.category for span in layer.spans] == ["character"]
    assert found.repaired == 1


def test_blank_edges_are_trimmed_and_counted():
    found, layer = one(Mark(label="failure", start=20, end=37))
    assert (layer.spans[0].words, found.repaired) == ("failed to check", 1)


def test_reported_on_a_whole_quotation_holds_for_the_spans_within():
    _, layer = one(Mark(label="reported", start=0, end=56), Mark(label="failure", start=21, end=36))
    assert layer.spans[0].reported


def test_what_was_not_answered_is_not_the_answer_none():
    found, layer = one(Mark(label="failure", start=10, end=16), text=TWO)
    assert (layer.attribution, layer.factors, layer.action_strength) == ((None, None), (None, None), (None, None))
    found, layer = one(text=TWO)
    assert layer is None
    assert (found.read, found.skipped) == (1, 1)


def test_factor_none_is_an_answer():
    _, layer = one(Mark(label="factor-none", start=0, end=26), Mark(label="factor-person", start=27, end=41), text=TWO)
    assert layer.factors == ((), ("person",))


def test_a_label_of_the_whole_text_is_a_sentence_label_where_there_is_one_sentence():
    _, layer = one(Mark(label="INDIVIDUAL"))
    assert layer.attribution == ("individual",)
    found, layer = one(Mark(label="INDIVIDUAL"), text=TWO)
    assert layer is None
    assert found.skipped == 2


def test_a_category_of_the_whole_text_is_refused():
    found, _ = one(Mark(label="failure"))
    assert "mark the words" in found.refused[0][1]


def test_two_answers_to_one_question_are_refused():
    found, _ = one(Mark(label="individual"), Mark(label="system"))
    assert "two answers" in found.refused[0][1]


def test_annotators_become_layers_and_one_text_one_document():
    marks = (Mark(label="failure", start=21, end=36),)
    found = build([Draft(id="1", text=TEXT, annotator=name, marks=marks) for name in ("ana", "ben")], Options())
    assert [layer.annotator for layer in found.documents[0].layers] == ["ana", "ben"]


def test_two_records_of_one_annotator_are_one_layer():
    drafts = [Draft(id="1", text=TEXT, annotator="ana", marks=(mark,)) for mark in (Mark(label="failure", start=21, end=36), Mark(label="individual"))]
    (layer,) = build(drafts, Options()).documents[0].layers
    assert (len(layer.spans), layer.attribution) == (1, ("individual",))


def test_one_id_with_two_texts_is_refused():
    found = build([Draft(id="1", text=TEXT), Draft(id="1", text=TWO)], Options())
    assert (len(found.documents), len(found.refused)) == (1, 1)


def test_source_and_licence_come_from_the_options():
    found = build([Draft(id="1", text=TEXT)], Options(source="Trust A", licence="CC-BY-4.0"))
    assert (found.documents[0].origin.source, found.documents[0].origin.licence) == ("Trust A", "CC-BY-4.0")


@pytest.mark.parametrize(("exported", "returned"), [("A fell.\r\nHe failed.", "A fell.\nHe failed."), ("A fell.\nHe failed.", "A fell.\r\nHe failed.")])
def test_changed_line_ends_are_put_back_from_the_hashes(exported, returned):
    document = build([Draft(id="1", text=exported)], Options()).documents[0]
    start = returned.index("failed")
    found, layer = one(Mark(label="failure", start=start, end=start + 6), text=returned, card=card_of(document), native="codepoint")
    assert found.documents[0].text == exported
    assert (layer.spans[0].words, found.repaired) == ("failed", 1)


def test_text_changed_otherwise_is_refused():
    document = build([Draft(id="1", text="It was\u00a0poor.")], Options()).documents[0]
    found, _ = one(text="It was poor.", card=card_of(document))
    assert "not the one that was exported" in found.refused[0][1]


def test_lone_surrogates_are_refused():
    found, _ = one(text="He failed \ud83d.")
    assert "surrogates" in found.refused[0][1]
