"""The behavioural suite: what an analyser must do whatever its figures. Cases are TOML files in `corpora/behaviour` that maintainers extend.

must_flag      `text` gets a counted finding (of `category`, if given)
must_not_flag  `text` gets none
contrast       `flag` gets one and `leave`, which differs by little, gets none
directional    `from` and `to` have the attributions `from_attribution` and `to_attribution`
invariance     `text` holds `{slot}`; every filling of the named swap set gives the same findings and attribution as most fillings do
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.analyzer import Analyzer
from nlp.errors import UnreadableInputError
from nlp.report import Analysis, Report

KINDS = ("must_flag", "must_not_flag", "contrast", "directional", "invariance")
KEYS = {
    "must_flag": {"text"},
    "must_not_flag": {"text"},
    "contrast": {"flag", "leave"},
    "directional": {"from", "to", "from_attribution", "to_attribution"},
    "invariance": {"text", "swap"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A case that went wrong: where it stands and what was seen."""

    kind: str
    place: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Shares passed by kind, and for invariance the share of fillings that differ; `by_swap` is that share for each swap set."""

    passed: dict[str, float]
    counts: dict[str, int]
    violations: float
    by_swap: dict[str, float]
    failures: tuple[Failure, ...]

    def figures(self) -> dict[str, float]:
        """As the promotion gate reads them."""
        found = {f"behaviour: {kind}": self.passed[kind] for kind in KINDS[:-1]}
        return {**found, "behaviour: invariance violations": self.violations, "subgroup gap": max(self.by_swap.values(), default=0.0)}


def run(analyzer: Analyzer, folder: Path) -> Outcome:
    """Every case of every file in the folder.

    Raises:
        UnreadableInputError: a case lacks a key or names an unknown kind or swap set.
    """
    failures: list[Failure] = []
    counts: Counter[str] = Counter()
    fillings: Counter[str] = Counter()
    differing: Counter[str] = Counter()
    swaps, cases = read_cases(folder)
    for place, kind, case in cases:
        counts[kind] += 1
        if kind == "invariance":
            different, total = _invariance(analyzer, case["text"], swaps[case["swap"]])
            fillings[case["swap"]] += total
            differing[case["swap"]] += different
            why = f"{different} of {total} fillings differ" if different else None
        else:
            why = _failure(analyzer, kind, case)
        if why:
            failures.append(Failure(kind=kind, place=place, why=why))
    failed = Counter(failure.kind for failure in failures)
    return Outcome(
        passed={kind: 1 - failed[kind] / counts[kind] if counts[kind] else 0.0 for kind in KINDS},
        counts={kind: counts[kind] for kind in KINDS},
        violations=sum(differing.values()) / max(1, sum(fillings.values())),
        by_swap={name: differing[name] / total for name, total in fillings.items()},
        failures=tuple(failures),
    )


def read_cases(folder: Path) -> tuple[dict[str, list[str]], list[tuple[str, str, dict[str, Any]]]]:
    """The swap sets, and every case with its place and kind, checked."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise UnreadableInputError(f"There is no behavioural suite in '{folder}': expected .toml files.")
    swaps: dict[str, list[str]] = {}
    cases: list[tuple[str, str, dict[str, Any]]] = []
    for file in files:
        with file.open("rb") as source:
            content = tomllib.load(source)
        swaps.update(content.pop("swaps", {}))
        for kind, rows in content.items():
            for number, row in enumerate(rows, 1):
                place = f"{file.name}, {kind} {number}"
                if kind not in KINDS or not KEYS[kind] <= row.keys():
                    raise UnreadableInputError(f"{place}: expected one of {', '.join(KINDS)} with the keys {sorted(KEYS.get(kind, set()))}.")
                cases.append((place, kind, row))
    unknown = {row["swap"] for _, kind, row in cases if kind == "invariance"} - swaps.keys()
    if unknown:
        raise UnreadableInputError(f"Unknown swap sets: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(swaps))}.")
    return swaps, cases


def _failure(analyzer: Analyzer, kind: str, case: dict[str, Any]) -> str | None:
    if kind == "directional":
        seen = [_attribution(_read(analyzer, case[key])) for key in ("from", "to")]
        wanted = [case["from_attribution"], case["to_attribution"]]
        return None if seen == wanted else f"attributions {seen[0]} and {seen[1]}, expected {wanted[0]} and {wanted[1]}"
    flagged = case["text"] if kind == "must_flag" else case.get("flag")
    left = case["text"] if kind == "must_not_flag" else case.get("leave")
    if flagged is not None:
        found = _counted(_read(analyzer, flagged))
        if not found:
            return "nothing is marked"
        if case.get("category") and case["category"] not in found:
            return f"marked {', '.join(found)}, expected {case['category']}"
    if left is not None and (found := _counted(_read(analyzer, left))):
        return f"marked {', '.join(found)}, expected nothing"
    return None


def _invariance(analyzer: Analyzer, text: str, fillings: list[str]) -> tuple[int, int]:
    seen = [(_counted(analysis), _attribution(analysis)) for analysis in map(lambda each: _read(analyzer, each), _filled(text, fillings))]
    usual = Counter(seen).most_common(1)[0][1]
    return len(seen) - usual, len(seen)


def _filled(text: str, fillings: list[str]) -> Iterator[str]:
    return (text.replace("{slot}", filling) for filling in fillings)


def _read(analyzer: Analyzer, text: str) -> Analysis:
    return analyzer.analyze(Report("case", text))


def _counted(analysis: Analysis) -> tuple[str, ...]:
    return tuple(finding.category for finding in analysis.findings if finding.counted)


def _attribution(analysis: Analysis) -> str:
    return analysis.sentences[0].attribution if analysis.sentences else "none"
