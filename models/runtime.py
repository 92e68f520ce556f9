"""Windows through ONNX Runtime, one at a time: int8 scales are taken per run, so a window alone gives the same numbers whatever else is read."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from models.encoding import Window
from models.reading import Array

REMEMBERED = 512


class OnnxScorer:
    """A session with its memory of recent windows, so that an edit is paid for by its own paragraph. Not safe for use by several threads at a time."""

    def __init__(self, weights: Path, *, threads: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if threads:
            options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self._known: OrderedDict[tuple[int, ...], Array] = OrderedDict()

    def __call__(self, windows: Sequence[Window]) -> list[Array]:
        return [self._score(window.ids) for window in windows]

    def _score(self, ids: tuple[int, ...]) -> Array:
        found = self._known.get(ids)
        if found is None:
            row = np.array([ids], np.int64)
            found = self._session.run(None, {"ids": row, "mask": np.ones_like(row)})[0][0].astype(np.float32)
            self._known[ids] = found
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(ids)
        return found
