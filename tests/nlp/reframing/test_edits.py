"""Edits: grammar, facts, actor; and silence where the grammar is not sure."""

import pytest

from nlp.reframing.applying import with_safe_edits
from nlp.report import Report

PAIRS = [
    # failed to, in its tenses and neighbours
    ("The nurse failed to check the chart.", "The nurse did not check the chart."),
    ("The crew forgot to set the flaps.", "The crew did not set the flaps."),
    ("The team has failed to act on the result.", "The team has not acted on the result."),
    ("The team has failed to assess and treat the patient.", "The team has not assessed and treated the patient."),
    ("Staff failed to record the weight and to notify the doctor.", "Staff did not record the weight or notify the doctor."),
    ("The ward repeatedly failed to weigh the patient.", "The ward repeatedly did not weigh the patient."),
    ("The facility failed to appropriately transfer the patient.", "The facility did not appropriately transfer the patient."),
    ("The hospital fails to keep a log of every patient.", "The hospital does not keep a log of every patient."),
    ("The hospital was failing to check the logs.", "The hospital was not checking the logs."),
    ("Failing to check the wristband, the nurse gave the dose.", "Not checking the wristband, the nurse gave the dose."),
    ("Did the nurse fail to check the chart?", "Did the nurse not check the chart?"),
    ("THE NURSE FAILED TO CHECK THE CHART BEFORE GIVING THE DOSE.", "THE NURSE DID NOT CHECK THE CHART BEFORE GIVING THE DOSE."),
    ("1. The nurse failed to check the chart.", "1. The nurse did not check the chart."),
    ("RN #7 and RN #9 failed to inform NP #4 of the dose.", "RN #7 and RN #9 did not inform NP #4 of the dose."),
    ("The doctor did not bother to read the letter.", "The doctor did not read the letter."),
    ("The patient failed to attend his appointment.", "The patient did not attend his appointment."),
    # the noun
    ("The nurse's failure to check the chart led to a delay of two hours.", "The nurse did not check the chart, which led to a delay of two hours."),
    ("The cause was the nurse's failure to check the chart.", "The cause was that the nurse did not check the chart."),
    ("The pilot's failure to maintain airspeed, which resulted in a stall.", "The pilot did not maintain airspeed, which resulted in a stall."),
    ("The delay was due to the crew's failure to brief.", "The delay was because the crew did not brief."),
    ("The accident resulted from the pilot's failure to maintain airspeed.", "The accident resulted from the pilot not maintaining airspeed."),
    ("Death was caused by a failure to escalate.", "Death was caused by not escalating."),
    ("There was a failure by the ward to note the worries.", "The ward did not note the worries."),
    ("A loss of power followed from the mate's failure to effectively use engine heat.",
     "A loss of power followed from the mate not effectively using engine heat."),
    # single words
    ("The nurse carelessly placed the tray on the bed.", "The nurse placed the tray on the bed."),
    ("Clearly, the nurse was rushing.", "The nurse was rushing."),
    ("There was an obvious sign of sepsis.", "There was a sign of sepsis."),
    ("The patient claimed that he had fallen.", "The patient said that he had fallen."),
    ("The patient refused treatment.", "The patient declined treatment."),
    ("The patient was non-compliant with his insulin, which led to the admission.",
     "The patient did not take his insulin as prescribed, which led to the admission."),
    ("The patient refused to accept the transfusion.", "The patient declined to accept the transfusion."),
    ("Nurse FAILED TO CHECK the band.", "Nurse DID NOT CHECK the band."),
]  # fmt: skip

SILENT = [
    "The team did not fail to act on the result.",
    "It was the failure of the team to escalate which mattered.",
    "The load was inadequately secured by the crew.",
    "The pilot acted recklessly.",
    "I forgot to brief the crew.",
    "The nurse was at fault for the delay.",
    "The doctor should have reviewed the ECG.",
    "The root cause was human error.",
    "The nurse did not follow the fasting policy.",
    "We apologise that the ward failed to answer your letter.",
]


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[before for before, _ in PAIRS])
def test_a_safe_edit_keeps_facts_actor_tense_and_grammar(read, before, after):
    assert with_safe_edits(before, read(before)) == after


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[before for before, _ in PAIRS])
def test_an_edit_applied_twice_changes_nothing_more_and_raises_no_new_finding(read, before, after):
    assert with_safe_edits(after, read(after)) == after
    assert len(read(after).findings) < len(read(before).findings)


@pytest.mark.parametrize("text", SILENT)
def test_where_grammar_or_meaning_is_not_sure_there_is_no_safe_edit(read, text):
    assert with_safe_edits(text, read(text)) == text


def test_edits_of_one_text_are_applied_together_around_an_emoji(read):
    text = "😀 The nurse failed to check the chart. “Quoted.” The patient claimed that he had fallen."
    assert with_safe_edits(text, read(text)) == "😀 The nurse did not check the chart. “Quoted.” The patient said that he had fallen."


def test_a_mark_a_word_too_long_or_too_short_gets_the_same_edit(analyzer):
    from nlp.reframing.edits import edit_of
    from nlp.reframing.marked import marked_by

    text = "The nurse failed to check the chart."
    parse = next(analyzer._parser.parse_all([Report("t", text)]))
    (finding,) = analyzer.analyze(Report("t", text)).findings
    from dataclasses import replace

    for start, end in ((10, 25), (10, 35), (10, 16), (4, 25)):
        marked = marked_by(replace(finding, start=start, end=end), parse.sentences[0], text)
        assert marked.after(edit_of(marked)) == "The nurse did not check the chart."


NO_EDIT = {
    "a possessive before a gerund": "Probable cause: fog, and the skipper's failure to hold the course and his exceedance of the harbour limit.",
    "a rule for a case": "If a resident refuses to give consent, the carer must write the refusal down.",
    "an open quotation": 'If staff failed to complete the form, the policy says so".',
    "an infinitive of another noun": "The report found omission of the requirement to reassess the patient.",
    "an intensified refusal": "He flat out refused to provide it.",
}


@pytest.mark.parametrize("text", NO_EDIT.values(), ids=NO_EDIT.keys())
def test_where_the_plain_wording_is_not_sure_there_is_no_edit(read, text):
    assert not [each for finding in read(text).findings for each in finding.suggestions if each.kind == "edit"]


def test_what_all_failed_to_do_is_left_alone_as_its_denial_may_be_read_of_some(read):
    assert not [
        each for finding in read("Both drivers failed to see the barrier.").findings for each in finding.suggestions if each.kind in {"edit", "rewrite"}
    ]
