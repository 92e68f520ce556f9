"""The shipped runtime beside the plain way with the same weights, and beside what the machine can do. `make bench` runs it.

python tests/bench_model.py --reports DIR [--sentences 600] [--artefact DIR]
"""

import argparse
import json
import random
import statistics
import time
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import transformers
from onnx import TensorProto, helper

from models.artefact import TOKENIZER, WEIGHTS, load_manifest, released_folder
from models.encoding import Encoder
from models.labels import OUTSIDE
from models.reading import read_sentences
from models.runtime import OnnxScorer
from nlp.parsing import Parser
from nlp.report import Report
from training.restore import restore

Span = tuple[int, int]
PASSES = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=600)
    parser.add_argument("--artefact", type=Path, default=released_folder())
    arguments = parser.parse_args()
    if arguments.artefact is None:
        raise SystemExit("No model is released, and no --artefact was named.")
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    texts = drawn(arguments.reports, arguments.sentences)
    total = sum(len(spans) for _, spans in texts)
    shipped, plain = Shipped(arguments.artefact), Plain(arguments.artefact)
    times: dict[str, list[float]] = {"shipped": [], "plain": []}
    for _ in range(PASSES):  # interleaved, as the machine's speed drifts
        for name, way in (("shipped", shipped), ("plain", plain)):
            begun = time.perf_counter()
            answers = way.read(texts)
            times[name].append(time.perf_counter() - begun)
            way.answers = answers
    rates = {name: total / statistics.median(seconds) for name, seconds in times.items()}
    print(f"{total} sentences of real reports; medians of {PASSES} interleaved passes")
    print(f"shipped runtime: {rates['shipped']:.0f} sentences/s; plain pipeline, same weights: {rates['plain']:.0f} sentences/s")
    print(
        f"ratio {rates['shipped'] / rates['plain']:.1f}; the marked characters of the one against the other: F1 {agreement(shipped.answers, plain.answers):.4f}"
    )
    peak, used = int8_peak(), shipped.operations / statistics.median(times["shipped"]) / 1e9
    print(f"int8 products of the network: {used:.0f} of {peak:.0f} GOP/s that one large int8 product reaches here ({used / peak:.0%})")
    print(f"of the shipped time, tokenising and pooling take {shipped.outside / sum(times['shipped']):.0%}; the rest is the graph")


def drawn(folder: Path, sentences: int) -> list[tuple[str, list[Span]]]:
    """Whole reports, drawn at random, with their sentences."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    random.Random(3).shuffle(lines)
    found, count = [], 0
    for parse in Parser().parse_all(Report("r", json.loads(line)["text"][:6000]) for line in lines):
        found.append((parse.report.text, [(span.start_char, span.end_char) for span in parse.sentences]))
        count += len(parse.sentences)
        if count >= sentences:
            return found
    return found


class Shipped:
    """What serving runs; nothing is remembered between passes."""

    def __init__(self, artefact: Path) -> None:
        self.manifest = load_manifest(artefact)
        self.weights, self.encoder = artefact / WEIGHTS, Encoder(artefact / TOKENIZER)
        self.outside, self.operations, self.answers = 0.0, 0.0, []

    def read(self, texts: list[tuple[str, list[Span]]]) -> list[set[int]]:
        scorer, inside, pieces = OnnxScorer(self.weights), 0.0, [0.0]

        def timed(windows):
            nonlocal inside
            begun = time.perf_counter()
            rows = scorer(windows)
            inside += time.perf_counter() - begun
            pieces.extend(len(window.ids) for window in windows)
            return rows

        begun, found = time.perf_counter(), []
        for text, spans in texts:
            said = read_sentences(text, spans, encoder=self.encoder, scorer=timed, labels=self.manifest.labels, budget=self.manifest.budget)
            found.append({place for each in said for (a, b), row in zip(each.offsets, each.token, strict=True) if row.argmax() for place in range(a, b)})
        self.outside += time.perf_counter() - begun - inside
        self.operations = 2 * 10_620_000 * sum(pieces)  # multiply-adds of the six layers' int8 products
        return found


class Plain:
    """The same weights in float, sentence by sentence, through the pipeline that a user would pick."""

    def __init__(self, artefact: Path) -> None:
        network = restore(artefact).eval()
        width = network.labels.width
        shape = network.encoder.config
        shape.num_labels = width
        shape.id2label = {at: (network.labels.token[at] if at < len(network.labels.token) else f"other-{at}") for at in range(width)}
        model = transformers.BertForTokenClassification(shape).eval()
        model.bert.load_state_dict(network.encoder.state_dict(), strict=False)
        model.classifier = Heads(network.reading, len(network.labels.token))
        tokenizer = transformers.PreTrainedTokenizerFast(
            tokenizer_file=str(artefact / TOKENIZER), pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
        )
        tokenizer.model_max_length = 512
        self.pipeline = transformers.pipeline("token-classification", model=model, tokenizer=tokenizer, device="cpu", ignore_labels=[OUTSIDE], stride=64)
        self.answers: list[set[int]] = []

    def read(self, texts: list[tuple[str, list[Span]]]) -> list[set[int]]:
        return [{at + a for a, b in spans for found in self.pipeline(text[a:b]) for at in range(found["start"], found["end"])} for text, spans in texts]


class Heads(torch.nn.Module):
    """The reading with all but the token classes out of the running."""

    def __init__(self, reading: torch.nn.Module, classes: int) -> None:
        super().__init__()
        self.reading, self.classes = reading, classes

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        logits = self.reading(states).clone()
        logits[..., self.classes :] = -1e4
        return logits


def agreement(one: list[set[int]], other: list[set[int]]) -> float:
    hit = sum(len(a & b) for a, b in zip(one, other, strict=True))
    return 2 * hit / max(1, sum(map(len, one)) + sum(map(len, other)))


def int8_peak(size: int = 1024) -> float:
    """Billions of operations a second of one int8 matrix product of this size through ONNX Runtime: the best of 20."""
    left, right, out = (
        helper.make_tensor_value_info(n, t, [size, size]) for n, t in (("a", TensorProto.UINT8), ("b", TensorProto.INT8), ("c", TensorProto.INT32))
    )
    graph = helper.make_graph([helper.make_node("MatMulInteger", ["a", "b"], ["c"])], "peak", [left, right], [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=9)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    feed = {"a": np.ones((size, size), np.uint8), "b": np.ones((size, size), np.int8)}
    best = float("inf")
    for _ in range(20):
        begun = time.perf_counter()
        session.run(None, feed)
        best = min(best, time.perf_counter() - begun)
    return 2 * size**3 / best / 1e9


if __name__ == "__main__":
    main()
