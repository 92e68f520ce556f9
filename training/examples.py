"""Documents to what the network learns from: word pieces with targets, in windows of neighbouring sentences."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoding import Encoded, Encoder, Window
from models.labels import Labels
from training.corpus import GOLD, Document, Layer

IGNORED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One sentence (or part of a long one) with its targets. `token` is (pieces, classes) and sums to 1; IGNORED in a label means not labelled.
    Where `labelled` is false nobody read the sentence, and every target waits for a teacher."""

    encoded: Encoded
    token: NDArray[np.float32]
    reported: NDArray[np.float32]
    attribution: NDArray[np.float32]
    factors: NDArray[np.float32] | None
    action_strength: int
    counted: float
    labelled: bool


def examples_of(
    document: Document, encoder: Encoder, labels: Labels, *, names: Sequence[tuple[int, int]] = (), annotator_share: float = 0.0, budget: int
) -> list[Example]:
    """The document's sentences in order. Labels come from the layer `gold`, softened by the other layers' share; `names` are hidden."""
    assert document.text is not None
    gold = document.layer()
    others = [layer for layer in document.layers if layer.annotator != GOLD] if annotator_share else []
    found = []
    for encoded in encoder.encode(document.text, [(mark.start, mark.end) for mark in document.sentences], names=names, budget=budget):
        at = encoded.sentence
        if gold is None or gold.attribution[at] is None:
            found.append(_unlabelled(encoded, labels))
            continue
        token, reported = _tokens(gold, encoded, labels)
        if others:
            mixed = np.mean([_tokens(layer, encoded, labels)[0] for layer in others], axis=0)
            token = (1 - annotator_share) * token + annotator_share * mixed
        attribution = _one_hot(gold.attribution[at], labels.attribution)
        votes = [_one_hot(layer.attribution[at], labels.attribution) for layer in others if layer.attribution[at] is not None]
        if votes:
            attribution = (1 - annotator_share) * attribution + annotator_share * np.mean(votes, axis=0)
        is_system = gold.attribution[at] in {"system", "mixed"} and gold.factors[at] is not None
        counted = any(not span.reported for span in document.spans_in(at))
        strength = gold.action_strength[at]
        found.append(
            Example(
                encoded=encoded,
                token=token,
                reported=reported,
                attribution=attribution,
                factors=np.array([factor in (gold.factors[at] or ()) for factor in labels.factors], np.float32) if is_system else None,
                action_strength=labels.action_strength.index(strength) if strength else IGNORED,
                counted=float(counted),
                labelled=True,
            )
        )
    return found


def _unlabelled(encoded: Encoded, labels: Labels) -> Example:
    token = np.zeros((len(encoded.ids), len(labels.token)), np.float32)
    token[:, 0] = 1
    return Example(
        encoded=encoded,
        token=token,
        reported=np.full(len(encoded.ids), IGNORED, np.float32),
        attribution=_one_hot("none", labels.attribution),
        factors=None,
        action_strength=IGNORED,
        counted=0.0,
        labelled=False,
    )


@dataclass(frozen=True, slots=True)
class TrainingWindow:
    """A window with the examples of its sentences, in order."""

    window: Window
    examples: tuple[Example, ...]


def random_windows(examples: Sequence[Example], encoder: Encoder, *, pieces: tuple[int, int], rng: random.Random) -> Iterator[TrainingWindow]:
    """Cut a document anew: windows of a random length between the two bounds, so that the network meets sentences alone and with neighbours."""
    run: list[Example] = []
    size, room = 1, _room(pieces, rng)
    for example in examples:
        more = len(example.encoded.ids) + 1
        if run and size + more > room:
            yield _together(run, encoder)
            run, size, room = [], 1, _room(pieces, rng)
        run.append(example)
        size += more
    if run:
        yield _together(run, encoder)


def batches(windows: Sequence[TrainingWindow], *, pieces: int, rng: random.Random) -> list[list[TrainingWindow]]:
    """Batches of windows of similar length, each of at most `pieces` word pieces with its padding, in random order."""
    ordered = sorted(windows, key=lambda each: (len(each.window.ids), rng.random()))
    found: list[list[TrainingWindow]] = []
    run: list[TrainingWindow] = []
    for window in ordered:
        if run and len(window.window.ids) * (len(run) + 1) > pieces:
            found.append(run)
            run = []
        run.append(window)
    if run:
        found.append(run)
    rng.shuffle(found)
    return found


def _room(pieces: tuple[int, int], rng: random.Random) -> int:
    low, high = pieces
    return int(low * (high / low) ** rng.random())


def _together(run: Sequence[Example], encoder: Encoder) -> TrainingWindow:
    return TrainingWindow(encoder.window([example.encoded for example in run]), tuple(run))


def _tokens(layer: Layer, encoded: Encoded, labels: Labels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    token = np.zeros((len(encoded.ids), len(labels.token)), np.float32)
    reported = np.full(len(encoded.ids), IGNORED, np.float32)
    token[:, 0] = 1
    if not encoded.offsets:
        return token, reported
    first, last = encoded.offsets[0][0], encoded.offsets[-1][1]
    for span in layer.spans:
        if span.end <= first or span.start >= last:
            continue
        column = labels.token.index(span.category)
        for place, (start, end) in enumerate(encoded.offsets):
            if start < span.end and end > span.start:
                token[place] = 0
                token[place, column] = 1
                reported[place] = float(span.reported)
    return token, reported


def _one_hot(label: str | None, names: Sequence[str]) -> NDArray[np.float32]:
    return np.array([name == label for name in names], np.float32)
