"""What is in a corpus: counts by category, label, source, slice and split."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from training.corpus import Document
from training.wordlist import trigger_spans


@dataclass(slots=True)
class Statistics:
    """Counts over the layer `gold`; `counted` and `reported` are spans by category, `with_span` sentences that hold a counted span.

    `hard_negatives` are sentences with a word of the plain word list and no counted span; `variants` are sentences of contrast variants.
    """

    documents: int = 0
    sentences: int = 0
    words: int = 0
    with_span: int = 0
    hard_negatives: int = 0
    variants: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    reported: Counter[str] = field(default_factory=Counter)
    attribution: Counter[str] = field(default_factory=Counter)
    factors: Counter[str] = field(default_factory=Counter)
    action_strength: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    slices: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    annotators: Counter[str] = field(default_factory=Counter)


def statistics(documents: Iterable[Document]) -> Statistics:
    """Counts of a corpus."""
    found = Statistics()
    for document in documents:
        found.documents += 1
        size = len(document.sentences)
        found.sentences += size
        found.sources[document.origin.source] += size
        found.slices[document.slice] += size
        found.splits[document.split or "none"] += size
        found.annotators.update({layer.annotator: size for layer in document.layers})
        if document.text is not None:
            found.words += sum(len(document.text[mark.start : mark.end].split()) for mark in document.sentences)
        gold = document.layer()
        if gold is None:
            continue
        for span in gold.spans:
            (found.reported if span.reported else found.counted)[span.category] += 1
        marked = [any(not span.reported for span in document.spans_in(at)) for at in range(size)]
        found.with_span += sum(marked)
        if document.slice == "contrast":
            found.variants += size
        elif document.text is not None:
            words = (document.text[mark.start : mark.end] for mark in document.sentences)
            found.hard_negatives += sum(not blames and bool(trigger_spans(text)) for blames, text in zip(marked, words, strict=True))
        found.attribution.update(label or "not labelled" for label in gold.attribution)
        found.action_strength.update(label or "not labelled" for label in gold.action_strength)
        found.factors.update(factor for factors in gold.factors for factor in factors or ())
    return found
