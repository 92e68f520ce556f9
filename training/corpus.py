"""The one corpus format: JSON lines, one document a line, read and checked here.

A document has its text (or, standoff, only where the text is published and the SHA-256 of every sentence), its sentences, and one layer of labels per
annotator; the layer `gold` is what was agreed. Offsets are half-open and count code points of the whole document's text.
`docs/corpus-format.md` describes it; `schema()` is the JSON schema.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nlp.errors import UnreadableInputError
from nlp.report import ActionStrength, Attribution
from nlp.taxonomy import load

FORMAT = "secondstory-corpus/1"
GOLD = "gold"
CATEGORIES = tuple(category.id for category in load().categories)
FACTORS = tuple(factor.id for factor in load().factors)
ATTRIBUTIONS: tuple[Attribution, ...] = get_args(Attribution)
STRENGTHS: tuple[ActionStrength, ...] = get_args(ActionStrength)
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BlameSpan(Strict):
    """Marked words. `words`, where recorded, is what `text[start:end]` must be; `reported` is blame in somebody else's voice."""

    start: Annotated[int, Field(ge=0)]
    end: int
    category: str
    reported: bool = False
    words: str | None = None

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"a span ends after it starts, not {self.start}..{self.end}")
        return self


class SentenceMark(Strict):
    """Where a sentence stands, and the SHA-256 of its UTF-8 words."""

    start: Annotated[int, Field(ge=0)]
    end: int
    sha256: Digest


class Layer(Strict):
    """One annotator's labels. The lists run beside the document's sentences; None means not labelled, which is not the same as `none`."""

    annotator: str
    spans: tuple[BlameSpan, ...] = ()
    attribution: tuple[Attribution | None, ...]
    factors: tuple[tuple[str, ...] | None, ...]
    action_strength: tuple[ActionStrength | None, ...]


class Origin(Strict):
    """Where a text is published: for standoff documents all that is needed to find it again."""

    source: str
    licence: str
    repository: str | None = None
    path: str | None = None
    row: int | None = None
    commit: str | None = None
    document_id: str | None = None


class Document(Strict):
    """One report or passage with its layers. `group` keeps variants of one report on one side of a split; `slice` says how it was drawn."""

    format: Literal["secondstory-corpus/1"] = "secondstory-corpus/1"
    id: str
    text: str | None = None
    offset_unit: Literal["codepoint"] = "codepoint"
    origin: Origin
    group: str
    slice: str = "authored"
    split: Literal["train", "dev", "test"] | None = None
    meta: dict[str, str] = {}
    sentences: tuple[SentenceMark, ...]
    layers: tuple[Layer, ...]

    @model_validator(mode="after")
    def _lists_run_beside_the_sentences(self) -> Self:
        for layer in self.layers:
            lengths = {len(layer.attribution), len(layer.factors), len(layer.action_strength)}
            if lengths != {len(self.sentences)}:
                raise ValueError(f"layer {layer.annotator!r} has {sorted(lengths)} sentence labels for {len(self.sentences)} sentences")
        return self

    def layer(self, annotator: str = GOLD) -> Layer | None:
        """The layer of this annotator; None if there is none."""
        return next((layer for layer in self.layers if layer.annotator == annotator), None)

    def spans_in(self, index: int, annotator: str = GOLD) -> tuple[BlameSpan, ...]:
        """The layer's spans inside sentence `index`, offsets still of the document."""
        layer, mark = self.layer(annotator), self.sentences[index]
        return tuple(span for span in layer.spans if mark.start <= span.start < mark.end) if layer else ()


def digest(words: str) -> str:
    """SHA-256 of the UTF-8 bytes, hexadecimal."""
    return hashlib.sha256(words.encode()).hexdigest()


def read(path: Path) -> Iterator[Document]:
    """The documents of a corpus file, or of every `.jsonl` file under a folder, in order of name; one at a time in memory.

    Raises:
        UnreadableInputError: a line is not a document of this format; the message names file, line and key, never the text.
    """
    paths = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    if not paths or not all(each.is_file() for each in paths):
        raise UnreadableInputError(f"There is no corpus at '{path}'. Expected a .jsonl file or a folder that holds some.")
    for each in paths:
        with each.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _document(line, f"{each.name}, line {number}")


def write(documents: Iterable[Document], path: Path) -> int:
    """Write one document a line, without keys that hold their default; returns how many."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for document in documents:
            out.write(dumps(document) + "\n")
            count += 1
    return count


def dumps(document: Document) -> str:
    """One line of JSON."""
    record = document.model_dump(mode="json", exclude_defaults=True)
    return json.dumps({"format": FORMAT, **record, "offset_unit": document.offset_unit}, ensure_ascii=False, separators=(",", ":"))


def schema() -> dict[str, Any]:
    """The JSON schema of one line, with the labels of the taxonomy that is installed."""
    found = Document.model_json_schema()
    found["$defs"]["BlameSpan"]["properties"]["category"]["enum"] = list(CATEGORIES)
    return found


def _document(line: str, place: str) -> Document:
    try:
        return Document.model_validate_json(line)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'document'}: {fault['msg']}" for fault in error.errors(include_input=False)[:3])
        raise UnreadableInputError(
            f"{place} is not a document of the corpus format: {faults}. See docs/corpus-format.md, or convert the file with 'secondstory corpus convert'."
        ) from error
