"""The loop: windows in, a trained network out. Seeded; a checkpoint after every epoch, from which an interrupted run goes on."""

import hashlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.encoding import Encoder
from models.labels import Labels
from models.network import Network, pool
from nlp.errors import UnreadableInputError
from training.config import LoopConfig, LossConfig, TrainingConfig
from training.corpus import Document
from training.distil import Teacher
from training.examples import IGNORED, Example, TrainingWindow, batches, random_windows
from training.lessons import Lesson, examples_in, lessons_of
from training.weights import weights_folder

Progress = Callable[[int, int, float], None]
CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Balance:
    """How much each label of a sentence head weighs: its rarity to a power, 1 on average over labels; power 0 weighs all alike."""

    attribution: Tensor
    action_strength: Tensor

    @classmethod
    def of(cls, examples: Sequence[Example], labels: Labels, *, power: float) -> "Balance":
        """The balance of these training examples."""
        attribution = sum((torch.from_numpy(each.attribution) for each in examples), torch.zeros(len(labels.attribution)))
        strength = torch.bincount(
            torch.tensor([each.action_strength for each in examples if each.action_strength != IGNORED], dtype=torch.long),
            minlength=len(labels.action_strength),
        )
        return cls(_rarity(attribution, power), _rarity(strength.float(), power))


def fit(
    documents: Sequence[Document],
    config: TrainingConfig,
    run: Path,
    *,
    progress: Progress = lambda *_: None,
    reading: Callable[[int, int], None] = lambda *_: None,
    network: Network | None = None,
    labels: Labels,
) -> Network:
    """Train on these documents.

    Args:
        run: the run's folder; a checkpoint in it is taken up.
        progress: called after every step with steps done, steps in all and the loss.
        reading: called while the teacher reads and names are found, with documents done and documents in all.
        network: where to start from; None starts from the pretrained encoder.
    """
    loop = config.loop
    rng = random.Random(config.seed)
    torch.manual_seed(config.seed)
    folder = weights_folder(config.model.weights)
    encoder = Encoder(folder / "tokenizer.json")
    network = network or Network.from_weights(folder, labels, dropout=config.model.dropout)
    teacher = Teacher(config.teacher.run) if config.teacher else None
    lessons = lessons_of(documents, config.model, teacher=teacher, progress=reading)
    share = config.teacher.share if config.teacher else 0.0
    plain = [examples_in(lesson, encoder, labels, loop, teacher_share=share, rng=None) for lesson in lessons]
    balance = Balance.of([example for examples in plain for example in examples if example.labelled], labels, power=loop.balance)
    epochs = [_epoch(_varied(lessons, plain, encoder, labels, config, share, rng), encoder, loop, rng) for _ in range(loop.epochs)]
    total = sum(map(len, epochs))
    if not total:
        raise UnreadableInputError("No document has labels in the layer 'gold', so there is nothing to learn. 'secondstory corpus gold' makes that layer.")
    made_from = _digest(documents, config)
    _freeze(network, loop.frozen_layers)
    optimiser = torch.optim.AdamW(_groups(network, loop), weight_decay=loop.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, total, loop.warm_up))
    done, first = 0, 0
    checkpoint = run / CHECKPOINT
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        if state["made_from"] != made_from:
            raise UnreadableInputError(f"'{run}' holds a run with another config or other documents. Name another folder with --run.")
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        first, done = state["epoch"], state["done"]
    network.train()
    for number, epoch in enumerate(epochs):
        if number < first:
            continue
        for batch in epoch:
            loss = _step(network, batch, config.loss, loop, balance, encoder.pad)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch
            torch.nn.utils.clip_grad_norm_(network.parameters(), loop.clip)
            optimiser.step()
            schedule.step()
            done += 1
            progress(done, total, loss.item())
        state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict()}
        torch.save({**state, "epoch": number + 1, "done": done, "made_from": made_from}, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)
    return network.eval()


def _digest(documents: Sequence[Document], config: TrainingConfig) -> str:
    hashed = hashlib.sha256(config.model_dump_json().encode())
    for document in documents:
        hashed.update(document.model_dump_json(exclude={"meta"}).encode())
    return hashed.hexdigest()


def _rarity(counts: Tensor, power: float) -> Tensor:
    weights = (counts.sum() / counts.clamp(min=1)) ** power
    return weights / weights.mean()


def _varied(
    lessons: Sequence[Lesson], plain: Sequence[list[Example]], encoder: Encoder, labels: Labels, config: TrainingConfig, share: float, rng: random.Random
) -> list[list[Example]]:
    """The lessons of one epoch: some as they are, some in another hand."""
    loop = config.loop
    return [
        examples_in(lesson, encoder, labels, loop, teacher_share=share, rng=rng) if rng.random() < loop.variation else as_it_is
        for lesson, as_it_is in zip(lessons, plain, strict=True)
    ]


def _epoch(learnt: Sequence[Sequence[Example]], encoder: Encoder, loop: LoopConfig, rng: random.Random) -> list[list[TrainingWindow]]:
    windows = [window for examples in learnt for window in random_windows(examples, encoder, pieces=loop.window_pieces, rng=rng)]
    return batches(windows, pieces=loop.batch_pieces, rng=rng)


