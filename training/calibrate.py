"""From a trained network to decisions: thresholds and calibrated confidences, chosen on development documents alone, by small grids."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.artefact import Calibration, Manifest
from models.decoding import Decoding
from models.detector import ModelDetector
from models.encoding import Encoder
from models.reading import Scorer
from nlp.parsing import Parse, Parser
from nlp.report import Finding, Report
from nlp.rules import RuleDetector
from nlp.voice import Quotations, protected_because
from training.corpus import Document
from training.evaluate import passage_of
from training.metrics import (
    Labels,
    Pair,
    action_macro_f1,
    attribution_macro_f1,
    char_f1,
    char_f1_with_category,
    factors_micro_f1,
    labels_of,
    pairs_of,
    sentence_f1,
)

BIASES = (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
CHANGES = (0.5, 1.0, 2.0)
BOOSTS = (1.0, 2.0, 3.0, 4.5, 6.0)
ATTRIBUTION_BIASES = (0.0, -1.0, -0.6, -0.3, 0.3, 0.6, 1.0, 1.5)
RULE_LABELS = (0.0, 0.3, 0.6, 1.0, 1.5)
FACTOR_THRESHOLDS = (0.5, 0.25, 0.3, 0.35, 0.4, 0.45, 0.6)
FACTOR_RULES = (0.0, 1.0, 2.0, 3.0)
ACTION_BIASES = (0.0, -0.6, -0.3, 0.3, 0.6, 1.0)


class Known:
    """A scorer or rule detector that answers from memory: every candidate is judged on the same parses."""

    def __init__(self, detector: RuleDetector) -> None:
        self._detector, self._found = detector, dict[int, list[Finding]]()

    def detect(self, parse: Parse) -> list[Finding]:
        """The rules' findings, found once a parse."""
        key = id(parse)
        if key not in self._found:
            self._found[key] = self._detector.detect(parse)
        return self._found[key]


@dataclass(frozen=True, slots=True)
class Sample:
    """A development passage, parsed once, and where its protected sentences stand."""

    document: Document
    parse: Parse
    protected: tuple[tuple[int, int], ...]


def calibrate(manifest: Manifest, encoder: Encoder, scorer: Scorer, documents: Sequence[Document], *, every: Sequence[Document]) -> Calibration:
    """The calibration that does best: spans on `documents`, labels of sentences and confidences on `every` development document, of all corpora.

    Spans: the mean of character F1, character F1 with category and sentence F1. Attribution, factors and actions: their F1. Confidence: logistic
    regression of *a reader marked some of these words* on the log-odds of the network and the rules together.
    """
    parser = Parser()
    samples, others = (_samples(each, parser) for each in (documents, [each for each in every if each not in documents]))
    known = Known(RuleDetector())
    together = [*samples, *others]
    scores = {id(sample.parse): ModelDetector(manifest, encoder, scorer, rules=None).scores(sample.parse) for sample in together}

    def judge(calibration: Calibration, *, with_rules: bool, figure: Callable[[Sequence[Pair]], float], spans_only: bool = False) -> float:
        detector = ModelDetector(replace(manifest, calibration=calibration), encoder, scorer, rules=known if with_rules else None)  # type: ignore[arg-type]  # by shape
        return figure(
            [pair for sample in (samples if spans_only else together) for pair in _pairs(sample, detector, scores[id(sample.parse)], spans_only=spans_only)]
        )

    def best(candidates: Iterator[Calibration], **how: object) -> Calibration:
        return max(candidates, key=lambda each: judge(each, **how))  # type: ignore[arg-type]  # keywords of judge

    found = Calibration()
    decodings = [Decoding(), *(Decoding(bias=bias, change=change) for bias, change in product(BIASES, CHANGES))]  # of equals the plain one wins
    found = best((replace(found, decoding=each) for each in decodings), with_rules=False, figure=_span_figure, spans_only=True)
    candidates = (replace(found, hybrid_decoding=each, rule_boost=boost) for each, boost in product(decodings, BOOSTS))
    found = best(candidates, with_rules=True, figure=_span_figure, spans_only=True)
    found = best((replace(found, attribution_rules=weight) for weight in RULE_LABELS), with_rules=True, figure=attribution_macro_f1)
    for at in range(len(found.attribution_bias)):
        moved = (replace(found, attribution_bias=_with(found.attribution_bias, at, bias)) for bias in ATTRIBUTION_BIASES)
        found = best(moved, with_rules=True, figure=attribution_macro_f1)
    weighed = (replace(found, factor_threshold=each, factor_rules=weight) for each, weight in product(FACTOR_THRESHOLDS, FACTOR_RULES))
    found = best(weighed, with_rules=True, figure=factors_micro_f1)
    found = best((replace(found, action_bias=each) for each in ACTION_BIASES), with_rules=True, figure=action_macro_f1)
    detector = ModelDetector(replace(manifest, calibration=found), encoder, scorer, rules=known)  # type: ignore[arg-type]  # by shape
    slope, intercept = _confidence(together, detector)
    return replace(found, span_slope=slope, span_intercept=intercept, blame=_blame(together, detector))


