"""A network's labels for the sentences of a document, without the rules: what training looks at while it tunes."""

from collections.abc import Sequence

import numpy as np
import torch

from models.decoding import Decoding, decode
from models.encoding import Encoder, Window
from models.labels import Labels as Columns
from models.network import Network
from models.reading import Array, Scores, read_sentences
from training.corpus import Document
from training.metrics import Labels


class TorchScorer:
    """Windows through a torch network, a few of similar length at a time."""

    def __init__(self, network: Network, pad: int, *, pieces: int = 4096) -> None:
        self._network, self._pad, self._pieces = network.eval(), pad, pieces

    @torch.inference_mode()
    def __call__(self, windows: Sequence[Window]) -> list[Array]:
        order = sorted(range(len(windows)), key=lambda at: len(windows[at].ids))
        found: list[Array] = [np.empty(0, np.float32)] * len(windows)
        while order:
            chunk = [order.pop()]
            longest = len(windows[chunk[0]].ids)
            while order and longest * (len(chunk) + 1) <= self._pieces:
                chunk.append(order.pop())
            ids = torch.full((len(chunk), longest), self._pad)
            mask = torch.zeros((len(chunk), longest), dtype=torch.long)
            for row, at in enumerate(chunk):
                length = len(windows[at].ids)
                ids[row, :length] = torch.tensor(windows[at].ids)
                mask[row, :length] = 1
            output = self._network(ids, mask).float().numpy()
            for row, at in enumerate(chunk):
                found[at] = output[row, : len(windows[at].ids)]
        return found


def scores_of(document: Document, *, encoder: Encoder, scorer: TorchScorer, labels: Columns, budget: int) -> list[Scores]:
    """Scores of the document's labelled sentences."""
    assert document.text is not None
    sentences = [(mark.start, mark.end) for mark in document.sentences]
    return read_sentences(document.text, sentences, encoder=encoder, scorer=scorer, labels=labels, budget=budget)


def labels_from_scores(scores: Scores, text: str, *, columns: Columns, decoding: Decoding, factor_threshold: float = 0.5) -> Labels:
    """The network's own labels of one sentence."""
    marked = [each for each in decode(scores, text, decoding) if each.reported < 0]
    spans = tuple((each.start, each.end, columns.token[each.column]) for each in marked)
    attribution = columns.attribution[int(scores.attribution.argmax())]
    likely = scores.factors > np.log(factor_threshold / (1 - factor_threshold))
    if not likely.any():
        likely[int(scores.factors.argmax())] = True
    return Labels(
        characters={place: category for start, end, category in spans for place in range(start, end) if not text[place].isspace()},
        spans=spans,
        attribution=attribution,
        factors=frozenset(name for name, yes in zip(columns.factors, likely, strict=True) if yes) if attribution in {"system", "mixed"} else frozenset(),
        action_strength=columns.action_strength[int(scores.action_strength.argmax())],
        score=max((each.probability for each in marked), default=0.0),
    )
