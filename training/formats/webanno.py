"""INCEpTION's WebAnno TSV 3.3, in and out. Offsets are UTF-16 units.

The format drops white space between sentences, so the texts are kept beside the files (`documents.jsonl`) and the tokens are checked against them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from nlp.errors import UnreadableInputError
from training.corpus import Document, Layer
from training.formats.draft import Draft, Options
from training.formats.inception import BLAME, LABEL, NOBODY, features_of, is_of_interest, marks_of, whose
from training.formats.records import Record, contents, decoded, empty_folder, file_name, read_cards, shaped, text_of, write_cards
from training.formats.tokens import tokens
from training.formats.units import Region, utf16_offsets
from training.formats.vocabulary import FIELD_OF

HEADER = "#FORMAT=WebAnno TSV 3"
COLUMNS = {BLAME: ("category", "reported"), LABEL: tuple(FIELD_OF.values())}
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
VALUE = re.compile(r"(?P<value>(?:\\.|[^\\])*?)(?:\[(?P<id>\d+)\])?", re.DOTALL)


@dataclass(slots=True)
class _Annotation:
    start: int
    end: int
    features: dict[str, str | list[str]] = field(default_factory=dict)


def drafts(path: Path, options: Options) -> Iterator[Draft]:
    """Drafts of a `.tsv` file or of a folder in INCEpTION's layout. The curated document is the layer `gold`."""
    cards = read_cards(path) if path.is_dir() else {}
    for name, content in contents(path, ".tsv"):
        record = Record(str(name), 1, {"lines": decoded(name, content).split("\n")}, True)
        yield from shaped(record, partial(_drafts, name=name, cards=cards))


def _drafts(record: Record, name: PurePosixPath, cards: dict[str, Document]) -> Iterator[Draft]:
    lines = record.value["lines"]
    if not lines[0].startswith(HEADER):
        raise UnreadableInputError(f"'{name}' is not WebAnno TSV 3. Export it from INCEpTION as 'WebAnno TSV v3.3'.")
    stem, annotator, card = whose(name, cards)
    columns = [column for line in lines if line.startswith("#T_") for column in _columns(line)]
    text, sentences = _body(lines)
    found: dict[object, _Annotation] = {}
    for at, (start, end, _, cells) in enumerate(_rows(lines)):
        for (layer, feature), cell in zip(columns, cells, strict=False):
            if layer and cell != "_":
                for stack, (value, number) in enumerate(_values(cell)):
                    one = found.setdefault((layer, number) if number else (layer, at, stack), _Annotation(start, end))
                    one.start, one.end = min(one.start, start), max(one.end, end)
                    if value is not None:
                        one.features[feature] = re.split(r"[,;]", value) if feature == "factors" else value
    marks, skipped = [], 0
    for one in found.values():
        made = list(marks_of(dict(one.features), one.start, one.end))
        skipped += not made
        marks += made
    yield Draft(
        id=stem,
        text=text if card is None or card.text is None else card.text,
        marks=() if annotator == NOBODY else tuple(marks),
        annotator=annotator,
        sentences=None if card else tuple(sentences),
        card=card,
        native="utf16",
        evidence=tuple(Region(start, end, form) for start, end, form, _ in _rows(lines)),
        is_answered=card is not None and annotator not in {None, NOBODY},
        skipped=skipped,
    )


def _columns(line: str) -> list[tuple[str, str]]:
    """Layer and feature of every column that a header line declares; no layer for columns that are of no interest here."""
    kind, _, rest = line.rstrip("\r").partition("=")
    layer, *features = rest.split("|")
    name = layer if kind == "#T_SP" and is_of_interest(layer) else ""
    return [(name, feature) for feature in features or [""]]


def _rows(lines: list[str]) -> Iterator[tuple[int, int, str, list[str]]]:
    """Offsets, form and annotation cells of every token and sub-token."""
    for line in lines:
        if re.match(r"\d+-\d+(?:\.\d+)?\t", line):
            _, offsets, form, *cells = line.rstrip("\r").split("\t")
            start, _, end = offsets.partition("-")
            yield int(start), int(end), _unescaped(form), cells


