"""From windows of numbers back to sentences: what the network says of each sentence, whatever computed the numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoding import Encoded, Encoder, Window
from models.labels import HEADS, Labels

Array = NDArray[np.float32]
Scorer = Callable[[Sequence[Window]], Sequence[Array]]
"""Windows in; for each an array (pieces, columns) out, in the same order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What the network says of one sentence. `token` (pieces, classes) holds log-probabilities, `reported` and `counted` logits, the rest logits by label."""

    offsets: tuple[tuple[int, int], ...]
    token: Array
    reported: Array
    attribution: Array
    factors: Array
    action_strength: Array
    counted: float


def read_sentences(
    text: str,
    sentences: Sequence[tuple[int, int]],
    *,
    encoder: Encoder,
    scorer: Scorer,
    labels: Labels,
    names: Sequence[tuple[int, int]] = (),
    breaks: frozenset[int] = frozenset(),
    budget: int,
) -> list[Scores]:
    """Scores of every sentence, in order. `names` are hidden from the network; `breaks` are the indices of sentences that begin a paragraph."""
    windows = list(encoder.windows(encoder.encode(text, sentences, names=names, budget=budget), breaks=breaks, budget=budget))
    parts: list[list[tuple[Encoded, Array]]] = [[] for _ in sentences]
    for window, rows in zip(windows, scorer(windows), strict=True):
        for place, encoded in window.parts:
            parts[encoded.sentence].append((encoded, rows[place : place + len(encoded.ids)]))
    return [_scores(found, labels) for found in parts]


def _scores(parts: Sequence[tuple[Encoded, Array]], labels: Labels) -> Scores:
    columns = labels.columns
    rows = np.concatenate([found[encoded.keep] for encoded, found in parts])
    offsets = tuple(offset for encoded, _ in parts for offset in encoded.offsets[encoded.keep])
    gates = _softmax(rows[:, columns["gates"]])
    pooled = {head: gates[:, at] @ rows[:, columns[head]] for at, head in enumerate(HEADS)}
    return Scores(
        offsets=offsets,
        token=_log_softmax(rows[:, columns["token"]]),
        reported=rows[:, columns["reported"]][:, 0],
        attribution=pooled["attribution"],
        factors=pooled["factors"],
        action_strength=pooled["action_strength"],
        counted=float(pooled["counted"][0]) if len(rows) else -10.0,
    )


def _softmax(gates: Array) -> Array:
    """Every head's shares of the pieces, (pieces, heads); each column sums to 1."""
    weights = np.exp(gates - gates.max(axis=0, initial=-np.inf))
    return np.asarray(weights / weights.sum(axis=0), np.float32)


def _log_softmax(rows: Array) -> Array:
    shifted = rows - rows.max(axis=-1, keepdims=True, initial=-np.inf)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)
