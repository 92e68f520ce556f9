"""What the readers share: JSON records out of files, folders and zips, names of files, and the card that carries a document's own data.

The card is a document without text and layers, in the corpus format; it travels with the annotations through a tool and back.
"""

import importlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from pydantic import ValidationError

from nlp.errors import SecondStoryError, UnreadableInputError
from training import corpus
from training.corpus import Document

if TYPE_CHECKING:
    from training.formats.draft import Draft

CARD = "secondstory"
CARDS = "documents.jsonl"


class Record(NamedTuple):
    """One JSON object; `stem` is the file's name without ending, `number` counts lines or items from 1, `is_alone` says it came as a file."""

    stem: str
    number: int
    value: dict[str, Any]
    is_alone: bool


def needed(name: str) -> ModuleType:
    """A library of the extra `corpora`.

    Raises:
        UnreadableInputError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UnreadableInputError(f"This needs the library '{name}'. Install it with: pip install 'secondstory[corpora]'.") from error


def contents(path: Path, *endings: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Name and bytes of a file, or of every file with one of these endings in a folder or zip, in order of name."""
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.is_file() and each.name.endswith(endings) and each.name != CARDS:
                yield PurePosixPath(each.relative_to(path).as_posix()), each.read_bytes()
    elif path.is_file() and path.suffix == ".zip":
        yield from (each for each in unzipped(path, path.read_bytes()) if each[0].name.endswith(endings))
    elif path.is_file():
        yield PurePosixPath(path.name), path.read_bytes()
    else:
        raise UnreadableInputError(f"There is no file or folder '{path}'. Check the name.")


def unzipped(name: object, content: bytes) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Name and bytes of every file in a zip, in order of name."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from [(PurePosixPath(each), archive.read(each)) for each in sorted(archive.namelist()) if not each.endswith("/")]
    except (NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableInputError(f"'{name}' is not a zip that can be opened ({type(error).__name__}). Unpack it and name the folder.") from error


def decoded(name: object, content: bytes, encoding: str = "utf-8-sig") -> str:
    """The text of a UTF-8 file, line ends untouched, by default without a byte order mark."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableInputError(f"'{name}' is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error


def json_records(path: Path) -> Iterator[Record]:
    """The JSON objects of `.jsonl` files, one a line, and of `.json` files, which hold one list."""
    for name, content in contents(path, ".jsonl", ".json"):
        text = decoded(name, content)
        if text.lstrip().startswith("["):
            values = list(enumerate(_parsed(text, f"'{name}'"), 1))
        else:
            values = [(at, _parsed(line, f"'{name}', line {at}")) for at, line in enumerate(text.split("\n"), 1) if line.strip()]
        for number, value in values:
            if not isinstance(value, dict):
                raise UnreadableInputError(f"'{name}', record {number} is not a JSON object. Was it exported by the tool that you named?")
            yield Record(name.stem, number, value, path.is_file() and path.suffix != ".zip")


def shaped(record: Record, drafts: Callable[[Record], Iterable["Draft"]]) -> list["Draft"]:
    """The drafts of one record.

    Raises:
        UnreadableInputError: keys or values are not of the format's shape; the message does not repeat them.
    """
    try:
        return list(drafts(record))
    except SecondStoryError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableInputError(
            f"Record {record.number} of '{record.stem}' is not of the expected shape ({type(error).__name__}). Is --from right?"
        ) from error


def card_of(document: Document) -> str:
    """The card as one line of JSON."""
    return corpus.dumps(document.model_copy(update={"text": None, "layers": ()}))


def parse_card(value: str | dict[str, Any] | None) -> Document | None:
    """The document of a card; None if there is none.

    Raises:
        UnreadableInputError: there is one that this version does not know.
    """
    if not value:
        return None
    try:
        return Document.model_validate_json(value if isinstance(value, str) else json.dumps(value))
    except ValidationError as error:
        raise UnreadableInputError(f"its '{CARD}' record is damaged ({error.error_count()} faults); export it again, or take the record out") from error


def file_name(name: str) -> str:
    """A name that every file system takes, and that no two different names share."""
    return quote(name, safe="").replace(".", "%2E") or "%"


def write_cards(documents: Iterable[Document], folder: Path) -> None:
    """The cards of a folder of annotation files, beside them."""
    corpus.write((document.model_copy(update={"layers": ()}) for document in documents), folder / CARDS)


def read_cards(folder: Path) -> dict[str, Document]:
    """The cards of a folder by file name; empty if it has none."""
    path = folder / CARDS
    return {file_name(card.id): card for card in corpus.read(path)} if path.is_file() else {}


def text_of(document: Document) -> str:
    """The document's text, whose labels every format can carry.

    Raises:
        UnreadableInputError: it is standoff, or a label lies outside of it or has blank edges.
    """
    if document.text is None:
        raise UnreadableInputError(f"Document {document.id!r} has no text here. Assemble the corpus first: secondstory corpus assemble.")
    places = [(mark.start, mark.end) for mark in document.sentences]
    places += [(span.start, span.end) for layer in document.layers for span in layer.spans]
    for start, end in places:
        words = document.text[start:end]
        if len(words) != end - start or not words or words != words.strip():
            raise UnreadableInputError(f"Document {document.id!r}: {start}..{end} is blank at an edge or outside of the text. Run: secondstory corpus check.")
    return document.text


def empty_folder(path: Path) -> Path:
    """The folder, made if need be.

    Raises:
        UnreadableInputError: something is in it, which would be read together with what is to be written.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UnreadableInputError(f"'{path}' is not an empty folder. Name a new one.")
    path.mkdir(parents=True, exist_ok=True)
    return path


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableInputError(f"{place} is not JSON ({error.msg} at character {error.pos}).") from error
