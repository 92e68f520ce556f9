"""A local check: a sample of reports for people to read, and how the tool did against what they said.

The sample is stratified by whether a report is marked and by year, with known weights, so that sensitivity and specificity hold for the whole run. The
sheet does not show which reports are marked: readers who know are readers who agree.
"""

import csv
import io
import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from nlp.errors import UnreadableInputError
from nlp.measures import share
from nlp.report import Estimate
from service.trends.correction import Accuracy
from service.trends.runs import Runs

Stratum = tuple[bool, str]
HEADER = ("row_id", "input", "row", "report_id", "blame")
ANSWERS = {"yes": True, "y": True, "1": True, "true": True, "no": False, "n": False, "0": False, "false": False}
LEAST_SIZE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What readers found. The counts behind sensitivity and specificity are effective: smaller than `read`, because strata have different weights."""

    scored_by: tuple[str, ...]
    read: int
    unanswered: int
    sensitivity: Estimate
    specificity: Estimate
    positives: float
    negatives: float
    weights: Mapping[str, float]

    @property
    def accuracy(self) -> Accuracy:
        """As the correction takes it.

        Raises:
            UnreadableInputError: sensitivity or specificity has no value.
        """
        if self.sensitivity.value is None or self.specificity.value is None:
            raise UnreadableInputError("The check has no sensitivity or no specificity. Have more reports read: some with blame wording and some without.")
        return Accuracy(sensitivity=self.sensitivity.value, specificity=self.specificity.value, positives=self.positives, negatives=self.negatives)


def draw_sample(runs: Runs, *, size: int, seed: int) -> pa.Table:
    """`size` reports of the run in random order.

    Raises:
        UnreadableInputError: the run holds fewer reports, or none that is marked, or none that is not.
    """
    strata = _strata(runs)
    if size < LEAST_SIZE or size > len(runs):
        raise UnreadableInputError(f"A sample needs {LEAST_SIZE} to {len(runs):,} reports (the size of the run), not {size:,}.")
    chance = random.Random(seed)
    drawn = [place for stratum, number in _allocate(strata, size).items() for place in chance.sample(strata[stratum], number)]
    chance.shuffle(drawn)
    return runs.documents.select(HEADER[:-1]).take(drawn)


def write_sheet(sample: pa.Table, *, texts: Mapping[str, str]) -> str:
    """A sample as a CSV sheet with an empty column `blame` for yes or no, and a column `text` where texts are given."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*HEADER, *(["text"] if texts else [])])
    writer.writeheader()
    for row in sample.to_pylist():
        safe = {name: _harmless(value) if isinstance(value, str) else value for name, value in row.items()}
        writer.writerow({**safe, "blame": "", **({"text": _harmless(texts.get(row["row_id"], ""))} if texts else {})})
    return buffer.getvalue()


def score_sheet(runs: Runs, sheet: str) -> Check:
    """Sensitivity and specificity, weighted to the run, from a sheet that readers filled in.

    Raises:
        UnreadableInputError: a column is missing, a row is not of this run, or an answer is neither yes nor no.
    """
    answers, unanswered = _answers(runs, sheet)
    strata = _strata(runs)
    row_ids = runs.documents["row_id"].to_pylist()
    if not all(any(row_ids[place] in answers for place in places) for places in strata.values()):
        strata = _without_years(strata)
    read = {stratum: [(stratum[0], answers[row_ids[place]]) for place in places if row_ids[place] in answers] for stratum, places in strata.items()}
    if not all(read.values()):
        raise UnreadableInputError("The sheet needs answers for marked and for unmarked reports. Have more of its rows read.")
    sizes = {stratum: len(places) for stratum, places in strata.items()}
    sensitivity, positives = _weighted_share(read, sizes, among=True)
    specificity, negatives = _weighted_share(read, sizes, among=False)
    return Check(
        scored_by=tuple(sorted(set(runs.documents["scored_by"].to_pylist()))),
        read=len(answers),
        unanswered=unanswered,
        sensitivity=sensitivity,
        specificity=specificity,
        positives=positives,
        negatives=negatives,
        weights={_name(stratum): round(sizes[stratum] / len(pairs), 4) for stratum, pairs in sorted(read.items())},
    )


def save_check(check: Check, path: Path) -> None:
    """Write the check as JSON, for `secondstory report --check`."""
    path.write_text(json.dumps(asdict(check), indent=1) + "\n", encoding="utf-8")


