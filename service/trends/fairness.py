"""The equity audit of a column, and beside it what was measured of the tool's own bias."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.artefact import METRICS, RELEASES
from service.trends import charts
from service.trends.charts import Row
from service.trends.equity import Audit, audit
from service.trends.groups import flagged, group_section
from service.trends.runs import Runs
from service.trends.sections import INTERVAL, Section, Table, number_words

GOVERNANCE = (
    "An audit of the organisation's reports, for its own governance. A difference here can come from what is reported, from how people write, from the tool, "
    "or from unfair treatment: it is a reason to read, not a finding about anyone."
)


def equity(runs: Runs, column: str, *, releases: Path = RELEASES) -> list[Section]:
    """Shares by group, and the ratios that allow for length and type with Holm's correction."""
    marks = flagged(runs)
    names = runs.values(column)
    name = "audit-" + "".join(letter if letter.isalnum() else "-" for letter in column.lower())
    plain = column.replace("_", " ")
    found = audit(np.asarray(marks, dtype=bool), names, runs.numbers("words"), runs.values("type"))
    title = f"Equity audit by {plain}: share of reports with marked wording"
    if len(found.counts) < 2:
        return [Section(id=name, title=title, says=f"All reports have the same {plain}, so there is nothing to compare.")]
    shares = group_section(name, title, found.counts, label=plain.capitalize(), reading="Groups stand in alphabetical order.", notes=[GOVERNANCE])
    return [shares, _ratios(name + "-ratio", plain, found, measured_bias(runs, releases))]


def measured_bias(runs: Runs, releases: Path = RELEASES) -> list[str]:
    """What the artefacts that scored these reports measured of their own bias, one sentence an instrument."""
    sentences = []
    for scored_by in sorted(set(runs.documents["scored_by"].to_pylist())):
        path = next(
            (path for path in sorted(releases.glob(f"*/*/{METRICS}")) if scored_by.endswith(f"model/{path.parent.parent.name}/{path.parent.name}")), None
        )
        figures = json.loads(path.read_text(encoding="utf-8")).get("figures", {}) if path else {}
        violations, gap = figures.get("behaviour: invariance violations"), figures.get("subgroup gap")
        if path is None or violations is None or gap is None:
            sentences.append(f"The tool's own bias: none is measured for '{scored_by}', so a difference between groups may be the tool's.")
            continue
        sentences.append(
            f"The tool's own bias ({path.parent.parent.name}/{path.parent.name}): when only a name, a role or another mark of who is meant was "
            f"swapped in a test sentence, {100 * violations:.1f}% of the variants were marked differently; in the worst set of swaps {100 * gap:.0f}%. "
            "Differences between groups that are not much larger may be the tool's."
        )
    return sentences


def _ratios(name: str, plain: str, found: Audit, notes: Sequence[str]) -> Section:
    title = f"Equity audit by {plain}, allowing for length and type of report"
    left_out = [f"Left out, because none or all of their reports are marked: {', '.join(found.left_out)}."] if found.left_out else []
    if found.why:
        return Section(id=name, title=title, says=found.why, notes=(*left_out, *notes))
    clear = [each.group for each in found.comparisons if each.p_holm < 0.05]
    compared = f"Groups compared with '{found.reference}', the largest: {len(found.comparisons)}."
    named = f"{', '.join(clear)}; about one such in twenty audits is expected by chance" if clear else "none"
    says = f"{compared} With p under 0.05 after Holm's correction for that number: {named}."
    rows = [Row(each.group, each.ratio, found.counts[each.group].whole) for each in found.comparisons]
    return Section(
        id=name,
        title=title,
        says=says,
        svg=charts.dots(name, rows, unit=f"times the share in '{found.reference}' (dashed line: the same share)", percent=False, reference=1),
        reading=(
            f"A dot right of the dashed line: marked more often than '{found.reference}' in reports of like length and type. The line through it is the "
            f"{INTERVAL}, for one comparison alone (modified Poisson regression with robust variance, Zou 2004). "
            "The p values are corrected for the number of comparisons (Holm)."
        ),
        notes=(*found.cautions, *left_out, *notes),
        table=Table(
            columns=(plain.capitalize(), f"Times the share in '{found.reference}'", "p (Holm)"),
            rows=tuple((each.group, number_words(each.ratio), _p_words(each.p_holm)) for each in found.comparisons),
        ),
    )


def _p_words(value: float) -> str:
    """Three places, and never 0.050 for what is under 0.05."""
    if value < 0.001:
        return "<0.001"
    return "<0.050" if 0.0495 <= value < 0.05 else f"{value:.3f}"
