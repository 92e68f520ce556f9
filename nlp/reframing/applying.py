"""Safe edits of one analysis applied to its text: for the page's measure of what wording alone changes, and for our own checks."""

from nlp.reframing.grammar import Patch, patched
from nlp.report import Analysis, Suggestion


def safe_edits(analysis: Analysis) -> list[Suggestion]:
    """The safe edits of an analysis that do not overlap, in reading order."""
    chosen: list[Suggestion] = []
    for finding in analysis.findings:
        for suggestion in finding.suggestions:
            if suggestion.kind != "edit" or not suggestion.safe or suggestion.start is None or suggestion.end is None:
                continue
            if not chosen or suggestion.start >= (chosen[-1].end or 0):
                chosen.append(suggestion)
    return chosen


def with_safe_edits(text: str, analysis: Analysis) -> str:
    """The text with every safe edit made once."""
    patches = [Patch(each.start or 0, each.end or 0, each.replacement or "") for each in safe_edits(analysis)]
    return patched(text, 0, len(text), patches)
