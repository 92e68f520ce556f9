"""One training run from corpora to an artefact: data, network, calibration, export, evaluation, card. Reads top to bottom."""

import hashlib
import json
import platform
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import torch

from models.artefact import METRICS, TOKENIZER, WEIGHTS, Calibration, Manifest, save_manifest
from models.encoding import Encoder
from models.labels import current_labels
from models.network import Network
from models.runtime import OnnxScorer
from nlp.errors import UnreadableInputError
from nlp.taxonomy import load
from training.calibrate import calibrate
from training.config import CorpusConfig, TrainingConfig
from training.corpus import Document, dumps, read
from training.distil import CONFIG, NETWORK
from training.export import export, parity
from training.fit import Progress, fit
from training.restore import restore
from training.splits import split
from training.standoff import Assembly, assemble
from training.weights import weights_folder

Say = Callable[[str], None]
ARTEFACT = "artefact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The documents of a run by split, with the digest of every corpus and what was left out, in words.
    `dev` is what thresholds are chosen on, `every_dev` what confidences are fitted on."""

    train: tuple[Document, ...]
    dev: tuple[Document, ...]
    every_dev: tuple[Document, ...]
    test: tuple[Document, ...]
    digests: dict[str, str]
    notes: tuple[str, ...]


def train(
    config: TrainingConfig,
    run: Path,
    *,
    version_name: str,
    progress: Progress = lambda *_: None,
    say: Say = print,
    start: Path | None = None,
    only_network: bool = False,
) -> Path:
    """Train, calibrate and export; returns the artefact's folder, or the run's with `only_network`.

    Args:
        run: the run's folder; an interrupted run in it goes on.
        start: an artefact to train on from, in place of the pretrained encoder.
    """
    if config.teacher and not (config.teacher.run / NETWORK).is_file():
        say(f"There is no teacher in '{config.teacher.run}': learning from the labels alone (training/README.md says how to make one).")
        config = config.model_copy(update={"teacher": None, "corpora": tuple(each for each in config.corpora if not each.unlabelled)})
    run.mkdir(parents=True, exist_ok=True)
    (run / CONFIG).write_text(config.model_dump_json(indent=1) + "\n", encoding="utf-8")
    data = gather(config.corpora, hold_out=config.hold_out)
    for note in data.notes:
        say(note)
    say(f"{len(data.train)} documents to train on, {len(data.dev)} to tune on, {len(data.test)} to judge on")
    if not data.dev:
        raise UnreadableInputError("No document is in the split 'dev', so nothing can be tuned. 'secondstory corpus split' gives every document a split.")

    labels = current_labels()
    network = restore(start) if start is not None else None
    network = fit(data.train, config, run, progress=progress, network=network, labels=labels)
    torch.save(network.state_dict(), run / NETWORK)
    if only_network:
        return run

    return finish(network, _manifest(config, data, version_name), data, run, say=say)


def average(runs: Sequence[Path], run: Path, *, version_name: str, say: Say = print) -> Path:
    """The mean of the networks of these runs, weight by weight, calibrated and exported with the config of the last; returns the artefact's folder.

    It is often better than each of them where one was trained on from another (Wortsman 2022, "model soups"); networks of different starts do not mix.

    Raises:
        UnreadableInputError: a folder holds no trained network.
    """
    states = []
    for each in runs:
        if not (each / NETWORK).is_file():
            raise UnreadableInputError(f"There is no trained network in '{each}': {NETWORK} is missing.")
        states.append(torch.load(each / NETWORK, weights_only=True))
    config = TrainingConfig.model_validate_json((runs[-1] / CONFIG).read_text(encoding="utf-8"))
    network = Network.from_weights(weights_folder(config.model.weights), current_labels())
    network.load_state_dict({name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]})
    run.mkdir(parents=True, exist_ok=True)
    (run / CONFIG).write_text(config.model_dump_json(indent=1) + "\n", encoding="utf-8")
    torch.save(network.state_dict(), run / NETWORK)
    data = gather(config.corpora)
    return finish(network.eval(), _manifest(config, data, version_name), data, run, say=say)


def _manifest(config: TrainingConfig, data: Data, version_name: str) -> Manifest:
    """What a network trained so is, before calibration."""
    return Manifest(
        name=config.model.name,
        version=version_name,
        taxonomy=load().version,
        labels=current_labels(),
        budget=config.loop.window_pieces[1],
        hides_names=config.model.hide_names,
        hides_gender=config.model.hide_gender,
        calibration=Calibration(),
        corpora=data.digests,
        config=json.loads(config.model_dump_json()),
        environment=environment(),
    )


def finish(network: Network, manifest: Manifest, data: Data, run: Path, *, say: Say = print) -> Path:
    """Export a trained network and calibrate it on the development split, as the shipped runtime computes it."""
    folder = run / ARTEFACT
    (folder / METRICS).unlink(missing_ok=True)  # figures of an earlier network
    weights = weights_folder(manifest.config["model"]["weights"])
    encoder = Encoder(weights / TOKENIZER)
    export(network, weights, folder, manifest)
    windows = [window for document in data.dev[:20] for window in encoder.windows(_encoded(document, encoder, manifest.budget), budget=manifest.budget)]
    measured = parity(network, folder, windows, encoder.pad)
    say(f"parity of the int8 runtime with torch: cosine {measured.cosine:.4f}, same class {measured.same_class:.2%} of pieces")
    say("calibrating on the development split …")
    calibration = calibrate(manifest, encoder, OnnxScorer(folder / WEIGHTS), data.dev, every=data.every_dev)
    save_manifest(replace(manifest, calibration=calibration), folder)
    return folder


def gather(corpora: Iterable[CorpusConfig], *, hold_out: str | None = None) -> Data:
    """The documents of all corpora by split.

    A standoff corpus whose texts are not here is left out, and a note says so.

    Raises:
        UnreadableInputError: nothing is left to train on.
    """
    parts: dict[str, list[Document]] = {"train": [], "dev": [], "every_dev": [], "test": []}
    digests, notes = {}, []
    for corpus in corpora:
        documents = list(read(corpus.path))
        standoff = [document for document in documents if document.text is None]
        whole = [document for document in documents if document.text is not None]
        if standoff and (corpus.reports is None or not corpus.reports.is_dir()):
            notes.append(f"{corpus.path}: {len(standoff)} standoff documents are left out, as their texts are not here ({corpus.reports}).")
        elif standoff and corpus.reports is not None:
            assembly = Assembly()
            whole += assemble(standoff, corpus.reports, assembly)
            if not assembly.is_whole:
                notes.append(f"{corpus.path}: {len(assembly.missing)} texts missing, {len(assembly.changed)} changed; left out.")
        usable = [document for document in whole if (document.layer() or corpus.unlabelled) and document.sentences]
        if len(usable) < len(whole):
            notes.append(f"{corpus.path}: {len(whole) - len(usable)} documents are left out, as they have no layer 'gold' (see 'secondstory corpus gold').")
        digests[str(corpus.path)] = _digest(usable)
        for document in usable:
            part = "train" if corpus.unlabelled else _part(document, hold_out)
            if part == "dev":
                parts["every_dev"].append(document)
            if part and (corpus.tune or part != "dev"):
                parts[part].extend([document] * (corpus.repeat if part == "train" else 1))
    if not parts["train"]:
        raise UnreadableInputError("There is nothing to train on: the corpora have no text here. " + " ".join(notes))
    return Data(
        train=tuple(parts["train"]),
        dev=tuple(parts["dev"]),
        every_dev=tuple(parts["every_dev"]),
        test=tuple(parts["test"]),
        digests=digests,
        notes=tuple(notes),
    )


def _part(document: Document, hold_out: str | None) -> str | None:
    """The split of a document; with a source held out its documents are the test, and no others are."""
    if hold_out == document.origin.source:
        return "test"
    part = document.split or next(split([document])).split
    return None if hold_out and part == "test" else part


def environment() -> dict[str, str]:
    """Versions of what computed, and the commit if there is one."""
    found = {name: version(name) for name in ("torch", "transformers", "onnxruntime", "spacy", "secondstory")}
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return {**found, "python": platform.python_version(), "machine": platform.machine(), "commit": commit.stdout.strip() or "unknown"}


def _encoded(document: Document, encoder: Encoder, budget: int) -> list:  # type: ignore[type-arg]
    return encoder.encode(document.text or "", [(mark.start, mark.end) for mark in document.sentences], budget=budget)


def _digest(documents: Iterable[Document]) -> str:
    hashed = hashlib.sha256()
    for document in documents:
        hashed.update(dumps(document).encode())
    return hashed.hexdigest()[:16]
