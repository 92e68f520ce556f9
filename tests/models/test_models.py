"""The trained parts, on a tiny network that is made here: encoding, decoding, learning, saving, loading."""

import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from models.artefact import TOKENIZER, ArtefactError, Calibration, Manifest, load_manifest, released_folder
from models.decoding import Decoding, decode
from models.detector import ModelDetector
from models.encoding import Encoder
from models.labels import current_labels
from models.reading import Scores
from nlp.analyzer import Analyzer
from nlp.errors import UnreadableInputError
from nlp.parsing import Parser
from nlp.report import Report
from nlp.taxonomy import load
from tests.training.conftest import make_document

LABELS = current_labels()
WORDS = [
    "the",
    "nurse",
    "carelessly",
    "failed",
    "to",
    "check",
    "chart",
    "pump",
    "at",
    "03",
    "10",
    "staff",
    "were",
    "reminded",
    "be",
    "vigilant",
    "a",
    "b",
    "c",
    ".",
    ":",
    "😀",
    "long",
    "sentence",
    "again",
]


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """A folder like a pretrained encoder's: a word-piece vocabulary of a few words and a two-layer BERT with random weights."""
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("weights")
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"], show_progress=False)
    tokenizer.train_from_iterator([" ".join(WORDS)], trainer)
    tokenizer.save(str(folder / TOKENIZER))
    sizes = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128, "max_position_embeddings": 256}
    BertModel(BertConfig(vocab_size=tokenizer.get_vocab_size(), **sizes), add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def encoder(weights):
    return Encoder(weights / TOKENIZER)


@pytest.fixture(scope="session")
def artefact(weights, tmp_path_factory):
    """Trained on three examples until it knows them, calibrated to decide by itself, exported."""
    import torch

    from training.config import LoopConfig, ModelConfig, TrainingConfig
    from training.export import export
    from training.fit import fit

    torch.manual_seed(1)
    torch.set_num_threads(1)  # sums in one order
    documents = [make_document(f"d{n}") for n in range(3)]
    loop = LoopConfig(epochs=150, batch_pieces=256, rate=1e-3, head_rate=1e-3, annotator_share=0, window_pieces=(32, 64), bf16=False)
    config = TrainingConfig(corpora=(), model=ModelConfig(name="tiny", weights=str(weights), dropout=0.0), loop=loop)
    network = fit(documents, config, tmp_path_factory.mktemp("run"), labels=LABELS)
    folder = tmp_path_factory.mktemp("artefacts") / "tiny" / "1"
    manifest = Manifest(
        name="tiny", version="1", taxonomy=load().version, labels=LABELS, budget=64, calibration=Calibration(), config={"model": {"weights": str(weights)}}
    )
    export(network, weights, folder, manifest)
    return folder


def test_an_overfitted_network_says_again_what_it_was_taught(artefact):
    detector = ModelDetector.from_artefact(artefact, with_rules=False)
    document = make_document()
    analysis = Analyzer(Parser(), [detector], labeller=detector).analyze(Report("t", document.text))
    found = [(document.text[each.start : each.end], each.category) for each in analysis.findings]
    taught = [("carelessly", "judgement"), ("failed to check", "failure"), ("reminded to be vigilant", "person_focused_action")]
    assert [category for _, category in found] == [category for _, category in taught]
    # a network of a few hundred weights rounds its first word differently from processor to processor
    assert all(words.endswith(said) for (said, _), (words, _) in zip(found, taught, strict=True))
    assert [sentence.attribution for sentence in analysis.sentences] == ["individual", "none", "individual"]
    assert analysis.sentences[2].action_strength == "weaker"
    assert all(each.source.startswith("model:tiny/1") and each.rationale for each in analysis.findings)


def test_int8_runtime_agrees_with_torch(artefact, weights, encoder):
    from models.network import Network
    from models.runtime import OnnxScorer
    from training.predict import TorchScorer

    network = Network.from_weights(weights, LABELS)
    windows = list(encoder.windows(encoder.encode(make_document().text, [(0, 47), (48, 74)])))
    assert [rows.shape for rows in OnnxScorer(artefact / "model.onnx")(windows)] == [rows.shape for rows in TorchScorer(network, encoder.pad)(windows)]


def test_a_text_says_the_same_whatever_is_read_beside_it(artefact):
    detector = ModelDetector.from_artefact(artefact, with_rules=True)
    analyzer = Analyzer(Parser(), [detector], labeller=detector)
    text = make_document().text
    alone = analyzer.analyze(Report("t", text))
    among = list(analyzer.analyze_all([Report("a", "The pump failed. " * 40), Report("t", text), Report("b", "x")]))[1]
    assert among == alone


def test_a_changed_file_is_refused(artefact, tmp_path):
    import shutil

    shutil.copytree(artefact, tmp_path / "a")
    (tmp_path / "a" / "tokenizer.json").write_text("{}")
    with pytest.raises(ArtefactError, match="was changed"):
        load_manifest(tmp_path / "a")


def test_labels_that_differ_from_the_taxonomy_are_refused_with_what_to_do(artefact, tmp_path):
    record = json.loads((artefact / "manifest.json").read_text())
    record["labels"]["token"][1] = "rudeness"
    (tmp_path / "manifest.json").write_text(json.dumps(record))
    with pytest.raises(ArtefactError, match="Retrain, or install"):
        load_manifest(tmp_path, verify=False)


def test_no_release_means_none(tmp_path):
    assert released_folder(tmp_path) is None


@pytest.mark.parametrize("pointer", ["{", '{"released": "m/9"}', "[]"])
def test_a_broken_pointer_is_an_error_and_not_no_release(tmp_path, pointer):
    (tmp_path / "released.json").write_text(pointer)
    with pytest.raises(ArtefactError, match="work with the rules alone"):
        released_folder(tmp_path)


def test_training_goes_on_from_its_checkpoint(weights, tmp_path):
    from training.config import LoopConfig, ModelConfig, TrainingConfig
    from training.fit import fit

    loop = LoopConfig(epochs=2, batch_pieces=128, window_pieces=(16, 64), bf16=False)
    config = TrainingConfig(corpora=(), model=ModelConfig(weights=str(weights)), loop=loop)
    steps = []
    fit([make_document()], config, tmp_path, labels=LABELS, progress=lambda done, *_: steps.append(done))
    again = []
    fit([make_document()], config, tmp_path, labels=LABELS, progress=lambda done, *_: again.append(done))
    assert steps
    assert again == []
    with pytest.raises(UnreadableInputError, match="another config or other documents"):
        fit([make_document("d2")], config, tmp_path, labels=LABELS)


def test_documents_without_gold_are_refused_with_what_to_do(weights, tmp_path):
    from training.config import ModelConfig, TrainingConfig
    from training.fit import fit

    bare = make_document().model_copy(update={"layers": ()})
    with pytest.raises(UnreadableInputError, match="corpus gold"):
        fit([bare], TrainingConfig(corpora=(), model=ModelConfig(weights=str(weights))), tmp_path, labels=LABELS)


@settings(max_examples=60, deadline=None)
@given(
    sentences=st.lists(
        st.lists(st.sampled_from([*"abc .😀\u0301\u200d\r\n\x00", "nurse ", "failed "]), min_size=1, max_size=120).map("".join), min_size=1, max_size=6
    )
)
def test_every_piece_of_a_sentence_is_read_once_and_cuts_its_own_characters(encoder, sentences):
    text, spans, at = "".join(sentences), [], 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence)
    whole = encoder.encode(text, spans, budget=10_000)
    pieces = [
        [offset for part in encoder.encode(text, spans, budget=48) if part.sentence == at for offset in part.offsets[part.keep]] for at in range(len(spans))
    ]
    assert pieces == [[offset for part in whole if part.sentence == at for offset in part.offsets] for at in range(len(spans))]
    assert all(start <= first <= last <= end for (start, end), found in zip(spans, pieces, strict=True) for first, last in found)


