"""Rewrites: the worked pairs, gaps for what only the author knows, nothing invented."""

import pytest

from nlp.reframing.grammar import GAP

PAIRS = [
    ("Documentation by the night team was wholly inadequate.", "Documentation by the night team [what was seen or recorded, and what was expected]."),
    ("The band 6 nurse was at fault for the delay.",
     "The band 6 nurse [what was done or decided, with times and source] [and how, if at all, that bore on] the delay."),
    ("The doctor should have reviewed the ECG before discharge.", "The doctor [did not: confirm with source] review the ECG before discharge."),
    ("The patient should not have been discharged.", "The patient was discharged [when, by which role; source]."),
    ("She should have received care more promptly.", "She [did or did not, and when: confirm with source] receive care more promptly."),
    ("The nurse did not follow the medicines policy.", "The nurse [what was done], where the medicines policy asks for [step, with its section]."),
    ("The root cause was human error.", "The root cause was [what was done, by which role, and what was intended]."),
    ("The consultant chose to ignore the nurse's concern.", "The consultant [what was done, and when, about] the nurse's concern."),
    ("It was obvious that the patient was deteriorating.", "Looking back, the patient was deteriorating [signs at the time: what, seen by whom, when]."),
    ("The family were difficult and demanding throughout.", "The family [what was said or done, when, and what came before it] throughout."),
    ("Staff failed to escalate a NEWS2 score of 7.",
     "Staff did not escalate a NEWS2 score of 7. [Time and source; what was expected, and where that is written.]"),
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
    (rewrite,) = rewrites(read("The fall could have been avoided if staff had raised the bed rails."))
    assert rewrite.startswith("Staff [did not: confirm with source] raise the bed rails. [Open: the fall could have been avoided.")


def test_several_findings_of_a_sentence_are_also_offered_together(read):
    (sentence,) = read("The pilot's inadequate planning and improper decision led to a collision.").sentences
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
