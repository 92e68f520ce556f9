"""Rewrites: the worked pairs, gaps for what only the author knows, nothing invented."""

import pytest

from nlp.reframing.grammar import GAP

PAIRS = [
    ("Supervision by the day team was wholly inadequate.", "Supervision by the day team [what was seen or recorded, and what was expected]."),
    ("The band 6 nurse was at fault for the delay.",
     "The band 6 nurse [what was done or decided, with times and source] [and how, if at all, that bore on] the delay."),
    ("The doctor should have reviewed the ECG before discharge.", "The doctor [did not: confirm with source] review the ECG before discharge."),
    ("The patient should not have been discharged.", "The patient was discharged [when, by which role; source]."),
    ("She should have received care more promptly.", "She [did or did not, and when: confirm with source] receive care more promptly."),
    ("The nurse did not follow the medicines policy.", "The nurse [what was done], where the medicines policy asks for [another step, with its section]."),
    ("The root cause was human error.", "The root cause was [what was done, by which role, and what was intended]."),
    ("The consultant chose to ignore the nurse's concern.", "The consultant [what was done, and when, about] the nurse's concern."),
    ("It was obvious that the patient was deteriorating.", "Looking back, the patient was deteriorating [signs at the time: what, seen by whom, when]."),
    ("The family were difficult and demanding throughout.", "The family [what was said or done, when, and what came before it] throughout."),
    ("Staff failed to escalate a lactate of 6.",
     "Staff did not escalate a lactate of 6. [Time and source; what was expected, and where that is written.]"),
    ("There was a failure to escalate the result.", "[who, by role,] did not escalate the result."),
    ("A clerk obtained the wrong preparation.", "A clerk obtained the wrong preparation [which, and which was intended]."),
]  # fmt: skip


def rewrites(analysis):
    return [each.replacement for finding in analysis.findings for each in finding.suggestions if each.kind == "rewrite"]


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[before for before, _ in PAIRS])
def test_a_rewrite_is_the_whole_sentence_with_gaps(read, before, after):
    assert rewrites(read(before)) == [after]


def test_a_rewrite_is_never_safe_to_apply_as_it_is(read):
    for before, _ in PAIRS:
        assert not any(each.safe for finding in read(before).findings for each in finding.suggestions if each.kind == "rewrite")


def test_a_supposition_becomes_an_event_to_confirm_and_an_open_point(read):
    (rewrite,) = rewrites(read("The burn could have been avoided if staff had cooled the water."))
    assert rewrite.startswith("Staff [did not: confirm with source] cool the water. [Open: the burn could have been avoided.")
    (rewrite,) = rewrites(read("If only the porter had waited, the bed would have been clear."))
    assert rewrite.startswith("The porter [did not: confirm with source] wait.")  # and not *only the porter*


def test_several_findings_of_a_sentence_are_also_offered_together(read):
    (sentence,) = read("The pilot's inadequate planning and his improper decision led to a collision.").sentences
    (together,) = [each.replacement for each in sentence.suggestions if each.kind == "rewrite"]
    assert len(GAP.findall(together)) == 2
    assert "inadequate" not in together
    assert "improper" not in together


def test_a_hidden_actor_is_asked_back_where_the_account_needs_it(read):
    (sentence,) = read("The wrong dose was administered at 22:10.").sentences
    assert sentence.hidden_actor
    assert [each.replacement for each in sentence.suggestions] == ["The wrong dose was administered by [who, by role] at 22:10."]


def test_an_action_shows_where_it_stands_and_a_sanction_is_routed_out(read):
    (finding,) = read("All staff to be reminded of the importance of checking wristbands.").findings
    assert [each.kind for each in finding.suggestions] == ["rewrite", "strengthen"]
    assert "weaker action" in finding.suggestions[1].question
    (finding,) = read("The registrar was issued with a first written warning.").findings
    assert [each.kind for each in finding.suggestions] == ["ask"]


DIRECTION = [
    ("Poor communication by the team led to the delay.", "Communication by the team [what was missing, and what was expected] led to the delay."),
    ("The pilot's improper decision led to a collision.", "The pilot's decision [what was done, and what was expected instead] led to a collision."),
    (
        "The delay resulted in a missed opportunity to assess him.",
        "The delay resulted in an opportunity [not taken: which, when, open to whom by role] to assess him.",
    ),
]


