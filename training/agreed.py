"""The layer `gold` where there is none yet: what all annotators say alike; what they do not is left unlabelled until somebody decides."""

from collections.abc import Iterator

from training.corpus import GOLD, BlameSpan, Document, Layer


def with_gold(document: Document, *, decided_by: str | None = None) -> Document:
    """The document with a layer `gold`, an earlier one replaced.

    A sentence on which the annotators differ, in any label or span, takes the labels of `decided_by` if that annotator labelled it; else none
    (`null`: not labelled), so that nothing learns from an open question.
    """
    layers = [layer for layer in document.layers if layer.annotator != GOLD]
    chosen = [_decided(document, at, layers, decided_by) for at in range(len(document.sentences))]
    gold = Layer(
        annotator=GOLD,
        spans=tuple(span for at, layer in enumerate(chosen) if layer for span in _spans(document, at, layer)),
        attribution=tuple(layer.attribution[at] if layer else None for at, layer in enumerate(chosen)),
        factors=tuple(layer.factors[at] if layer else None for at, layer in enumerate(chosen)),
        action_strength=tuple(layer.action_strength[at] if layer else None for at, layer in enumerate(chosen)),
    )
    return document.model_copy(update={"layers": (gold, *layers)})


def _decided(document: Document, at: int, layers: list[Layer], decided_by: str | None) -> Layer | None:
    labelled = [layer for layer in layers if layer.attribution[at] is not None]
    if labelled and all(_labels(document, at, layer) == _labels(document, at, labelled[0]) for layer in labelled):
        return labelled[0]
    return next((layer for layer in labelled if layer.annotator == decided_by), None)


def _labels(document: Document, at: int, layer: Layer) -> tuple[object, ...]:
    spans = {(span.start, span.end, span.category, span.reported) for span in _spans(document, at, layer)}
    return spans, layer.attribution[at], frozenset(layer.factors[at] or ()), layer.action_strength[at] or "none"


def _spans(document: Document, at: int, layer: Layer) -> Iterator[BlameSpan]:
    mark = document.sentences[at]
    return (span for span in layer.spans if mark.start <= span.start < mark.end)
