"""A section of the report: what it says, a plot, how to read it, and the figures as a table."""

from dataclasses import dataclass

from nlp.report import Estimate

INTERVAL = "95% interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures for those who cannot or would rather not read a plot."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`says` is the plot in a sentence and its text alternative; `reading` says how to read it; without `svg`, `says` stands in its place."""

    id: str
    title: str
    says: str
    svg: str | None = None
    reading: str = ""
    notes: tuple[str, ...] = ()
    table: Table | None = None


def percent(value: float) -> str:
    """A share as the report writes it."""
    return f"{100 * value:.0f}%" if 0.1 <= value <= 0.9 or value in {0, 1} else f"{100 * value:.1f}%"


def share_words(estimate: Estimate) -> str:
    """A share with its interval, or why there is none."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return f"no value ({estimate.why})"
    return f"{percent(estimate.value)} ({INTERVAL} {percent(estimate.low)} to {percent(estimate.high)})"


def number_words(estimate: Estimate) -> str:
    """A rate or ratio with its interval, or why there is none."""
    if estimate.value is None:
        return f"no value ({estimate.why})"
    return f"{estimate.value:.2f} ({INTERVAL} {estimate.low:.2f} to {estimate.high:.2f})"


def share_cells(estimate: Estimate) -> tuple[str, str, str]:
    """Value, low and high end for a table."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return ("no value", "", "")
    return (percent(estimate.value), percent(estimate.low), percent(estimate.high))
