"""brat standoff, in and out: `text.txt` beside `text.ann`, a folder an annotator. Offsets are code points.

A region in pieces becomes the whole stretch from first to last, and is counted as repaired, unless only line ends lie between: brat
cannot mark across them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from nlp.errors import UnreadableInputError
from training.corpus import Document, Layer
from training.formats.draft import Draft, Mark, Options
from training.formats.records import Record, contents, decoded, empty_folder, file_name, read_cards, shaped, text_of, write_cards
from training.formats.units import Region
from training.formats.vocabulary import FIELDS, REPORTED, flat_marks

LINE_ENDS = re.compile(r"[\r\n]+")


def drafts(path: Path, options: Options) -> Iterator[Draft]:
    """Drafts of a folder. A first folder below it is the annotator; an empty `.ann` file is no answer, unless we wrote it."""
    if not path.is_dir():
        raise UnreadableInputError(f"'{path}' is not a folder. brat keeps a text in two files; name the folder that holds both.")
    cards = read_cards(path)
    # brat counts a byte order mark as a character
    files = {str(name): decoded(name, content, "utf-8") for name, content in contents(path, ".txt", ".ann")}
    for name, text in files.items():
        if not name.endswith(".txt"):
            continue
        *folders, stem = name.removesuffix(".txt").split("/")
        card = cards.get(stem)
        annotator = folders.pop(0) if folders else None
        record = Record(name, 1, {"text": text, "annotations": files.get(name.removesuffix(".txt") + ".ann", "")}, True)
        for draft in shaped(record, lambda each: [_draft(**each.value)]):
            yield Draft(
                id="/".join((*folders, stem)),
                text=text,
                marks=draft.marks,
                annotator=unquote(annotator) if card and annotator else annotator,
                card=card,
                native="codepoint",
                evidence=draft.evidence,
                is_answered=card is not None and annotator is not None,
                skipped=draft.skipped,
                repaired=draft.repaired,
            )


def _draft(text: str, annotations: str) -> Draft:
    regions: dict[str, Region] = {}
    labels: dict[str, str] = {}
    attributes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    evidence: list[Region] = []
    skipped = repaired = 0
    for line in annotations.split("\n"):
        key, *columns = line.rstrip("\r").split("\t", 2)
        if key.startswith("T"):
            labels[key], offsets = columns[0].split(" ", 1)
            pieces = [(int(start), int(end)) for start, end in (piece.split() for piece in offsets.split(";"))]
            regions[key] = Region(pieces[0][0], pieces[-1][1])
            evidence += _pieces(pieces, columns[1])
            repaired += any(text[before[1] : after[0]].strip() for before, after in pairwise(pieces))
        elif key[:1] in {"A", "M"} and columns:
            name, of, *values = columns[0].split(" ")
            attributes[of].append((name.casefold(), values[0] if values else ""))
        else:
            skipped += bool(key)
    marks = []
    for key, region in regions.items():
        known = attributes.pop(key, [])
        marks.append(Mark(label=labels[key], start=region.start, end=region.end, reported=any(FIELDS.get(name) == REPORTED for name, _ in known)))
        answers = [(FIELDS[name], value) for name, value in known if name in FIELDS and FIELDS[name] != REPORTED]
        marks += [Mark(label=value, kind=kind, start=region.start, end=region.end) for kind, value in answers]
        skipped += sum(name not in FIELDS for name, _ in known)
    skipped += sum(len(orphans) for orphans in attributes.values())
    return Draft(id="", text=text, marks=tuple(marks), evidence=tuple(evidence), skipped=skipped, repaired=repaired)


def _pieces(pieces: list[tuple[int, int]], words: str) -> Iterator[Region]:
    """The pieces with their words, which brat joins by blanks."""
    at = 0
    for start, end in pieces:
        yield Region(start, end, words[at : at + end - start] if len(pieces) > 1 else words)
        at += end - start + 1


def write(documents: Iterable[Document], path: Path) -> None:
    """A folder an annotator, and the documents' own data beside them. Sentence labels are regions over the sentence."""
    empty_folder(path)
    found = list(documents)
    for document in found:
        for layer in document.layers or (None,):
            folder = path / file_name(layer.annotator) if layer else path
            folder.mkdir(exist_ok=True)
            name = file_name(document.id)
            (folder / f"{name}.txt").write_text(text_of(document), encoding="utf-8", newline="")
            (folder / f"{name}.ann").write_text("".join(_lines(document, layer)) if layer else "", encoding="utf-8", newline="")
    write_cards(found, path)


def _lines(document: Document, layer: Layer) -> Iterator[str]:
    text = text_of(document)
    at = 0
    for start, end, label in flat_marks(document, layer):
        if label == REPORTED:
            yield f"A{at}\t{REPORTED} T{at}\n"
            continue
        at += 1
        gaps = [(match.start() + start, match.end() + start) for match in LINE_ENDS.finditer(text[start:end])]
        edges = [start, *(offset for gap in gaps for offset in gap), end]
        pieces = list(zip(edges[::2], edges[1::2], strict=True))
        yield f"T{at}\t{label} {';'.join(f'{first} {last}' for first, last in pieces)}\t{' '.join(text[first:last] for first, last in pieces)}\n"
