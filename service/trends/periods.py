"""Months, quarters and years, and which of them suits a run."""

import datetime
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Literal

Period = Literal["month", "quarter", "year"]
PERIODS: tuple[Period, ...] = ("month", "quarter", "year")
MOST_POINTS = 60
LEAST_REPORTS = 10


def label(date: datetime.date, period: Period) -> str:
    """The period that holds the date; labels sort in the order of time."""
    if period == "month":
        return f"{date.year:04}-{date.month:02}"
    return f"{date.year:04} Q{(date.month + 2) // 3}" if period == "quarter" else f"{date.year:04}"


def choose(dates: Sequence[datetime.date]) -> Period:
    """The shortest period with 60 points at most and a median of 10 reports or more in each."""
    for period in PERIODS:
        sizes = Counter(label(date, period) for date in dates).values()
        if sizes and len(sizes) <= MOST_POINTS and median(sizes) >= LEAST_REPORTS:
            return period
    return "year"
