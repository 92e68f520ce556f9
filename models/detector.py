"""The released model as a part of the walk: findings and sentence labels from the network, with the rules beside it or alone.

Where a rule marks the same words, its evidence is added to the network's and its rationale is what the reader sees.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from spacy.tokens import Span

from models.artefact import TOKENIZER, WEIGHTS, Manifest, load_manifest
from models.decoding import Marked, decode
from models.doubts import blaming
from models.encoding import Encoder
from models.reading import Array, Scorer, Scores, read_sentences
from models.runtime import OnnxScorer
from nlp.attribution import RuleLabeller, SentenceLabels
from nlp.names import names
from nlp.parsing import Parse
from nlp.report import Finding, finding_id
from nlp.rules import RuleDetector, rules
from nlp.taxonomy import load
from nlp.voice import Quotations, has_cue, is_reported

PARAGRAPH_GAP = 2


class ModelDetector:
    """Finds and labels. `rules` None is the network alone. It remembers the scores and rule findings of the last parse, as finding comes before labelling."""

    def __init__(self, manifest: Manifest, encoder: Encoder, scorer: Scorer, *, rules: RuleDetector | None) -> None:
        self.manifest = manifest
        self._encoder, self._scorer, self._rules = encoder, scorer, rules
        self._rule_labels = RuleLabeller()
        self._last: tuple[Parse, list[Scores]] | None = None
        self._last_ruled: tuple[Parse, list[list[Finding]]] | None = None

    @classmethod
    def from_artefact(cls, folder: Path, *, with_rules: bool, verify: bool = True, threads: int | None = None) -> "ModelDetector":
        """The artefact in this folder, checked. `threads` bounds those of one network run.

        Raises:
            ArtefactError: it cannot be used with the installed taxonomy.
        """
        manifest = load_manifest(folder, verify=verify)
        return cls(manifest, Encoder(folder / TOKENIZER), OnnxScorer(folder / WEIGHTS, threads=threads), rules=RuleDetector() if with_rules else None)

    def remember(self, parse: Parse, scores: list[Scores]) -> None:
        """Take these scores for this parse and do not compute them."""
        self._last = (parse, scores)

    def marked(self, parse: Parse) -> list[Marked]:
        """Every span that is found, with its uncalibrated probability, in order."""
        by_rule = self._rule_findings(parse)
        return [marked for scores, ruled in zip(self.scores(parse), by_rule, strict=True) for marked in self._marks(parse, scores, ruled)]

    def _marks(self, parse: Parse, scores: Scores, ruled: Sequence[Finding]) -> list[Marked]:
        """The spans of one sentence: decoded, without those that the parse speaks against."""
        decoding = self.manifest.calibration.hybrid_decoding if self._rules else self.manifest.calibration.decoding
        marks = decode(scores, parse.report.text, decoding, self._boost(scores, ruled) if ruled else None)
        return blaming(parse, marks, ruled, self.manifest.labels.token)

    def detect(self, parse: Parse) -> list[Finding]:
        """Findings of every sentence, in order, without overlap."""
        quotations = Quotations(parse.doc.text)
        by_rule = self._rule_findings(parse)
        found: list[Finding] = []
        for sentence, scores, ruled in zip(parse.sentences, self.scores(parse), by_rule, strict=True):
            inside = [self._finding(parse, sentence, marked, ruled, quotations) for marked in self._marks(parse, scores, ruled)]
            found.extend(inside)
            found.extend(
                each
                for each in ruled
                if _is_sure(each) and not sentence.text.endswith("?") and not any(each.start < other.end and other.start < each.end for other in inside)
            )
        return sorted(found, key=lambda each: each.start)

    def label(self, parse: Parse, findings: Sequence[Sequence[Finding]]) -> list[SentenceLabels]:
        """Labels of every sentence, given its findings."""
        ruled = self._rule_labels.label(parse, findings)
        weights = np.array(self.manifest.calibration.blame)
        return [
            replace(self._labels(scores, inside, rule), blame=round(float(1 / (1 + np.exp(-(weights[:2] @ odds + weights[2])))), 3))
            for scores, inside, rule, odds in zip(self.scores(parse), findings, ruled, self.odds(parse), strict=True)
        ]

    def odds(self, parse: Parse) -> list[Array]:
        """For every sentence two log-odds of blame wording: of its most marked piece, rules added, and of the sentence's own head."""
        return [
            np.array([_marked_odds(scores.token + self._boost(scores, ruled)), scores.counted], np.float32)
            for scores, ruled in zip(self.scores(parse), self._rule_findings(parse), strict=True)
        ]

    def scores(self, parse: Parse) -> list[Scores]:
        """The network's scores of every sentence."""
        if self._last is None or self._last[0] is not parse:
            spans = [(sentence.start_char, sentence.end_char) for sentence in parse.sentences]
            text = parse.report.text
            breaks = frozenset(at for at in range(1, len(spans)) if text.count("\n", spans[at - 1][1], spans[at][0]) >= PARAGRAPH_GAP)
            read = read_sentences(
                text,
                spans,
                encoder=self._encoder,
                scorer=self._scorer,
                labels=self.manifest.labels,
                names=names(parse.doc, gendered=self.manifest.hides_gender) if self.manifest.hides_names else (),
                breaks=breaks,
                budget=self.manifest.budget,
            )
            self._last = (parse, read)
        return self._last[1]

    def _rule_findings(self, parse: Parse) -> list[list[Finding]]:
        if self._last_ruled is None or self._last_ruled[0] is not parse:
            self._last_ruled = (parse, self._ruled(parse))
        return self._last_ruled[1]

    def _ruled(self, parse: Parse) -> list[list[Finding]]:
        grouped: list[list[Finding]] = [[] for _ in parse.sentences]
        if self._rules is None:
            return grouped
        starts = [sentence.start_char for sentence in parse.sentences]
        for finding in self._rules.detect(parse):
            grouped[int(np.searchsorted(starts, finding.start, side="right")) - 1].append(finding)
        return grouped

    def _boost(self, scores: Scores, ruled: Sequence[Finding]) -> Array:
        boost = np.zeros_like(scores.token)
        names = self.manifest.labels.token
        for finding in ruled:
            column = names.index(finding.category)
            for place, (start, end) in enumerate(scores.offsets):
                if start < finding.end and end > finding.start:
                    boost[place, column] = self.manifest.calibration.rule_boost
        return boost

    def _finding(self, parse: Parse, sentence: Span, marked: Marked, ruled: Sequence[Finding], quotations: Quotations) -> Finding:
        category = load().category(self.manifest.labels.token[marked.column])
        twin = next((each for each in ruled if each.category == category.id and each.start < marked.end and each.end > marked.start), None)
        source = f"model:{self.manifest.title}" + (f"+{twin.source}" if twin else "")
        span = parse.doc.char_span(marked.start, marked.end, alignment_mode="expand")
        reported = span is not None and (is_reported(span, quotations) or (marked.reported > 0 and _may_be_reported(parse, sentence, twin)))
        return Finding(
            id=finding_id(parse.report, start=marked.start, end=marked.end, category=category.id, source="model"),
            start=marked.start,
            end=marked.end,
            category=category.id,
            confidence=self.confidence(marked),
            counted=not reported,
            uncounted_because="reported: somebody else's words" if reported else None,
            rationale=twin.rationale if twin else f"{category.summary} Read in its context by the trained model.",
            source=source,
            standard=category.standard,
        )

    def confidence(self, marked: Marked) -> float:
        """The calibrated probability that a reader would mark these words."""
        calibration = self.manifest.calibration
        odds = _logit(marked.probability)
        return round(1 / (1 + math.exp(-(calibration.span_slope * odds + calibration.span_intercept))), 3)

    def _labels(self, scores: Scores, inside: Sequence[Finding], rule: SentenceLabels) -> SentenceLabels:
        calibration, labels = self.manifest.calibration, self.manifest.labels
        logits = scores.attribution + np.array(calibration.attribution_bias, np.float32)
        if self._rules is not None:
            logits[labels.attribution.index(rule.attribution)] += calibration.attribution_rules
        if any(finding.counted for finding in inside):
            logits[labels.attribution.index("none")] = -np.inf
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best = int(shares.argmax())
        attribution = labels.attribution[best]
        strength = scores.action_strength.copy()
        strength[labels.action_strength.index("none")] -= calibration.action_bias
        return SentenceLabels(
            attribution=attribution,  # type: ignore[arg-type]  # a name from the taxonomy
            factors=self._factors(scores, rule) if attribution in {"system", "mixed"} else (),
            action_strength=labels.action_strength[int(strength.argmax())],  # type: ignore[arg-type]  # likewise
            confidence=round(float(shares[best]), 3),
            hidden_actor=rule.hidden_actor,
        )

    def _factors(self, scores: Scores, rule: SentenceLabels) -> tuple[str, ...]:
        calibration = self.manifest.calibration
        logits = scores.factors + calibration.factor_rules * np.array(
            [self._rules is not None and name in rule.factors for name in self.manifest.labels.factors]
        )
        likely = logits >= _logit(calibration.factor_threshold)
        if not likely.any():
            likely[int(logits.argmax())] = True
        return tuple(name for name, yes in zip(self.manifest.labels.factors, likely, strict=True) if yes)


def _may_be_reported(parse: Parse, sentence: Span, twin: Finding | None) -> bool:
    """Whether anything in this sentence or its neighbours tells that somebody else speaks; the network alone does not decide it."""
    if twin is not None and twin.counted and _is_sure(twin):
        return False
    at = parse.sentences.index(sentence)
    return any(has_cue(near.text) for near in parse.sentences[max(0, at - 1) : at + 2])


def _is_sure(finding: Finding) -> bool:
    return finding.source in _sure_sources()


@lru_cache(maxsize=1)
def _sure_sources() -> frozenset[str]:
    return frozenset(f"rule:{rule.id}" for rule in rules() if rule.sure)


def _marked_odds(token: Array) -> float:
    if not len(token):
        return -10.0
    return float((np.logaddexp.reduce(token[:, 1:], axis=1) - token[:, 0]).max())


def _logit(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))
