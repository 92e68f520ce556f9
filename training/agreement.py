"""How far annotators agree: Krippendorff's alpha per category and merged, Cohen's kappa of attribution, pairwise character F1, with intervals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

from nlp.errors import UnreadableInputError
from training.corpus import ATTRIBUTIONS, CATEGORIES, GOLD, Document
from training.metrics import Figure, Pair, char_f1, char_f1_with_category, interval, labels_of, pairs_of, sentence_f1


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One figure with its 95% interval over documents; `n` is the number of sentences that either annotator labelled so (or all)."""

    name: str
    value: float
    low: float
    high: float
    n: int


def agreement(documents: Iterable[Document]) -> list[Agreement]:
    """Figures over every pair of annotators who labelled the same document, the layer `gold` left out.

    Raises:
        UnreadableInputError: no document has two annotators.
    """
    pairs = [pair for document in documents for pair in _annotator_pairs(document)]
    if not pairs:
        raise UnreadableInputError("No document has two annotator layers beside 'gold', so there is no agreement to measure.")

    def figure(name: str, measure: Figure, n: int) -> Agreement:
        low, high = interval(pairs, measure, draws=200)
        return Agreement(name=name, value=measure(pairs), low=low, high=high, n=n)

    found = [
        figure("span char-F1", char_f1, len(pairs)),
        figure("span char-F1 with category", char_f1_with_category, len(pairs)),
        figure("sentence has a counted span, F1", sentence_f1, len(pairs)),
        figure("sentence has a counted span, alpha", lambda rows: _alpha(rows, None), len(pairs)),
        figure("attribution, kappa", _kappa, len(pairs)),
        figure("action strength, alpha", _action_alpha, len(pairs)),
    ]
    for category in CATEGORIES:
        n = sum(category in {*pair.gold.characters.values(), *pair.predicted.characters.values()} for pair in pairs)
        found.append(figure(f"{category}, alpha", lambda rows, category=category: _alpha(rows, category), n))  # type: ignore[misc]  # bound now
    return found


def _annotator_pairs(document: Document) -> list[Pair]:
    names = [layer.annotator for layer in document.layers if layer.annotator != GOLD]
    return [pair for one, other in combinations(names, 2) for pair in pairs_of(document, labels_of(document, other), gold=one)]


def _alpha(pairs: Sequence[Pair], category: str | None) -> float:
    def has(characters: Iterable[str]) -> int:
        return int(category in set(characters) if category else any(True for _ in characters))

    table = np.array([[has(pair.gold.characters.values()) for pair in pairs], [has(pair.predicted.characters.values()) for pair in pairs]])
    return float(krippendorff.alpha(table, level_of_measurement="nominal")) if table.any() and not table.all() else float("nan")


def _action_alpha(pairs: Sequence[Pair]) -> float:
    labels = ["none", "weaker", "intermediate", "stronger"]
    table = np.array([[labels.index(side.action_strength or "none") for side in sides] for sides in (
        [pair.gold for pair in pairs], [pair.predicted for pair in pairs])])  # fmt: skip
    return float(krippendorff.alpha(table, level_of_measurement="nominal")) if table.any() else float("nan")


def _kappa(pairs: Sequence[Pair]) -> float:
    both = [(pair.gold.attribution, pair.predicted.attribution) for pair in pairs if pair.gold.attribution and pair.predicted.attribution]
    return float(cohen_kappa_score([one for one, _ in both], [other for _, other in both], labels=list(ATTRIBUTIONS)))
