"""Prodigy JSONL, in and out. Offsets are code points, `token_end` is inclusive, and only the answer `accept` says anything."""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from nlp.errors import UnreadableInputError
from training.corpus import Document, Layer
from training.formats.draft import Draft, Mark, Options
from training.formats.records import CARD, Record, card_of, json_records, shaped, text_of
from training.formats.tokens import tokens
from training.formats.units import Region
from training.formats.vocabulary import flat_marks


def drafts(path: Path, options: Options) -> Iterator[Draft]:
    """Drafts of a `db-out` file. Of several answers to one task by one annotator the last counts."""
    latest: dict[object, tuple[Record, int]] = {}
    for record in json_records(path):
        task = record.value.get("_task_hash")
        key = (record.stem, record.number) if task is None else (task, _annotator(record.value))
        latest[key] = (record, latest[key][1] + 1 if key in latest else 0)
    for record, replaced in latest.values():
        yield from shaped(record, partial(_drafts, replaced=replaced))


def _annotator(value: dict[str, Any]) -> str | None:
    found = value.get("_annotator_id") or value.get("_session_id")
    return str(found) if found else None


def _drafts(record: Record, replaced: int) -> Iterator[Draft]:
    value = record.value
    text = value.get("text")
    if not isinstance(text, str):
        raise UnreadableInputError(f"Record {record.number} of '{record.stem}' has no 'text'. Only text tasks can be read.")
    is_accepted = value.get("answer", "accept") == "accept"
    found = value.get("meta") or {}
    yield Draft(
        id=str(value.get("id") or found.get("id") or value.get("_input_hash") or f"{record.stem}-{record.number}"),
        text=text,
        marks=tuple(_marks(value)) if is_accepted else (),
        annotator=_annotator(value),
        card=value.get(CARD),
        native="codepoint",
        evidence=tuple(Region(int(token["start"]), int(token["end"]), str(token["text"])) for token in value.get("tokens") or ()),
        is_answered=value.get("answer") == "accept",
        skipped=replaced + len(value.get("relations") or ()),
    )


def _marks(value: dict[str, Any]) -> Iterator[Mark]:
    for span in value.get("spans") or ():
        yield Mark(label=span["label"], start=int(span["start"]), end=int(span["end"]), words=span.get("text"))
    for choice in value.get("accept") or ():
        yield Mark(label=str(choice))
    if isinstance(value.get("label"), str):
        yield Mark(label=value["label"])


def write(documents: Iterable[Document], path: Path) -> None:
    """One line a document and annotator, fit for `db-in` and as input of `spans.manual`."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for document in documents:
            for layer in document.layers or (None,):
                out.write(json.dumps(_record(document, layer), ensure_ascii=False) + "\n")


def _record(document: Document, layer: Layer | None) -> dict[str, Any]:
    text = text_of(document)
    marks = list(flat_marks(document, layer)) if layer else []
    cut = list(tokens(text, {offset for mark in marks for offset in mark[:2]}))
    starts = {start: at for at, (start, _) in enumerate(cut)}
    ends = {end: at for at, (_, end) in enumerate(cut)}
    spans = [{"start": start, "end": end, "token_start": starts[start], "token_end": ends[end], "label": label} for start, end, label in marks]
    known = [{"text": text[start:end], "start": start, "end": end, "id": at, "ws": text[end : end + 1] == " "} for at, (start, end) in enumerate(cut)]
    record = {"text": text, "tokens": known, "spans": spans, "meta": {"id": document.id}, "_view_id": "spans_manual", CARD: card_of(document)}
    if layer is None:
        return record
    return record | {"answer": "accept", "_annotator_id": layer.annotator, "_session_id": layer.annotator}
