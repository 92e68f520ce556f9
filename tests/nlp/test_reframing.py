import pytest

from nlp.reframing import keeps_facts


def edited(read, text):
    for finding in read(text).findings:
        for suggestion in finding.suggestions:
            if suggestion.kind == "edit":
                return text[: suggestion.start] + suggestion.replacement + text[suggestion.end :]
    return None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The nurse failed to check the chart.", "The nurse did not check the chart."),
        ("The crew forgot to set the flaps.", "The crew did not set the flaps."),
        ("The team has failed to act on the result.", "The team has not acted on the result."),
        ("The nurse carelessly placed the tray on the bed.", "The nurse placed the tray on the bed."),
    ],
)
def test_safe_edits_keep_facts_actor_and_tense(read, before, after):
    assert edited(read, before) == after


@pytest.mark.parametrize("text", ["The nurse failed to check the chart.", "The nurse carelessly placed the tray on the bed."])
def test_an_edited_sentence_raises_no_new_finding(read, text):
    assert not read(edited(read, text)).findings


def test_every_counted_finding_gets_a_suggestion(read):
    text = (
        "The nurse failed to check. She should have asked. It was obvious. He was lazy. Root cause: human error. The handover was sloppy. "
        "He was at fault. Staff were reminded to be more vigilant. The patient refused to engage. The crew violated the policy."
    )
    findings = [finding for finding in read(text).findings if finding.counted]
    assert len({finding.category for finding in findings}) == 10
    assert all(finding.suggestions for finding in findings)


def test_no_question_is_asked_twice_while_there_are_others(read):
    analysis = read("The nurse failed to check. The nurse failed to check. The nurse failed to check.")
    questions = [suggestion.question for finding in analysis.findings for suggestion in finding.suggestions if suggestion.question]
    assert len(questions) == len(set(questions)) == 3


@pytest.mark.parametrize(("before", "after", "keeps"), [
    ("failed to give", "did not give", True),
    ("failed to give", "gave", False),
    ("failed to give", "did not give 5", False),
    ("failed to give", "did not give [5 mg]", True),
])  # fmt: skip
def test_a_replacement_with_new_facts_is_refused(before, after, keeps):
    assert keeps_facts(before, after) is keeps
