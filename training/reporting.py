"""Evaluations for a reader: tables on the terminal, one self-contained HTML page with plots, the text of a model card."""

from collections.abc import Sequence
from html import escape

from rich.console import Console
from rich.table import Table

from models.artefact import Manifest
from training.behaviour import Outcome
from training.evaluate import Calibration, Evaluation
from training.metrics import HEADLINE

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #bbb;padding:.25rem .6rem;text-align:right}th:first-child,td:first-child{text-align:left}
svg{max-width:28rem;background:#fafafa}caption{text-align:left;font-weight:bold}"""
SIDE = 320


def print_side_by_side(evaluations: Sequence[Evaluation], console: Console) -> None:
    """One column a contestant; intervals where they were drawn."""
    table = Table("figure", *(each.name for each in evaluations), title=f"{evaluations[0].sentences} sentences")
    for name in HEADLINE:
        table.add_row(name, *(_with_interval(each, name) for each in evaluations))
    table.add_row("calibration error, all sentences", *(f"{each.calibration.error:.3f}" if each.calibration else "" for each in evaluations))
    table.add_row("calibration error, marked ones", *(f"{each.marked_calibration.error:.3f}" if each.marked_calibration else "" for each in evaluations))
    console.print(table)


def print_tables(evaluation: Evaluation, console: Console) -> None:
    """The tables of one contestant and its confusion of attributions."""
    for title, rows in evaluation.tables.items():
        if rows:
            columns = list(next(iter(rows.values())))
            table = Table("", *columns, title=f"{evaluation.name}: {title}")
            for label, row in rows.items():
                table.add_row(label, *(_number(row[column]) for column in columns))
            console.print(table)
    table = Table("gold \\ said", *evaluation.confusion, title=f"{evaluation.name}: attribution")
    for gold, row in evaluation.confusion.items():
        table.add_row(gold, *map(str, row.values()))
    console.print(table)


def as_html(evaluations: Sequence[Evaluation], outcome: Outcome | None, *, title: str) -> str:
    """One page, no requests: the contestants side by side, the tables and the reliability plot of the first, the behavioural suite."""
    first = evaluations[0]
    rows = [[name, *(_with_interval(each, name) for each in evaluations)] for name in HEADLINE]
    parts = [f"<h1>{escape(title)}</h1>", _html_table("Side by side", ["figure", *(each.name for each in evaluations)], rows)]
    for name, table in first.tables.items():
        if table:
            columns = list(next(iter(table.values())))
            parts.append(_html_table(f"{first.name}: {name}", ["", *columns], [[label, *(_number(row[c]) for c in columns)] for label, row in table.items()]))
    parts.append(_html_table("Attribution, gold by row", ["", *first.confusion], [[gold, *map(str, row.values())] for gold, row in first.confusion.items()]))
    if first.calibration:
        parts.append(f"<h2>Calibration</h2><p>Expected calibration error {first.calibration.error:.3f}.</p>{reliability_plot(first.calibration)}")
    if outcome:
        parts.append(
            _html_table(
                "Behavioural suite",
                ["kind", "cases", "passed"],
                [[kind, str(outcome.counts[kind]), f"{share:.1%}"] for kind, share in outcome.passed.items()],
            )
        )
        parts.append(f"<p>Invariance: {outcome.violations:.2%} of fillings differ.</p>")
        parts.append("<ul>" + "".join(f"<li>{escape(each.place)}: {escape(each.why)}</li>" for each in outcome.failures) + "</ul>")
    return f"<!doctype html><html lang=en-GB><meta charset=utf-8><title>{escape(title)}</title><style>{STYLE}</style><body>{''.join(parts)}</body></html>"


def reliability_plot(calibration: Calibration) -> str:
    """Confidence against the share that readers marked; a dot's area grows with its count, the line is perfect calibration."""
    largest = max(n for *_, n in calibration.curve)
    dots = "".join(
        f'<circle cx="{20 + SIDE * confidence:.0f}" cy="{20 + SIDE * (1 - share):.0f}" r="{3 + 9 * (n / largest) ** 0.5:.1f}" fill="#005eb8" opacity=".7">'
        f"<title>confidence {confidence:.2f}, marked {share:.2f}, n={n}</title></circle>"
        for confidence, share, n in calibration.curve
    )
    return (
        f'<svg viewBox="0 0 {SIDE + 40} {SIDE + 60}" role="img" aria-label="Reliability: stated confidence against the share that readers marked">'
        f'<rect x="20" y="20" width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>'
        f'<path d="M20 {SIDE + 20}L{SIDE + 20} 20" stroke="#999" stroke-dasharray="4"/>{dots}'
        f'<text x="20" y="{SIDE + 45}">stated confidence, 0 to 1; upwards: share that readers marked</text></svg>'
    )


def model_card(manifest: Manifest, evaluations: Sequence[Evaluation], outcome: Outcome | None, *, command: str) -> str:
    """The `README.md` of an artefact."""
    head = " | ".join(["figure", *(each.name for each in evaluations)])
    line = " | ".join(["---"] * (len(evaluations) + 1))
    rows = "\n".join("| " + " | ".join([name, *(_with_interval(each, name) for each in evaluations)]) + " |" for name in HEADLINE)
    sources = "\n".join(
        f"| {name} | {row['sentences']:.0f} | {row['gold spans']:.0f} | {row['span char-F1']:.2f} | {row['attribution macro-F1']:.2f} |"
        for name, row in evaluations[0].tables["by source"].items()
    )
    behaviour = (
        "\n".join(f"- {kind}: {share:.1%} of {outcome.counts[kind]}" for kind, share in outcome.passed.items())
        + f"\n- fillings that differ when names, roles, bands, spelling or casing are swapped: {outcome.violations:.2%}"
        if outcome
        else "Not run."
    )
    corpora = "\n".join(f"- {path}: digest {digest}" for path, digest in manifest.corpora.items())
    return f"""# {manifest.title}

Marks blame-oriented wording and says where a sentence places its explanation. Written by code from a measurement; do not edit.

Its training data are partly authored and partly real public reports, all labelled by language-model readers after our guidelines, not by patient-safety
professionals. Readers of one kind agree more than people would: take every figure as a ceiling. It marks wording and judges nobody.

## Figures

{evaluations[0].sentences} sentences of reports that were in no training split. Printed by `{command}`.

| {head} |
| {line} |
{rows}

| source | sentences | spans | span char-F1 | attribution macro-F1 |
| --- | --- | --- | --- | --- |
{sources}

Calibration error of the probability that a sentence holds counted wording: {_error(evaluations[0].calibration)} over all sentences; of the confidence
shown with findings: {_error(evaluations[0].marked_calibration)}.

## Behavioural suite

{behaviour}

## Not for

Decisions about a person; employment matters; ranking authors, wards or organisations; languages other than English; handwriting or speech.

## Made from

{corpora}
- taxonomy {manifest.taxonomy}; budget {manifest.budget} word pieces a window
- {", ".join(f"{name} {number}" for name, number in manifest.environment.items())}
"""


def _with_interval(evaluation: Evaluation, name: str) -> str:
    value = f"{evaluation.figures[name]:.3f}"
    if name in evaluation.intervals:
        low, high = evaluation.intervals[name]
        return f"{value} ({low:.2f}–{high:.2f})"
    return value


def _number(value: float) -> str:
    return f"{value:.0f}" if value > 1 else f"{value:.3f}"


def _html_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{escape(title)}</caption><tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr>{cells}</table>"


def _error(calibration: Calibration | None) -> str:
    return f"{calibration.error:.3f}" if calibration else "not measured"
