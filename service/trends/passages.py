"""Marked passages to read: drawn at random within each category, so that nobody picks the worst."""

import csv
import hashlib
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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


def draw(runs: Runs, *, each: int, seed: int, texts: Mapping[str, str]) -> list[Passage]:
    """Up to `each` counted findings a category, in the order of the taxonomy, the same for the same seed."""
    columns = ["row_id", "start", "end", "category", "counted"]
    found = runs.kept("findings", columns).sort_by([("row_id", "ascending"), ("start", "ascending"), ("end", "ascending")])
    names = dict(zip(runs.documents["row_id"].to_pylist(), runs.documents["report_id"].to_pylist(), strict=True))
    chance = random.Random(seed)
    counted, categories = found["counted"].to_pylist(), found["category"].to_pylist()
    places: dict[str, list[int]] = {}
    for place, (is_counted, category) in enumerate(zip(counted, categories, strict=True)):
        if is_counted:
            places.setdefault(category, []).append(place)
    passages: list[Passage] = []
    for category in load().categories:
        mine = places.get(category.id, [])
        for place in sorted(chance.sample(mine, min(each, len(mine)))):
            row_id, start, end = (found[name][place].as_py() for name in columns[:3])
            before, words, after = _cut(texts.get(row_id), start, end)
            passages.append(
                Passage(category=category.name, row_id=row_id, report_id=names[row_id], start=start, end=end, before=before, words=words, after=after)
            )
    return passages


def texts_of(runs: Runs, paths: Sequence[Path]) -> dict[str, str]:
    """Report text by `row_id`: what the run holds, and what these files hold, known by its digest.

    Raises:
        UnreadableInputError: a file is missing or of a kind that cannot be read.
    """
    held = dict(runs.texts())
    wanted: dict[str, list[str]] = {}
    for row_id, digest in zip(runs.documents["row_id"].to_pylist(), runs.documents["text_sha256"].to_pylist(), strict=True):
        wanted.setdefault(digest, []).append(row_id)
    lengths = {len(digest) for digest in wanted}
    for path in paths:
        for text in _texts_in(path):
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            for length in lengths:
                held.update(dict.fromkeys(wanted.get(digest[:length], []), text))
    return held


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
