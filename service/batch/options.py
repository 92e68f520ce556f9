"""What a batch run is asked for: which columns hold what, which detector, and how to write. Frozen; checked when made."""

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import Literal

from nlp.errors import UnreadableInputError
from service.batch.tables import MAPPED
from service.wiring import Choice

# Announced limits. Beyond them a record goes to the errors table; nothing is ever cut.
MAX_CHARACTERS = 200_000
ROWS_PER_PART = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Which column holds what; None is not mapped. In JSON lines a dotted name (`labels.Human Factors`) reaches inside objects.

    `keep` are further columns to carry along as text; `date_format` is a `strptime` pattern where dates are not written as 2026-03-31.
    """

    text: str = "text"
    report_id: str | None = None
    date: str | None = None
    unit: str | None = None
    type: str | None = None
    severity: str | None = None
    staff_group: str | None = None
    keep: tuple[str, ...] = ()
    date_format: str | None = None

    def __post_init__(self) -> None:
        if not self.text:
            raise UnreadableInputError("The column map names no text column. Give one with --text.")

    def mapped(self) -> dict[str, str]:
        """Field to column, for the fields that are mapped."""
        return {name: column for name in MAPPED if (column := getattr(self, name)) is not None}

    def columns(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        return tuple(dict.fromkeys([*self.mapped().values(), *self.keep]))

    def day(self, value: str) -> dt.date:
        """The date that a cell holds.

        Raises:
            ValueError: it is not one; the message does not repeat the cell.
        """
        if self.date_format is not None:
            return dt.datetime.strptime(value, self.date_format).date()
        return dt.datetime.fromisoformat(value).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How to run. `workers` 0 is one a core; `engine` says where; `resume` goes on in a folder that a stopped run left.
    None of the three changes what is written.

    `encoding` is that of text tables (.csv, .tsv); `sheet` names the sheet of a workbook, None the first one.
    """

    mapping: ColumnMap = field(default_factory=ColumnMap)
    detector: Choice = "released"
    workers: int = 0
    with_text: bool = False
    csv: bool = False
    rows_per_part: int = ROWS_PER_PART
    max_characters: int = MAX_CHARACTERS
    encoding: str = "utf-8"
    sheet: str | None = None
    engine: Literal["local", "spark"] = "local"
    resume: bool = False

    def __post_init__(self) -> None:
        if self.workers < 0 or self.rows_per_part < 1 or self.max_characters < 1:
            raise UnreadableInputError("Workers must be 0 or more, rows a part and characters a report 1 or more.")
        try:
            "".encode(self.encoding)
        except LookupError as error:
            raise UnreadableInputError(f"There is no encoding {self.encoding!r}. Use utf-8, cp1252, latin-1 or another that Python knows.") from error

    def fixed(self) -> dict[str, object]:
        """The options that change what is written: a run can be resumed only with the same ones."""
        loose = {"mapping", "detector", "workers", "engine", "resume"}
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in loose}
