"""Run folders as tables: several are read together, and a report that stands in more than one counts once."""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nlp.errors import UnreadableInputError
from service.batch import tables

WHEN_MISSING = "(not recorded)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Scored reports of one or more runs.

    `documents` has a column `folder`, the place in `folders` that its row comes from; `repeated` rows were left out; `unfinished` runs were stopped before
    their end.
    """

    folders: tuple[Path, ...]
    documents: pa.Table
    errors: pa.Table
    repeated: int = 0
    unfinished: int = 0

    def __len__(self) -> int:
        return int(self.documents.num_rows)

    def numbers(self, column: str) -> npt.NDArray[Any]:
        """A column of counts."""
        return np.asarray(self.documents[column].to_numpy())

    def values(self, column: str) -> list[str]:
        """A column of words; what is missing or blank reads `(not recorded)`. Any key of the column `columns` is a column too.

        Raises:
            UnreadableInputError: no report has such a column.
        """
        if column in tables.MAPPED and column in self.documents.schema.names:
            found = self.documents[column].to_pylist()
        else:
            found = [dict(row or ()).get(column) for row in self.documents["columns"].to_pylist()]
        if len(self) and all(each is None for each in found) and column not in tables.MAPPED:
            known = sorted({key for row in self.documents["columns"].to_pylist() for key, _ in row or ()})
            listed = ", ".join(["unit", "type", "severity", "staff_group", *known])
            raise UnreadableInputError(f"No report has a column '{column}'. Choose from: {listed}.")
        return [str(each).strip() if each is not None and str(each).strip() else WHEN_MISSING for each in found]

    def kept(self, table: str, columns: Sequence[str]) -> pa.Table:
        """Rows of `findings` or `sentences` that belong to the reports kept here."""
        parts = []
        for place, folder in enumerate(self.folders):
            mine = self.documents.filter(pc.equal(self.documents["folder"], place))["row_id"]
            rows = _read(folder, table, columns)
            parts.append(rows.filter(pc.is_in(rows["row_id"], value_set=mine.combine_chunks())))
        return pa.concat_tables(parts)

    def texts(self, row_ids: Collection[str]) -> dict[str, str]:
        """The text of these reports by `row_id`, as far as the runs hold it."""
        held: dict[str, str] = {}
        for folder in self.folders:
            for part in _parts(folder, "documents"):
                if row_ids and "text" in pq.read_schema(part).names:
                    rows = pq.read_table(part, columns=["row_id", "text"], filters=[("row_id", "in", list(row_ids))]).to_pylist()
                    held.update({row["row_id"]: row["text"] for row in rows if row["text"]})
        return held


def read_runs(folders: Sequence[Path]) -> Runs:
    """The runs in these folders. Where one `row_id` stands in several, the folder named last wins.

    Raises:
        UnreadableInputError: a folder is not that of a run, or was written with another taxonomy.
    """
    if not folders:
        raise UnreadableInputError("No run folder was named. Name one or more folders written by 'secondstory batch'.")
    columns = tables.documents().names
    parts = []
    for place, folder in enumerate(folders):
        part = _read(folder, "documents", columns)
        parts.append(part.append_column("folder", pa.array([place] * part.num_rows, pa.int32())))
    documents = pa.concat_tables(parts)
    last = {row_id: place for place, row_id in enumerate(documents["row_id"].to_pylist())}
    chosen = documents.take(pa.array(sorted(last.values()), pa.int64()))
    errors = pa.concat_tables([_read(folder, "errors", tables.errors().names) for folder in folders])
    return Runs(
        folders=tuple(folders), documents=chosen, errors=errors, repeated=documents.num_rows - chosen.num_rows, unfinished=sum(map(_is_unfinished, folders))
    )


def error_counts(runs: Runs) -> list[tuple[str, int]]:
    """How many records were not read, by kind of error, in alphabetical order."""
    return sorted(Counter(runs.errors["code"].to_pylist()).items())


def _read(folder: Path, table: str, columns: Sequence[str]) -> pa.Table:
    schema = getattr(tables, table)() if table != "documents" else tables.documents(with_text=True)
    wanted = pa.schema([schema.field(name) for name in columns])
    parts = _parts(folder, table)
    missing = [name for name in columns for part in parts[:1] if name not in pq.read_schema(part).names]
    if missing:
        raise UnreadableInputError(
            f"The run '{folder}' has no column '{missing[0]}' in its {table}. It was written by another version; score the reports again."
        )
    read = [pq.read_table(part, columns=list(columns)).select(list(columns)).cast(wanted) for part in parts]
    return pa.concat_tables(read) if read else wanted.empty_table()


def _is_unfinished(folder: Path) -> bool:
    try:
        return json.loads((folder / "manifest.json").read_text(encoding="utf-8")).get("complete") is False
    except (OSError, ValueError, AttributeError):
        return False


def _parts(folder: Path, table: str) -> list[Path]:
    if not (folder / table).is_dir() and not (folder / "manifest.json").is_file():
        raise UnreadableInputError(
            f"'{folder}' is not a run folder: it holds neither {table}/ nor manifest.json. Name a folder written by 'secondstory batch'."
        )
    return sorted((folder / table).glob("*.parquet"))
