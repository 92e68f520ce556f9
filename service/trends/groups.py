"""Reports by unit, type, severity and length: alphabetical, never sorted by rate, small numbers hidden."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from service.trends import charts, rates
from service.trends.charts import Row
from service.trends.runs import Runs
from service.trends.sections import INTERVAL, Section, Table, share_cells, share_words
from service.trends.suppression import Count, hidden_groups

BANDS = ((0, 100), (100, 250), (250, 500), (500, 1000), (1000, 2500), (2500, None))
MOST_ROWS = 60
ALPHABETICAL = (
    "Groups stand in alphabetical order, in one colour, and are not ranked: they differ in what they report, how long their reports are and who writes them, "
    "and a place in a table would be read as a verdict."
)
SUPPRESSED = (
    "Groups with fewer than 10 reports, or with 1 to 4 reports with or without marked wording, are not shown, nor are as many others as it takes for no "
    "hidden figure to follow from the total."
)
LENGTH = (
    "A longer report has more room for marked wording, so length confounds every comparison here. "
    "Compare groups only where their reports are of like length and kind."
)


def by_groups(runs: Runs) -> list[Section]:
    """One section a column, and one for the length of reports."""
    columns = (("unit", "By unit"), ("type", "By type of report"), ("severity", "By severity"))
    return [_by_length(runs), *(_by_column(runs, column, f"{title}: reports with marked wording") for column, title in columns)]


def group_counts(names: Sequence[str], flagged: Sequence[bool]) -> dict[str, Count]:
    """How many reports of each group are marked, in alphabetical order."""
    wholes, parts = Counter(names), Counter(name for name, mark in zip(names, flagged, strict=True) if mark)
    return {name: Count(parts[name], wholes[name]) for name in sorted(wholes, key=lambda each: (each.casefold(), each))}


def group_section(name: str, title: str, counts: Mapping[str, Count], *, label: str, reading: str, notes: Sequence[str] = ()) -> Section:
    """A dot plot of the groups that may be shown and a table of all, hidden ones by name only."""
    hidden = hidden_groups(counts)
    rows = [Row(group, rates.of_reports(count.part, count.whole), count.whole) for group, count in counts.items() if group not in hidden]
    total = sum(counts.values(), Count(0, 0))
    says = f"Over all groups, {share_words(rates.of_reports(total.part, total.whole))} of {total.whole:,} reports."
    says += f" {len(rows)} of {len(counts)} groups are large enough to show." if hidden else ""
    if len(rows) > MOST_ROWS:
        says += f" More than {MOST_ROWS} groups: see the table in place of a plot."
    drawn = rows if len(rows) <= MOST_ROWS else []
    return Section(
        id=name,
        title=title,
        says=says,
        svg=charts.dots(name, drawn, unit="share of reports with marked wording") if drawn else None,
        reading=f"{reading} The line through each dot is the {INTERVAL} (Wilson); where lines overlap much, there is no difference to speak of.",
        notes=(*notes, *([SUPPRESSED] if hidden else [])),
        table=Table(
            columns=(label, "Reports", "With marked wording", "Share", "Low", "High"),
            rows=tuple(_cells(group, count, group in hidden) for group, count in counts.items()),
        ),
    )


def flagged(runs: Runs) -> list[bool]:
    """Which reports hold at least one counted finding."""
    return [bool(each) for each in runs.numbers("counted_findings") > 0]


def _by_column(runs: Runs, column: str, title: str) -> Section:
    counts = group_counts(runs.values(column), flagged(runs))
    if len(counts) < 2:
        says = f"No report has a {column}; map a column when scoring to see this." if "(not recorded)" in counts else f"All reports have the same {column}."
        return Section(id=f"by-{column}", title=title, says=says)
    return group_section(f"by-{column}", title, counts, label=column.capitalize(), reading=ALPHABETICAL, notes=[LENGTH])


def _by_length(runs: Runs) -> Section:
    words = runs.numbers("words")
    marks = np.asarray(flagged(runs), dtype=bool)
    counts = {}
    for low, high in BANDS:
        inside = (words >= low) & (words < high if high else words >= low)
        if inside.any():
            counts[f"{low:,} to {high - 1:,} words" if high else f"{low:,} words or more"] = Count(int(marks[inside].sum()), int(inside.sum()))
    title = "By length: reports with marked wording"
    if len(counts) < 2:
        return Section(id="by-length", title=title, says="All reports are of like length, so there is nothing to compare.")
    return group_section("by-length", title, counts, label="Length", reading="Length bands stand in their own order.", notes=[LENGTH])


def _cells(group: str, count: Count, is_hidden: bool) -> tuple[str, ...]:
    if is_hidden:
        return (group, "not shown", "not shown", "not shown", "", "")
    return (group, f"{count.whole:,}", f"{count.part:,}", *share_cells(rates.of_reports(count.part, count.whole)))
