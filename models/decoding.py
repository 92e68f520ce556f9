"""Scores of a sentence to spans: whole words, one category a span, by the best path over words with a price for each change."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.reading import Array, Scores

EDGES = " \t\r\n.,;:!?\"'()[]{}“”‘’…–—-•·*/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A decoded span: offsets of the text, the category's column, the mean probability that its words are marked, the mean logit of reported voice."""

    start: int
    end: int
    column: int
    probability: float
    reported: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """`bias` is added to the log-probability of not being marked; `change` is the price of a change of category from word to word."""

    bias: float = 0.0
    change: float = 1.0


def decode(scores: Scores, text: str, decoding: Decoding, boost: Array | None = None) -> list[Marked]:
    """The spans of one sentence in order.

    Args:
        boost: added to the log-probabilities, (pieces, classes): what the rules say.
    """
    if not scores.offsets:
        return []
    token = scores.token if boost is None else scores.token + boost
    if token[:, 1:].max() <= token[:, 0].min() + decoding.bias - 2 * decoding.change:
        return []  # as the mean over a word's pieces lies between theirs, no word can be marked
    words = _words(scores.offsets, text)
    lengths = np.array([[last - first] for first, last in words], np.float32)
    rows = np.asarray(np.add.reduceat(token, [first for first, _ in words], axis=0) / lengths, np.float32)
    rows[:, 0] += decoding.bias
    if not (rows[:, 1:].max(axis=1) > rows[:, 0] - 2 * decoding.change).any():
        return []
    path = _best_path(rows, decoding.change)
    marked = 1 - np.exp(_normalised(rows)[:, 0])
    found = []
    at = 0
    while at < len(path):
        end = at + 1
        while end < len(path) and path[end] == path[at]:
            end += 1
        if path[at]:
            first, last = words[at][0], words[end - 1][1]
            start, stop = _trimmed(text, scores.offsets[first][0], scores.offsets[last - 1][1])
            if start < stop:
                found.append(
                    Marked(
                        start=start,
                        end=stop,
                        column=path[at],
                        probability=float(marked[at:end].mean()),
                        reported=float(scores.reported[first:last].mean()),
                    )
                )
        at = end
    return found


def _words(offsets: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Runs of pieces that touch and make one word, as half-open ranges of pieces."""
    found: list[tuple[int, int]] = []
    first = 0
    for at in range(1, len(offsets) + 1):
        if at == len(offsets) or offsets[at][0] > offsets[at - 1][1] or not _joins(text, offsets[at - 1][1]):
            found.append((first, at))
            first = at
    return found


def _joins(text: str, at: int) -> bool:
    """Whether the characters on both sides of `at` belong to one word."""
    return 0 < at < len(text) and (text[at - 1].isalnum() or text[at - 1] in "'’-") and (text[at].isalnum() or text[at] in "'’-")


def _best_path(rows: Array, change: float) -> list[int]:
    best = rows[0].copy()
    best[1:] -= change
    back = []
    for row in rows[1:]:
        switch = int(best.argmax())
        jump = best[switch] - change
        stay = best >= jump
        back.append(np.where(stay, np.arange(len(best)), switch))
        best = np.where(stay, best, jump) + row
    at = int(best.argmax())
    path = [at]
    for step in reversed(back):
        at = int(step[at])
        path.append(at)
    return path[::-1]


def _normalised(rows: Array) -> Array:
    shifted = rows - rows.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    return start, end
