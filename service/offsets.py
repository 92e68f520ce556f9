"""Code-point offsets to UTF-16 units, at the edge only."""

from dataclasses import replace
from itertools import accumulate

from nlp.report import Analysis, Suggestion


def to_utf16(analysis: Analysis, text: str) -> Analysis:
    """The same analysis with every offset in UTF-16 code units of `text`."""
    units = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]

    def suggestion(each: Suggestion) -> Suggestion:
        if each.start is None or each.end is None:
            return each
        return replace(each, start=units[each.start], end=units[each.end])

    return replace(
        analysis,
        offset_unit="utf16",
        findings=tuple(
            replace(
                each,
                start=units[each.start],
                end=units[each.end],
                suggestions=tuple(suggestion(one) for one in each.suggestions),
            )
            for each in analysis.findings
        ),
        sentences=tuple(
            replace(each, start=units[each.start], end=units[each.end], suggestions=tuple(suggestion(one) for one in each.suggestions))
            for each in analysis.sentences
        ),
        measures=replace(
            analysis.measures,
            five_rules=tuple(replace(each, start=units[each.start], end=units[each.end]) for each in analysis.measures.five_rules),
        ),
    )
