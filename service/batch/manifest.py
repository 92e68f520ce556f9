"""`manifest.json` of a run: what was read, with what, and what was written. No clock times, so that two runs of the same input are the same bytes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from nlp.errors import UnreadableInputError
from nlp.report import Versions
from service.batch.options import BatchOptions

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDigest:
    """One input file: its name within the run, its size and its SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDigest:
    """One written file, relative to the run's folder."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunManifest:
    """What a run is, and once `complete` what came of it: `records` = `documents` + `errors`."""

    inputs: tuple[InputDigest, ...]
    detector: str
    versions: Versions
    columns: dict[str, object]
    options: dict[str, object]
    writer: str
    complete: bool = False
    records: int = 0
    documents: int = 0
    errors: int = 0
    parts: tuple[PartDigest, ...] = ()

    @classmethod
    def begun(cls, inputs: Sequence[InputDigest], options: BatchOptions, versions: Versions) -> "RunManifest":
        """The manifest before the first part is written."""
        return cls(
            inputs=tuple(inputs),
            detector=options.detector,
            versions=versions,
            columns={**asdict(options.mapping), "keep": list(options.mapping.keep)},
            options=options.fixed(),
            writer=f"pyarrow {version('pyarrow')}",
        )

    def save(self, path: Path) -> None:
        """Write it as JSON; the caller sees to it that this happens at once."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "RunManifest":
        """The manifest in this file.

        Raises:
            UnreadableInputError: it is not a manifest of this version.
        """
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            record["inputs"] = tuple(InputDigest(**each) for each in record["inputs"])
            record["parts"] = tuple(PartDigest(**each) for each in record["parts"])
            record["versions"] = Versions(**record["versions"])
            return cls(**record)
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise UnreadableInputError(f"'{path}' is not the manifest of a run of this version. Write into an empty folder.") from error

    def changes_to(self, other: "RunManifest") -> list[str]:
        """What another run would do differently, in words; nothing if it would write the same bytes."""
        found = _input_changes(self.inputs, other.inputs)
        if self.detector != other.detector:
            found.append(f"the detector (was {self.detector}, is {other.detector})")
        for name in ("product", "taxonomy", "rules", "model"):
            was, now = getattr(self.versions, name), getattr(other.versions, name)
            if was != now:
                found.append(f"the {name} (was {was}, is {now})")
        found += [f"the column map ({name})" for name in _differing(self.columns, other.columns)]
        found += [f"the option {name}" for name in _differing(self.options, other.options)]
        if self.writer != other.writer:
            found.append(f"the Parquet writer (was {self.writer}, is {other.writer})")
        return found


def _input_changes(was: Sequence[InputDigest], now: Sequence[InputDigest]) -> list[str]:
    before, after = {each.name: each for each in was}, {each.name: each for each in now}
    found = [f"the input '{name}' (is gone)" for name in before if name not in after]
    found += [f"the input '{name}' (is new)" for name in after if name not in before]
    found += [f"the input '{name}' (has other contents)" for name in before if name in after and before[name] != after[name]]
    return found or (["the order of the inputs"] if list(before) != list(after) else [])


def _differing(was: dict[str, object], now: dict[str, object]) -> list[str]:
    return [name for name in dict.fromkeys([*was, *now]) if was.get(name) != now.get(name)]
