"""Learning from a larger network: its probabilities soften the agreed labels, and stand alone where a text has none."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from models.encoding import Encoder
from models.labels import Labels, current_labels
from models.network import Network
from models.reading import Scores, read_sentences
from nlp.errors import UnreadableInputError
from training.config import TrainingConfig
from training.corpus import Document
from training.examples import Example
from training.predict import TorchScorer
from training.weights import weights_folder

NETWORK, CONFIG = "network.pt", "config.json"


class Teacher:
    """A trained run, read for its probabilities."""

    def __init__(self, run: Path) -> None:
        """Load a run.

        Raises:
            UnreadableInputError: there is no trained network in the folder.
        """
        if not (run / NETWORK).is_file():
            raise UnreadableInputError(f"There is no trained teacher in '{run}': {NETWORK} is missing. Train one with 'secondstory train --only-network'.")
        config = TrainingConfig.model_validate(json.loads((run / CONFIG).read_text(encoding="utf-8")))
        folder = weights_folder(config.model.weights)
        self._labels: Labels = current_labels()
        network = Network.from_weights(folder, self._labels)
        network.load_state_dict(torch.load(run / NETWORK, weights_only=True))
        self._encoder = Encoder(folder / "tokenizer.json")
        self._scorer = TorchScorer(network, self._encoder.pad, pieces=1024)
        self._budget = config.loop.window_pieces[1]

    def read(self, document: Document) -> list[Scores]:
        """What the teacher says of each sentence, in order."""
        spans = [(mark.start, mark.end) for mark in document.sentences]
        return read_sentences(document.text or "", spans, encoder=self._encoder, scorer=self._scorer, labels=self._labels, budget=self._budget)


def soften(example: Example, said: Scores, *, share: float) -> Example:
    """The example with this share of its targets from the teacher; all of them where it was not labelled."""
    token = _on_pieces(example, said)
    attribution = _softmax(said.attribution)
    if not example.labelled:
        explains = attribution.argmax() in (1, 2)
        return replace(
            example,
            token=token,
            attribution=attribution,
            factors=_sigmoid(said.factors) if explains else None,
            action_strength=int(said.action_strength.argmax()),
            counted=float(_sigmoid(np.array(said.counted))),
        )
    return replace(
        example,
        token=((1 - share) * example.token + share * token).astype(np.float32),
        attribution=((1 - share) * example.attribution + share * attribution).astype(np.float32),
        factors=None if example.factors is None else ((1 - share) * example.factors + share * _sigmoid(said.factors)).astype(np.float32),
    )


def _on_pieces(example: Example, said: Scores) -> np.ndarray:
    """The teacher's probabilities on the pieces of the learner's tokenizer: the mean of those that touch."""
    probabilities = np.exp(said.token)
    starts = np.array([start for start, _ in said.offsets] or [0])
    ends = np.array([end for _, end in said.offsets] or [0])
    rows = np.zeros_like(example.token)
    for place, (start, end) in enumerate(example.encoded.offsets):
        touching = (starts < end) & (ends > start)
        rows[place] = probabilities[touching].mean(axis=0) if touching.any() else example.token[place]
    return rows


def _softmax(logits: np.ndarray) -> np.ndarray:
    shares = np.exp(logits - logits.max())
    return np.asarray(shares / shares.sum(), np.float32)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)
