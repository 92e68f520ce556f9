import math

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from service.trends.equity import audit


def reports(*groups):
    """Marks and names for groups of (name, marked, reports)."""
    marks = [number < marked for _, marked, whole in groups for number in range(whole)]
    names = [name for name, _, whole in groups for _ in range(whole)]
    return np.asarray(marks, dtype=bool), names


def test_without_anything_to_allow_for_the_ratio_is_that_of_the_shares():
    """30 of 100 against 100 of 200: 0.6; the robust standard error of log 0.6 is that of the textbook risk ratio."""
    marks, names = reports(("A", 100, 200), ("B", 30, 100))
    found = audit(marks, names, np.full(300, 200), ["t"] * 300)
    error = math.sqrt(0.7 / 30 + 0.5 / 100)
    ratio = found.comparisons[0].ratio
    assert found.reference == "A"
    assert ratio.value == 0.6
    assert (ratio.low, ratio.high) == (pytest.approx(0.6 * math.exp(-1.96 * error), abs=0.01), pytest.approx(0.6 * math.exp(1.96 * error), abs=0.01))


def test_a_difference_that_is_only_length_goes_away():
    """Group B writes long reports, and only length makes marks."""
    chance = np.random.default_rng(7)
    words = np.concatenate([chance.integers(50, 400, 1500), chance.integers(300, 900, 500)])
    marks = chance.random(2000) < 1 - np.exp(-words / 800)
    found = audit(marks, ["A"] * 1500 + ["B"] * 500, words, ["t"] * 2000)
    crude = marks[1500:].mean() / marks[:1500].mean()
    ratio = found.comparisons[0].ratio
    assert crude > 1.5
    assert ratio.low < 1 < ratio.high


def test_p_values_are_corrected_after_holm():
    """Holm 1979: sorted p times 3, 2, 1, never falling."""
    assert multipletests([0.01, 0.04, 0.03], method="holm")[1] == pytest.approx([0.03, 0.06, 0.06])
    marks, names = reports(("A", 100, 200), ("B", 33, 100), ("C", 50, 100), ("D", 48, 100))
    found = audit(marks, names, np.full(500, 200), ["t"] * 500)
    alone = audit(*reports(("A", 100, 200), ("B", 33, 100)), np.full(300, 200), ["t"] * 300)
    assert [each.group for each in found.comparisons] == ["B", "C", "D"]
    assert found.comparisons[0].p_holm == pytest.approx(3 * alone.comparisons[0].p_holm, rel=0.05)


def test_small_groups_and_groups_without_marks_are_not_compared():
    marks, names = reports(("A", 100, 200), ("B", 30, 100), ("C", 2, 9), ("D", 3, 40), ("E", 0, 30))
    found = audit(marks, names, np.full(len(names), 200), ["t"] * len(names))
    assert [each.group for each in found.comparisons] == ["B"]
    assert {"C", "D"} <= found.hidden
    assert "E" in found.left_out + tuple(found.hidden)


def test_a_type_that_coincides_with_a_group_is_said_to_be_unadjusted():
    marks, names = reports(("A", 100, 200), ("B", 30, 100))
    found = audit(marks, names, np.full(300, 200), ["fall"] * 200 + ["drug"] * 100)
    assert found.comparisons[0].ratio.value == 0.6
    assert "could not be allowed for" in found.cautions[0]


def test_one_group_alone_is_not_compared():
    marks, names = reports(("A", 100, 200), ("B", 1, 5))
    assert audit(marks, names, np.full(205, 200), ["t"] * 205).why
