"""Change over time: shares by period and two control charts, each begun anew where the measuring instrument changes."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from service.trends import charts, rates, spc
from service.trends.periods import LEAST_REPORTS, Period, choose, label
from service.trends.runs import Runs
from service.trends.sections import INTERVAL, Section, Table, number_words, percent, share_cells, share_words

NEUTRAL = (
    "A signal says that something changed, not what, and not that care or investigations became better or worse. It is not coloured as improvement or "
    "concern: fewer marked words can also mean that reports say less."
)
RULES = (
    "Signals (NHS England, Making Data Count): a point outside the limits; 7 points in a row that rise or fall; 2 of 3 near a limit; "
    "7 in a row on one side of the mean."
)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One point: the reports of one period that one instrument scored; an array of counts has an entry a report."""

    period: str
    scored_by: str
    findings: npt.NDArray[Any]
    words: npt.NDArray[Any]
    sentences: npt.NDArray[Any]
    hidden: npt.NDArray[Any]

    @property
    def reports(self) -> int:
        return len(self.findings)

    @property
    def flagged(self) -> int:
        return int((self.findings > 0).sum())


def over_time(runs: Runs, *, period: Period | None) -> list[Section]:
    """Prevalence, a p chart and an XmR chart; or one plain sentence where the dates do not allow them."""
    titles = [
        ("prevalence", "How many reports hold marked wording, over time"),
        ("p-chart", "Is the share of reports with marked wording changing, or only varying?"),
        ("xmr", "Is the density of marked wording changing, or only varying?"),
    ]
    marked = rates.of_reports(int((runs.numbers("counted_findings") > 0).sum()), len(runs))
    overall = f"Of {len(runs):,} reports, {share_words(marked)} hold at least one counted passage."
    days = {each["values"]: each["counts"] for each in pc.value_counts(runs.documents["date"]).to_pylist() if each["values"]}
    if not days:
        return [
            Section(
                id="prevalence", title=titles[0][1], says=f"{overall} No report has a date, so nothing can be shown over time: map a date column when scoring."
            )
        ]
    period = period or choose(days)
    cells, small = _cells(runs, period)
    notes = [*_left_out(len(runs) - sum(days.values()), small), *_instruments(cells, period)]
    if len(cells) < 2:
        only = f"All dated reports fall into one {period}" if not small else f"Fewer than two {period}s hold {LEAST_REPORTS} reports"
        return [Section(id="prevalence", title=titles[0][1], says=f"{overall} {only}, so there is no change over time to show.", notes=tuple(notes))]
    changes = _instruments(cells, period)
    return [_prevalence(*titles[0], cells, period, notes), _shares(*titles[1], cells, period, changes), _density(*titles[2], cells, period, changes)]


