"""The column names of an upload, so that a person can say which holds what. Looks at the head of the file; cells are not read, kept or logged."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from nlp.errors import UnreadableInputError
from service.batch.formats import DELIMITERS
from service.batch.packing import seekable, unpacked
from service.documents import KINDS

MAX_HEAD = 1_000_000
MAX_COLUMNS = 500
# What columns are often called; the first that is there is offered, and the person decides.
USUAL = {
    "text": ("text", "narrative", "description", "incident description", "description of incident", "what happened", "report", "details"),
    "report_id": ("report_id", "id", "doc_id", "reference", "incident number", "incident id", "ref"),
    "date": ("date", "incident date", "date of incident", "reported date", "event date"),
    "unit": ("unit", "ward", "department", "location", "site", "service", "specialty"),
    "type": ("type", "incident type", "category", "event type"),
    "severity": ("severity", "degree of harm", "harm", "harm level"),
    "staff_group": ("staff_group", "staff group", "profession", "role"),
}


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The columns of a table in their order, none for a document; `suggested` maps what a job needs to a column that is often it."""

    columns: list[str]
    suggested: dict[str, str]


def read_columns(name: str, stream: BinaryIO, *, size: int) -> ColumnNames:
    """The column names of a table; nothing for documents and archives of them.

    Raises:
        UnreadableInputError: it is of no kind that is read, is broken, or has no header.
    """
    if PurePosixPath(name).suffix.lower() == ".zip":
        return ColumnNames([], {})
    inner, plain = unpacked(name, stream, size)
    kind = PurePosixPath(inner).suffix.lower()
    if kind in KINDS:
        return ColumnNames([], {})
    if kind not in READERS:
        raise UnreadableInputError(f"This kind of file is not read. Those that are: {', '.join([*READERS, *KINDS, '.zip'])}.")
    names = [each for each in dict.fromkeys(each.strip() for each in READERS[kind](plain)) if each][:MAX_COLUMNS]
    if not names:
        raise UnreadableInputError("The table has no header with column names. Export it again with one.")
    by_name = {each.lower().replace("_", " "): each for each in reversed(names)}
    wanted = {field: next((by_name[usual] for usual in (each.replace("_", " ") for each in known) if usual in by_name), None) for field, known in USUAL.items()}
    return ColumnNames(names, {field: column for field, column in wanted.items() if column is not None})


def _csv(stream: BinaryIO) -> list[str]:
    head = stream.read(MAX_HEAD)
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = io.StringIO(head.decode(encoding, errors="replace"), newline="")
    separator = max(DELIMITERS, key=text.readline().count)
    text.seek(0)
    try:
        return next(csv.reader(text, delimiter=separator), [])
    except csv.Error as error:
        raise UnreadableInputError("The header of the table cannot be read. Check its quotation marks.") from error


def _json_lines(stream: BinaryIO) -> list[str]:
    line = stream.readline(MAX_HEAD + 1)
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableInputError(f"The first line is not a JSON object in UTF-8 of at most {MAX_HEAD:,} bytes. Write one object a line.") from error
    if not isinstance(record, dict):
        raise UnreadableInputError("The first line is JSON, but not an object. Write one object a line.")
    return _paths(record)


def _paths(record: dict[str, Any]) -> list[str]:
    """The keys, and those of objects inside with a dot between."""
    return [name for key, value in record.items() for name in ([f"{key}.{inner}" for inner in value] if isinstance(value, dict) else [key])]


def _workbook(stream: BinaryIO) -> list[str]:
    try:
        with seekable(stream) as source:
            cells = next(openpyxl.load_workbook(source, read_only=True).worksheets[0].iter_rows(values_only=True), ())
    except Exception as error:  # openpyxl raises KeyError, ValueError, BadZipFile and others for broken files
        raise UnreadableInputError("The workbook cannot be opened. Save it again as .xlsx, without a password.") from error
    return ["" if cell is None else str(cell) for cell in cells]


def _parquet(stream: BinaryIO) -> list[str]:
    try:
        with seekable(stream) as source:
            names: list[str] = pq.read_schema(source).names
    except (pa.ArrowException, OSError) as error:
        raise UnreadableInputError("The file is not Parquet that can be read. Write it again.") from error
    return names


READERS = {".csv": _csv, ".tsv": _csv, ".jsonl": _json_lines, ".ndjson": _json_lines, ".xlsx": _workbook, ".xlsm": _workbook, ".parquet": _parquet}
