"""The multi-task encoder: a small transformer with one linear reading of every piece. Torch; imported by training and export only."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from models.labels import Labels


class Network(nn.Module):
    """Word pieces in, one row of numbers a piece out (see `models.labels.Labels.columns`).

    The sentence heads are read at every piece; `pool` brings the pieces of a sentence together by a learned attention gate. As both steps are
    linear after the hidden layer, serving pools outside of the exported graph.
    """

    def __init__(self, encoder: nn.Module, labels: Labels, *, dropout: float = 0.1) -> None:
        super().__init__()
        hidden: int = encoder.config.hidden_size  # type: ignore[union-attr,assignment]  # a transformers model
        self.encoder = encoder
        self.labels = labels
        self.dropout = nn.Dropout(dropout)
        self.reading = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, labels.width))

    @classmethod
    def from_weights(cls, folder: Path, labels: Labels, *, dropout: float = 0.1, attention: str = "sdpa") -> "Network":
        """A network on the pretrained weights in this folder, heads new."""
        if AutoConfig.from_pretrained(folder).model_type == "mpnet":  # its relative positions have no fused attention
            attention = "eager"
        return cls(AutoModel.from_pretrained(folder, attn_implementation=attention, add_pooling_layer=False), labels, dropout=dropout)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """`ids` and `mask` are (windows, pieces); the result is (windows, pieces, columns)."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return self.reading(self.dropout(states))  # type: ignore[no-any-return]  # nn.Module returns Any


def pool(rows: Tensor, gates: Tensor, member: Tensor) -> Tensor:
    """Sentence logits: the rows of a sentence weighed by the softmax of their gate.

    Args:
        rows: (pieces, labels); gates: (pieces,); member: (sentences, pieces), true where a piece belongs to a sentence.
    """
    weights = gates.unsqueeze(0).masked_fill(~member, -torch.inf).softmax(dim=-1)
    return weights @ rows
