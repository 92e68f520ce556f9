"""Tables of every kind as a stream of records: CSV, JSON lines, workbooks and Parquet. A record that cannot be read is a `Fault` in its place.

Memory holds one record, or for a workbook its strings.
"""

import csv
import datetime as dt
import io
import json
import math
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from nlp.errors import LimitExceededError, UnreadableInputError
from service.batch.options import BatchOptions
from service.batch.packing import seekable

# Announced limits: the longest record of a text table, and what a workbook may unpack to.
MAX_RECORD = 64_000_000
MAX_WORKBOOK = 500_000_000
PARQUET_ROWS = 64
DELIMITERS = ",;\t|"

Cell = str | dt.date | None
Values = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one record, and what to do; never its text."""

    code: str
    message: str


class MissingColumnError(UnreadableInputError):
    """A mapped column is not there; the message names those that are."""

    code = "missing_column"


Records = Iterator[tuple[int, Values | Fault]]
TOO_LONG = Fault("limit_exceeded", f"The record has more than {MAX_RECORD // 1_000_000} MB. Split it, or send the attachment as a file of its own.")


def csv_records(stream: BinaryIO, options: BatchOptions) -> Records:
    """Rows below a header; the separator is the one of comma, semicolon, tab and bar that the header holds most."""
    csv.field_size_limit(MAX_RECORD)
    decoded = _decoded(stream, options.encoding)
    try:
        yield from _csv_rows(_Lines(decoded), options)
    finally:
        decoded.detach()  # who opened the stream closes it


def _csv_rows(lines: "_Lines", options: BatchOptions) -> Records:
    try:
        head = next(lines)
    except StopIteration:
        raise UnreadableInputError("The table is empty: it has no header. Export it again with a header row.") from None
    except _LongRecordError as error:
        raise LimitExceededError("The header is past the longest record, so this is hardly a table. Look at the file, and export it again.") from error
    separator = max(DELIMITERS, key=head.count)
    reader = csv.reader(_Joined(head, lines), delimiter=separator, strict=True)
    header = next(reader)
    places = _places(header, options)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _LongRecordError:
            number += 1
            yield number, TOO_LONG
            continue
        except csv.Error as error:
            number += 1
            if "field limit" in str(error):
                yield number, Fault("unclosed_quote", "A cell runs on without end, so a quotation mark is not closed; the file is not read past it. Mend it.")
                return
            yield number, Fault("broken_row", "The row's quotation marks do not pair up. Double those inside a cell, or export again.")
            continue
        if not cells:
            continue
        number += 1
        if len(cells) > len(header):
            yield (
                number,
                Fault("broken_row", f"The row has {len(cells)} cells and the header {len(header)}. Quote cells that hold the separator."),
            )
            continue
        yield number, {name: cells[place] if place < len(cells) else None for name, place in places.items()}


def jsonl_records(stream: BinaryIO, options: BatchOptions) -> Records:
    """One object a line; the number is that of the line. A dotted column name reaches inside objects."""
    number = 0
    while line := stream.readline(MAX_RECORD + 1):
        number += 1
        if len(line) > MAX_RECORD:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_RECORD)
            yield number, TOO_LONG
        elif line.strip():
            yield number, _json_record(line, options)


def workbook_records(stream: BinaryIO, options: BatchOptions) -> Records:
    """Rows of one sheet below its header."""
    with seekable(stream) as source, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of validation rules and styles that do not concern us
        try:
            _check_workbook(source)
            book = openpyxl.load_workbook(source, read_only=True, data_only=True)
        except LimitExceededError:
            raise
        except Exception as error:  # openpyxl raises KeyError, ValueError, BadZipFile and others for broken files
            raise UnreadableInputError("The workbook cannot be opened. Save it again as .xlsx, without a password.") from error
        if options.sheet is not None and options.sheet not in book.sheetnames:
            raise UnreadableInputError(f"There is no sheet {options.sheet!r}. There are: {', '.join(book.sheetnames)}.")
        sheet = book[options.sheet] if options.sheet is not None else book.worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        header = [as_text(cell) or "" for cell in next(rows, ())]
        places = _places(header, options)
        for number, cells in enumerate(rows, 1):
            if any(cell is not None for cell in cells):
                yield number, {name: _cell(cells[place]) if place < len(cells) else None for name, place in places.items()}


def parquet_records(stream: BinaryIO, options: BatchOptions) -> Records:
    """Rows of a Parquet file, only the mapped columns."""
    with seekable(stream) as source:
        try:
            file = pq.ParquetFile(source)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableInputError("The file is not Parquet that can be read. Write it again.") from error
        top = file.schema_arrow.names
        needed = {column: column if column in top else column.partition(".")[0] for column in options.mapping.columns()}
        _places(top, options, needed.values())
        number = 0
        batches = file.iter_batches(batch_size=PARQUET_ROWS, columns=list(dict.fromkeys(needed.values())))
        while True:
            try:
                batch = next(batches)
            except StopIteration:
                return
            except (pa.ArrowException, OSError) as error:
                raise UnreadableInputError("The Parquet file is damaged from here on. Write it again.") from error
            for record in batch.to_pylist():
                number += 1
                yield number, {column: _cell(_reached(record, column)) for column in needed}


READERS: dict[str, Callable[[BinaryIO, BatchOptions], Records]] = {
    ".csv": csv_records,
    ".tsv": csv_records,
    ".jsonl": jsonl_records,
    ".ndjson": jsonl_records,
    ".xlsx": workbook_records,
    ".xlsm": workbook_records,
    ".parquet": parquet_records,
}


def as_text(value: Any) -> str | None:
    """A cell as text: numbers as they are written, lists joined by semicolons, objects as JSON, no number as None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, list | tuple):
        return "; ".join(as_text(each) or "" for each in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


class _LongRecordError(Exception):
    """A line is past the longest record; unlike a bomb it does not end the file."""


class _Lines:
    """Lines up to the longest record; a longer one is read past and raises, and the next call goes on behind it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_RECORD + 1)
        if not line:
            raise StopIteration
        if len(line) > MAX_RECORD:
            while line and not line.endswith("\n"):
                line = self._stream.readline(MAX_RECORD)
            raise _LongRecordError
        return line


class _Joined:
    """A first line and the rest; unlike `itertools.chain` it goes on after an error."""

    def __init__(self, first: str, rest: _Lines) -> None:
        self._first: str | None = first
        self._rest = rest

    def __iter__(self) -> "_Joined":
        return self

    def __next__(self) -> str:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._rest)


def _decoded(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Undecodable bytes become lone surrogates, which the reader of the row reports."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]  # any binary stream will do
    head = buffered.peek(2)[:2]
    if head in {b"\xff\xfe", b"\xfe\xff"}:
        encoding = "utf-16"
    elif encoding.lower().replace("_", "-") in {"utf-8", "utf8"}:
        encoding = "utf-8-sig"
    return io.TextIOWrapper(buffered, encoding=encoding, errors="surrogateescape", newline="")


def _places(header: Sequence[str], options: BatchOptions, needed: Any = None) -> dict[str, int]:
    """Place of every wanted column in the header."""
    names = [name.strip() for name in header]
    missing = [column for column in (needed or options.mapping.columns()) if column not in names]
    if missing:
        there = ", ".join(repr(name) for name in names[:40] if name) or "none"
        raise MissingColumnError(f"There is no column {', '.join(map(repr, missing))}. The columns are: {there}. Name them with --text and the other flags.")
    return {column: names.index(column) for column in options.mapping.columns()} if needed is None else {}


def _json_record(line: bytes, options: BatchOptions) -> Values | Fault:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Fault("encoding", "The line is not UTF-8. Export it as UTF-8.")
    except (ValueError, RecursionError):
        return Fault("broken_row", "The line is not JSON. Each line needs one object.")
    if not isinstance(record, dict):
        return Fault("broken_row", "The line is JSON, but not an object. Each line needs one object.")
    mapping = options.mapping
    if _reached(record, mapping.text) is None and mapping.text not in record and mapping.text.partition(".")[0] not in record:
        there = ", ".join(repr(key) for key in list(record)[:40])
        return Fault(MissingColumnError.code, f"There is no key {mapping.text!r}. The keys are: {there}. Name it with --text.")
    return {column: _cell(_reached(record, column)) for column in mapping.columns()}


def _reached(record: Any, column: str) -> Any:
    """The value under a name; a name that is not there is tried as a path, at every dot."""
    if not isinstance(record, dict):
        return None
    if column in record:
        return record[column]
    for at, character in enumerate(column):
        if character == "." and column[:at] in record:
            return _reached(record[column[:at]], column[at + 1 :])
    return None


def _cell(value: Any) -> Cell:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else as_text(value)


def _check_workbook(source: BinaryIO) -> None:
    total = 0
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as file:
                while chunk := file.read(1 << 20):
                    total += len(chunk)
                    if total > MAX_WORKBOOK:
                        raise LimitExceededError(f"The workbook unpacks to more than {MAX_WORKBOOK // 1_000_000} MB. Export it as CSV.")
    source.seek(0)
