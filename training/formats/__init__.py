"""Annotations from other tools and back: a table of formats, each with a reader and a writer, and a guess at which one a file is.

`docs/annotation-formats.md` says what each carries.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from nlp.errors import UnreadableInputError
from training import corpus
from training.corpus import Document
from training.formats import brat, docbin, doccano, inception, label_studio, prodigy, table, webanno
from training.formats.building import build
from training.formats.draft import Draft, ImportResult, Options
from training.formats.records import contents

Reader = Callable[[Path, Options], ImportResult]
Writer = Callable[[Iterable[Document], Path], object]


class Format(NamedTuple):
    """How to read and write one format."""

    read: Reader
    write: Writer


def _building(drafts: Callable[[Path, Options], Iterator[Draft]]) -> Reader:
    return lambda path, options: build(drafts(path, options), options)


def _read_corpus(path: Path, options: Options) -> ImportResult:
    documents = tuple(corpus.read(path))
    return ImportResult(documents=documents, read=len(documents))


FORMATS: dict[str, Format] = {
    "corpus": Format(_read_corpus, corpus.write),
    "doccano": Format(_building(doccano.drafts), doccano.write),
    "label-studio": Format(_building(label_studio.drafts), label_studio.write),
    "prodigy": Format(_building(prodigy.drafts), prodigy.write),
    "brat": Format(_building(brat.drafts), brat.write),
    "inception": Format(_building(inception.drafts), inception.write),
    "webanno-tsv": Format(_building(webanno.drafts), webanno.write),
    "csv": Format(_building(table.drafts), table.write_csv),
    "xlsx": Format(_building(table.drafts), table.write_xlsx),
    "docbin": Format(_building(docbin.drafts), docbin.write),
}
ENDINGS = {".xmi": "inception", ".ann": "brat", ".csv": "csv", ".xlsx": "xlsx", ".spacy": "docbin"}


def detect(path: Path) -> str:
    """The name of the format that a file, folder or zip seems to have.

    Raises:
        UnreadableInputError: none is recognised.
    """
    found = _detected(path) if path.exists() else None
    if found is None:
        raise UnreadableInputError(f"'{path}' is of no format that can be told. Check the name, or say it with --from: {', '.join(FORMATS)}.")
    return found


def _detected(path: Path) -> str | None:
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.is_file() and each.name not in {"documents.jsonl", "TypeSystem.xml"})
        guesses = (_detected(each) for each in sorted(inside, key=lambda each: each.suffix == ".zip"))
        return next((guess for guess in guesses if guess), None)
    if path.suffix == ".zip":
        return "inception" if any(contents(path, ".xmi", "TypeSystem.xml", ".zip")) else "doccano"
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.readline() if path.suffix in {".jsonl", ".tsv"} else file.read() if path.suffix == ".json" else ""
    if path.suffix == ".tsv":
        return "webanno-tsv" if head.startswith(webanno.HEADER) else "csv"
    return _detected_json(head) if path.suffix in {".json", ".jsonl"} else ENDINGS.get(path.suffix)


def _detected_json(text: str) -> str | None:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return None
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        return None
    if value.get("format") == corpus.FORMAT:
        return "corpus"
    if "%TYPES" in value or "%FEATURE_STRUCTURES" in value:
        return "inception"
    if isinstance(value.get("data"), dict):
        return "label-studio"
    if value.keys() & {"_task_hash", "_input_hash", "_view_id", "answer", "spans", "tokens"}:
        return "prodigy"
    return "doccano" if value.keys() & set(doccano.KEYS) else None
