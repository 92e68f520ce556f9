"""The rows that go into scoring: one a record, of whatever input, as Arrow batches. A record that cannot be scored is a row with `code` and `message`."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

# A batch for one worker ends at the first of these; where it ends changes nothing in what is written.
BATCH_ROWS = 32
BATCH_CHARACTERS = 100_000

ROWS = pa.schema([
    ("input", pa.string()), ("row", pa.int64()), ("report_id", pa.string()), ("text", pa.string()), ("date", pa.date32()), ("unit", pa.string()),
    ("type", pa.string()), ("severity", pa.string()), ("staff_group", pa.string()), ("columns", pa.map_(pa.string(), pa.string())),
    ("code", pa.string()), ("message", pa.string()),
])  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record of an input; `row` counts from 1 and is None for a fault of the whole file. With `code` it is an error and has no text."""

    input: str
    row: int | None
    report_id: str | None = None
    text: str | None = None
    date: dt.date | None = None
    unit: str | None = None
    type: str | None = None
    severity: str | None = None
    staff_group: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None


def in_batches(rows: Iterable[Row], *, rows_per_part: int) -> Iterator[pa.RecordBatch]:
    """Rows as batches with the schema `ROWS`; none reaches over the border of a part."""
    held: list[Row] = []
    characters = 0
    for number, row in enumerate(rows, 1):
        held.append(row)
        characters += len(row.text or "")
        if len(held) == BATCH_ROWS or characters >= BATCH_CHARACTERS or number % rows_per_part == 0:
            yield as_batch(held)
            held, characters = [], 0
    if held:
        yield as_batch(held)


def as_batch(rows: Iterable[Row]) -> pa.RecordBatch:
    """These rows with the schema `ROWS`."""
    return pa.RecordBatch.from_pylist([_plain(row) for row in rows], schema=ROWS)


def _plain(row: Row) -> dict[str, Any]:
    return {**asdict(row), "columns": list(row.columns.items())}
