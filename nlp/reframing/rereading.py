"""Proposed sentences read again: an edit may not be marked anew. All sentences of one call are parsed together, once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nlp.merging import merge
from nlp.parsing import Parser
from nlp.report import Finding, Report
from nlp.rules import RuleDetector

BETWEEN = "\n\n"


class Rereader:
    """Reads with the rules, whatever detector found the marks: they are quick and know most of what an edit could bring in."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._detector = RuleDetector()

    def read(self, sentences: Sequence[str]) -> list[list[Finding]]:
        """The findings in each sentence, offsets counted within it."""
        if not sentences:
            return []
        texts = [" ".join(sentence.split()) for sentence in sentences]
        starts, at = [], 0
        for text in texts:
            starts.append(at)
            at += len(text) + len(BETWEEN)
        parse = next(self._parser.parse_all([Report("again", BETWEEN.join(texts))]))
        found: list[list[Finding]] = [[] for _ in texts]
        place = 0
        for finding in merge(self._detector.detect(parse)):
            while place + 1 < len(starts) and finding.start >= starts[place + 1]:
                place += 1
            found[place].append(_moved(finding, -starts[place]))
        return found


def _moved(finding: Finding, by: int) -> Finding:
    return replace(finding, start=finding.start + by, end=finding.end + by)


def categories(findings: Sequence[Finding]) -> Counter[str]:
    """How often each category stands among the findings."""
    return Counter(finding.category for finding in findings)