def _groups(network: Network, loop: LoopConfig) -> list[dict[str, object]]:
    layers = network.encoder.encoder.layer  # type: ignore[union-attr]  # a BERT-like encoder
    depth = len(layers)  # type: ignore[arg-type]
    groups: list[dict[str, object]] = [{"params": list(network.reading.parameters()), "lr": loop.head_rate}]
    for number, layer in enumerate(layers):  # type: ignore[arg-type]
        groups.append({"params": list(layer.parameters()), "lr": loop.rate * loop.layer_decay ** (depth - 1 - number)})
    groups.append({"params": list(network.encoder.embeddings.parameters()), "lr": loop.rate * loop.layer_decay**depth})  # type: ignore[union-attr]
    return groups


def _freeze(network: Network, layers: int) -> None:
    """Keep the embeddings and the lowest layers as they are; with 0 all learn."""
    if layers:
        for part in (network.encoder.embeddings, *list(network.encoder.encoder.layer)[:layers]):  # type: ignore[union-attr,arg-type]  # a BERT-like encoder
            part.requires_grad_(False)


def _rate(step: int, total: int, warm_up: float) -> float:
    ramp = max(1, round(total * warm_up))
    if step < ramp:
        return step / ramp
    return 0.5 * (1 + math.cos(math.pi * min(1, (step - ramp) / max(1, total - ramp))))


def _step(network: Network, batch: Sequence[TrainingWindow], weights: LossConfig, loop: LoopConfig, balance: Balance, pad: int) -> Tensor:
    longest = max(len(each.window.ids) for each in batch)
    ids = torch.full((len(batch), longest), pad)
    mask = torch.zeros((len(batch), longest), dtype=torch.long)
    for row, each in enumerate(batch):
        ids[row, : len(each.window.ids)] = torch.tensor(each.window.ids)
        mask[row, : len(each.window.ids)] = 1
    with torch.autocast("cpu", torch.bfloat16, enabled=loop.bf16):
        output = network(ids, mask)
    output = output.float()
    columns = network.labels.columns
    rows, targets, reported, sentences, golds = [], [], [], [], []
    for row, each in enumerate(batch):
        for (place, encoded), example in zip(each.window.parts, each.examples, strict=True):
            pieces = output[row, place : place + len(encoded.ids)]
            rows.append(pieces)
            targets.append(torch.from_numpy(example.token))
            reported.append(torch.from_numpy(example.reported))
            sentences.append(_pooled(pieces, network.labels))
            golds.append(example)
    flat, target, voice = torch.cat(rows), torch.cat(targets), torch.cat(reported)
    loss = weights.token * _token_loss(flat[:, columns["token"]], target, loop)
    known = voice != IGNORED
    if known.any():
        loss = loss + weights.reported * functional.binary_cross_entropy_with_logits(flat[known, columns["reported"]].squeeze(1), voice[known])
    return loss + _sentence_loss(torch.stack(sentences), golds, network.labels, weights, balance)


def _pooled(pieces: Tensor, labels: Labels) -> Tensor:
    """The sentence heads' logits in the order of their columns."""
    columns = labels.columns
    member = torch.ones((1, len(pieces)), dtype=torch.bool)
    gates = pieces[:, columns["gates"]]
    return torch.cat(
        [pool(pieces[:, columns[head]], gates[:, at], member)[0] for at, head in enumerate(("attribution", "factors", "action_strength", "counted"))]
    )


def _token_loss(logits: Tensor, target: Tensor, loop: LoopConfig) -> Tensor:
    if loop.label_smoothing:
        target = (1 - loop.label_smoothing) * target + loop.label_smoothing / target.shape[1]
    weights = 1 + (loop.positive_weight - 1) * (1 - target[:, 0])
    logs = logits.log_softmax(-1)
    if loop.focal_gamma:
        logs = logs * (1 - logs.exp()) ** loop.focal_gamma
    return -((target * logs).sum(-1) * weights).sum() / weights.sum()


def _sentence_loss(logits: Tensor, golds: Sequence[Example], labels: Labels, weights: LossConfig, balance: Balance) -> Tensor:
    widths = [len(labels.attribution), len(labels.factors), len(labels.action_strength), 1]
    attribution, factors, strength, counted = torch.split(logits, widths, dim=-1)
    target = torch.from_numpy(np.stack([gold.attribution for gold in golds]))
    heavy = target @ balance.attribution
    loss = weights.attribution * -((target * attribution.log_softmax(-1)).sum(-1) * heavy).sum() / heavy.sum()
    loss = loss + weights.counted * functional.binary_cross_entropy_with_logits(counted.squeeze(1), torch.tensor([gold.counted for gold in golds]))
    acts = torch.tensor([gold.action_strength for gold in golds])
    if (acts != IGNORED).any():
        loss = loss + weights.action_strength * functional.cross_entropy(strength, acts, weight=balance.action_strength, ignore_index=IGNORED)
    system = [(at, gold.factors) for at, gold in enumerate(golds) if gold.factors is not None]
    if system:
        wanted = torch.from_numpy(np.stack([factors_of for _, factors_of in system]))
        loss = loss + weights.factors * functional.binary_cross_entropy_with_logits(factors[[at for at, _ in system]], wanted)
    return torch.as_tensor(loss)
