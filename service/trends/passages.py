"""Marked passages to read: drawn at random within each category, so that nobody picks the worst."""

import csv
import hashlib
import json
import random
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nlp.errors import UnreadableInputError
from nlp.taxonomy import load
from service.documents import KINDS, read_document
from service.trends.runs import Runs

AROUND = 120
TEXT_KINDS = (*KINDS, ".jsonl", ".csv", ".parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One drawn finding. `before`, `words` and `after` are None where no text is at hand."""

    category: str
    row_id: str
    report_id: str
    start: int
    end: int
    before: str | None = None
    words: str | None = None
    after: str | None = None


def draw(runs: Runs, *, each: int, seed: int, texts: Sequence[Path]) -> list[Passage]:
    """Up to `each` counted findings a category, in the order of the taxonomy, the same for the same seed; words from the runs or from the files `texts`."""
    found = runs.kept("findings", ["row_id", "start", "end", "category", "counted"])
    found = found.filter(found["counted"]).sort_by([("row_id", "ascending"), ("start", "ascending"), ("end", "ascending")])
    categories, chance = np.asarray(found["category"].to_pylist(), dtype=object), random.Random(seed)
    places: list[int] = []
    for category in load().categories:
        mine = np.flatnonzero(categories == category.id).tolist()
        places += sorted(chance.sample(mine, min(each, len(mine))))
    rows = found.take(pa.array(places, pa.int64())).to_pylist()
    held = texts_of(runs, {row["row_id"] for row in rows}, texts)
    return [_passage(runs, row, held.get(row["row_id"])) for row in rows]


def texts_of(runs: Runs, row_ids: Collection[str], paths: Sequence[Path]) -> dict[str, str]:
    """The text of these reports by `row_id`: what the run holds, and what the files hold, known by its digest.

    Raises:
        UnreadableInputError: a file is missing or of a kind that cannot be read.
    """
    held = runs.texts(row_ids)
    if not paths:
        return held
    mine = runs.documents.filter(pc.is_in(runs.documents["row_id"], value_set=pa.array(sorted(row_ids), pa.string())))
    wanted: dict[str, list[str]] = {}
    for row_id, digest in zip(mine["row_id"].to_pylist(), mine["text_sha256"].to_pylist(), strict=True):
        wanted.setdefault(digest, []).append(row_id)
    for path in paths:
        for text in _texts_in(path):
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            held.update(dict.fromkeys(wanted.get(digest, []), text))
    return held


def _passage(runs: Runs, row: Mapping[str, Any], text: str | None) -> Passage:
    before, words, after = _cut(text, row["start"], row["end"])
    report_id = runs.documents["report_id"][pc.index(runs.documents["row_id"], row["row_id"]).as_py()].as_py()
    return Passage(
        category=load().category(row["category"]).name,
        row_id=row["row_id"],
        report_id=report_id,
        start=row["start"],
        end=row["end"],
        before=before,
        words=words,
        after=after,
    )


def _cut(text: str | None, start: int, end: int) -> tuple[str | None, str | None, str | None]:
    if text is None or end > len(text):
        return None, None, None
    left, right = max(0, start - AROUND), min(len(text), end + AROUND)
    return ("… " if left else "") + text[left:start], text[start:end], text[end:right] + (" …" if right < len(text) else "")


def _texts_in(path: Path) -> Iterator[str]:
    """Every string that a file holds and that may be a report: a cell, a value, or the whole file."""
    kind = path.suffix.lower()
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.suffix.lower() in TEXT_KINDS:
                yield from _texts_in(each)
    elif kind not in TEXT_KINDS or not path.is_file():
        raise UnreadableInputError(f"'{path}' is not a file of texts. Name the files that were scored: {', '.join(TEXT_KINDS)}, or a folder of them.")
    elif kind == ".parquet":
        for batch in pq.ParquetFile(path).iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                yield from (value for value in row.values() if isinstance(value, str))
    elif kind == ".jsonl":
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                yield from _strings(line)
    elif kind == ".csv":
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            for row in csv.reader(lines):
                yield from row
    else:
        yield read_document(path.name, path.read_bytes())[0]


def _strings(line: str) -> list[str]:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return []
    return [value for value in record.values() if isinstance(value, str)] if isinstance(record, dict) else []