def test_windows_hold_every_sentence_and_no_more_than_the_budget(encoder):
    text = "the nurse failed . " * 60
    encoded = encoder.encode(text, [(at * 19, at * 19 + 18) for at in range(60)], budget=48)
    windows = list(encoder.windows(encoded, budget=48))
    assert [part.sentence for window in windows for _, part in window.parts] == list(range(60))
    assert max(len(window.ids) for window in windows) <= 48


def test_a_paragraph_break_ends_a_window_that_is_half_full(encoder):
    encoded = encoder.encode("the nurse failed . " * 12, [(at * 19, at * 19 + 18) for at in range(12)], budget=200)
    windows = list(encoder.windows(encoded, breaks=frozenset({9}), budget=64))
    assert 9 in {window.parts[0][1].sentence for window in windows}


def scores_for(text, marked):
    """Scores that mark the words of `marked` (word to column) with certainty."""
    import re

    offsets = tuple(match.span() for match in re.finditer(r"\S+", text))
    token = np.full((len(offsets), len(LABELS.token)), -8.0, np.float32)
    for place, (start, end) in enumerate(offsets):
        token[place, marked.get(text[start:end], 0)] = -0.01
    empty = np.zeros(4, np.float32)
    return Scores(
        offsets=offsets,
        token=token,
        reported=np.full(len(offsets), -5.0, np.float32),
        attribution=empty,
        factors=np.zeros(6, np.float32),
        action_strength=empty,
        counted=0.0,
    )


