import pytest

from nlp.measures import LIMITS, density, share


def test_wilson_interval_agrees_with_the_published_one():
    """Cooper et al. 2017: 975 of 2,148 reports, 45% (43 to 47)."""
    estimate = share(975, 2148, nothing="")
    assert (estimate.low, estimate.high) == (pytest.approx(0.433, abs=0.001), pytest.approx(0.475, abs=0.001))


def test_exact_poisson_interval_agrees_with_the_textbook():
    """Garwood: 10 events have the interval 4.795 to 18.39."""
    estimate = density(10, 1000)
    assert (estimate.low, estimate.high) == (pytest.approx(4.795, abs=0.01), pytest.approx(18.39, abs=0.01))


def test_short_texts_have_no_density():
    assert density(3, 149).value is None
    assert density(3, 149).why == "under 150 words"


def test_zero_findings_have_a_lower_bound_of_zero():
    assert density(0, 1000).low == 0
    assert density(0, 1000).high == pytest.approx(3.69, abs=0.01)


def test_clean_words_with_individual_causes_are_named_as_such(read):
    notes = read("The error occurred because the nurse did not read the label.").measures.notes
    assert notes[0] == LIMITS
    assert "No flagged wording; 1 of 1 explanations stop at a person." in notes
