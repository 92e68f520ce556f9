import pytest

from service.trends.rates import of_reports, of_sentences, per_thousand


def test_shares_of_reports_are_wilson_intervals():
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662."""
    found = of_reports(81, 263)
    assert (found.low, found.high) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))


def test_sentences_of_one_report_count_for_less_than_sentences_of_many():
    together, apart = of_sentences([10, 0] * 10, [10, 10] * 10), of_sentences([5] * 20, [10] * 20)
    assert together.value == apart.value == 0.5
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_all_and_none_keep_an_interval():
    assert of_sentences([0] * 30, [5] * 30).high == pytest.approx(0.1135, abs=1e-3)
    assert of_sentences([], []).why == "no sentence of this kind"


def test_a_rate_widens_where_reports_differ():
    alike, unlike = per_thousand([1] * 50, [500] * 50), per_thousand([50] + [0] * 49, [500] * 50)
    assert alike.value == unlike.value == 2
    assert alike.low == alike.high == 2
    assert unlike.high > 10


def test_no_event_has_an_upper_bound():
    """The rule of three."""
    assert per_thousand([0] * 10, [300] * 10).high == 1
