"""Sentences to windows of word pieces and back to characters: one way for training and for prediction.

A window is a run of whole sentences, `[CLS] s1 [SEP] s2 [SEP] …`, so that each is read with its neighbours; it never crosses more than `budget`
pieces. A sentence that is longer alone is cut into pieces that overlap: nothing is dropped.
"""

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

BUDGET = 192
OVERLAP = 32


@dataclass(frozen=True, slots=True)
class Encoded:
    """The word pieces of one sentence, or of a part of a long one. Offsets are of the document's text; `keep` are the pieces whose predictions count."""

    sentence: int
    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    keep: slice


@dataclass(frozen=True, slots=True)
class Window:
    """What the network reads at once: `ids` with special pieces, and where each sentence's pieces start in it."""

    ids: tuple[int, ...]
    parts: tuple[tuple[int, Encoded], ...]


class Encoder:
    """The word-piece tokenizer of one model. Safe for use by several threads."""

    def __init__(self, tokenizer_file: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.cls, self.sep, self.pad, self.someone = map(self._special, ("[CLS]", "[SEP]", "[PAD]", "[MASK]"), ("<s>", "</s>", "<pad>", "<mask>"))

    def _special(self, *names: str) -> int:
        known = (self._tokenizer.token_to_id(name) for name in names)
        return next((int(piece) for piece in known if piece is not None), 0)

    def encode(self, text: str, sentences: Sequence[tuple[int, int]], *, names: Sequence[tuple[int, int]] = (), budget: int = BUDGET) -> list[Encoded]:
        """The word pieces of each sentence, in order; a sentence past the budget gives several that overlap.

        Args:
            names: ranges that the model must not read, in order: each becomes the one piece that stands for somebody.
        """
        encodings = self._tokenizer.encode_batch([text[start:end] for start, end in sentences], add_special_tokens=False)
        found = []
        for index, ((start, _), encoding) in enumerate(zip(sentences, encodings, strict=True)):
            ids, offsets = self._hidden(encoding.ids, [(start + first, start + last) for first, last in encoding.offsets], names)
            for first, last, keep in _cuts(len(ids), budget - 2):
                found.append(Encoded(index, ids[first:last], offsets[first:last], keep))
        return found

    def _hidden(
        self, ids: Sequence[int], offsets: Sequence[tuple[int, int]], names: Sequence[tuple[int, int]]
    ) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
        kept: list[tuple[int, tuple[int, int]]] = []
        for piece, (start, end) in zip(ids, offsets, strict=True):
            at = bisect_right(names, (start, sys.maxsize)) - 1
            if at < 0 or names[at][1] <= start:
                kept.append((piece, (start, end)))
            elif not kept or kept[-1][1][1] <= names[at][0]:
                kept.append((self.someone, (start, end)))
            else:
                kept[-1] = (self.someone, (kept[-1][1][0], end))
        return tuple(piece for piece, _ in kept), tuple(offset for _, offset in kept)

    def windows(self, encoded: Sequence[Encoded], *, breaks: frozenset[int] = frozenset(), budget: int = BUDGET) -> Iterator[Window]:
        """Whole sentences packed up to the budget. A window that is half full ends before a sentence in `breaks` (the first of a paragraph), so that an
        edit changes the windows of its paragraph and few others."""
        run: list[Encoded] = []
        size = 1
        for part in encoded:
            more = len(part.ids) + 1
            starts_paragraph = part.sentence in breaks and size > budget // 2
            if run and (size + more > budget or starts_paragraph):
                yield self.window(run)
                run, size = [], 1
            run.append(part)
            size += more
        if run:
            yield self.window(run)

    def window(self, parts: Sequence[Encoded]) -> Window:
        """These sentences as one window."""
        ids, places = [self.cls], []
        for part in parts:
            places.append((len(ids), part))
            ids.extend((*part.ids, self.sep))
        return Window(tuple(ids), tuple(places))


def _cuts(length: int, room: int) -> Iterator[tuple[int, int, slice]]:
    """Pieces `first:last` of a long run that overlap, each with the slice of itself whose predictions count; together they cover the run once."""
    if length <= room:
        yield 0, length, slice(0, length)
        return
    first = 0
    while True:
        last = min(length, first + room)
        skip = OVERLAP // 2 if first else 0
        stop = last - first if last == length else last - first - OVERLAP // 2
        yield first, last, slice(skip, stop)
        if last == length:
            return
        first = last - OVERLAP