def _cells(runs: Runs, period: Period) -> tuple[list[_Cell], int]:
    """Points in order: instruments by their first period, periods in the order of time; and how many points are too small."""
    dates, versions = (pc.dictionary_encode(runs.documents[name].combine_chunks()) for name in ("date", "scored_by"))
    labels = [label(date, period) for date in dates.dictionary.to_pylist()]
    instruments = versions.dictionary.to_pylist()
    known = sorted(set(labels))
    codes = np.asarray([known.index(name) for name in labels])
    dated = np.flatnonzero(np.asarray(dates.is_valid()))
    days = np.asarray(dates.indices.take(pa.array(dated)))
    places = np.asarray(versions.indices)[dated] * len(known) + codes[days]
    columns = [runs.numbers(name) for name in ("counted_findings", "words", "sentences", "hidden_actor_sentences")]
    order = np.argsort(places, kind="stable")
    points, starts = np.unique(places[order], return_index=True)
    cells = [
        _Cell(known[point % len(known)], instruments[point // len(known)], *(column[dated[rows]] for column in columns))
        for point, rows in zip(points.tolist(), np.split(order, starts[1:]), strict=True)
    ]
    first = {scored_by: min(cell.period for cell in cells if cell.scored_by == scored_by) for scored_by in {cell.scored_by for cell in cells}}
    kept = [cell for cell in cells if cell.reports >= LEAST_REPORTS]
    kept.sort(key=lambda cell: (first[cell.scored_by], cell.scored_by, cell.period))
    return kept, len(cells) - len(kept)


def _left_out(undated: int, small: int) -> list[str]:
    """What no point over time shows."""
    notes = [f"Reports without a date, left out here and in the two charts below: {undated:,}."] if undated else []
    return [*notes, f"Points with fewer than {LEAST_REPORTS} reports, left out here and below: {small}."] if small else notes


def _instruments(cells: list[_Cell], period: Period) -> list[str]:
    """What a change of the measuring instrument means for the charts."""
    notes = []
    instruments = list(dict.fromkeys(cell.scored_by for cell in cells))
    if len(instruments) > 1:
        notes.append(
            "The rules or the model changed, which is a change of the measuring instrument: charts begin anew there, and levels before and after cannot be "
            "compared. Score all reports again with one version to compare them."
        )
    periods = [cell.period for cell in cells]
    if len(set(periods)) < len(periods):
        notes.append(f"Some {period}s were scored by more than one version; the versions follow one another on the axis.")
    return notes


def _prevalence(name: str, title: str, cells: list[_Cell], period: Period, notes: list[str]) -> Section:
    estimates = [rates.of_reports(cell.flagged, cell.reports) for cell in cells]
    labels = [cell.period for cell in cells]
    total = sum(cell.reports for cell in cells)
    overall = rates.of_reports(sum(cell.flagged for cell in cells), total)
    return Section(
        id=name,
        title=title,
        says=f"Of the {total:,} reports in the {period}s shown (those with {LEAST_REPORTS} or more), {share_words(overall)} hold at least one counted passage.",
        svg=charts.intervals(name, labels, estimates, segments=[cell.scored_by for cell in cells], unit="share of reports", period=period),
        reading=f"Each dot is the share of one {period}'s reports; the line through it is the {INTERVAL} (Wilson). Long lines: few reports.",
        notes=tuple(notes),
        table=Table(
            columns=(period.capitalize(), "Reports", "With marked wording", "Share", "Low", "High"),
            rows=tuple(
                (cell.period, f"{cell.reports:,}", f"{cell.flagged:,}", *share_cells(estimate)) for cell, estimate in zip(cells, estimates, strict=True)
            ),
        ),
    )


def _shares(name: str, title: str, cells: list[_Cell], period: Period, notes: list[str]) -> Section:
    points = spc.p_chart([cell.flagged for cell in cells], [cell.reports for cell in cells], [cell.scored_by for cell in cells])
    large = any(spc.is_large([cell.reports for cell in group]) for _, group in groupby(cells, key=lambda cell: cell.scored_by))
    kind = "p′ chart (Laney), because the numbers are large" if large else "p chart: limits widen where there are fewer reports"
    return Section(
        id=name,
        title=title,
        says=_verdict(cells, points, period),
        svg=charts.control(name, [cell.period for cell in cells], points, unit="share of reports", period=period, percent=True),
        reading=f"{kind}. Grey dots between the dashed lines are what chance alone produces; triangles are signals. {RULES}",
        notes=(*notes, NEUTRAL),
        table=Table(
            columns=(period.capitalize(), "Reports", "Share", "Mean", "Lower limit", "Upper limit", "Signal", "Scored by"),
            rows=tuple(
                (cell.period, f"{cell.reports:,}", percent(point.value), percent(point.mean), *_limits(point, percent), _signal(point), cell.scored_by)
                for cell, point in zip(cells, points, strict=True)
            ),
        ),
    )


def _density(name: str, title: str, cells: list[_Cell], period: Period, notes: list[str]) -> Section:
    spoken = [cell for cell in cells if int(cell.words.sum())]
    if len(spoken) < 2:
        return Section(id=name, title=title, says="The reports hold no words to count per 1,000 of.")
    densities = [1000 * int(cell.findings.sum()) / int(cell.words.sum()) for cell in spoken]
    points = spc.xmr(densities, [cell.scored_by for cell in spoken])
    overall = rates.per_thousand(np.concatenate([cell.findings for cell in spoken]), np.concatenate([cell.words for cell in spoken]))
    hidden = rates.of_sentences(np.concatenate([cell.hidden for cell in spoken]), np.concatenate([cell.sentences for cell in spoken]))
    return Section(
        id=name,
        title=title,
        says=f"In the {period}s shown, {number_words(overall)} counted passages per 1,000 words. {_verdict(spoken, points, period)}",
        svg=charts.control(name, [cell.period for cell in spoken], points, unit="per 1,000 words", period=period, percent=False),
        reading=f"XmR chart: limits from how much one {period} differs from the next. {RULES}",
        notes=(
            *notes,
            f"Read it beside this: {share_words(hidden)} of sentences tell of an act without saying who acted. "
            "Marked wording can fall because actors disappear.",
        ),
        table=Table(
            columns=(period.capitalize(), "Words", "Per 1,000 words", "Mean", "Lower limit", "Upper limit", "Signal", "Scored by"),
            rows=tuple(
                (cell.period, f"{int(cell.words.sum()):,}", _two(point.value), _two(point.mean), *_limits(point, _two), _signal(point), cell.scored_by)
                for cell, point in zip(spoken, points, strict=True)
            ),
        ),
    )


def _verdict(cells: list[_Cell], points: list[spc.Point], period: Period) -> str:
    signals = [(cell.period, point) for cell, point in zip(cells, points, strict=True) if point.signal]
    lengths = [sum(1 for _ in group) for _, group in groupby(points, key=lambda point: point.segment)]
    provisional = f" One version has fewer than {spc.ENOUGH_POINTS} points: its limits are provisional, so do not act on a signal yet."
    caution = provisional if min(lengths) < spc.ENOUGH_POINTS else ""
    if not signals:
        return f"No signal of change in {len(points)} points: the differences between {period}s are within expected variation.{caution}"
    listed = ", ".join(f"{name} ({point.side}: {point.signal})" for name, point in signals[:3])
    more = f" and {len(signals) - 3} more in the table" if len(signals) > 3 else ""
    return f"{len(signals)} of {len(points)} points signal a change: {listed}{more}.{caution}"


def _limits(point: spc.Point, words: Callable[[float], str]) -> tuple[str, str]:
    if point.lower is None or point.upper is None:
        return ("too few points", "too few points")
    return (words(point.lower), words(point.upper))


def _signal(point: spc.Point) -> str:
    return f"{point.side}: {point.signal}" if point.signal else "none"


def _two(value: float) -> str:
    return f"{value:.2f}"