def _samples(documents: Sequence[Document], parser: Parser) -> list[Sample]:
    passages = [passage_of(document) for document in documents]
    parses = parser.parse_all(Report(each.id, each.text or "") for each in passages)
    return [Sample(passage, parse, _protected(parse)) for passage, parse in zip(passages, parses, strict=True)]


def _protected(parse: Parse) -> tuple[tuple[int, int], ...]:
    quotations = Quotations(parse.doc.text)
    return tuple((span.start_char, span.end_char) for span in parse.sentences if protected_because(span, quotations))


def _pairs(sample: Sample, detector: ModelDetector, scores: list, *, spans_only: bool) -> list[Pair]:  # type: ignore[type-arg]
    parse, document = sample.parse, sample.document
    detector.remember(parse, scores)
    findings = [each for each in detector.detect(parse) if not any(start <= each.start < end for start, end in sample.protected)]
    inside = [[each for each in findings if span.start_char <= each.start < span.end_char] for span in parse.sentences]
    labels = None if spans_only else detector.label(parse, inside)
    text = document.text or ""
    found = []
    for mark in document.sentences:
        at = _sentence_at(parse, mark.start, mark.end)
        spans = tuple((each.start, each.end, each.category) for each in findings if each.counted and each.start < mark.end and each.end > mark.start)
        one = labels[at] if labels else None
        found.append(
            Labels(
                characters={place: category for start, end, category in spans for place in range(start, end) if not text[place].isspace()},
                spans=spans,
                attribution=one.attribution if one else "none",
                factors=frozenset(one.factors) if one else frozenset(),
                action_strength=one.action_strength if one else "none",
            )
        )
    return pairs_of(document, found)


def _confidence(samples: Sequence[Sample], detector: ModelDetector) -> tuple[float, float]:
    odds, right = [], []
    for sample in samples:
        shown = frozenset(place for labels in labels_of(sample.document) for place in labels.shown)
        first, last = sample.document.sentences[0].start, sample.document.sentences[-1].end
        for marked in detector.marked(sample.parse):
            if first <= marked.start < last:
                odds.append([_logit(marked.probability)])
                right.append(any(place in shown for place in range(marked.start, marked.end)))
    if len(set(right)) < 2:
        return 1.0, 0.0
    model = LogisticRegression(C=1.0).fit(np.array(odds), np.array(right))
    return float(model.coef_[0][0]), float(model.intercept_[0])


def _blame(samples: Sequence[Sample], detector: ModelDetector) -> tuple[float, float, float]:
    """Weights of a sentence's two log-odds and the constant: logistic regression of *a reader marked some of its words*."""
    odds, right = [], []
    for sample in samples:
        said = detector.odds(sample.parse)
        for mark, labels in zip(sample.document.sentences, labels_of(sample.document), strict=True):
            odds.append(said[_sentence_at(sample.parse, mark.start, mark.end)])
            right.append(bool(labels.characters))
    if len(set(right)) < 2:
        return 1.0, 0.0, 0.0
    model = LogisticRegression(C=1.0).fit(np.array(odds), np.array(right))
    return float(model.coef_[0][0]), float(model.coef_[0][1]), float(model.intercept_[0])


def _sentence_at(parse: Parse, start: int, end: int) -> int:
    """The parsed sentence that shares most characters with this range."""
    return max(range(len(parse.sentences)), key=lambda n: min(end, parse.sentences[n].end_char) - max(start, parse.sentences[n].start_char))


def _span_figure(pairs: Sequence[Pair]) -> float:
    return (char_f1(pairs) + char_f1_with_category(pairs) + sentence_f1(pairs)) / 3


def _with(values: tuple[float, ...], at: int, value: float) -> tuple[float, ...]:
    return (*values[:at], value, *values[at + 1 :])


def _logit(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))
