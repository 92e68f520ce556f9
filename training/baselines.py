"""The honest baselines that every model is printed beside: word list, majority label per trigger word, n-gram and frozen-embedding logistic regression.

Each learns from labelled documents (or not at all) and labels the sentences of others, like a model.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline

from models.labels import OUTSIDE
from training.corpus import FACTORS, Document, SentenceMark
from training.metrics import Labels, labels_of
from training.wordlist import trigger_spans

WORD = re.compile(r"\w+(?:['’-]\w+)*")
Tokens = list[tuple[int, int]]
WordFeatures = Callable[[Document, SentenceMark, Tokens], Any]


class Baseline(Protocol):
    """Learns from documents with the layer `gold`; then labels the sentences of any document with text."""

    name: str

    def learn(self, documents: Sequence[Document]) -> None: ...

    def label(self, document: Document) -> list[Labels]: ...


class WordList:
    """Every listed word is a finding; a sentence with one is `individual`."""

    name = "word list"

    def learn(self, documents: Sequence[Document]) -> None:
        """Nothing to learn."""

    def label(self, document: Document) -> list[Labels]:
        return [_from_spans(document, spans) for spans in map(trigger_spans, _texts(document), _starts(document))]


class MajorityPerTrigger:
    """Each word of the list takes the category, or none, that it has most often in the training documents; so does the sentence's attribution."""

    name = "majority per trigger"

    def __init__(self) -> None:
        self._category: dict[str, str] = {}
        self._attribution: dict[str, str] = {}

    def learn(self, documents: Sequence[Document]) -> None:
        categories: dict[str, Counter[str]] = defaultdict(Counter)
        attributions: dict[str, Counter[str]] = defaultdict(Counter)
        for document in documents:
            for text, start, gold in zip(_texts(document), _starts(document), labels_of(document), strict=True):
                for first, last, _ in trigger_spans(text, start):
                    trigger = text[first - start : last - start].lower()
                    found = Counter(gold.characters.get(place, OUTSIDE) for place in range(first, last))
                    categories[trigger][found.most_common(1)[0][0]] += 1
                    attributions[trigger][gold.attribution or "none"] += 1
        self._category = {trigger: counts.most_common(1)[0][0] for trigger, counts in categories.items()}
        self._attribution = {trigger: counts.most_common(1)[0][0] for trigger, counts in attributions.items()}

    def label(self, document: Document) -> list[Labels]:
        found = []
        for text, start in zip(_texts(document), _starts(document), strict=True):
            spans, attribution = [], "none"
            for first, last, category in trigger_spans(text, start):
                trigger = text[first - start : last - start].lower()
                chosen = self._category.get(trigger, category)
                attribution = self._attribution.get(trigger, attribution)
                if chosen != OUTSIDE:
                    spans.append((first, last, chosen))
            found.append(_from_spans(document, spans, attribution=attribution))
        return found