def _body(lines: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text and its sentences, put together as INCEpTION does: the first token says where a sentence starts, gaps become blanks."""
    text, sentences, heads = "", [], list[str]()
    length = 0
    for line in lines:
        if line.startswith("#Text="):
            heads.append(_unescaped(line.removeprefix("#Text=").rstrip("\r")))
        elif heads and (rows := list(_rows([line]))):
            start, words = rows[0][0], "\n".join(heads)
            text = text[:-1] if start < length else text + " " * (start - length)
            end = start + utf16_offsets(words)[-1]
            sentences.append((start, end))
            text, length, heads = text + words + "\n", end + 1, []
    return text.removesuffix("\n"), sentences


def _values(cell: str) -> Iterator[tuple[str | None, str | None]]:
    """The stacked values of a cell, each with its number; None is an annotation without a value."""
    for raw in re.findall(r"(?:\\.|[^|\\])+", cell, re.DOTALL):
        match = VALUE.fullmatch(raw)
        value = match["value"] if match else raw
        yield (None if value == "*" else _unescaped(value)), (match["id"] if match else None)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(->|.)", lambda match: ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)


def write(documents: Iterable[Document], path: Path) -> None:
    """A folder in INCEpTION's layout, with the documents and their exact text beside it."""
    empty_folder(path)
    found = list(documents)
    for document in found:
        folder = path / "annotation" / file_name(document.id)
        folder.mkdir(parents=True)
        for layer in document.layers or (None,):
            name = file_name(layer.annotator) if layer else NOBODY
            (folder / f"{name}.tsv").write_text("".join(_lines(document, layer)), encoding="utf-8", newline="")
    write_cards(found, path)


def _lines(document: Document, layer: Layer | None) -> Iterator[str]:
    text = text_of(document)
    units = utf16_offsets(text)
    annotations = _annotations(document, layer) if layer else []
    starts = [mark.start for mark in document.sentences]
    cut = tokens(text, {offset for _, start, end, _ in annotations for offset in (start, end)} | set(starts))
    yield f"{HEADER}.3\n" + "".join(f"#T_SP={name}|{'|'.join(features)}\n" for name, features in COLUMNS.items()) + "\n"
    for number, (_, group) in enumerate(groupby(cut, lambda token: bisect_right(starts, token[0])), 1):
        block = list(group)
        yield "\n" + "".join(f"#Text={_escaped_text(line)}\n" for line in text[block[0][0] : block[-1][1]].split("\n"))
        for at, (start, end) in enumerate(block, 1):
            cells = [_cell(annotations, name, feature, start) for name, features in COLUMNS.items() for feature in features]
            yield "\t".join((f"{number}-{at}", f"{units[start]}-{units[end]}", _escaped_text(text[start:end]), *cells)) + "\t\n"


def _annotations(document: Document, layer: Layer) -> list[tuple[str, int, int, dict[str, Any]]]:
    found = [(BLAME, span.start, span.end, {"category": span.category, "reported": str(span.reported).lower()}) for span in layer.spans]
    labels = [(LABEL, mark.start, mark.end, features_of(layer, at)) for at, mark in enumerate(document.sentences)]
    return found + [label for label in labels if label[3]]


def _cell(annotations: list[tuple[str, int, int, dict[str, Any]]], name: str, feature: str, at: int) -> str:
    values = []
    for number, (layer, start, end, features) in enumerate(annotations, 1):
        if layer == name and start <= at < end:
            value = features.get(feature)
            plain = ",".join(value) if isinstance(value, list) else value
            values.append(f"{'*' if plain is None else _escaped(plain)}[{number}]")
    return "|".join(values) or "_"


def _escaped(value: str) -> str:
    return re.sub(r"->|[\\\[\]|_;*]", lambda match: "\\" + match[0], value)


def _escaped_text(text: str) -> str:
    names = {character: name for name, character in ESCAPES.items()}
    return re.sub(r"[\x00-\x07\x08\t\n\f\r\x0e-\x1f\\]", lambda match: "\\" + names.get(match[0], match[0]), text)
