"""Small numbers: which groups of a table are not shown, so that no hidden figure follows from the total.

A row is shown whole or not at all. Hidden rows are always two or more, and together they hold 5 reports or more with and without marked wording: what the
total leaves is one sum, which fits many tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SMALL_COUNTS = range(1, 5)
LEAST_WHOLE = 10


@dataclass(frozen=True, slots=True)
class Count:
    """`part` of `whole` reports."""

    part: int
    whole: int

    @property
    def is_safe(self) -> bool:
        """Whether the count may be shown: at least 10 reports, and neither those with nor those without number 1 to 4."""
        return self.whole >= LEAST_WHOLE and self.part not in SMALL_COUNTS and self.whole - self.part not in SMALL_COUNTS

    def __add__(self, other: "Count") -> "Count":
        return Count(self.part + other.part, self.whole + other.whole)


def hidden_groups(counts: Mapping[str, Count]) -> frozenset[str]:
    """The groups to hide: the small ones, and the next smallest until the total gives away none of them."""
    hidden = {name for name, count in counts.items() if not count.is_safe}
    for name in sorted(counts.keys() - hidden, key=lambda each: (counts[each].whole, each)):
        if not hidden or _hide_each_other([counts[each] for each in hidden]):
            break
        hidden.add(name)
    return frozenset(hidden)


def _hide_each_other(hidden: Sequence[Count]) -> bool:
    """Whether subtracting the shown rows from the total tells nothing about one of these."""
    left = sum(hidden, Count(0, 0))
    return len(hidden) > 1 and left.part > SMALL_COUNTS[-1] and left.whole - left.part > SMALL_COUNTS[-1]
