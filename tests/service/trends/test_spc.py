"""Against the published algorithm of NHSRplotthedots and worked values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.trends.spc import p_chart, xmr

STEADY = [10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 10, 12]


def signals(values, segments=None):
    return [point.signal for point in xmr(values, segments or ["a"] * len(values))]


def test_limits_are_mean_and_2_66_mean_moving_ranges():
    """Mean 11, every moving range 2: limits 11 ± 5.32."""
    point = xmr(STEADY, ["a"] * 12)[0]
    assert (point.mean, point.lower, point.upper) == (11, pytest.approx(5.68), pytest.approx(16.32))
    assert signals(STEADY) == [None] * 12


def test_a_moving_range_of_an_outlier_is_screened_out():
    """With the two moving ranges of the outlier, mean moving range 13.5 and an upper limit of 57; without them, 2."""
    values = [*STEADY, 100, *STEADY]
    outlier = xmr(values, ["a"] * 25)[12]
    assert outlier.signal == "outside the limits"
    assert outlier.upper == pytest.approx(sum(values) / 25 + 2.66 * 2)


def test_a_trend_of_seven_marks_all_seven_and_six_are_not_enough():
    base = [5, 9, 5, 9, 5, 9, 5, 9]
    found = signals([*base, 4, 5, 6, 7, 8, 9, 10, *base])
    assert found[8:15] == ["trend of 7"] * 7
    assert "trend of 7" not in signals([*base, 4, 5, 6, 7, 8, 9, *reversed(base)])


def test_two_of_three_near_a_limit_marks_only_the_two():
    values = [*STEADY, 16, 13, 16, *STEADY]
    points = xmr(values, ["a"] * len(values))
    assert [points[place].signal for place in (12, 13, 14)] == ["2 of 3 near a limit", None, "2 of 3 near a limit"]


def test_two_of_three_need_all_three_on_one_side():
    values = [*STEADY, 16.2, 10, 16.2, *STEADY]
    assert "2 of 3 near a limit" not in signals(values)


def test_seven_on_one_side_of_the_mean():
    values = [8, 11, 8, 11, 8, 11, 8, 13, 16, 13, 16, 13, 16, 13]
    assert signals(values) == ["7 on one side of the mean"] * 14


def test_a_point_outside_the_limits_takes_precedence_over_a_trend():
    values = [10, 10, 11, 10, 10, 11, 10, 12, 14, 16, 18, 20, 22, 24]
    found = signals(values)
    assert found[-1] == "outside the limits"
    assert "trend of 7" in found


def test_a_change_of_the_instrument_begins_anew():
    values = [*STEADY, *(value + 50 for value in STEADY)]
    points = xmr(values, ["old"] * 12 + ["new"] * 12)
    assert [point.signal for point in points] == [None] * 24
    assert (points[0].mean, points[-1].mean) == (11, 61)


def test_one_point_alone_has_no_limits():
    assert xmr([3.0], ["a"])[0].upper is None


@given(st.lists(st.integers(0, 40), min_size=1, max_size=40), st.integers(1, 1000))
def test_shifting_by_a_constant_changes_no_signal(values, constant):
    shifted = [value + constant for value in values]
    assert signals(shifted) == signals(values)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=40))
def test_turning_upside_down_keeps_the_signals(values):
    assert signals([-value for value in values]) == signals(values)


def test_p_limits_are_the_textbook_ones():
    """p = 0.5, n = 100: 0.5 ± 0.15; n = 25: 0.5 ± 0.3."""
    points = p_chart([50, 13, 50, 12], [100, 25, 100, 25], ["a"] * 4)
    assert [(point.lower, point.upper) for point in points[:2]] == [
        (pytest.approx(0.35, abs=1e-9), pytest.approx(0.65)),
        (pytest.approx(0.2), pytest.approx(0.8)),
    ]


def test_p_prime_widens_limits_where_numbers_are_large():
    """1,000 reports a month whose share swings between 45% and 55%: p would call every month a signal, p′ none."""
    points = p_chart([450, 550] * 8, [1000] * 16, ["a"] * 16)
    assert [point.signal for point in points] == [None] * 16
    assert points[0].upper == pytest.approx(0.5 + 3 * 0.1 / 1.128)


def test_shares_of_none_and_all_are_no_signal():
    assert [point.signal for point in p_chart([0] * 8, [20] * 8, ["a"] * 8)] == [None] * 8
    assert [point.signal for point in p_chart([20] * 8, [20] * 8, ["a"] * 8)] == [None] * 8
