"""The walk: parse, detect, merge, label, suggest, measure. One text is a batch of one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Protocol

from spacy.tokens import Span

from nlp.attribution import RuleLabeller, SentenceLabels
from nlp.measures import measure
from nlp.merging import merge
from nlp.parsing import Parse, Parser
from nlp.reframing.suggester import Advice, RuleSuggester
from nlp.report import Analysis, Finding, Report, Sentence, Versions
from nlp.rules import rules_version
from nlp.taxonomy import load
from nlp.voice import Quotations, protected_because

WORD = re.compile(r"\w+(?:['’-]\w+)*")


class Detector(Protocol):
    """Anything that finds blame wording in a parse."""

    def detect(self, parse: Parse) -> list[Finding]: ...


class Labeller(Protocol):
    """Anything that labels the sentences of a parse, given the findings inside each."""

    def label(self, parse: Parse, findings: Sequence[Sequence[Finding]]) -> list[SentenceLabels]: ...


class Suggester(Protocol):
    """Anything that advises on the findings of a parse, given by sentence, and on its sentences; protected ones get no advice."""

    def suggest(self, parse: Parse, findings: Sequence[Sequence[Finding]], sentences: Sequence[Sentence]) -> Advice: ...


class Analyzer:
    """Reports in, analyses out. Not safe for use by several threads at a time."""

    def __init__(
        self,
        parser: Parser,
        detectors: Sequence[Detector],
        *,
        labeller: Labeller | None = None,
        model: str | None = None,
        suggester: Suggester | None = None,
    ) -> None:
        self._parser = parser
        self._detectors = tuple(detectors)
        self._labeller = labeller or RuleLabeller()
        self._suggester = suggester or RuleSuggester(parser)
        self.versions = Versions(product=version("secondstory"), taxonomy=load().version, rules=rules_version(), model=model)

    def analyze(self, report: Report) -> Analysis:
        """The analysis of one report."""
        return next(self.analyze_all([report]))

    def analyze_all(self, reports: Iterable[Report]) -> Iterator[Analysis]:
        """One analysis a report, in order, one at a time in memory."""
        for parse in self._parser.parse_all(reports):
            yield self._walk(parse)

    def _walk(self, parse: Parse) -> Analysis:
        text = parse.report.text
        quotations = Quotations(parse.doc.text)
        reasons = [protected_because(span, quotations) for span in parse.sentences]
        merged = merge(finding for detector in self._detectors for finding in detector.detect(parse))
        found = [_protected(inside, because) for inside, because in zip(_by_sentence(merged, parse.sentences), reasons, strict=True)]
        sentences = [
            Sentence(
                start=span.start_char,
                end=span.end_char,
                attribution=labels.attribution,
                factors=labels.factors,
                action_strength=labels.action_strength,
                confidence={"attribution": labels.confidence} | ({} if labels.blame is None else {"blame": labels.blame}),
                hidden_actor=labels.hidden_actor and not because,
                protected=because is not None,
                protected_because=because,
            )
            for span, labels, because in zip(parse.sentences, self._labeller.label(parse, found), reasons, strict=True)
        ]
        advice = self._suggester.suggest(parse, found, sentences)
        findings = [finding for inside in advice.findings for finding in inside]
        return Analysis(
            id=parse.report.id,
            versions=self.versions,
            findings=tuple(findings),
            sentences=advice.sentences,
            measures=measure(words=len(WORD.findall(text)), sentences=advice.sentences, findings=findings, spans=parse.sentences),
        )


def _by_sentence(findings: Sequence[Finding], sentences: Sequence[Span]) -> list[list[Finding]]:
    grouped: list[list[Finding]] = []
    place = 0
    for span in sentences:
        inside: list[Finding] = []
        while place < len(findings) and findings[place].start < span.end_char:
            inside.append(findings[place])
            place += 1
        grouped.append(inside)
    return grouped


def _protected(findings: Sequence[Finding], because: str | None) -> list[Finding]:
    if because is None:
        return list(findings)
    return [replace(finding, counted=False, uncounted_because=f"protected: {because}") for finding in findings]
