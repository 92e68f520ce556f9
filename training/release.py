"""Releasing: a candidate is promoted only if it is no worse than what is released on the frozen tests; the last release can be taken back."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.artefact import RELEASED, RELEASES, load_manifest
from nlp.errors import SecondStoryError

KEPT = 2
TOLERANCE = 0.005
# The error of some 500 marks' confidence has a standard error of 0.016; that of the difference of two models, by bootstrap over documents, is 0.019.
TOLERANCES = {"calibration error, marked": 0.04}
MORE_IS_BETTER = (
    "span char-F1",
    "with category",
    "sentence F1",
    "attribution macro-F1",
    "individual F1",
    "system F1",
    "factors micro-F1",
    "action macro-F1",
    "behaviour: must_flag",
    "behaviour: must_not_flag",
    "behaviour: contrast",
    "behaviour: directional",
)
LESS_IS_BETTER = ("false alarms", "calibration error", "calibration error, marked", "behaviour: invariance violations", "subgroup gap")
CEILINGS = {"false alarms": 0.05, "calibration error": 0.05, "calibration error, marked": 0.1, "behaviour: invariance violations": 0.02}


class RefusedError(SecondStoryError, ValueError):
    """A candidate may not be released."""

    code = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate says: reasons against the candidate, and the figures side by side (released is None where nothing is)."""

    reasons: tuple[str, ...]
    figures: tuple[tuple[str, float | None, float], ...]


def judge(candidate: dict[str, float], released: dict[str, float] | None) -> Verdict:
    """Why the candidate may not be released; no reason means that it may. A figure may fall by half a point of percentage at most, or by
    what its sampling error is known to be."""
    reasons, figures = [], []
    for name in (*MORE_IS_BETTER, *LESS_IS_BETTER):
        if name not in candidate:
            reasons.append(f"{name} was not measured: run 'secondstory evaluate' on the candidate")
            continue
        now, before = candidate[name], released.get(name) if released else None
        figures.append((name, before, now))
        if name in CEILINGS and now > CEILINGS[name]:
            reasons.append(f"{name} is {now:.3f}, over the ceiling of {CEILINGS[name]:.3f}")
        if before is None:
            continue
        loss = before - now if name in MORE_IS_BETTER else now - before
        if loss > TOLERANCES.get(name, TOLERANCE):
            reasons.append(f"{name} is {now:.3f}, worse than the released {before:.3f}")
    return Verdict(reasons=tuple(reasons), figures=tuple(figures))


def promote(candidate: Path, verdict: Verdict, *, root: Path = RELEASES) -> str:
    """Copy the artefact among the releases and point to it; returns its title.

    Raises:
        RefusedError: the verdict has reasons, or this version is there already with other files.
    """
    if verdict.reasons:
        raise RefusedError("The candidate is not released: " + "; ".join(verdict.reasons) + ".")
    manifest = load_manifest(candidate)
    target = root / manifest.name / manifest.version
    if target.exists() and load_manifest(target, verify=False) != manifest:
        raise RefusedError(f"{manifest.title} is released already with other files. Give the candidate another version.")
    if target.resolve() != candidate.resolve():
        shutil.copytree(candidate, target, dirs_exist_ok=True)
    history = _history(root)
    _point(root, [manifest.title, *(title for title in history if title != manifest.title)])
    return manifest.title


def rollback(*, root: Path = RELEASES) -> str:
    """Point to the release before; returns its title.

    Raises:
        RefusedError: there is none.
    """
    history = _history(root)
    if len(history) < 2 or not (root / history[1]).is_dir():
        raise RefusedError("There is no earlier release to go back to.")
    _point(root, history[1:])
    return history[1]


def _history(root: Path) -> list[str]:
    pointer = root / RELEASED
    if not pointer.is_file():
        return []
    record: dict[str, Any] = json.loads(pointer.read_text(encoding="utf-8"))
    return [str(record["released"]), *map(str, record["before"])]


def _point(root: Path, titles: list[str]) -> None:
    root.mkdir(parents=True, exist_ok=True)
    record = {"released": titles[0], "before": titles[1 : 1 + KEPT]}
    (root / RELEASED).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
