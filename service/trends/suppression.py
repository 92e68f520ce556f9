"""Small numbers: which groups of a table are not shown, so that no hidden figure follows from the total.

A row is shown whole or not at all. Hidden rows are always two or more, and together they are large enough to be shown: subtracting the shown rows from
the total gives only that sum.
"""

from collections.abc import Mapping
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
    """The groups to hide: the small ones, and the next smallest until what is hidden is safe as a sum of at least two groups."""
    hidden = {name for name, count in counts.items() if not count.is_safe}
    for name in sorted(counts.keys() - hidden, key=lambda each: (counts[each].whole, each)):
        if not hidden or (len(hidden) > 1 and sum((counts[each] for each in hidden), Count(0, 0)).is_safe):
            break
        hidden.add(name)
    return frozenset(hidden)
