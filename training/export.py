"""A trained network to an artefact: ONNX, int8, a parity check against torch, the manifest."""

import shutil
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer

from models.artefact import TOKENIZER, WEIGHTS, Manifest, save_manifest
from models.encoding import Window
from models.network import Network
from models.reading import Array
from models.runtime import OnnxScorer
from training.predict import TorchScorer


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """How far the shipped runtime's numbers are from torch's: cosine of all outputs, largest difference, share of pieces with the same token class."""

    cosine: float
    largest: float
    same_class: float


def export(network: Network, weights: Path, folder: Path, manifest: Manifest, *, int8: bool = True) -> None:
    """Write the artefact. The graph has free lengths and fused attention; int8 quantises weights per channel, activations as they come.

    Args:
        weights: the folder of the pretrained weights, for the architecture and the tokenizer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plain = Network.from_weights(weights, network.labels, attention="eager").eval()
    plain.load_state_dict(network.state_dict())
    example = torch.ones((2, 16), dtype=torch.long)
    free = {0: "windows", 1: "pieces"}
    with TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that keeps the pattern the optimiser fuses is the older one, and says so
        graph, fused = Path(scratch) / "float.onnx", Path(scratch) / "fused.onnx"
        torch.onnx.export(
            plain,
            (example, example),
            str(graph),
            input_names=["ids", "mask"],
            output_names=["rows"],
            dynamic_axes={"ids": free, "mask": free, "rows": free},
            dynamo=False,
            opset_version=17,
        )
        config = plain.encoder.config
        heads, hidden = config.num_attention_heads, config.hidden_size  # type: ignore[union-attr]  # a transformers config
        optimizer.optimize_model(str(graph), model_type="bert", num_heads=heads, hidden_size=hidden, opt_level=0).save_model_to_file(str(fused))
        if int8:
            quantize_dynamic(
                fused,
                folder / WEIGHTS,
                weight_type=QuantType.QInt8,
                per_channel=True,
                op_types_to_quantize=["MatMul", "Attention", "Gather", "EmbedLayerNormalization"],
                extra_options={"DefaultTensorType": TensorProto.FLOAT},
            )
        else:
            shutil.copyfile(fused, folder / WEIGHTS)
    shutil.copyfile(weights / TOKENIZER, folder / TOKENIZER)
    save_manifest(manifest, folder)


def parity(network: Network, folder: Path, windows: Sequence[Window], pad: int) -> Parity:
    """Torch in float against the artefact's runtime, on these windows."""
    expected = TorchScorer(network, pad)(windows)
    got = OnnxScorer(folder / WEIGHTS)(windows)
    token = network.labels.columns["token"]
    one, other = _joined(expected), _joined(got)
    return Parity(
        cosine=float((one * other).sum() / (np.linalg.norm(one) * np.linalg.norm(other))),
        largest=float(np.abs(one - other).max()),
        same_class=float((one[:, token].argmax(1) == other[:, token].argmax(1)).mean()),
    )


def _joined(rows: Sequence[Array]) -> Array:
    return np.concatenate(list(rows))
