"""The dry run: how many records, what would be skipped and why, and how long, measured on a sample of the texts themselves."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.batch.engines import cores
from service.batch.formats import MissingColumnError
from service.batch.options import BatchOptions
from service.batch.reading import find_inputs, read_rows
from service.batch.rows import Row, as_batch
from service.batch.scoring import score_table
from service.wiring import build_analyzer

SAMPLE = 60
SAMPLE_SECONDS = 15.0
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would do. `seconds` assumes that the workers share the load evenly; `skipped` counts records by the code of their fault."""

    files: int
    reports: int
    characters: int
    skipped: dict[str, int]
    faults: tuple[Row, ...]
    sampled: int
    seconds: float
    workers: int


def estimate(inputs: Sequence[Path], output: Path, *, options: BatchOptions) -> Estimate:
    """Read everything, score a random sample, write nothing.

    Raises:
        UnreadableInputError: as `run_batch` would.
    """
    files = find_inputs(inputs, output)
    draw, sample = random.Random(SEED), list[Row]()
    reports = characters = 0
    skipped: Counter[str] = Counter()
    faults: list[Row] = []
    for row in read_rows(files, options):
        if row.code is not None:
            skipped[row.code] += 1
            if len(faults) < 10:
                faults.append(row)
            continue
        reports += 1
        characters += len(row.text or "")
        if len(sample) < SAMPLE:
            sample.append(row)
        elif (place := draw.randrange(reports)) < SAMPLE:
            sample[place] = row
    if not reports and skipped[MissingColumnError.code]:
        missing = next(row for row in faults if row.code == MissingColumnError.code)
        raise MissingColumnError(f"{missing.input}: {missing.message}")
    workers = options.workers or cores()
    draw.shuffle(sample)
    sampled, per_character = _measured(sample, options)
    seconds = characters * per_character / min(workers, cores())
    return Estimate(
        files=len(files),
        reports=reports,
        characters=characters,
        skipped=dict(skipped),
        faults=tuple(faults),
        sampled=sampled,
        seconds=seconds,
        workers=workers,
    )


def _measured(sample: Sequence[Row], options: BatchOptions) -> tuple[int, float]:
    """How many were scored and the seconds a character; the first is scored twice, as the first time is slow."""
    if not sample:
        return 0, 0.0
    analyzer = build_analyzer(options.detector, threads=1, suggest=False)
    score_table(analyzer, as_batch(sample[:1]))
    begun, characters, sampled = time.perf_counter(), 0, 0
    for row in sample:
        score_table(analyzer, as_batch([row]))
        characters += len(row.text or "")
        sampled += 1
        if time.perf_counter() - begun > SAMPLE_SECONDS:
            break
    return sampled, (time.perf_counter() - begun) / characters
