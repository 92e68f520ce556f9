"""A torch network as a scorer: what export and restoring are checked against."""

from collections.abc import Sequence

import numpy as np
import torch

from models.encoding import Window
from models.network import Network
from models.reading import Array


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
