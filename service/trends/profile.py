"""What is marked and what explanations and actions look like, over all reports together."""

from collections.abc import Sequence

import numpy as np

from nlp.taxonomy import Category, Label, load
from service.trends import charts, rates
from service.trends.charts import Row
from service.trends.runs import Runs
from service.trends.sections import INTERVAL, Section, Table, share_cells, share_words

ONE_INTERVAL = f"The line through each dot is the {INTERVAL}, which allows for sentences of one report being alike."


def profile(runs: Runs) -> list[Section]:
    """Categories, attribution, system factors and action strength; labels in the order of the taxonomy, never by size."""
    return [_categories(runs), _attribution(runs), _factors(runs), _actions(runs)]


def _categories(runs: Runs) -> Section:
    title, labels = "Which kinds of marked wording occur", load().categories
    if not runs.numbers("counted_findings").sum():
        return Section(id="categories", title=title, says="No report holds counted wording. That says nothing on how events are explained; see below.")
    rows = _reports_with(runs, "category", labels)
    most = max(rows, key=lambda row: row.estimate.value or 0)
    return _section(
        "categories",
        title,
        f"The plot shows how many of {len(runs):,} reports hold each kind; most often '{most.label}', in {share_words(most.estimate)}.",
        rows,
        unit="share of reports that hold the kind at least once",
        reading=f"A report can hold several kinds, so the shares do not add up to 100%. The line through each dot is the {INTERVAL} (Wilson).",
        counted="reports",
    )


def _attribution(runs: Runs) -> Section:
    title, labels = "Where explanations stop: at a person or at the system", [each for each in load().attributions if each.id != "none"]
    rows = _of_all(runs, "attribution", labels)
    if rows is None:
        return Section(id="attribution", title=title, says="No sentence explains anything, so there is nothing to share out.")
    individual = next(row for row in rows if row.label == labels[0].name)
    return _section(
        "attribution",
        title,
        f"Of {rows[0].whole:,} sentences that explain something, {share_words(individual.estimate)} name only an individual.",
        rows,
        unit="share of explaining sentences",
        reading=f"The shares add up to 100%. {ONE_INTERVAL} There is no right balance; the figures are for reading, not a target.",
        counted="sentences",
    )


def _factors(runs: Runs) -> Section:
    rows = _reports_with(runs, "factor", load().factors)
    return _section(
        "factors",
        "Which parts of the work system reports mention (SEIPS)",
        f"Of {len(runs):,} reports, {'; '.join(f'{row.label.lower()} in {share_words(row.estimate)}' for row in rows[:2])}; the plot shows all six.",
        rows,
        unit="share of reports that mention the element",
        reading=f"What is not mentioned was perhaps not considered: a question, not a fault. The line through each dot is the {INTERVAL} (Wilson).",
        counted="reports",
    )


def _actions(runs: Runs) -> Section:
    title, labels = "How strong the actions are", [each for each in load().action_strengths if each.id != "none"]
    rows = _of_all(runs, "action", labels)
    if rows is None:
        return Section(id="actions", title=title, says="No sentence holds an action, so there is no profile to show.")
    return _section(
        "actions",
        title,
        f"Of {rows[0].whole:,} sentences with an action, {'; '.join(f'{row.label.lower()} {share_words(row.estimate)}' for row in rows)}.",
        rows,
        unit="share of sentences with an action",
        reading=(
            f"Action hierarchy (VA National Center for Patient Safety; RCA2). {ONE_INTERVAL} Published for comparison: 8% stronger, 44% "
            "intermediate, 48% weaker of 1,137 recommendations (Hibbert et al. 2018); 2%, 15% and 82% of 760 (Kwok et al. 2020). "
            "The hierarchy rests on judgement more than on trials; a weak action can be right as a stop-gap."
        ),
        counted="sentences",
    )


def _reports_with(runs: Runs, kind: str, labels: Sequence[Label | Category]) -> list[Row]:
    return [Row(each.name, rates.of_reports(int((runs.numbers(f"{kind}_{each.id}") > 0).sum()), len(runs)), len(runs)) for each in labels]


def _of_all(runs: Runs, kind: str, labels: Sequence[Label]) -> list[Row] | None:
    counts = [runs.numbers(f"{kind}_{each.id}") for each in labels]
    wholes = np.sum(counts, axis=0)
    if not wholes.sum():
        return None
    return [Row(each.name, rates.of_sentences(count, wholes), int(wholes.sum())) for each, count in zip(labels, counts, strict=True)]


def _section(name: str, title: str, says: str, rows: Sequence[Row], *, unit: str, reading: str, counted: str) -> Section:
    return Section(
        id=name,
        title=title,
        says=says,
        svg=charts.dots(name, rows, unit=unit),
        reading=reading,
        table=Table(
            columns=("Label", f"Out of ({counted})", "Share", "Low", "High"),
            rows=tuple((row.label, f"{row.whole:,}", *share_cells(row.estimate)) for row in rows),
        ),
    )
