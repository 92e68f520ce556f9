"""What passes between a format's reader and the builder, and what an import says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from training.corpus import Document
from training.formats.units import Region, Unit, UnitChoice
from training.formats.vocabulary import Kind

if TYPE_CHECKING:
    from training.formats.table import ColumnMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a file does not say itself. `labels` says what its labels stand for; `-` leaves one out."""

    unit: UnitChoice = "auto"
    labels: Mapping[str, str] = field(default_factory=dict)
    columns: "ColumnMap | None" = None
    source: str = "imported"
    licence: str = "not stated"
    annotator: str = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One label as the tool wrote it.

    Without `start` it is on the `words`, where they occur once, or else on the whole text.
    `kind` is the question that it answers, if the tool says so.
    """

    label: str
    start: int | None = None
    end: int | None = None
    words: str | None = None
    reported: bool = False
    kind: Kind | None = None

    def __post_init__(self) -> None:
        known = ((self.label, str), (self.start, int | None), (self.end, int | None), (self.words, str | None))
        if not all(isinstance(value, kind) for value, kind in known) or (self.start is None) != (self.end is None):
            raise TypeError("a label or words that are not text, or an offset that is no number or alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One record of a tool: what one annotator says about one text, offsets still in the tool's unit.

    `native` is the unit that the format or the record names; with `is_converted` the offsets are code points whatever the user says.
    `evidence` are regions that only help to tell the unit, such as tokens.
    `is_answered`: somebody read the text, even if there is no mark. `skipped` and `repaired` count what the reader left out or mended.
    """

    id: str
    text: str
    marks: tuple[Mark, ...] = ()
    annotator: str | None = None
    sentences: tuple[tuple[int, int], ...] | None = None
    card: Document | str | dict[str, Any] | None = None
    group: str | None = None
    native: Unit | None = None
    is_converted: bool = False
    evidence: tuple[Region, ...] = ()
    is_answered: bool = False
    skipped: int = 0
    repaired: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.text, str) or not isinstance(self.annotator, str | None) or not isinstance(self.native, str | None):
            raise TypeError("a text, annotator or unit that is not text")
        for name in (self.id, self.annotator or "", self.group or ""):
            name.encode()  # lone surrogates are no name


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """The documents and the account: records read; records and marks without a place here; things mended; and what was refused, why."""

    documents: tuple[Document, ...]
    read: int
    skipped: int = 0
    repaired: int = 0
    refused: tuple[tuple[str, str], ...] = ()
