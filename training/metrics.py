"""Figures for one set of labels against another, sentence by sentence: used for annotators, baselines and models alike.

Characters count without white space. A counted span is one that is not reported. Intervals are 95% percentile bootstrap over groups (documents).
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlp.report import Analysis
from training.corpus import ATTRIBUTIONS, FACTORS, GOLD, Document

Figure = Callable[[Sequence["Pair"]], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels of one sentence. `characters` maps the document offset of each marked character to its category; None is not labelled.
    `score` is the confidence in its surest finding, 0 without one; `probability` that of holding any, where one is given."""

    characters: Mapping[int, str]
    shown: frozenset[int] = frozenset()
    spans: tuple[tuple[int, int, str], ...] = ()
    attribution: str | None
    factors: frozenset[str] = frozenset()
    action_strength: str | None
    score: float = 0.0
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Gold and predicted labels of one sentence; `group` is what the bootstrap draws, `source` and `length` what tables are cut by."""

    group: str
    source: str
    length: int
    gold: Labels
    predicted: Labels


def labels_of(document: Document, annotator: str = GOLD) -> list[Labels]:
    """The labels of every sentence in one layer.

    Raises:
        ValueError: the document has no such layer, or no text.
    """
    layer = document.layer(annotator)
    if layer is None or document.text is None:
        raise ValueError(f"Document {document.id!r} has no text or no layer {annotator!r}. Assemble it first.")
    found = []
    for index in range(len(document.sentences)):
        spans = document.spans_in(index, annotator)
        counted = [span for span in spans if not span.reported]
        found.append(
            Labels(
                characters=_characters(document.text, ((span.start, span.end, span.category) for span in counted)),
                shown=frozenset(_characters(document.text, ((span.start, span.end, span.category) for span in spans))),
                spans=tuple((span.start, span.end, span.category) for span in counted),
                attribution=layer.attribution[index],
                factors=frozenset(layer.factors[index] or ()),
                action_strength=layer.action_strength[index],
            )
        )
    return found


def labels_from(analysis: Analysis, document: Document) -> list[Labels]:
    """The labels that an analysis of the document's text gives to the document's sentences: the sentence that overlaps most lends its own."""
    assert document.text is not None
    found = []
    for mark in document.sentences:
        inside = [each for each in analysis.findings if each.counted and each.start < mark.end and each.end > mark.start]
        best = max(analysis.sentences, key=lambda each: min(mark.end, each.end) - max(mark.start, each.start), default=None)
        spans = tuple((max(each.start, mark.start), min(each.end, mark.end), each.category) for each in inside)
        found.append(
            Labels(
                characters=_characters(document.text, spans),
                spans=spans,
                attribution=best.attribution if best else "none",
                factors=frozenset(best.factors) if best else frozenset(),
                action_strength=best.action_strength if best else "none",
                score=max((each.confidence for each in inside), default=0.0),
                probability=best.confidence.get("blame") if best else None,
            )
        )
    return found


def pairs_of(document: Document, predicted: Sequence[Labels], gold: str = GOLD) -> list[Pair]:
    """Gold and predicted labels side by side; sentences that gold leaves unlabelled are left out."""
    return [
        Pair(group=document.group, source=document.origin.source, length=mark.end - mark.start, gold=expected, predicted=got)
        for mark, expected, got in zip(document.sentences, labels_of(document, gold), predicted, strict=True)
        if expected.attribution is not None  # not labelled is not the same as nothing
    ]


def char_f1(pairs: Sequence[Pair]) -> float:
    """F1 over marked characters, whatever the category."""
    return _f1(*_character_counts(pairs, lambda _: None))


def char_f1_with_category(pairs: Sequence[Pair]) -> float:
    """F1 over marked characters; the category must be right."""
    return _f1(*_character_counts(pairs, lambda category: category))


def category_f1(pairs: Sequence[Pair], category: str) -> float:
    """Character F1 of one category."""
    hit = wrong = missed = 0
    for pair in pairs:
        gold = {place for place, found in pair.gold.characters.items() if found == category}
        got = {place for place, found in pair.predicted.characters.items() if found == category}
        hit, wrong, missed = hit + len(gold & got), wrong + len(got - gold), missed + len(gold - got)
    return _f1(hit, wrong, missed)


def span_f1(pairs: Sequence[Pair], *, exact: bool) -> float:
    """F1 over whole spans with their category: same ends, or (`exact=False`) any overlap."""
    hit = found = expected = matched = 0
    for pair in pairs:
        gold, got = pair.gold.spans, pair.predicted.spans
        expected, found = expected + len(gold), found + len(got)
        if exact:
            common = len(set(gold) & set(got))
            hit, matched = hit + common, matched + common
        else:
            hit += sum(any(_overlap(one, other) for other in gold) for one in got)
            matched += sum(any(_overlap(one, other) for other in got) for one in gold)
    precision, recall = hit / found if found else 0.0, matched / expected if expected else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def sentence_f1(pairs: Sequence[Pair]) -> float:
    """F1 of whether the sentence holds a counted span at all."""
    hit, wrong, missed, _ = _sentence_counts(pairs)
    return _f1(hit, wrong, missed)


def false_alarms(pairs: Sequence[Pair]) -> float:
    """Share of sentences without a counted span that get one."""
    _, wrong, _, quiet = _sentence_counts(pairs)
    return wrong / (wrong + quiet) if wrong + quiet else 0.0


def attribution_f1(pairs: Sequence[Pair], label: str) -> float:
    """F1 of one attribution."""
    return _label_f1([(pair.gold.attribution, pair.predicted.attribution) for pair in pairs if pair.gold.attribution], label)


def attribution_macro_f1(pairs: Sequence[Pair]) -> float:
    """Mean F1 over the four attributions."""
    return sum(attribution_f1(pairs, label) for label in ATTRIBUTIONS) / len(ATTRIBUTIONS)


def attribution_confusion(pairs: Sequence[Pair]) -> dict[str, dict[str, int]]:
    """Counts by gold (outer) and predicted attribution."""
    counts = Counter((pair.gold.attribution, pair.predicted.attribution) for pair in pairs)
    return {gold: {got: counts[gold, got] for got in ATTRIBUTIONS} for gold in ATTRIBUTIONS}


def factors_micro_f1(pairs: Sequence[Pair]) -> float:
    """Micro F1 of the system factors on sentences that gold calls system or mixed."""
    hit = wrong = missed = 0
    for pair in pairs:
        if pair.gold.attribution in {"system", "mixed"}:
            gold, got = pair.gold.factors, pair.predicted.factors
            hit, wrong, missed = hit + len(gold & got), wrong + len(got - gold), missed + len(gold - got)
    return _f1(hit, wrong, missed)


def factor_f1(pairs: Sequence[Pair], factor: str) -> float:
    """F1 of one system factor on sentences that gold calls system or mixed."""
    assert factor in FACTORS
    relevant = [pair for pair in pairs if pair.gold.attribution in {"system", "mixed"}]
    return _label_f1([(str(factor in pair.gold.factors), str(factor in pair.predicted.factors)) for pair in relevant], "True")


def action_macro_f1(pairs: Sequence[Pair]) -> float:
    """Mean F1 over the action strengths that gold has."""
    both = [(pair.gold.action_strength, pair.predicted.action_strength) for pair in pairs if pair.gold.action_strength]
    labels = {gold for gold, _ in both if gold}
    return sum(_label_f1(both, label) for label in labels) / len(labels) if labels else 0.0


HEADLINE: dict[str, Figure] = {
    "span char-F1": char_f1,
    "with category": char_f1_with_category,
    "exact span F1": lambda pairs: span_f1(pairs, exact=True),
    "overlap span F1": lambda pairs: span_f1(pairs, exact=False),
    "sentence F1": sentence_f1,
    "false alarms": false_alarms,
    "attribution macro-F1": attribution_macro_f1,
    "individual F1": lambda pairs: attribution_f1(pairs, "individual"),
    "system F1": lambda pairs: attribution_f1(pairs, "system"),
    "mixed F1": lambda pairs: attribution_f1(pairs, "mixed"),
    "factors micro-F1": factors_micro_f1,
    "action macro-F1": action_macro_f1,
}


def interval(pairs: Sequence[Pair], figure: Figure, *, draws: int = 300, seed: int = 7) -> tuple[float, float]:
    """95% percentile bootstrap interval, drawing whole groups; not a number where half of the draws have no value."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.group].append(pair)
    members, rng = list(groups.values()), random.Random(seed)
    drawn = (figure([pair for group in rng.choices(members, k=len(members)) for pair in group]) for _ in range(draws))
    values = sorted(value for value in drawn if not math.isnan(value))
    if len(values) < draws / 2:
        return math.nan, math.nan
    return values[int(0.025 * len(values))], values[min(len(values) - 1, int(0.975 * len(values)))]


