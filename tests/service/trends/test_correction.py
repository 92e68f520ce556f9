import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.trends.correction import Accuracy, corrected_share


def test_the_published_example_of_the_point_estimate():
    """epiR's manual: 23 of 150 positive, sensitivity 96%, specificity 89%: 5.1 per 100."""
    found = corrected_share(23, 150, Accuracy(sensitivity=0.96, specificity=0.89, positives=1e6, negatives=1e6))
    assert found.value == pytest.approx(0.051, abs=0.0005)


def test_the_interval_follows_lang_and_reiczigel():
    """Worked apart from the formulas as the authors publish them (their R script): 27 of 650, sensitivity 50 of 100, specificity 199 of 200."""
    found = corrected_share(27, 650, Accuracy(sensitivity=0.5, specificity=0.995, positives=100, negatives=200))
    assert found.value == pytest.approx((27 / 650 + 0.995 - 1) / 0.495, abs=1e-4)
    assert (found.low, found.high) == (pytest.approx(0.0275, abs=1e-4), pytest.approx(0.1146, abs=1e-4))


def test_a_perfect_tool_needs_no_correction():
    found = corrected_share(30, 100, Accuracy(sensitivity=1, specificity=1, positives=1e6, negatives=1e6))
    assert found.value == 0.3


def test_a_tool_no_better_than_chance_gets_no_value():
    assert corrected_share(30, 100, Accuracy(sensitivity=0.4, specificity=0.6, positives=50, negatives=50)).value is None


@given(st.integers(0, 200), st.floats(0.6, 1), st.floats(0.6, 1))
def test_the_interval_holds_shares(part, sensitivity, specificity):
    found = corrected_share(part, 200, Accuracy(sensitivity=sensitivity, specificity=specificity, positives=60, negatives=60))
    assert 0 <= found.low <= found.high <= 1
