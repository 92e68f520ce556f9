"""Any analyser or baseline against gold: figures with intervals, tables by category, source and length, calibration, the baselines beside them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nlp.analyzer import Analyzer
from nlp.report import Report
from training.corpus import ATTRIBUTIONS, CATEGORIES, FACTORS, Document
from training.metrics import (
    HEADLINE,
    Labels,
    Pair,
    attribution_confusion,
    attribution_f1,
    category_f1,
    char_f1,
    factor_f1,
    false_alarms,
    interval,
    labels_from,
    pairs_of,
    sentence_f1,
)

Labeller = Callable[[Document], list[Labels]]
CONTEXT = 600
LENGTHS = ((0, 60), (60, 120), (120, 200), (200, 10_000))
INTERVALS = ("span char-F1", "sentence F1", "false alarms", "attribution macro-F1")
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Expected calibration error of the sentence's confidence that it holds a counted span, and the reliability curve: (mean confidence, share right, n)."""

    error: float
    curve: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One contestant on one set. `tables` maps a table's name to rows of label and figures."""

    name: str
    sentences: int
    figures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    tables: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    confusion: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    calibration: Calibration | None = None
    marked_calibration: Calibration | None = None


def evaluate(name: str, labeller: Labeller, documents: Iterable[Document], *, draws: int = 300) -> Evaluation:
    """All figures of one contestant."""
    pairs = [pair for document in documents for pair in pairs_of(document, labeller(document))]
    return Evaluation(
        name=name,
        sentences=len(pairs),
        figures={figure: measure(pairs) for figure, measure in HEADLINE.items()},
        intervals={figure: interval(pairs, HEADLINE[figure], draws=draws) for figure in INTERVALS} if draws else {},
        tables=dict(_tables(pairs)),
        confusion=attribution_confusion(pairs),
        calibration=calibration_of(pairs, [pair.predicted.probability for pair in pairs]),
        marked_calibration=calibration_of(pairs, [pair.predicted.score or None for pair in pairs]),
    )


def labeller_of(analyzer: Analyzer) -> Labeller:
    """An analyser as a contestant. It reads the labelled passage with some text around it, so that a long document costs no more than its passage."""

    def label(document: Document) -> list[Labels]:
        passage = passage_of(document)
        by = document.sentences[0].start - passage.sentences[0].start
        return [_moved(labels, by) for labels in labels_from(analyzer.analyze(Report(document.id, passage.text or "")), passage)]

    return label


def passage_of(document: Document) -> Document:
    """The labelled passage with some text around it, offsets moved along."""
    text, first, last = document.text or "", document.sentences[0].start, document.sentences[-1].end
    start = max(0, first - CONTEXT)
    start = text.find(" ", start) + 1 if start else 0
    marks = tuple(mark.model_copy(update={"start": mark.start - start, "end": mark.end - start}) for mark in document.sentences)
    layers = tuple(
        layer.model_copy(update={"spans": tuple(span.model_copy(update={"start": span.start - start, "end": span.end - start}) for span in layer.spans)})
        for layer in document.layers
    )
    return document.model_copy(update={"text": text[start : last + CONTEXT], "sentences": marks, "layers": layers})


def calibration_of(pairs: Sequence[Pair], scores_of: Sequence[float | None]) -> Calibration | None:
    """How true these scores of sentences are; a sentence without one is left out, and None comes back where none has one."""
    scored = [(score, bool(pair.gold.characters)) for pair, score in zip(pairs, scores_of, strict=True) if score is not None]
    if not scored:
        return None
    scores, right = np.array([score for score, _ in scored]), np.array([yes for _, yes in scored], float)
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    curve = tuple(
        (float(scores[places == at].mean()), float(right[places == at].mean()), int((places == at).sum())) for at in range(BINS) if (places == at).any()
    )
    error = sum(abs(confidence - share) * n for confidence, share, n in curve) / len(scored)
    return Calibration(error=error, curve=curve)


def _tables(pairs: Sequence[Pair]) -> Iterator[tuple[str, dict[str, dict[str, float]]]]:
    def spans(category: str) -> int:
        return sum(label == category for pair in pairs for *_, label in pair.gold.spans)

    yield "by category", {category: {"char-F1": category_f1(pairs, category), "gold spans": spans(category)} for category in CATEGORIES}
    yield "by attribution", {label: {"F1": attribution_f1(pairs, label), "gold": _count(pairs, label)} for label in ATTRIBUTIONS}
    yield "by factor", {factor: {"F1": factor_f1(pairs, factor)} for factor in FACTORS}
    yield "by source", {name: _row([pair for pair in pairs if pair.source == name]) for name in sorted({pair.source for pair in pairs})}
    yield (
        "by length in characters",
        {f"{low}-{high}": _row(inside) for low, high in LENGTHS if (inside := [pair for pair in pairs if low <= pair.length < high])},
    )


def _row(pairs: Sequence[Pair]) -> dict[str, float]:
    return {
        "sentences": len(pairs),
        "gold spans": sum(len(pair.gold.spans) for pair in pairs),
        "span char-F1": char_f1(pairs),
        "sentence F1": sentence_f1(pairs),
        "false alarms": false_alarms(pairs),
        "attribution macro-F1": HEADLINE["attribution macro-F1"](pairs),
    }


def _count(pairs: Sequence[Pair], label: str) -> int:
    return sum(pair.gold.attribution == label for pair in pairs)


def _moved(labels: Labels, by: int) -> Labels:
    return Labels(
        characters={place + by: category for place, category in labels.characters.items()},
        spans=tuple((start + by, end + by, category) for start, end, category in labels.spans),
        attribution=labels.attribution,
        factors=labels.factors,
        action_strength=labels.action_strength,
        score=labels.score,
        probability=labels.probability,
    )
