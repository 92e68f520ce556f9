"""Passages on which the tool gives no advice: silence on every one of them."""

import tomllib
from pathlib import Path

import pytest

PASSAGES = tomllib.loads(Path(__file__).with_name("protected.toml").read_text(encoding="utf-8"))
APOLOGIES = PASSAGES.pop("apology")
SILENT = [(group, text) for group, texts in PASSAGES.items() for text in texts]


def advice(analysis):
    found = [each for finding in analysis.findings for each in finding.suggestions]
    return found + [each for sentence in analysis.sentences for each in sentence.suggestions]


def test_there_are_enough_of_them_and_none_twice():
    assert len(set(SILENT)) == len(SILENT) >= 120


@pytest.mark.parametrize(("group", "text"), SILENT)
def test_there_is_no_advice_on_a_protected_passage(read, group, text):
    assert advice(read(text)) == []


@pytest.mark.parametrize("text", APOLOGIES)
def test_an_apology_is_never_reworded(read, text):
    assert not [each for each in advice(read(text)) if each.replacement is not None]


def test_the_passages_hold_wording_that_would_get_advice_elsewhere(read):
    """A suite of texts without any blame would be silent for nothing."""
    marked = sum(bool(read(text).findings) for _, text in SILENT)
    assert marked > 0.8 * len(SILENT)