def test_decoding_joins_words_and_splits_categories():
    text = "She carelessly failed to check, then left."
    found = decode(scores_for(text, {"carelessly": 3, "failed": 5, "to": 5, "check,": 5}), text, Decoding())
    assert [(text[each.start : each.end], each.column) for each in found] == [("carelessly", 3), ("failed to check", 5)]


def test_rules_may_tip_the_balance():
    text = "They overlooked it"
    scores = scores_for(text, {})
    boost = np.zeros_like(scores.token)
    boost[1, 4] = 20
    assert decode(scores, text, Decoding()) == []
    assert [(each.start, each.end) for each in decode(scores, text, Decoding(), boost)] == [(5, 15)]


def test_random_windows_cover_a_document_in_order(encoder):
    from training.examples import examples_of, random_windows

    examples = examples_of(make_document(), encoder, LABELS, budget=64)
    windows = list(random_windows(examples, encoder, pieces=(16, 64), rng=random.Random(3)))
    assert [example for window in windows for example in window.examples] == examples


def test_a_released_graph_becomes_a_network_again(artefact, weights, encoder):
    from models.runtime import OnnxScorer
    from training.predict import TorchScorer
    from training.restore import restore

    windows = list(encoder.windows(encoder.encode(make_document().text, [(0, 47), (48, 74)])))
    again = np.concatenate(TorchScorer(restore(artefact), encoder.pad)(windows))
    shipped = np.concatenate(OnnxScorer(artefact / "model.onnx")(windows))
    assert (again * shipped).sum() / (np.linalg.norm(again) * np.linalg.norm(shipped)) > 0.99


def test_the_average_of_two_runs_is_their_mean_and_an_artefact(weights, tmp_path):
    import torch

    from models.network import Network
    from training.config import CorpusConfig, ModelConfig, TrainingConfig
    from training.corpus import write
    from training.distil import CONFIG, NETWORK
    from training.train import average

    write([make_document(name).model_copy(update={"split": part}) for name, part in (("d1", "train"), ("d2", "dev"), ("d3", "test"))], tmp_path / "c.jsonl")
    config = TrainingConfig(corpora=(CorpusConfig(path=tmp_path / "c.jsonl"),), model=ModelConfig(weights=str(weights)))
    runs = [tmp_path / "one", tmp_path / "two"]
    for seed, run in enumerate(runs):
        torch.manual_seed(seed)
        run.mkdir()
        (run / CONFIG).write_text(config.model_dump_json())
        torch.save(Network.from_weights(weights, LABELS).state_dict(), run / NETWORK)
    folder = average(runs, tmp_path / "mean", version_name="1", say=lambda _: None)
    assert load_manifest(folder).version == "1"
    one, two, mean = (torch.load(run / NETWORK, weights_only=True)["reading.0.weight"] for run in (*runs, tmp_path / "mean"))
    assert torch.allclose(mean, (one + two) / 2)
    with pytest.raises(UnreadableInputError, match="no trained network"):
        average([tmp_path], tmp_path / "mean", version_name="1")
