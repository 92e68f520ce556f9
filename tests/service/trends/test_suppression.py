from hypothesis import given
from hypothesis import strategies as st

from service.trends.suppression import Count, hidden_groups

COUNTS = st.dictionaries(
    st.text("ABCDEFGH", min_size=1, max_size=2),
    st.integers(0, 60).flatmap(lambda whole: st.integers(0, whole).map(lambda part: Count(part, whole))),
    min_size=2,
)


def test_a_single_small_group_takes_another_with_it():
    assert hidden_groups({"A": Count(10, 40), "B": Count(1, 3), "C": Count(8, 20)}) == {"B", "C"}


def test_nothing_is_hidden_without_need():
    assert hidden_groups({"A": Count(10, 40), "B": Count(0, 15)}) == frozenset()


def test_two_small_groups_that_are_large_together_hide_no_third():
    assert hidden_groups({"A": Count(20, 40), "B": Count(4, 9), "C": Count(4, 9)}) == {"B", "C"}


def test_groups_of_which_all_or_no_reports_are_marked_are_not_given_away_as_a_sum():
    assert hidden_groups({"A": Count(20, 40), "B": Count(6, 6), "C": Count(7, 7), "D": Count(30, 60)}) == {"A", "B", "C"}


@given(COUNTS)
def test_no_small_number_is_shown(counts):
    assert all(count.is_safe for name, count in counts.items() if name not in hidden_groups(counts))


@given(COUNTS)
def test_no_hidden_cell_can_be_recovered_from_the_total(counts):
    """For each hidden cell there is another table with the same total and the same shown rows in which the cell differs."""
    hidden = sorted(hidden_groups(counts))
    if len(hidden) == len(counts):
        return  # nothing is shown but the total
    for name in hidden:
        others = [counts[other] for other in hidden if other != name]
        marked = counts[name].part or any(other.part for other in others)
        unmarked = counts[name].whole - counts[name].part or any(other.whole - other.part for other in others)
        assert others
        assert marked  # one marked report could as well be another hidden group's
        assert unmarked