def _characters(text: str, spans: Iterable[tuple[int, int, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start, end, category in spans:
        for place in range(start, end):
            if not text[place].isspace():
                found.setdefault(place, category)
    return found


def _character_counts(pairs: Sequence[Pair], key: Callable[[str], str | None]) -> tuple[int, int, int]:
    hit = wrong = missed = 0
    for pair in pairs:
        gold, got = pair.gold.characters, pair.predicted.characters
        right = sum(place in got and key(got[place]) == key(category) for place, category in gold.items())
        hit, wrong, missed = hit + right, wrong + len(got) - right, missed + len(gold) - right
    return hit, wrong, missed


def _sentence_counts(pairs: Sequence[Pair]) -> tuple[int, int, int, int]:
    counts = Counter((bool(pair.gold.characters), bool(pair.predicted.characters)) for pair in pairs)
    return counts[True, True], counts[False, True], counts[True, False], counts[False, False]


def _label_f1(both: Sequence[tuple[str | None, str | None]], label: str) -> float:
    hit = sum(gold == label == got for gold, got in both)
    return _f1(hit, sum(got == label != gold for gold, got in both), sum(gold == label != got for gold, got in both))


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


def _f1(hit: int, wrong: int, missed: int) -> float:
    return 2 * hit / (2 * hit + wrong + missed) if hit else 0.0
