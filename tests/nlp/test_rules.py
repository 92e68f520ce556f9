import re

import pytest

from nlp.rules import rules
from nlp.taxonomy import load


def marked(analysis, text):
    return {(text[f.start : f.end], f.category) for f in analysis.findings if f.counted}


@pytest.mark.parametrize(
    ("text", "words", "category"),
    [
        ("The nurse failed to escalate the score.", "failed to escalate", "failure"),
        ("The pilot's failure to maintain airspeed.", "failure to maintain", "failure"),
        ("The midwife neglected to record the heart rate.", "neglected to record", "failure"),
        ("The doctor should have reviewed the ECG.", "should have reviewed", "counterfactual"),
        ("Had the registrar read the letter, the scan would have been repeated.", "Had the registrar read", "counterfactual"),
        ("This was a missed opportunity to act.", "missed opportunity to act", "counterfactual"),
        ("The driver was at fault.", "at fault", "culpability"),
        ("The nurse is to blame for the reaction.", "is to blame", "culpability"),
        ("Root cause: human error.", "human error", "human_error"),
        ("He was tired and made a mistake.", "made a mistake", "human_error"),
        ("The operator could not be bothered.", "could not be bothered", "character"),
        ("The consultant ignored the concern.", "ignored", "character"),
        ("The technician has been reminded to be more vigilant.", "reminded to be more vigilant", "person_focused_action"),
        ("The worker was given a written warning.", "written warning", "person_focused_action"),
        ("It was obvious that he was deteriorating.", "obvious", "hindsight"),
        ("The handover was sloppy.", "sloppy", "judgement"),
        ("Record keeping was wholly inadequate.", "wholly inadequate", "judgement"),
        ("The patient failed to attend his appointment.", "failed to attend", "patient_blame"),
        ("She is a frequent flyer.", "frequent flyer", "patient_blame"),
        ("The work was carried out in breach of the permit.", "in breach", "rule_violation"),
        ("The employee did not follow lockout procedures.", "did not follow", "rule_violation"),
        ("The fitter forgot to lock out the press.", "forgot to lock out", "failure"),
        ("The night team failed properly to monitor her.", "failed properly to monitor", "failure"),
        ("There was a gross failure to provide fluids.", "gross failure to provide", "failure"),
        ("The mate should have carefully checked the moorings.", "should have carefully checked", "counterfactual"),
        ("The lantern was not checked as it should have been.", "should have been", "counterfactual"),
        ("The ferry could have been stopped if the mate had looked aft.", "could have been stopped if", "counterfactual"),
        ("There was insufficient consideration of her swallowing.", "insufficient", "judgement"),
        ("No sufficient assessment of the ladder was made.", "No sufficient", "judgement"),
        ("The crossing keeper placed an over-reliance on the telephone.", "over-reliance", "judgement"),
        ("The home failed Mrs Lund in many ways.", "failed", "culpability"),
        ("The duty engineer was condescending.", "condescending", "character"),
        ("The tower refused to accept the handoff.", "refused to accept", "character"),
        ("It was confirmation bias.", "confirmation bias", "human_error"),
        ("The porter put the wrong label on the crate.", "wrong", "human_error"),
        ("The visit was made contrary to the home's own protocol.", "contrary", "rule_violation"),
        ("Mr Orme refused his tablets on the Monday.", "refused", "patient_blame"),
        ("THE PT CLAIMED THAT SHE FELT DIZZY.", "CLAIMED", "patient_blame"),
    ],
)
def test_blaming_words_are_marked(read, text, words, category):
    assert (words, category) in marked(read(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "He has heart failure and renal failure.",
        "The infusion pump failed at 03:10 and the alarm did not sound.",
        "The alarm should have sounded at 50.",
        "Observations should be recorded hourly.",
        "The 14:00 observations were not recorded.",
        "The investigation found that the nurse was not at fault.",
        "Perfusion was poor and visibility was poor.",
        "Compliance with the sepsis bundle was 62% in the May audit.",
        "She was responsible for allocating breaks.",
        "Should the pain return, ring the ward.",
        "Treatment was suspended after two cycles.",
        "The screen showed an error message.",
        "Aggressive fluid resuscitation was started.",
        "There is a no blame culture on the ward.",
        "What should have happened?",
        "The rope was in poor condition.",
        "The room had poor lighting.",
        "Patients should have a scan within two hours.",
        "The porter put the wrong label on the crate because both rolls were yellow.",
        "Because the gauge had frozen, the driver misread the pressure.",
        "The hoist was suspended from a beam.",
        "He had told her that he would come back.",
        "He refused the drip after the nurse had explained the risks.",
        "The pilot took evasive action.",
        "The panel did not find the carer to be at fault.",
    ],
)
def test_look_alikes_are_left_alone(read, text):
    assert marked(read(text), text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Mrs B wrote: 'I blame the ward for my mother's fall and I always will.'",
        "The family complained that the nurse failed to check on her.",
        "The company was cited for failing to provide fall protection.",
        "The operator admitted shortcomings in its training.",
        "The matron accepted that the round should have been done at four.",
        "According to the second mate, the lookout was careless.",
        "The inquest heard that the ward failed to weigh him.",
    ],
)
def test_blame_in_somebody_elses_words_is_shown_and_not_counted(read, text):
    findings = read(text).findings
    assert findings
    assert not any(finding.counted for finding in findings)
    assert all(finding.uncounted_because and not finding.suggestions for finding in findings)


@pytest.mark.parametrize(
    "text",
    [
        "The jury found that the nurse was negligent.",
        "The records were falsified and staff failed to notice.",
        "He was sexually assaulted and the guard failed to intervene.",
        "The nurse is suspended pending an investigation and failed to attend.",
        "The jury concluded that the team failed to act.",
    ],
)
def test_protected_passages_get_no_advice(read, text):
    analysis = read(text)
    assert all(sentence.protected and sentence.protected_because for sentence in analysis.sentences)
    assert not any(finding.counted or finding.suggestions for finding in analysis.findings)


def test_a_coroners_own_conclusion_in_quotation_marks_is_counted_and_a_jurys_is_not(read):
    words = 'narrative conclusion: "The ward failed to weigh him and the drip was hung late on two mornings."'
    assert [finding.counted for finding in read(f"I recorded a {words}").findings] == [True]
    assert [finding.counted for finding in read(f"The inquest sat with a jury. They gave a {words}").findings] == [False]


def test_who_a_pronoun_means_decides_who_is_blamed(read):
    about_patient = "Mr Orme came to the clinic. He refused to engage."
    about_staff = "The signaller came on at six. He refused to answer."
    assert marked(read(about_patient), about_patient) == {("refused to engage", "patient_blame")}
    assert marked(read(about_staff), about_staff) == {("refused to answer", "character")}


def test_expressions_are_in_small_letters():
    """The rules read the sentence in small letters, so a capital in an expression never matches."""
    for rule in rules():
        literal = re.sub(r"\\.|\(\?P<\w+>", "", rule.pattern.pattern)
        assert literal == literal.lower(), rule.id


def test_every_rule_has_a_category_of_the_taxonomy_and_every_category_a_rule():
    assert {rule.category for rule in rules()} == {category.id for category in load().categories}


def test_rule_ids_are_unique():
    ids = [rule.id for rule in rules()]
    assert len(ids) == len(set(ids))


def test_findings_do_not_overlap(read):
    analysis = read("The nurse carelessly failed to follow the policy and made a mistake, which was obviously wrong and unacceptable.")
    ends = [finding.end for finding in analysis.findings]
    assert all(later.start >= end for end, later in zip(ends, analysis.findings[1:], strict=False))
