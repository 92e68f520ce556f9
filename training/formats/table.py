"""CSV and XLSX, in and out: one label a row, with a map from our column names to those of the file."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlp.errors import LimitExceededError, UnreadableInputError
from training.corpus import Document, Strict
from training.formats.draft import Draft, Mark, Options
from training.formats.records import CARD, card_of, decoded, needed, text_of
from training.formats.vocabulary import FIELDS, flat_marks

CELL_LIMIT = 32_767
LONG_FIELD = 2**31 - 1
NO = {"", "0", "false", "no", "n", "-"}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


class ColumnMap(Strict):
    """What the columns are called. Columns that the file lacks stand for nothing; only `text` is needed.

    A row is a label on `start` to `end`, on `words` where they occur once, or on the whole text. `separator` parts several labels in one cell.
    """

    id: str = "id"
    text: str = "text"
    annotator: str = "annotator"
    group: str = "group"
    start: str = "start"
    end: str = "end"
    words: str = "words"
    label: str = "label"
    reported: str = "reported"
    attribution: str = "attribution"
    factors: str = "factors"
    action_strength: str = "action_strength"
    offset_unit: str = "offset_unit"
    card: str = CARD
    separator: str = ";"


HEADER = ("id", "annotator", "text", "start", "end", "words", "label", "offset_unit", CARD)
LABELS = ("label", "attribution", "factors", "action_strength")


def drafts(path: Path, options: Options) -> Iterator[Draft]:
    """Drafts of a `.csv`, `.tsv` or `.xlsx` file (its first sheet). Rows of one id and annotator belong together; one of an id has the text."""
    columns = options.columns or ColumnMap()
    header, *rows = list(_xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)) or [[]]
    if columns.text not in header:
        raise UnreadableInputError(f"There is no column {columns.text!r}; there are: {', '.join(header)[:300]}. Say with --columns what they mean.")
    names = {getattr(columns, field): field for field in ColumnMap.model_fields}
    filled = [{names[name]: value for name, value in zip(header, cells, strict=False) if value and name in names} for cells in rows]
    texts: dict[str, dict[str, str]] = {}
    for number, row in enumerate(filled, 2):
        row.setdefault("id", f"{path.stem}-{number}")
        if "text" in row or "card" in row:
            texts.setdefault(row["id"], row)
    found: dict[tuple[str, str], Draft] = {}
    for number, row in enumerate(filled, 2):
        first = texts.get(row["id"])
        if first is None and len(row) > 1:
            raise UnreadableInputError(f"Row {number} has no text, and no other row of its id has one.")
        if first is not None:
            key = (row["id"], row.get("annotator", ""))
            draft = found.get(key) or _draft(first, row)
            found[key] = replace(draft, marks=(*draft.marks, *_marks(row, columns.separator, f"row {number}")))
    yield from found.values()


def _draft(first: dict[str, str], row: dict[str, str]) -> Draft:
    return Draft(
        id=row["id"],
        text=first.get("text", ""),
        annotator=row.get("annotator"),
        group=first.get("group"),
        card=first.get("card"),
        native=first.get("offset_unit"),  # type: ignore[arg-type]  # an unknown unit decides nothing
        is_answered="card" in first and "annotator" in row,
    )


def _marks(row: dict[str, str], separator: str, place: str) -> Iterator[Mark]:
    try:
        where = {name: int(float(row[name])) for name in ("start", "end") if name in row}
    except ValueError as error:
        raise UnreadableInputError(f"The offsets in {place} are not whole numbers. Check the column map.") from error
    if len(where) == 1:
        raise UnreadableInputError(f"There is a start or an end alone in {place}. Give both, or the words.")
    is_reported = row.get("reported", "").strip().casefold() not in NO
    for name in LABELS:
        for label in row.get(name, "").split(separator):
            if label.strip():
                yield Mark(label=label, kind=FIELDS.get(name), words=row.get("words"), reported=is_reported and name == "label", **where)


def _csv(path: Path) -> Iterator[list[str]]:
    text = decoded(path.name, path.read_bytes())
    head = text.split("\n", 1)[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;", key=head.count)
    before = csv.field_size_limit(LONG_FIELD)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise UnreadableInputError(f"'{path.name}' is not CSV ({error}).") from error
    finally:
        csv.field_size_limit(before)


def _xlsx(path: Path) -> Iterator[list[str]]:
    openpyxl, content = needed("openpyxl"), io.BytesIO(path.read_bytes())
    try:
        rows = list(openpyxl.load_workbook(content, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True))
    except Exception as error:  # a broken workbook raises whatever its zip, XML or styles raise
        raise UnreadableInputError(f"'{path.name}' is not an Excel workbook ({type(error).__name__}). Save it as .xlsx.") from error
    for row in rows:
        yield [re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), "" if cell is None else str(cell)) for cell in row]


def write_csv(documents: Iterable[Document], path: Path) -> None:
    """UTF-8 with a byte order mark, without which Excel mistakes the encoding."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([HEADER, *_rows(documents)])


def write_xlsx(documents: Iterable[Document], path: Path) -> None:
    """One sheet. Control characters are written as Excel writes them; nothing is taken for a formula.

    Raises:
        LimitExceededError: a text or its card does not fit into a cell, where Excel would cut it.
    """
    book = needed("openpyxl").Workbook()
    for at, row in enumerate((HEADER, *_rows(documents)), 1):
        for column, value in enumerate(row, 1):
            plain = CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", value) if isinstance(value, str) else value
            if isinstance(plain, str) and len(plain) > CELL_LIMIT:
                raise LimitExceededError(f"Document {row[0]!r} does not fit into a cell of {CELL_LIMIT} characters. Write .csv instead.")
            cell = book.active.cell(at, column, plain)
            if isinstance(plain, str):
                cell.data_type = "s"
    book.save(path)


def _rows(documents: Iterable[Document]) -> Iterator[tuple[Any, ...]]:
    """A row a label; an annotator without labels has a row without one, and so has a document without annotators."""
    for document in documents:
        text = text_of(document)
        shared = (text, card_of(document))
        for layer in document.layers or (None,):
            marks = list(flat_marks(document, layer)) if layer else []
            for mark in marks or (None,):
                where = (mark.start, mark.end, text[mark.start : mark.end], mark.label) if mark else ("", "", "", "")
                yield document.id, layer.annotator if layer else "", shared[0], *where, "codepoint", shared[1]
                shared = ("", "")
