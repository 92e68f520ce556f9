import pytest

from nlp.vetoes import blames
from nlp.voice import has_cue, is_denied


def counted(analysis):
    return [finding.category for finding in analysis.findings if finding.counted]


def span_of(analyzer, text, words):
    from nlp.report import Report

    doc = next(analyzer._parser.parse_all([Report("t", text)])).doc
    start = text.index(words)
    return doc.char_span(start, start + len(words), alignment_mode="expand")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("There was no failure to weigh him.", "failure to weigh"),
        ("The cook did not fail to label the tray.", "not fail to label"),
        ("The mate did not breach the clearance limit.", "breach"),
        ("The carer was not at fault.", "at fault"),
        ("The carer was not careless or rude.", "rude"),
        ("Nobody failed to look.", "failed to look"),
        ("No nurse made a mistake.", "made a mistake"),
        ("It is not suggested that the fitter was careless.", "careless"),
        ("There is nothing to suggest that the fitter was careless.", "careless"),
        ("We did not identify failings in her care.", "failings"),
        ("The panel does not criticise the nurse for failing to check.", "failing to check"),
    ],
)
def test_an_author_may_say_that_it_was_not_so(analyzer, text, words):
    assert is_denied(span_of(analyzer, text, words))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cook did not follow the recipe sheet.", "did not follow"),
        ("He could not be bothered.", "could not be bothered"),
        ("Not only did the mate fail to look, he was asleep.", "fail to look"),
        ("No checks were made, and the nurse failed to call.", "failed to call"),
        ("It was not acceptable that the nurse failed to call.", "failed to call"),
        ("The team did not identify the error.", "error"),
        ("There was no excuse for the failure to check.", "failure to check"),
        ("There is no doubt that the fitter was negligent.", "negligent"),
        ("She wrongly did not check it.", "wrongly"),
        ("It was not an honest mistake.", "mistake"),
    ],
)
def test_other_negations_deny_nothing(analyzer, text, words):
    assert not is_denied(span_of(analyzer, text, words))


@pytest.mark.parametrize(
    "text",
    [
        "The baby failed to gain weight.",
        "Mr Hill failed to recover from the operation.",
        "The machine guard failed to close.",
        "It is easy to make a mistake with two white caps.",
        "There are many opportunities to make an error.",
    ],
)
def test_courses_machines_and_traps_are_no_blame(read, text):
    assert counted(read(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "The patient failed to respond to our letters.",
        "The doctor failed to improve his notes.",
        "The guard failed to close the gate.",
        "There was a missed opportunity to make a diagnosis.",
    ],
)
def test_their_neighbours_are(read, text):
    assert counted(read(text))


def test_what_should_not_have_been_done_is_no_denial(analyzer):
    assert blames("counterfactual", span_of(analyzer, "She should not have failed to call.", "should not have failed"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("He was found hanging by the neck.", "self-harm or suicide"),
        ("She suspended herself by the neck with a ligature.", "self-harm or suicide"),
        ("The carer was seen slapping the resident.", "abuse or assault"),
        ("The guard held the boy by the neck.", "abuse or assault"),
        ("We sincerely apologise for our failure to ring you.", "an apology"),
    ],
)
def test_protected_matters_are_named_rightly(read, text, why):
    assert [sentence.protected_because for sentence in read(text).sentences] == [why]


def test_sorry_to_say_is_no_apology(read):
    assert counted(read("I am sorry to say that the nurse was careless.")) == ["judgement"]


def test_somebody_else_speaks_only_where_something_tells():
    assert has_cue("Her son said so.")
    assert not has_cue("The gate was shut.")
