"""Questions: specific to the sentence, presupposing nothing, never twice in one report."""

import pytest

from nlp.reframing.questions import tables
from nlp.reframing.safeguards import question_refused_because

NAMES = {
    "actor": "the nurse", "actor_obj": "the nurse", "acting": "checking the chart",
    "clause": "the chart was read", "rule": "the policy", "word": "words", "when": "at that time",
    "number": "three",
}  # fmt: skip
EVERY = [template for table in tables().values() for group in (*table.by_footing.values(), *table.kinds.values()) for template in group]


def questions(analysis):
    found = [each.question for finding in analysis.findings for each in finding.suggestions if each.question]
    return found + [each.question for sentence in analysis.sentences for each in sentence.suggestions if each.question]


@pytest.mark.parametrize("template", EVERY)
def test_every_template_can_be_filled_asks_and_presupposes_nothing(template):
    question = template.format(**NAMES)
    assert question_refused_because(question, sentence="The nurse failed to check the chart.") is None


@pytest.mark.parametrize("template", EVERY)
def test_no_question_holds_blame_of_its_own(read, template):
    assert not [finding for finding in read(template.format(**NAMES)).findings if finding.counted and finding.category != "person_focused_action"]


def test_no_template_stands_twice():
    assert len(EVERY) == len(set(EVERY))


def test_the_question_takes_up_who_did_what_and_when(read):
    (question,) = questions(read("The nurse failed to check the allergy status at 22:10."))
    assert "the nurse" in question
    assert "checking the allergy status" in question
    assert "at 22:10" in question


def test_an_author_who_tells_of_himself_is_asked_as_you(read):
    (question,) = questions(read("I should have asked for a second check."))
    assert " you " in question


def test_forty_findings_of_one_kind_get_forty_questions(read):
    text = " ".join(
        f"The nurse failed to {verb} the {noun}."
        for verb in ("check", "read", "sign", "file")
        for noun in ["chart", "label", "form", "note", "list", "card", "log", "tray", "bag", "lamp"]
    )
    analysis = read(text)
    assert len(analysis.findings) == 40
    assert len(set(questions(analysis))) == len(questions(analysis)) >= 40


def test_the_same_sentence_forty_times_is_referred_back_and_never_asked_twice(read):
    analysis = read(" ".join(["The nurse failed to check the chart."] * 40))
    assert len(questions(analysis)) == len(set(questions(analysis)))
    assert any("marked passage" in question for question in questions(analysis))


@pytest.mark.parametrize(
    "text",
    [
        "The facility failed to provide patient. The monitor was on.",
        "The nurse failed to treat her in a timely manner.",
        "The hospital failed to provide an adequate or medical screening exam.",
        "The erroneous airspeed indication was due to icing of the pitot probe.",
        "Crews could make errors.",
        "The patient failed to respond to calls.",
        "With proper planning his death would probably have been avoided.",
        "THE REPORTER CLAIMED THAT THE READINGS WERE TOO LOW ON THAT DAY.",
    ],
    ids=["object cut off", "adverb taken out", "half a pair", "equipment", "no time", "a patient", "no act", "capitals"],
)
def test_where_no_slot_is_clean_the_whole_clause_is_quoted_once(read, text):
    first = read(text)
    found = [each.question for each in first.findings[0].suggestions if each.question]
    assert len(found) == 1
    clause = found[0].split("“")[1].split("”")[0]
    assert clause.lower() == text.split(". ")[0].rstrip(".").lower()


def test_a_long_sentence_is_quoted_by_its_clause_and_never_cut_inside_one(read):
    tail = ", and the ward, the theatre, the laboratory, the pharmacy and the records office each kept a list of their own, which was sent each week"
    (question, *_) = questions(read(f"The nurse carelessly left the tap open{tail}, to be read on the next working day by the office that keeps them."))
    assert "“The nurse carelessly left the tap open”" in question