def load_check(path: Path) -> Check:
    """A check that `save_check` wrote.

    Raises:
        UnreadableInputError: the file is missing or is not a check.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        mended = {"scored_by": tuple(record["scored_by"]), **{name: Estimate(**record[name]) for name in ("sensitivity", "specificity")}}
        return Check(**{**record, **mended})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableInputError(f"'{path}' is not a check. Write one with 'secondstory sample-score'.") from error


def _strata(runs: Runs) -> dict[Stratum, list[int]]:
    strata: dict[Stratum, list[int]] = {}
    dates = runs.documents["date"].to_pylist()
    for place, (findings, date) in enumerate(zip(runs.numbers("counted_findings"), dates, strict=True)):
        strata.setdefault((bool(findings > 0), str(date.year) if date else "undated"), []).append(place)
    if len({marked for marked, _ in strata}) < 2:
        raise UnreadableInputError("All reports of the run are marked, or none is. A check needs some of both; add another run.")
    return dict(sorted(strata.items()))


def _without_years(strata: Mapping[Stratum, list[int]]) -> dict[Stratum, list[int]]:
    """Strata of marked and unmarked reports alone, for sheets in which a year has no answer."""
    joined: dict[Stratum, list[int]] = {}
    for (marked, _), places in strata.items():
        joined.setdefault((marked, "all years"), []).extend(places)
    return joined


def _allocate(strata: Mapping[Stratum, Sequence[int]], size: int) -> dict[Stratum, int]:
    """Half to marked and half to unmarked reports, shared out over years by their size, two at least where there are two."""
    sizes = {stratum: len(places) for stratum, places in strata.items()}
    numbers = {stratum: min(2, whole) for stratum, whole in sizes.items()}
    if sum(numbers.values()) > size:
        raise UnreadableInputError(f"The run spans too many years for a sample of {size}. Draw {sum(numbers.values())} reports or more.")
    sides = {marked: sum(whole for stratum, whole in sizes.items() if stratum[0] == marked) for marked in (True, False)}
    while sum(numbers.values()) < size:
        open_ones = [stratum for stratum in numbers if numbers[stratum] < sizes[stratum]]
        neediest = max(open_ones, key=lambda stratum: (size / 2 * sizes[stratum] / sides[stratum[0]] - numbers[stratum], stratum))
        numbers[neediest] += 1
    return numbers


def _answers(runs: Runs, sheet: str) -> tuple[dict[str, bool], int]:
    rows = list(csv.DictReader(io.StringIO(sheet.lstrip("\ufeff"))))
    if not rows or not {"row_id", "blame"} <= rows[0].keys():
        raise UnreadableInputError("The sheet has no rows, or no columns 'row_id' and 'blame'. Use the one written by 'secondstory sample'.")
    known = set(runs.documents["row_id"].to_pylist())
    answers: dict[str, bool] = {}
    unanswered = 0
    for line, row in enumerate(rows, 2):
        said = (row["blame"] or "").strip().lower()
        if row["row_id"] not in known:
            raise UnreadableInputError(f"Row {line} of the sheet is not a report of this run. Score the sheet with the run that it was drawn from.")
        if said and said not in ANSWERS:
            raise UnreadableInputError(f"Row {line} of the sheet has an answer that is neither 'yes' nor 'no' in column 'blame'. Correct it.")
        if row["row_id"] in answers:
            raise UnreadableInputError(f"Row {line} of the sheet repeats a report. Keep one answer for each.")
        if said:
            answers[row["row_id"]] = ANSWERS[said]
        else:
            unanswered += 1
    if not answers:
        raise UnreadableInputError("No row of the sheet is answered. Write 'yes' or 'no' in its column 'blame'.")
    return answers, unanswered


def _weighted_share(read: Mapping[Stratum, list[tuple[bool, bool]]], sizes: Mapping[Stratum, int], *, among: bool) -> tuple[Estimate, float]:
    """The weighted share marked as readers say, among the reports of which readers say `among`, and the effective number behind it.

    Its variance takes half a report more of either kind on both sides, so that no missed report in a small sample is not taken for none in the run.
    """
    truths = sum(truth is among for pairs in read.values() for _, truth in pairs)
    if not truths:
        return Estimate(why=f"readers found no report {'with' if among else 'without'} blame wording"), 0.0
    right, expected_right, variance_right = _side(read, sizes, marked=among, among=among)
    wrong, expected_wrong, variance_wrong = _side(read, sizes, marked=not among, among=among)
    value, expected = right / (right + wrong), expected_right / (expected_right + expected_wrong)
    variance = (expected_wrong**2 * variance_right + expected_right**2 * variance_wrong) / (expected_right + expected_wrong) ** 4
    effective = min(float(truths), expected * (1 - expected) / variance) if variance > 0 else float(truths)
    return share(value * effective, effective, nothing=""), round(effective, 2)


def _side(read: Mapping[Stratum, list[tuple[bool, bool]]], sizes: Mapping[Stratum, int], *, marked: bool, among: bool) -> tuple[float, float, float]:
    """Of the marked or unmarked reports of the run: how many readers would call `among`, the same smoothed, and its variance."""
    mine = {stratum: pairs for stratum, pairs in read.items() if stratum[0] is marked}
    number, whole = sum(len(pairs) for pairs in mine.values()), sum(sizes[stratum] for stratum in mine)
    total = math.fsum(sizes[stratum] / len(pairs) * sum(truth is among for _, truth in pairs) for stratum, pairs in mine.items())
    smoothed = (total / whole * number + 0.5) / (number + 1)
    return total, whole * smoothed, whole**2 * (1 - number / whole) * smoothed * (1 - smoothed) / number


def _name(stratum: Stratum) -> str:
    return f"{'marked' if stratum[0] else 'unmarked'}, {stratum[1]}"


def _harmless(text: str) -> str:
    """A spreadsheet takes a cell that begins with =, +, - or @ for a formula; an apostrophe keeps it text."""
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
