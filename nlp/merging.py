"""Overlapping findings to one reading order: one category a word, the taxonomy's precedence decides."""

from collections.abc import Iterable

from nlp.report import Finding
from nlp.taxonomy import load


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without overlap, by start.

    Longer beats shorter within a category; between categories the earlier one of the taxonomy wins. What loses is dropped whole.
    """
    rank = {category.id: place for place, category in enumerate(load().categories)}
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda each: (rank[each.category], -(each.end - each.start), -each.confidence, each.start)):
        if all(finding.end <= other.start or finding.start >= other.end for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda each: each.start)
