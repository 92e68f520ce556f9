"""Questions: specific to the sentence, presupposing nothing, never twice in one report."""

import re

import pytest

from nlp.reframing.questions import tables
from nlp.reframing.safeguards import question_refused_because

NAMES = {
    "actor": "the nurse", "actor_obj": "the nurse",
    "clause": "the chart was read", "rule": "the policy", "word": "words", "when": "at that time",
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
    assert "check the allergy status" in question
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


def test_the_same_sentence_forty_times_is_never_asked_the_same_twice(read):
    found = questions(read(" ".join(["The nurse failed to check the chart."] * 40)))
    assert 1 < len(found) == len(set(found)) < 40


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


QUOTED = {
    "its own clause and no surveyor's preamble": (
        "Based on review of the files and talks with staff, the hospital failed to keep the ledger of keys that the landlord had asked for in the spring.",
        "the hospital failed to keep the ledger of keys",
    ),
    "the denial that governs it": (
        "The clinic failed to ensure that the lift was checked properly, as its own manual and the maker's letter of last spring had both asked of them.",
        "The clinic failed to ensure that the lift was checked properly",
    ),
    "a failing with what was not done": (
        "Contributing to the flood, the burst main and the loss of the archive was the porter's failure to close the valve behind the chairs.",
        "the porter's failure to close the valve",
    ),
}


@pytest.mark.parametrize(("text", "clause"), QUOTED.values(), ids=QUOTED.keys())
def test_a_long_sentence_is_quoted_by(read, text, clause):
    found = questions(read(text))
    assert any(f"“{clause}" in question for question in found), found


ASKED = {
    "a count of cases by what they have in common": (
        "The hospital failed to label the samples in 4 of 20 records reviewed.",
        "cases looked at|records counted",
    ),
    "one case among several by its record": ("The hospital failed to label the sample in one of 20 records reviewed.", "this one case"),
    "an effect by the steps that lead there": ("This failure led to a flood in the cellar.", "which steps go from there"),
    "a failing that is only named by what was done": ("These failings were set out in the letter.", "stands for|is called"),
    "a possibility by what it rests on": ("The new rota may lead to inappropriate handovers.", "this possibility rest|come about before"),
    "an author's opinion by what was seen": ("I thought the briefing by the guide was poor.", "you see, hear"),
    "a supposition by whose opinion it is": ("Had the porter closed the valve, the cellar would not have flooded.", "whose opinion"),
    "a missed chance by the contact that offered it": ("The visit was a missed opportunity to weigh the child.", "did this chance arise"),
    "a word of praise by what would count as it": ("The supervision was not adequate.", "count as “"),
    "a rule with its section by what it asks for": ("The hospital did not comply with section 12 of the policy.", "text cited"),
    "a refusal by what had been offered": ("The patient refused to take the tablets.", "asked or offered"),
    "a mistaken sight by what was there to see": ("The pilot misidentified the runway lights.", "what was it taken to be"),
    "what was overlooked by where it showed": ("The entry in the log was overlooked by the porter.", "where did this stand"),
    "a might-have-been by who says so": ("The flood could have been prevented.", "who has said so"),
    "a time of day among the words quoted": ("The nurse failed to check the chart at 22:10.", "chart at 22:10”"),
    "a general case by everyday work": ("Staff do not follow the policy on this ward.", "show how it is done"),
}


@pytest.mark.parametrize(("text", "asked"), ASKED.values(), ids=ASKED.keys())
def test_a_question_fits_what_the_sentence_is(read, text, asked):
    found = questions(read(text))
    assert any(re.search(asked, question) for question in found), found


SILENT = {
    "what is itself a question": "The board asked whether the porter failed to close the valve.",
    "a question": "Did the porter fail to close the valve?",
    "an illness": "He died of cardiac failure.",
    "what has not taken place": "The contractor will fail to close the valve.",
    "a thing's failure": "The pump was replaced after its failure.",
    "an opinion of training": "This retraining is very valuable.",
    "what nobody found": "There was nothing that the porter could have done.",
    "a heading that breaks off": "The depot failed to:",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT.keys())
def test_where_nothing_is_sure_nothing_is_asked(read, text):
    assert questions(read(text)) == []


def test_every_footing_that_is_asked_as_told_has_templates_for_what_is_told():
    assert all("told" in table.by_footing for table in tables().values() if table.as_told)
