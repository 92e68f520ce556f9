"""Label Studio JSON, in and out. Offsets are UTF-16 units or code points by version, so the recorded words decide.

Read without the vendor's SDK: it brings OpenCV, pandas and NLTK (over 170 MB), and its converter drops what is said of single regions.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nlp.errors import UnreadableInputError
from training.corpus import GOLD, Document, Layer
from training.formats.draft import Draft, Mark, Options
from training.formats.records import CARD, Record, card_of, json_records, shaped, text_of
from training.formats.vocabulary import FIELD_OF, FIELDS, sentence_labels

SPANS, SENTENCE = "span", "sentence"


def drafts(path: Path, options: Options) -> Iterator[Draft]:
    """Drafts of a JSON export, one an annotation. Predictions are nobody's reading and are left alone."""
    mapped = {label.casefold() for label in options.labels}
    for record in json_records(path):
        yield from shaped(record, lambda each: _drafts(each, mapped))


def _drafts(record: Record, mapped: set[str]) -> Iterator[Draft]:
    task = record.value
    if not isinstance(task.get("data"), dict):
        raise UnreadableInputError("This is not Label Studio's JSON export: a task has no 'data'. JSON-MIN loses labels of regions; export as JSON.")
    data = task["data"]
    for annotation in task.get("annotations") or task.get("completions") or [{"was_cancelled": True}]:
        is_answered = not annotation.get("was_cancelled")
        marks, skipped = _marks(annotation["result"], mapped) if is_answered else ((), 0)
        yield Draft(
            id=str(task.get("id") or f"{record.stem}-{record.number}"),
            text=_text(data, record.number),
            marks=tuple(marks),
            annotator=_annotator(annotation),
            card=data.get(CARD),
            native=data.get("offset_unit"),
            is_answered=is_answered,
            skipped=skipped,
        )


def _text(data: dict[str, Any], number: int) -> str:
    texts = [value for key, value in data.items() if isinstance(value, str) and key not in {CARD, "offset_unit"}]
    found = data.get("text", texts[0] if len(texts) == 1 else None)
    if not isinstance(found, str):
        raise UnreadableInputError(f"Task {number} has {len(texts)} texts in 'data', none called 'text'. Call the one that was annotated 'text'.")
    return found


def _annotator(annotation: dict[str, Any]) -> str | None:
    """Who answered: the annotation's own field, in which imported annotations name theirs, or the account."""
    for result in annotation.get("result") or ():
        if result.get("from_name") == "annotator" and result.get("type") == "textarea":
            return str(result["value"]["text"][0])
    account = annotation.get("completed_by")
    if isinstance(account, dict):
        account = account.get("email") or account.get("id")
    return None if account is None else str(account)


def _marks(results: list[dict[str, Any]], mapped: set[str]) -> tuple[list[Mark], int]:
    """The marks, and how many results have no place in a corpus: other controls, relations, notes."""
    places = {result["id"]: _place(result["value"]) for result in results if result["type"].endswith("labels")}
    voiced = {result["id"] for result in results if FIELDS.get(result.get("from_name", "")) == "reported" and result["value"]["choices"]}
    marks: list[Mark] = []
    skipped = 0
    for result in results:
        kind, value, name = result["type"], result.get("value") or {}, str(result.get("from_name", "")).casefold()
        if kind.endswith("labels"):
            labels = [label for label in value[kind] if label != SENTENCE]
            marks += [Mark(label=label, reported=result["id"] in voiced, **_place(value)) for label in labels]
        elif kind == "choices" and FIELDS.get(name) == "reported":
            skipped += result["id"] not in places
        elif kind == "choices" and (name in FIELDS or any(choice.casefold() in mapped for choice in value["choices"])):
            place = _place(value) or places.get(result["id"], {})
            marks += [Mark(label=choice, kind=FIELDS.get(name), **place) for choice in value["choices"]]
        else:
            skipped += name != "annotator"
    return marks, skipped


def _place(value: dict[str, Any]) -> dict[str, Any]:
    """Offsets and words of a region, offsets of the text's characters where the text is HTML; empty for a label of the whole text."""
    offsets = value.get("globalOffsets") or value
    if "start" not in offsets:
        return {}
    return {"start": int(offsets["start"]), "end": int(offsets["end"]), "words": value.get("text")}


def write(documents: Iterable[Document], path: Path) -> None:
    """A list of tasks to import, with annotations; a document without layers has its sentences as a prediction, ready to be answered."""
    tasks = []
    for document in documents:
        data = {"text": text_of(document), "offset_unit": "codepoint", CARD: card_of(document)}
        annotations = [{"result": _results(document, layer), "was_cancelled": False, "ground_truth": layer.annotator == GOLD} for layer in document.layers]
        predictions = [] if annotations else [{"model_version": "sentences", "result": _results(document, None)}]
        tasks.append({"data": data, "annotations": annotations, "predictions": predictions})
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8", newline="\n")


def _results(document: Document, layer: Layer | None) -> list[dict[str, Any]]:
    text = text_of(document)

    def result(region: str, name: str, kind: str, values: list[str], place: tuple[int, int] | None = None) -> dict[str, Any]:
        where = {"start": place[0], "end": place[1], "text": text[slice(*place)]} if place else {}
        key = "text" if kind == "textarea" else kind
        return {"id": region, "from_name": name, "to_name": "text", "type": kind, "value": where | {key: values}}

    found = [result("annotator", "annotator", "textarea", [layer.annotator])] if layer else []
    for at, span in enumerate(layer.spans if layer else ()):
        place = (span.start, span.end)
        found.append(result(f"b{at}", SPANS, "labels", [span.category], place))
        if span.reported:
            found.append(result(f"b{at}", "reported", "choices", ["reported"], place))
    for at, mark in enumerate(document.sentences):
        place = (mark.start, mark.end)
        found.append(result(f"s{at}", SENTENCE, "labels", [SENTENCE], place))
        labels = list(sentence_labels(layer, at)) if layer else []
        for kind, name in FIELD_OF.items():
            if values := [value for each, value in labels if each == kind]:
                found.append(result(f"s{at}", name, "choices", values, place))
    return found
