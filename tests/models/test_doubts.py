"""What the parse has to say on marks of the network, on marks made by hand."""

import pytest

from models.decoding import Marked
from models.doubts import blaming
from models.labels import current_labels
from nlp.parsing import Parser
from nlp.report import Report
from nlp.rules import RuleDetector

CATEGORIES = current_labels().token


@pytest.fixture(scope="module")
def parser():
    return Parser()


def left(parser, text, words, category, *, ruled=False):
    parse = next(parser.parse_all([Report("t", text)]))
    start = text.index(words)
    mark = Marked(start=start, end=start + len(words), column=CATEGORIES.index(category), probability=0.9, reported=-5.0)
    found = RuleDetector().detect(parse) if ruled else []
    return [text[each.start : each.end] for each in blaming(parse, [mark], found, CATEGORIES)]


@pytest.mark.parametrize(
    ("text", "words", "category"),
    [
        ("There was no failure to weigh him.", "failure to weigh", "failure"),
        ("The ventilator failed to deliver breaths.", "failed to deliver", "failure"),
        ("The firm checked that its policy was followed.", "followed", "rule_violation"),
        ("The nurse claimed that she had checked.", "claimed", "patient_blame"),
        ("Dr [name omitted] signed.", "omitted", "failure"),
    ],
)
def test_marks_that_the_parse_speaks_against_go(parser, text, words, category):
    assert left(parser, text, words, category) == []


@pytest.mark.parametrize(
    ("text", "words", "category"),
    [
        ("The nurse failed to weigh him.", "failed to weigh", "failure"),
        ("The entry was overlooked.", "overlooked", "failure"),
        ("The patient claimed that she had checked.", "claimed", "patient_blame"),
    ],
)
def test_other_marks_stay(parser, text, words, category):
    assert left(parser, text, words, category) == [words]


def test_a_mark_that_stops_short_of_the_word_it_leads_to_is_moved_on(parser):
    assert left(parser, "I should have been more careful", "should have been more", "counterfactual", ruled=True) == ["should have been more careful"]
