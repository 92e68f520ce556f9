"""Standoff corpora: labels here, text where it is published. Assembling puts them together and checks every hash."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nlp.errors import UnreadableInputError
from training.corpus import Document, digest


@dataclass(slots=True)
class Assembly:
    """What assembling met: documents put together, and the ids of those whose text is missing or was changed."""

    documents: int = 0
    sentences: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.missing and not self.changed


def texts_of(folder: Path, wanted: set[str]) -> dict[str, str]:
    """Text by document id, from a folder of JSON lines with `doc_id` and `text`.

    Raises:
        UnreadableInputError: the folder is not there or holds no `.jsonl` file.
    """
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    if not files:
        raise UnreadableInputError(
            f"There are no public reports at '{folder}'. Expected a folder of .jsonl files with 'doc_id' and 'text'; "
            "corpora/README.md says where each source is published."
        )
    found: dict[str, str] = {}
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if record.get("doc_id") in wanted:
                    found[record["doc_id"]] = record["text"]
    return found


def assemble(documents: Iterable[Document], folder: Path, assembly: Assembly) -> Iterator[Document]:
    """The documents with their text, where every sentence still has its recorded hash; `assembly` counts and names the others."""
    standoff = list(documents)
    texts = texts_of(folder, {_published_id(document) for document in standoff})
    for document in standoff:
        text = texts.get(_published_id(document))
        if text is None:
            assembly.missing.append(document.id)
        elif any(digest(text[mark.start : mark.end]) != mark.sha256 for mark in document.sentences):
            assembly.changed.append(document.id)
        else:
            assembly.documents += 1
            assembly.sentences += len(document.sentences)
            yield document.model_copy(update={"text": text})


def without_text(document: Document) -> Document:
    """The same labels with no word of the text, fit to be committed."""
    layers = tuple(layer.model_copy(update={"spans": tuple(span.model_copy(update={"words": None}) for span in layer.spans)}) for layer in document.layers)
    return document.model_copy(update={"text": None, "layers": layers})


def _published_id(document: Document) -> str:
    return document.origin.document_id or document.id
