"""doccano JSONL, in and out. Its offsets are UTF-16 units, or grapheme clusters where the project says so, and it records no words."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nlp.errors import UnreadableInputError
from training.corpus import Document
from training.formats.draft import Draft, Mark, Options
from training.formats.records import CARD, Record, card_of, json_records, shaped, text_of
from training.formats.units import utf16_offsets
from training.formats.vocabulary import flat_marks

KEYS = ("label", "labels", "entities", "annotations")


def drafts(path: Path, options: Options) -> Iterator[Draft]:
    """Drafts of an export: a file, or the zip or folder with a file an annotator (`unknown` and `all` are no annotators)."""
    for record in json_records(path):
        yield from shaped(record, _drafts)


def _drafts(record: Record) -> Iterator[Draft]:
    value = record.value
    text = value.get("text", value.get("data"))
    if not isinstance(text, str):
        raise UnreadableInputError(f"Record {record.number} of '{record.stem}' has no 'text'. Export a text project from doccano as JSONL.")
    by_user: dict[str | None, list[Mark]] = defaultdict(list)
    for item in next((value[key] for key in KEYS if value.get(key)), []):
        user, mark = _mark(item)
        by_user[user].append(mark)
    own = value.get("annotator") if record.is_alone else None if record.stem in {"all", "unknown"} else record.stem
    for user, marks in (by_user or {None: []}).items():
        yield Draft(
            id=str(value.get("id") or f"{record.stem}-{record.number}"),
            text=text,
            marks=tuple(marks),
            annotator=user or own,
            card=value.get(CARD),
            native=value.get("offset_unit"),
            is_answered="annotator" in value,
            skipped=len(value.get("relations") or ()) + len(value.get("Comments") or ()),
        )


def _mark(item: Any) -> tuple[str | None, Mark]:
    """A label in any of the shapes that doccano has had, with its user where it names one."""
    if isinstance(item, list) and len(item) == 3:
        return None, Mark(label=str(item[2]), start=int(item[0]), end=int(item[1]))
    if isinstance(item, dict) and "label" in item:
        user = str(item["user"]) if "user" in item else None
        if "start_offset" in item:
            return user, Mark(label=str(item["label"]), start=int(item["start_offset"]), end=int(item["end_offset"]))
        return user, Mark(label=str(item["label"]))
    if isinstance(item, str):
        return None, Mark(label=item)
    raise UnreadableInputError("A doccano label is [start, end, label], an object with 'label', or a string. Export the project as JSONL.")


def write(documents: Iterable[Document], path: Path) -> None:
    """One line a document and annotator. doccano keeps the other keys as the example's metadata and exports them again."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for document in documents:
            text = text_of(document)
            units = utf16_offsets(text)
            for layer in document.layers or (None,):
                marks = [[units[start], units[end], label] for start, end, label in flat_marks(document, layer)] if layer else []
                record = {"text": text, "label": marks, "offset_unit": "utf16", CARD: card_of(document)}
                out.write(json.dumps(record | ({"annotator": layer.annotator} if layer else {}), ensure_ascii=False) + "\n")
