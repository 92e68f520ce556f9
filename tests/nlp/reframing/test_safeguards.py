"""The hard rules, each with what it must stop and what it must let by."""

import pytest

from nlp.reframing.safeguards import Change, question_refused_because, refused_because

BEFORE = "The nurse failed to give 5 mg at 22:10 and the patient died."


def refusal(after, *, kind="edit", before=BEFORE, marked="failed to give"):
    return refused_because(Change(before=before, after=after, marked=marked, kind=kind))


def test_a_plain_edit_is_let_by():
    assert refusal("The nurse did not give 5 mg at 22:10 and the patient died.") is None


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ("The nurse did not give 10 mg at 22:10 and the patient died.", "it brings in a number"),
        ("The nurse did not give 5 mg and the patient died.", "it drops a number"),
        ("The nurse did not give 5 mg of morphine at 22:10 and the patient died.", "it brings in a word that the sentence does not have"),
        ("The registrar did not give 5 mg at 22:10 and the patient died.", "it brings in a word that the sentence does not have"),
        ("There was not given 5 mg at 22:10 and the patient died.", "it drops a word that was not marked"),
        ("The nurse did not give 5 mg at 22:10 to the patient.", "it drops a word that was not marked"),
        ("The nurse did give 5 mg at 22:10 and the patient died.", "it turns a negation"),
        ("The nurse did not give 5 mg at 22:10 because the patient died.", "it brings in a cause"),
        ("The nurse did not give 5 mg at 22:10 and the patient died [why].", "an edit has a gap"),
    ],
)
def test_a_change_of_fact_is_refused(after, reason):
    assert refusal(after) == reason


def test_a_rewrite_may_have_gaps_but_no_fact_in_them():
    assert refusal("The nurse did not give 5 mg at 22:10 [source] and the patient died.", kind="rewrite") is None
    assert refusal("The nurse did not give 5 mg at 22:10 [8 patients] and the patient died.", kind="rewrite") == "a gap brings in a fact"


def test_harm_in_the_marked_words_stays_too():
    why = refusal("The nurse is said to have [what was done].", before="The nurse is to blame for the death.", marked="to blame for the death", kind="rewrite")
    assert why is not None


def test_apologies_and_quotations_are_untouched():
    sorry = "We are sorry that the nurse failed to call you."
    assert refusal("We are sorry that the nurse did not call you.", before=sorry) == "it touches an apology"
    quoted = 'He wrote "the nurse failed to call" in his letter.'
    assert refusal('He wrote "the nurse did not call" in his letter.', before=quoted) == "it touches a quotation"


@pytest.mark.parametrize(
    "question",
    ["What happened at 23:40?", "What did the midwife say?", "Was it the morphine?", "How did the high workload matter?", "Tell me about it.", "Why? " * 5],
)
def test_a_question_with_facts_or_causes_of_its_own_is_refused(question):
    assert question_refused_because(question, sentence=BEFORE) is not None


def test_a_plain_question_is_let_by():
    assert question_refused_because("What could the nurse see at 22:10?", sentence=BEFORE) is None
