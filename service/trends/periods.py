"""Months, quarters and years, and which of them suits a run."""

import datetime
from collections import Counter
from collections.abc import Mapping
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


def choose(reports: Mapping[datetime.date, int]) -> Period:
    """The shortest period with 60 points at most and a median of 10 reports or more in each, given the reports of each day."""
    for period in PERIODS:
        sizes: Counter[str] = Counter()
        for date, number in reports.items():
            sizes[label(date, period)] += number
        if sizes and len(sizes) <= MOST_POINTS and median(sizes.values()) >= LEAST_REPORTS:
            return period
    return "year"