@pytest.mark.parametrize(("before", "after"), DIRECTION, ids=[before for before, _ in DIRECTION])
def test_a_grade_that_goes_leaves_its_direction_in_the_gap(read, before, after):
    assert rewrites(read(before)) == [after]


LEFT = {
    "a witness's expectation": "The nurse stated that a physician should have seen the patient.",
    "a witness who agrees": "The nurse agreed that the boy should not have been sent home.",
    "a view": "His initial view was that the boy should not have been sent home.",
    "errors that were made somewhere": "There were transcription errors made on the night shift.",
    "a clause that goes on": "Communication between the teams was inadequate and they used separate records.",
    "a patient who did not respond": "She failed to respond to the second dose and was moved to theatre.",
    "a grade of one of two": "The planning of the trip and hence his pace was inappropriate.",
    "a point in time": "He had heparin before the error and then took the rest.",
    "a physician's assessment": "The medic determined that the woman should have been taken by helicopter.",
    "what the author heard": "The patient claimed that I stopped the infusion.",
    "a state": "The patient should have had more robust clinical review.",
    "a thought": "I mistakenly thought that we were parallel.",
    "a rule's expectation": "The chart should have been filled in as per the protocol.",
    "a case": "If she declined treatment then the staff should have completed the form.",
    "one's own act": "I should have included a check of the chart.",
    "a thing that cannot act": "This should have resulted in a referral.",
    "a grade that is all the noun says": "The mix of agency staff and snow makes for a bad combination.",
    "a lack": "A lack of good communication raises risks.",
    "a grade over two nouns": "The ward had insufficient training and understanding of the policy.",
    "too little of something": "The staff took insufficient steps to safeguard him.",
    "what may be": "The failures could lead to inappropriate transfers to another hospital.",
    "a grade that is explained": "The quality of the scan was poor with much noise.",
    "what was wrongly done": "I was told that the flight was incorrectly dispatched.",
    "an idiom": "The route file was loaded by mistake by the depot.",
    "a warning in error": "The warning was in error.",
    "an instrument": "The driver was distracted by the erroneous fuel reading.",
    "what the sentence tells": "The rider went the wrong way along the one-way street.",
    "a self-inflicted death": "She had intentionally taken her own life.",
    "a look back": "The crew should have been more vigilant.",
    "one's own resolve": "Going forward we will be more vigilant.",
    "a rule that is quoted": "The dentist did not comply with the guideline which requires a second look by a colleague.",
    "an effect of what is graded": "The new rota contributed to poor communication.",
    "an open question": "The board asked whether the nurse should have called the doctor.",
    "an exception": "Unless there is a reason the crate should not have been opened.",
    "one failing by another": "There was a failure to lower the risk by failing to lock the gate.",
    "a list of failings": "There was a failure to lock the gate, a failure to tell the guard and the lamp was out.",
    "a rule whose words go on": "The nurse did not follow the policy for lifts, for the hoist and the sling.",
    "a rule not followed for a time": "The care plan was not followed throughout the two hours.",
    "a verdict in a witness's words": "The evidence was that the plan was inappropriate in this case.",
    "an error with its explanation": "The clerk made an error by not reading the label.",
    "a habit": "The staff do not always comply with the observation policy.",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT.keys())
def test_where_no_rewrite_can_be_good_there_is_none(read, text):
    assert rewrites(read(text)) == []


def test_a_gap_asks_only_for_what_the_sentence_does_not_tell(read):
    (rewrite,) = rewrites(read("At 10:20 the staff failed to record the score."))
    assert rewrite == "At 10:20 the staff did not record the score. [Source; what was expected, and where that is written.]"
    assert rewrites(read("At 10:20 the staff failed to follow the steps of the policy.")) == []


def test_a_gap_stands_behind_the_full_stop_of_a_quotation(read):
    (rewrite,) = rewrites(read('The patient claimed that the meter showed "low."'))
    assert rewrite == 'The patient said that the meter showed "low." [Who took this report, and when.]'


def test_no_one_is_asked_for_behind_words_that_find_fault(read):
    (sentence,) = read("The significance of the raised score was missed.").sentences
    assert not [each for each in sentence.suggestions if each.kind == "restore_actor"]
