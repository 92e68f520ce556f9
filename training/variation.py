"""The same report as another hand would have typed it: labels stay, offsets move along. Used in training, so that answers hang on meaning."""

import random
import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from training.corpus import Document

Edit = tuple[int, int, str]
LONG_WORD = re.compile(r"\b[a-z]{5,}\b")
TYPOS, SWAPS = 0.02, 0.35


@lru_cache(maxsize=1)
def _sets() -> tuple[tuple[str, ...], ...]:
    with Path(__file__).with_name("variation.toml").open("rb") as file:
        return tuple(tuple(words) for words in tomllib.load(file)["same"])


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    words = sorted({word for words in _sets() for word in words}, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Variation:
    """A varied document; `moved` takes an offset of the old text to the new one."""

    document: Document
    moved: Callable[[int], int]


def vary(document: Document, rng: random.Random) -> Variation:
    """The document with some words of equal standing exchanged (roles, bands, spellings) and a few typing errors."""
    return edited(document, sorted(_edits(document.text or "", rng)))


def edited(document: Document, edits: Sequence[Edit]) -> Variation:
    """The document after these replacements, which are in order and do not overlap; every offset moved along."""
    text = document.text or ""
    parts, at, ends, shifts = [], 0, [], [0]
    for start, end, words in edits:
        parts += [text[at:start], words]
        at = end
        ends.append(end)
        shifts.append(shifts[-1] + len(words) - (end - start))
    parts.append(text[at:])

    def moved(place: int) -> int:
        return place + shifts[bisect_right(ends, place)]

    sentences = tuple(mark.model_copy(update={"start": moved(mark.start), "end": moved(mark.end)}) for mark in document.sentences)
    layers = tuple(
        layer.model_copy(update={"spans": tuple(span.model_copy(update={"start": moved(span.start), "end": moved(span.end)}) for span in layer.spans)})
        for layer in document.layers
    )
    return Variation(document.model_copy(update={"text": "".join(parts), "sentences": sentences, "layers": layers}), moved)


def _edits(text: str, rng: random.Random) -> Iterator[Edit]:
    taken: list[tuple[int, int]] = []
    for match in _pattern().finditer(text):
        if rng.random() < SWAPS:
            taken.append(match.span())
            yield (*match.span(), _another(match.group(), rng))
    swapped = {place for start, end in taken for place in range(start, end)}
    for match in LONG_WORD.finditer(text):
        if rng.random() < TYPOS and match.start() not in swapped:
            yield (*match.span(), _mistyped(match.group(), rng))


def _another(word: str, rng: random.Random) -> str:
    words = next(each for each in _sets() if word.lower() in each)
    other = rng.choice(words)
    if word.isupper() and len(word) > 1:
        return other.upper()
    return other[0].upper() + other[1:] if word[0].isupper() else other


def _mistyped(word: str, rng: random.Random) -> str:
    """Two inner letters exchanged, one left out, or one typed twice."""
    at = rng.randrange(1, len(word) - 2)
    kind = rng.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind == 1 else word[: at + 1] + word[at:]
