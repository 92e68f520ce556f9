import pytest


@pytest.mark.parametrize(
    ("text", "attribution"),
    [
        ("The nurse carelessly failed to check the allergy status.", "individual"),
        ("The error occurred because the nurse did not read the label.", "individual"),
        ("Root cause: human error.", "individual"),
        ("The checklist was not completed, which led to the retained swab.", "individual"),
        ("The two-person check is skipped because only one registered nurse is rostered.", "system"),
        ("There was no process for tracking referrals.", "system"),
        ("The Trust failed to staff the unit safely.", "system"),
        ("The infusion pump failed at 03:10 and the alarm did not sound.", "none"),
        ("He shouted twice in the waiting room; he had been there nine hours.", "none"),
        ("How did the layout affect the round?", "none"),
        ("The nurse selected the wrong vial.", "none"),
    ],
)
def test_sentences_get_their_attribution(read, text, attribution):
    assert read(text).sentences[0].attribution == attribution


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("The trust will install guard rails on the roof.", "stronger"),
        ("A checklist should be introduced.", "intermediate"),
        ("The technician has been reminded to be more vigilant.", "weaker"),
        ("The nurse gave the tablets at noon.", "none"),
    ],
)
def test_actions_get_their_strength(read, text, strength):
    assert read(text).sentences[0].action_strength == strength


def test_an_agentless_act_is_an_advisory_and_never_counted(read):
    analysis = read("The wrong dose was administered.")
    assert analysis.sentences[0].hidden_actor
    assert analysis.measures.counted_findings == 0
