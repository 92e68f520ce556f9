"""Inputs to rows: files, folders and archives in a fixed order, every fault in its place, one record in memory."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from nlp.errors import LimitExceededError, SecondStoryError, UnreadableInputError
from service.batch.formats import READERS, Fault, Values, as_text
from service.batch.manifest import InputDigest
from service.batch.options import BatchOptions
from service.batch.packing import UNPACKERS, members, unpacked
from service.batch.rows import Row
from service.documents import KINDS, MAX_UNPACKED, read_document


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read; `name` is that within the run: the file's own, or its path below the folder that was given."""

    name: str
    path: Path

    def digest(self) -> InputDigest:
        """Its size and SHA-256."""
        with self.path.open("rb") as file:
            return InputDigest(name=self.name, bytes=self.path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def find_inputs(inputs: Iterable[Path], output: Path) -> tuple[InputFile, ...]:
    """The files of a run in their order: as given, and within a folder by name. Hidden files are left out.

    Raises:
        UnreadableInputError: an input is not there, two have the same name, there is none, or the output lies among them.
    """
    found: dict[str, InputFile] = {}
    target = output.resolve()
    for path in inputs:
        if not path.exists():
            raise UnreadableInputError(f"There is no file or folder '{path}'. Check the name.")
        if path.is_dir() and target.is_relative_to(path.resolve()):
            raise UnreadableInputError(f"The output folder lies inside the input folder '{path}'. Write somewhere else.")
        for each in _below(path) if path.is_dir() else [InputFile(path.name, path)]:
            if each.name in found:
                raise UnreadableInputError(f"Two inputs are called '{each.name}'. Give the folder above them, or rename one.")
            found[each.name] = each
    if not found:
        raise UnreadableInputError("There is no file in the input. Give files, or folders with files in them.")
    return tuple(found.values())


def read_rows(inputs: Sequence[InputFile], options: BatchOptions, *, documents: bool = True) -> Iterator[Row]:
    """Every record of every input. `documents` False does not open text documents and gives a row without text for each: for counting."""
    for each in inputs:
        if each.path.suffix.lower() == ".zip":
            yield from _archive(each, options, documents)
        else:
            yield from _guarded(each.name, each.path.stat().st_size, lambda path=each.path: path.open("rb"), options, documents)  # type: ignore[misc]  # a default binds the loop's value


def _below(folder: Path) -> Iterator[InputFile]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    named = sorted((path.relative_to(folder).as_posix(), path) for path in paths)
    return (InputFile(name, path) for name, path in named if not any(part.startswith((".", "~$")) for part in PurePosixPath(name).parts))


def _archive(archive: InputFile, options: BatchOptions, documents: bool) -> Iterator[Row]:
    try:
        for name, opening, packed in members(archive.path):
            yield from _guarded(f"{archive.name}/{name}", packed, opening, options, documents)
    except SecondStoryError as error:
        yield Row(input=archive.name, row=None, code=error.code, message=str(error))


def _guarded(name: str, packed: int, opening: Callable[[], BinaryIO], options: BatchOptions, documents: bool) -> Iterator[Row]:
    """The rows of one file; what stops the file is its last row."""
    try:
        with opening() as stream:
            yield from _file(name, packed, stream, options, documents)
    except SecondStoryError as error:
        yield Row(input=name, row=None, code=error.code, message=str(error))
    except UnicodeError:
        yield Row(input=name, row=None, code="encoding", message=f"The file is not {options.encoding} from some place on. Export it as UTF-8.")
    except OSError as error:
        yield Row(input=name, row=None, code="unreadable_input", message=f"The file cannot be read: {error.strerror}. Check it and its permissions.")


def _file(name: str, packed: int, stream: BinaryIO, options: BatchOptions, documents: bool) -> Iterator[Row]:
    inner, plain = unpacked(name, stream, packed)
    kind = PurePosixPath(inner).suffix.lower()
    if kind in KINDS:
        yield _document(name, inner, plain, options) if documents else Row(input=name, row=1)
        return
    if kind not in READERS:
        known = ", ".join([*READERS, *KINDS, *UNPACKERS, ".zip"])
        raise UnknownKindError(f"This kind of file is not read. Those that are: {known}; a .zip only at the top.")
    for number, values in READERS[kind](plain, options):
        yield _fault(name, number, values) if isinstance(values, Fault) else as_row(name, number, values, options)


class UnknownKindError(UnreadableInputError):
    """A file is of no kind that is read."""

    code = "unknown_kind"


def _document(name: str, inner: str, stream: BinaryIO, options: BatchOptions) -> Row:
    content = stream.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise LimitExceededError(f"The document has more than {MAX_UNPACKED // 1_000_000} MB. Remove pictures or split it.")
    text, _ = read_document(inner, content)
    return _checked(Row(input=name, row=1, report_id=name, text=text), options)


def as_row(name: str, number: int, values: Values, options: BatchOptions) -> Row:
    """The row that a record is, or the fault that it has."""
    mapping = options.mapping
    cells: dict[str, str | None] = {field: _plain(values.get(column)) for field, column in mapping.mapped().items() if field != "date"}
    try:
        day = _day(values.get(mapping.date), options) if mapping.date else None
    except ValueError:
        pattern = mapping.date_format or "2026-03-31"
        return _fault(name, number, Fault("bad_date", f"The date is not written as {pattern}. Mend it, give --date-format, or leave --date out."))
    row = Row(
        input=name,
        row=number,
        date=day,
        columns={column: text for column in mapping.keep if (text := _plain(values.get(column))) is not None},
        **{**cells, "report_id": cells.get("report_id") or f"{name}:{number}"},
    )
    return _checked(row, options)


def _checked(row: Row, options: BatchOptions) -> Row:
    """The row, or the fault that its text is."""
    text = row.text or ""
    everything = [text, row.report_id or "", row.unit or "", row.type or "", row.severity or "", row.staff_group or "", *row.columns.values()]
    fault = None
    if not text.strip():
        fault = Fault("empty_text", "The record has no text. Check that the text column is the right one, or leave the record out.")
    elif len(text) > options.max_characters:
        fault = Fault("limit_exceeded", f"The text has {len(text):,} characters; at most {options.max_characters:,} are taken. Split it, or raise the limit.")
    elif any("\x00" in each for each in everything):
        fault = Fault("nul_character", "The record holds NUL characters, so it was damaged or is UTF-16. Export it again as UTF-8.")
    elif not all(_is_text(each) for each in everything):
        fault = Fault("encoding", f"The record is not {options.encoding}. Export it as UTF-8, or name its encoding with --encoding (for instance cp1252).")
    return row if fault is None else _fault(row.input, row.row, fault)


def _fault(name: str, number: int | None, fault: Fault) -> Row:
    return Row(input=name, row=number, code=fault.code, message=fault.message)


def _day(value: str | dt.date | None, options: BatchOptions) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    return options.mapping.day(value.strip()) if value.strip() else None


def _plain(value: str | dt.date | None) -> str | None:
    """The cell as text; an empty one is None."""
    return as_text(value) or None


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value) if not value.isascii() else True
