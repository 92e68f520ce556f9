"""A trained model as a folder: `manifest.json`, `model.onnx`, `tokenizer.json` and a card. No pickle. Loading checks labels, taxonomy and file digests."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.decoding import Decoding
from models.labels import Labels, current_labels
from nlp.errors import SecondStoryError
from nlp.taxonomy import load

MANIFEST, WEIGHTS, TOKENIZER, CARD, METRICS = "manifest.json", "model.onnx", "tokenizer.json", "README.md", "metrics.json"
RELEASES = Path(__file__).with_name("artefacts")
RELEASED = "released.json"


class ArtefactError(SecondStoryError, ValueError):
    """An artefact cannot be used: files are missing or changed, or its labels are not those of the taxonomy."""

    code = "artefact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """From the network's numbers to decisions.

    `decoding` and `hybrid_decoding` place spans without and with the rules; `rule_boost` is added to the log-probability of a rule's category where
    the rule marks. `span_slope` and `span_intercept` turn the log-odds of a span into a calibrated confidence;
    `blame` weighs a sentence's two log-odds (of its most marked word, of its own head) and a constant to the probability of counted wording.
    `attribution_bias` is added to the attribution's logits, by label, and `attribution_rules` to that of the label which the rules give;
    `factor_rules` is added to the logits of the factors that the rules name; `action_bias` is taken from *no action*.
    """

    decoding: Decoding = field(default_factory=Decoding)
    hybrid_decoding: Decoding = field(default_factory=Decoding)
    rule_boost: float = 1.0
    span_slope: float = 1.0
    span_intercept: float = 0.0
    blame: tuple[float, float, float] = (1.0, 0.0, 0.0)
    attribution_bias: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    attribution_rules: float = 0.5
    factor_threshold: float = 0.5
    factor_rules: float = 0.0
    action_bias: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an artefact is and where it comes from. `files` maps a file's name to its SHA-256. `hides_names` says that it was taught without names of people,
    `hides_gender` without *woman*, *gentleman* and their like."""

    name: str
    version: str
    taxonomy: str
    labels: Labels
    budget: int
    hides_names: bool = False
    hides_gender: bool = False
    calibration: Calibration
    files: dict[str, str] = field(default_factory=dict)
    corpora: dict[str, str] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """`name/version`, as it stands in every analysis."""
        return f"{self.name}/{self.version}"


def save_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest with the digests of the files beside it."""
    files = {name: file_digest(folder / name) for name in (WEIGHTS, TOKENIZER)}
    record = {**asdict(manifest), "files": files}
    (folder / MANIFEST).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load_manifest(folder: Path, *, verify: bool = True) -> Manifest:
    """The manifest of the artefact in this folder.

    Raises:
        ArtefactError: it is missing or unreadable, a file beside it was changed, or its labels are not those of the installed taxonomy.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ArtefactError(f"There is no artefact in '{folder}': {MANIFEST} is missing. Export one with 'secondstory train'.")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        manifest = _manifest(record)
    except (json.JSONDecodeError, TypeError, KeyError) as error:
        raise ArtefactError(f"'{path}' is not a manifest of this version. Export the artefact again.") from error
    if manifest.labels != current_labels():
        raise ArtefactError(
            f"The labels of {manifest.title} (taxonomy {manifest.taxonomy}) are not those installed (taxonomy {load().version}). "
            "Retrain, or install the release that fits."
        )
    if verify:
        for name in (WEIGHTS, TOKENIZER):
            if not (folder / name).is_file() or file_digest(folder / name) != manifest.files.get(name):
                raise ArtefactError(f"'{folder / name}' is missing or was changed since the export. Restore it, or export again.")
    return manifest


def released_folder(root: Path = RELEASES) -> Path | None:
    """The folder of the released artefact; None if none is released.

    Raises:
        ArtefactError: the pointer cannot be read, or what it names is not there.
    """
    pointer = root / RELEASED
    if not pointer.is_file():
        return None
    try:
        folder = root / str(json.loads(pointer.read_text(encoding="utf-8"))["released"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ArtefactError(f"'{pointer}' cannot be read. Restore it, or delete it to work with the rules alone.") from error
    if not (folder / MANIFEST).is_file():
        raise ArtefactError(f"'{pointer}' names '{folder}', which is not there. Restore it, or delete '{RELEASED}' to work with the rules alone.")
    return folder


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(record: dict[str, Any]) -> Manifest:
    numbers = dict(record.pop("calibration"))
    for name in ("decoding", "hybrid_decoding"):
        numbers[name] = Decoding(**numbers[name])
    for name in ("attribution_bias", "blame"):
        numbers[name] = tuple(numbers.get(name, getattr(Calibration(), name)))
    numbers = {name: value for name, value in numbers.items() if name in Calibration.__dataclass_fields__}
    labels = Labels(**{name: tuple(values) for name, values in record.pop("labels").items()})
    return Manifest(labels=labels, calibration=Calibration(**numbers), **record)