class Linear:
    """Logistic regression on words for spans, and on whole sentences for the rest; the features decide which baseline it is."""

    def __init__(
        self, name: str, words: WordFeatures, sentences: Callable[[], Any], *, prepare: Callable[[Document], Any] | None = None, spans_only: bool = False
    ) -> None:
        self.name, self._spans_only = name, spans_only
        self._words, self._new_sentences, self._prepare = words, sentences, prepare
        self._spans = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=12, tol=None, random_state=1, average=True)

    def learn(self, documents: Sequence[Document]) -> None:
        rows: list[Any] = []
        targets: list[str] = []
        for document in documents:
            for mark, gold in zip(document.sentences, labels_of(document), strict=True):
                words = _words(document, mark)
                if words:
                    rows.append(self._words(document, mark, words))
                    targets.extend(gold.characters.get(first, OUTSIDE) for first, _ in words)
        self._spans.fit(_stack(rows), targets)
        if self._spans_only:
            return
        inputs = [entry for document in documents for entry in self._inputs(document)]
        golds = [gold for document in documents for gold in labels_of(document)]
        self._attribution = self._fit(inputs, [gold.attribution or "none" for gold in golds])
        self._action = self._fit(inputs, [gold.action_strength or "none" for gold in golds])
        system = [at for at, gold in enumerate(golds) if gold.attribution in {"system", "mixed"}]
        self._factors = None
        if system:
            table = np.array([[factor in golds[at].factors for factor in FACTORS] for at in system])
            chooser = OneVsRestClassifier(LogisticRegression(C=10, max_iter=500, class_weight="balanced"))
            self._factors = make_pipeline(self._new_sentences(), chooser).fit([inputs[at] for at in system], table)

    def label(self, document: Document) -> list[Labels]:
        inputs = self._inputs(document)
        nothing = ["none"] * len(inputs)
        attributions, actions = (nothing, nothing) if self._spans_only else (self._attribution.predict(inputs), self._action.predict(inputs))
        factors = self._factors.predict(inputs) if not self._spans_only and self._factors else [()] * len(inputs)
        found = []
        for mark, attribution, action, row in zip(document.sentences, attributions, actions, factors, strict=True):
            words = _words(document, mark)
            marked = self._spans.predict(_stack([self._words(document, mark, words)])) if words else []
            found.append(
                _from_spans(
                    document,
                    list(_runs(words, marked)),
                    attribution=str(attribution),
                    action=str(action),
                    factors=frozenset(name for name, yes in zip(FACTORS, row, strict=False) if yes) if attribution in {"system", "mixed"} else frozenset(),
                )
            )
        return found

    def _inputs(self, document: Document) -> list[Any]:
        return list(self._prepare(document)) if self._prepare else list(_texts(document))

    def _fit(self, inputs: list[Any], targets: list[str]) -> Any:
        return make_pipeline(self._new_sentences(), LogisticRegression(C=10, max_iter=500, class_weight="balanced")).fit(inputs, targets)


def ngrams(*, spans_only: bool = False) -> Linear:
    """Word and character n-grams; with `spans_only` the labels of sentences are not learnt."""
    hasher = FeatureHasher(n_features=2**18, input_type="string")

    def features(document: Document, mark: SentenceMark, words: Tokens) -> Any:
        text = document.text or ""
        lower = ["<", "<", *(text[first:last].lower() for first, last in words), ">", ">"]
        return hasher.transform(_context(lower, at + 2) for at in range(len(words)))

    def sentences() -> Any:
        return FeatureUnion(
            [
                ("words", TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True)),
                ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True)),
            ]
        )

    return Linear("n-gram logistic regression", features, sentences, spans_only=spans_only)


def _context(words: Sequence[str], at: int) -> list[str]:
    word = words[at]
    return [
        f"w={word}", f"s3={word[-3:]}", f"p4={word[:4]}", f"-1={words[at - 1]}", f"+1={words[at + 1]}", f"-2={words[at - 2]}", f"+2={words[at + 2]}",
        f"-10={words[at - 1]}_{word}", f"0+1={word}_{words[at + 1]}", f"-21={words[at - 2]}_{words[at - 1]}_{word}",
        f"-1+1={words[at - 1]}_{word}_{words[at + 1]}",
    ]  # fmt: skip


def _stack(rows: Sequence[Any]) -> Any:
    from scipy import sparse

    return sparse.vstack(rows) if sparse.issparse(rows[0]) else np.concatenate(rows)


def _words(document: Document, mark: SentenceMark) -> Tokens:
    return [match.span() for match in WORD.finditer(document.text or "", mark.start, mark.end)]


def _runs(words: Tokens, marked: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    at = 0
    while at < len(words):
        end = at + 1
        while end < len(words) and marked[end] == marked[at]:
            end += 1
        if marked[at] != OUTSIDE:
            yield words[at][0], words[end - 1][1], str(marked[at])
        at = end


def _texts(document: Document) -> Iterator[str]:
    return ((document.text or "")[mark.start : mark.end] for mark in document.sentences)


def _starts(document: Document) -> Iterator[int]:
    return (mark.start for mark in document.sentences)


def _from_spans(
    document: Document,
    spans: Sequence[tuple[int, int, str]],
    *,
    attribution: str | None = None,
    action: str = "none",
    factors: frozenset[str] = frozenset(),
) -> Labels:
    text = document.text or ""
    return Labels(
        characters={place: category for start, end, category in spans for place in range(start, end) if not text[place].isspace()},
        spans=tuple(spans),
        attribution=attribution if attribution is not None else ("individual" if spans else "none"),
        factors=factors,
        action_strength=action,
        score=1.0 if spans else 0.0,
    )
