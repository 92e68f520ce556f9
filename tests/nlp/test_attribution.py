import pytest


@pytest.mark.parametrize(
    ("text", "attribution"),
    [
        ("The nurse carelessly failed to check the allergy status.", "individual"),
        ("The error occurred because the nurse did not read the label.", "individual"),
        ("Root cause: human error.", "individual"),
        ("The fuel was not dipped before take-off, which led to the engine stopping.", "individual"),
        ("The second signature is left out at night because only one pharmacist is on duty.", "system"),
        ("There was no process for tracking referrals.", "system"),
        ("The master did not slow down because the radar was faulty.", "system"),
        ("The allergy field sits on the third screen and does not appear when a dose is prescribed.", "system"),
        ("The tank ran dry because the pilot did not dip it.", "individual"),
        ("The Trust failed to staff the unit safely.", "system"),
        ("The infusion pump failed at 03:10 and the alarm did not sound.", "none"),
        ("She rang the bell three times; the tea trolley came at four.", "none"),
        ("How was the drug cupboard lit that night?", "none"),
        ("The midwife opened the other tray.", "none"),
    ],
)
def test_sentences_get_their_attribution(read, text, attribution):
    assert read(text).sentences[0].attribution == attribution


@pytest.mark.parametrize(
    ("above", "attribution"),
    [("", "none"), ("MATTERS OF CONCERN\n", "system"), ("MATTERS OF CONCERN\nACTION SHOULD BE TAKEN\n", "none")],
    ids=["no heading", "concerns", "concerns closed"],
)
def test_what_stands_under_a_heading_of_concerns_is_offered_as_a_condition(read, above, attribution):
    assert read(above + "The rota lists one porter for six wards.").sentences[-1].attribution == attribution


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
