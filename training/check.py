"""What can be wrong with a corpus, found before anybody trains on it. Messages name document and offsets, never text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from training.corpus import CATEGORIES, FACTORS, Document, Layer, digest
from training.dedupe import near_copies

LEAK = 0.8
NHS_NUMBER = re.compile(r"(?<![\d-])(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?![\d-])")
PERSONAL = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
    "a telephone number": re.compile(r"(?<![\w.])(?:\+\d{1,3}[ -]?\(?\d{2,5}\)?|0\d{2,4})[ -]\d{3,4}[ -]?\d{3,4}(?!\w)"),
    "a UK postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b"),
    "a date of birth": re.compile(r"\b(?:d\.?o\.?b\.?|date of birth|born(?: on)?)\W{1,3}\d{1,2}\W\w{1,9}\W\d{2,4}", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to mend. `kind` is stable; `message` says what was found, what was expected and where."""

    document: str
    kind: str
    message: str


def check(documents: Iterable[Document], *, known: frozenset[str] = frozenset()) -> list[Fault]:
    """All faults of a corpus. `known` are SHA-256 digests of sentences that may not be in it (a frozen evaluation set)."""
    kept, faults, ids = [], [], set[str]()
    for document in documents:
        if document.id in ids:
            faults.append(_fault(document, "duplicate_id", "the id occurs twice; give every document its own"))
        ids.add(document.id)
        faults.extend(_faults(document, known))
        kept.append(document)
    faults.extend(
        Fault(
            document=pair.other,
            kind="leak",
            message=f"{pair.similarity:.0%} alike with {pair.one}, which is in another split; put both in one group",
        )
        for pair in near_copies(kept, threshold=LEAK)
        if pair.splits[0] != pair.splits[1]
    )
    faults.extend(_split_groups(kept))
    return faults


def _faults(document: Document, known: frozenset[str]) -> Iterator[Fault]:
    yield from _sentence_faults(document, known)
    for layer in document.layers:
        yield from _layer_faults(document, layer)
    if document.text is not None and document.slice == "authored":
        for what in personal_identifiers(document.text):
            yield _fault(document, "personal_identifier", f"holds {what}, but authored text claims to have none")


def _sentence_faults(document: Document, known: frozenset[str]) -> Iterator[Fault]:
    for one, other in pairwise(document.sentences):
        if other.start < one.end:
            yield _fault(document, "sentence_order", f"the sentences at {one.start} and {other.start} overlap or are out of order")
    for mark in document.sentences:
        if mark.sha256 in known:
            yield _fault(document, "evaluation_leak", f"the sentence at {mark.start}..{mark.end} is in the evaluation set and may not be trained on")
        if document.text is None:
            continue
        words = document.text[mark.start : mark.end]
        if digest(words) != mark.sha256:
            yield _fault(
                document,
                "text_changed",
                f"the sentence at {mark.start}..{mark.end} does not have its recorded hash: {_how_changed(document.text, mark.sha256, mark.start, mark.end)}",
            )


def _layer_faults(document: Document, layer: Layer) -> Iterator[Fault]:
    where = f"layer {layer.annotator!r}"
    for span in layer.spans:
        place = f"{where}, span {span.start}..{span.end}"
        if span.category not in CATEGORIES:
            yield _fault(document, "unknown_label", f"{place}: there is no category {span.category!r}; choose from {', '.join(CATEGORIES)}")
        if not any(mark.start <= span.start and span.end <= mark.end for mark in document.sentences):
            yield _fault(document, "span_outside", f"{place} does not lie within one sentence")
        if document.text is not None:
            yield from _cut_faults(document, span.start, span.end, span.words, place)
    for one, other in pairwise(sorted(layer.spans, key=lambda span: (span.start, span.end))):
        if other.start < one.end:
            kept = min((one, other), key=lambda span: CATEGORIES.index(span.category) if span.category in CATEGORIES else len(CATEGORIES))
            yield _fault(document, "overlap", f"{where}: spans at {one.start} and {other.start} overlap; by precedence {kept.category!r} stays")
    for at, factors in enumerate(layer.factors):
        unknown = set(factors or ()) - set(FACTORS)
        if unknown:
            yield _fault(document, "unknown_label", f"{where}, sentence {at}: unknown factors {sorted(unknown)}; choose from {', '.join(FACTORS)}")
        if factors and layer.attribution[at] not in {"system", "mixed"}:
            yield _fault(
                document,
                "factors_without_system",
                f"{where}, sentence {at}: factors belong to system or mixed, not {layer.attribution[at]!r}",
            )


def _cut_faults(document: Document, start: int, end: int, words: str | None, place: str) -> Iterator[Fault]:
    assert document.text is not None
    cut = document.text[start:end]
    if words is not None and cut != words:
        yield _fault(document, "wrong_words", f"{place} does not cut out its recorded words; is the offset unit UTF-16, or was the text edited?")
    elif cut != cut.strip() or not cut:
        yield _fault(document, "blank_edge", f"{place} starts or ends with white space, or is empty")


def _how_changed(text: str, sha256: str, start: int, end: int) -> str:
    words = text[start:end]
    if any(digest(words.replace(after, before)) == sha256 for after, before in (("\r\n", "\n"), ("\n", "\r\n"), ("\u00a0", " "))):
        return "an editor changed line ends or non-breaking spaces"
    if any(digest(text[max(0, start + by) : end + by]) == sha256 for by in range(-40, 41)):
        return "the offsets are shifted"
    return "the words were edited"


def _split_groups(documents: Iterable[Document]) -> Iterator[Fault]:
    splits: dict[str, str | None] = {}
    for document in documents:
        if splits.setdefault(document.group, document.split) != document.split:
            yield _fault(document, "leak", f"group {document.group!r} is in two splits")


def personal_identifiers(text: str) -> list[str]:
    """What kinds of personal identifier the text seems to hold."""
    found = [what for what, pattern in PERSONAL.items() if pattern.search(text)]
    if any(_is_nhs_number("".join(match.groups())) for match in NHS_NUMBER.finditer(text)):
        found.append("an NHS number")
    return found


def _is_nhs_number(digits: str) -> bool:
    check_digit = 11 - sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return len(set(digits)) > 1 and check_digit % 11 == int(digits[9]) and check_digit != 10


def _fault(document: Document, kind: str, message: str) -> Fault:
    return Fault(document=document.id, kind=kind, message=message)
