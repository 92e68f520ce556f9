"""Whose words a sentence holds: quotation, reported blame, and protected passages on which the tool gives no advice."""

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spacy.tokens import Span, Token

from nlp.actors import SUBJECTS

QUOTE = re.compile(r"(?<![\w])\"(?=\S)([^\"\n]{2,1200}?)\"|(?<![\w'])'(?=\w)([^'\n]{12,600}?(?:(?<=\w)'(?=\w)[^'\n]{0,300}?)*)'(?!\w)")
SPEAKERS = re.compile(
    r"\b(?:patients?|famil(?:y|ies)|mother|father|son|daughter|wife|husband|parents?|relatives?|carers?|nurse|doctor|staff|registrar|"
    r"consultant|midwife|paramedic|manager|witness|she|he|they|mrs?|ms|miss|dr|employee|pilot|complain\w*|statement|said|told|wrote|says)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Voice:
    """The lists of `voice.toml`, compiled."""

    reporting: frozenset[str]
    own: frozenset[str]
    rulers: frozenset[str]
    finding: frozenset[str]
    reported: re.Pattern[str]
    protected: tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=1)
def voice() -> Voice:
    """Read once."""
    with Path(__file__).with_name("voice.toml").open("rb") as file:
        source = tomllib.load(file)
    return Voice(
        frozenset(source["reporting_verbs"].split()),
        frozenset(source["own_voice"].split()),
        frozenset(source["rulers"].split()),
        frozenset(source["finding_verbs"].split()),
        re.compile("|".join(source["reported"]), re.IGNORECASE),
        tuple((row["name"], re.compile(row["pattern"], re.IGNORECASE)) for row in source["protected"]),
    )


class Quotations:
    """The quoted stretches of a reading text."""

    def __init__(self, text: str) -> None:
        self.ranges = [match.span() for match in QUOTE.finditer(text) if len(match.group().split()) > 1]
        self._starts = [start for start, _ in self.ranges]

    def covers(self, start: int, end: int) -> bool:
        """Whether `[start, end)` lies within one quotation."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self.ranges[at][1]

    def share(self, start: int, end: int) -> float:
        """Share of `[start, end)` that is quoted, 0 to 1."""
        inside = sum(max(0, min(end, stop) - max(start, begin)) for begin, stop in self.ranges)
        return inside / max(1, end - start)


def protected_because(sentence: Span, quotations: Quotations) -> str | None:
    """Why the tool does not advise on this sentence; None where it does."""
    for name, pattern in voice().protected:
        if pattern.search(sentence.text):
            return name
    if quotations.share(sentence.start_char, sentence.end_char) > 0.5 and SPEAKERS.search(sentence.text):
        return "a quotation"
    return None


def is_reported(span: Span, quotations: Quotations) -> bool:
    """Whether somebody else than the author says these words: quoted, alleged, complained, found by a court, or policy text."""
    if quotations.covers(span.start_char, span.end_char):
        return True
    if voice().reported.search(span.sent.text):
        return True
    return _told_by_another(span.root)


def _told_by_another(token: Token) -> bool:
    lists = voice()
    previous = token
    for ancestor in token.ancestors:
        lemma = ancestor.lemma_.lower()
        if previous.dep_ in {"ccomp", "parataxis", "acl", "advcl"} or previous is token:
            subjects = [child for child in ancestor.children if child.dep_ in SUBJECTS and child is not previous]
            for subject in subjects:
                word = subject.lemma_.lower()
                inside = previous.dep_ in {"ccomp", "parataxis"}
                if lemma in lists.finding and word in lists.rulers and inside:
                    return True
                if lemma in lists.reporting and inside and word not in lists.own and subject.text != "I":
                    return True
        previous = ancestor
    return False
