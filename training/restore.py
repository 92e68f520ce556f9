"""A released int8 graph back to a torch network, so that a maintainer can train on from it: the artefact ships no other weights."""

import re
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from models.artefact import WEIGHTS, load_manifest
from models.network import Network
from training.weights import weights_folder

PER_LAYER = ("attention.output.dense", "intermediate.dense", "output.dense")
QKV = ("query", "key", "value")


def restore(artefact: Path) -> Network:
    """The network of this artefact, its weights rounded to what int8 keeps.

    Raises:
        ArtefactError: it is not an artefact of this version.
    """
    manifest = load_manifest(artefact)
    network = Network.from_weights(weights_folder(manifest.config["model"]["weights"]), manifest.labels)
    network.load_state_dict(_state(artefact / WEIGHTS), strict=True)
    return network


def _state(graph: Path) -> dict[str, Tensor]:
    model = onnx.load(graph)
    stored = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    state = {
        name: array for name, array in stored.items() if re.match(r"(?:encoder|reading)\.", name) and not re.search(r"_(?:quantized|scale|zero_point)$", name)
    }
    products = [node.input[1] for node in model.graph.node if node.op_type == "MatMulInteger"]
    layers = sum(node.op_type == "QAttention" for node in model.graph.node)
    targets = [f"encoder.encoder.layer.{at}.{part}.weight" for at in range(layers) for part in PER_LAYER] + ["reading.0.weight", "reading.3.weight"]
    for target, product in zip(targets, products, strict=True):
        state[target] = _dequantised(stored, product.removesuffix("_quantized")).T
    for at in range(layers):
        weight, bias = _dequantised(stored, f"Attention_{at}_qkv_weight"), stored[f"Attention_{at}_qkv_bias"]
        for part, columns, offsets in zip(QKV, np.split(weight, 3, axis=1), np.split(bias, 3), strict=True):
            state[f"encoder.encoder.layer.{at}.attention.self.{part}.weight"] = columns.T
            state[f"encoder.encoder.layer.{at}.attention.self.{part}.bias"] = offsets
    for name in {each.removesuffix("_quantized") for each in stored if each.startswith("encoder.embeddings") and each.endswith("_quantized")}:
        state[name] = _dequantised(stored, name)
    return {name: torch.from_numpy(np.array(array, np.float32)) for name, array in state.items()}


def _dequantised(stored: dict[str, NDArray[np.float32]], name: str) -> NDArray[np.float32]:
    """Weights as floats; the scale is one number, or one a column."""
    zero = stored[f"{name}_zero_point"].astype(np.float32)
    return np.asarray((stored[f"{name}_quantized"].astype(np.float32) - zero) * stored[f"{name}_scale"], np.float32)
