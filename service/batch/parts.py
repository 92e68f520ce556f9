"""The files of a run. A part is four Parquet files of one number; each is written aside, flushed to the disk and renamed, so that it is whole or not there.

The documents of a part come last: where they are, the part is complete. Within one version of the writer the same rows are the same bytes.
"""

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.artefact import file_digest
from service.batch.manifest import PartDigest
from service.batch.scoring import NAMES, Tables, schemas

LAST_WRITTEN = "documents"
PATTERN = "part-*.parquet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PartWriter:
    """Gathers tables and writes a part whenever one is full."""

    def __init__(self, folder: Path, *, with_text: bool, first: int) -> None:
        self._folder = folder
        self._schemas = schemas(with_text=with_text)
        self._number = first
        self._held: list[Tables] = []

    def add(self, scored: Tables) -> None:
        """Hold these rows for the part under way."""
        self._held.append(scored)

    def close_part(self) -> None:
        """Write the part under way, be it empty, and begin the next."""
        for name in sorted(NAMES, key=lambda name: name == LAST_WRITTEN):
            table = pa.Table.from_batches([getattr(each, name) for each in self._held], self._schemas[name]).combine_chunks()
            write_whole(part_path(self._folder, name, self._number), lambda path, table=table: pq.write_table(table, path, compression="zstd"))  # type: ignore[misc]  # a default binds the loop's value
        self._held = []
        self._number += 1


def part_path(folder: Path, name: str, number: int) -> Path:
    """Where a table's part lies."""
    return folder / name / f"part-{number:06d}.parquet"


def complete_parts(folder: Path) -> int:
    """How many parts are whole, counted from the first without a gap."""
    number = 0
    while part_path(folder, LAST_WRITTEN, number).is_file():
        number += 1
    return number


def prepare(folder: Path, *, first: int) -> None:
    """Make the folders, and take away what a killed run had begun beyond its complete parts."""
    for name in NAMES:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for path in (folder / name).iterdir():
            if path.suffix == ".tmp" or (path.match(PATTERN) and path >= part_path(folder, name, first)):
                path.unlink()
    for path in folder.glob("*.tmp"):
        path.unlink()


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a file beside `path`, flush it and rename it: `path` is whole or not there."""
    aside = path.with_name(path.name + ".tmp")
    write(aside)
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def written_parts(folder: Path) -> Iterator[PartDigest]:
    """Every Parquet and CSV file of the run with its rows and digest, by table and number."""
    for name in NAMES:
        for path in sorted((folder / name).glob(PATTERN)):
            yield PartDigest(name=f"{name}/{path.name}", rows=pq.read_metadata(path).num_rows, sha256=file_digest(path))


def table_rows(folder: Path, name: str) -> int:
    """Rows of a table over all parts."""
    return sum(pq.read_metadata(path).num_rows for path in (folder / name).glob(PATTERN))


def commonest_faults(folder: Path) -> list[tuple[str, int, str]]:
    """Code, number of records and first message of every kind of fault in the errors table, the commonest first."""
    counts: Counter[str] = Counter()
    messages: dict[str, str] = {}
    for path in sorted((folder / "errors").glob(PATTERN)):
        for row in pq.read_table(path, columns=["code", "message"]).to_pylist():
            counts[row["code"]] += 1
            messages.setdefault(row["code"], row["message"])
    return [(code, count, messages[code]) for code, count in counts.most_common()]


def write_csv(folder: Path, name: str, keep: tuple[str, ...]) -> None:
    """One CSV file of a table. Lists are joined by semicolons, kept columns get a column each, and what a spreadsheet would run as a formula is quoted."""
    write_whole(folder / f"{name}.csv", lambda path: _write_csv(path, sorted((folder / name).glob(PATTERN)), keep))


def _write_csv(path: Path, parts: list[Path], keep: tuple[str, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        header = [column for column in pq.read_schema(parts[0]).names if column != "columns"]
        kept = keep if "columns" in pq.read_schema(parts[0]).names else ()
        writer.writerow([*header, *kept])
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches():
                for row in batch.to_pylist():
                    extra = dict(row.get("columns") or ())
                    writer.writerow([_cell(row[column]) for column in header] + [_cell(extra.get(column)) for column in kept])


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, float):
        return float(f"{value:.7g}")  # what a float32 holds
    if isinstance(value, str) and value.startswith(FORMULA) and not _is_number(value):
        return "'" + value
    return value


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def log_line(path: Path, **event: object) -> None:
    """Add one line to the run's log: times and counts, never text."""
    with path.open("a", encoding="utf-8") as log:
        log.write(json.dumps(event) + "\n")
