"""Run folders in, one self-contained HTML page out: no script, no request to anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow.compute as pc
from jinja2 import Environment, PackageLoader, StrictUndefined

from nlp.taxonomy import load
from service.trends import rates
from service.trends.correction import corrected_share
from service.trends.groups import by_groups
from service.trends.over_time import over_time
from service.trends.passages import Passage, draw
from service.trends.periods import Period
from service.trends.profile import profile
from service.trends.runs import Runs, error_counts, read_runs
from service.trends.sample import Check, load_check
from service.trends.sections import Section, share_words

LEAST_REPORTS = 20
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What the report shows. `period` None chooses one; `audits` are columns; `texts` are the scored files, for the words of the passages."""

    title: str = "What the wording of reports shows"
    period: Period | None = None
    audits: tuple[str, ...] = ()
    check: Path | None = None
    texts: tuple[Path, ...] = ()
    passages: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The first screen: what was read, what was not, when, and by which version."""

    reports: int
    not_read: int
    errors: tuple[tuple[str, int], ...]
    repeated: int
    unfinished: int
    first: str | None
    last: str | None
    undated: int
    versions: tuple[tuple[str, int], ...]
    taxonomy: str


def build_report(run_dirs: Sequence[Path], *, options: ReportOptions | None = None) -> str:
    """The report on these run folders, read together, as one HTML page.

    Raises:
        UnreadableInputError: a folder is not that of a run, a named column is in no report, or a check or text file cannot be read.
    """
    options = options or ReportOptions()
    runs = read_runs(run_dirs)
    sections, passages = _sections(runs, options), _passages(runs, options)
    page = _environment().get_template("report.html.jinja")
    return page.render(options=options, facts=_facts(runs), sections=sections, passages=passages, policy=POLICY, least=LEAST_REPORTS)


def _facts(runs: Runs) -> Facts:
    dates = runs.documents["date"].drop_null()
    first, last = (f"{day:%-d %B %Y}" if day else None for day in pc.min_max(dates).as_py().values())
    versions = pc.value_counts(runs.documents["scored_by"]).to_pylist()
    return Facts(
        reports=len(runs),
        not_read=int(runs.errors.num_rows),
        errors=tuple(error_counts(runs)),
        repeated=runs.repeated,
        unfinished=runs.unfinished,
        first=first,
        last=last,
        undated=len(runs) - len(dates),
        versions=tuple(sorted((each["values"], each["counts"]) for each in versions)),
        taxonomy=load().version,
    )


def _sections(runs: Runs, options: ReportOptions) -> list[Section]:
    if len(runs) < LEAST_REPORTS:
        return []
    found = over_time(runs, period=options.period)
    found += [_corrected(runs, load_check(options.check))] if options.check else []
    found += [*profile(runs), *by_groups(runs)]
    if options.audits:
        from service.trends.fairness import equity  # loads a statistics library that takes a second

        found += [section for column in options.audits for section in equity(runs, column)]
    return found


def _corrected(runs: Runs, check: Check) -> Section:
    title = "What the share would be if the tool made no errors"
    versions = set(runs.documents["scored_by"].to_pylist())
    if versions != set(check.scored_by):
        return Section(id="correction", title=title, says="The check was made with another version of rules or model than these runs, so it says nothing here.")
    marked = int((runs.numbers("counted_findings") > 0).sum())
    estimate = corrected_share(marked, len(runs), check.accuracy)
    return Section(
        id="correction",
        title=title,
        says=f"The tool marks {share_words(rates.of_reports(marked, len(runs)))} of reports. Corrected for its errors here: {share_words(estimate)}.",
        reading=(
            f"{check.read:,} reports of a random sample were read by people. The tool found {share_words(check.sensitivity)} of the reports in which they saw "
            f"blame wording, and left unmarked {share_words(check.specificity)} of the others. "
            "Correction: Rogan and Gladen 1978; interval: Lang and Reiczigel 2014."
        ),
    )


def _passages(runs: Runs, options: ReportOptions) -> list[Passage]:
    return draw(runs, each=options.passages, seed=options.seed, texts=options.texts)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=PackageLoader("service.trends"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
