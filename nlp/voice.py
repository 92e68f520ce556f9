"""Whose words a sentence holds: quotation, reported blame, and protected passages on which the tool gives no advice."""

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spacy.tokens import Span, Token

from nlp.actors import SUBJECTS
from nlp.parsing import REMEMBERED

QUOTE = re.compile(r"(?<![\w])\"(?=\S)([^\"\n]{2,1200}?)\"|(?<![\w'])'(?=\w)([^'\n]{12,600}?(?:(?<=\w)'(?=\w)[^'\n]{0,300}?)*)'(?!\w)")
SPEAKERS = re.compile(
    r"\b(?:patients?|famil(?:y|ies)|mother|father|son|daughter|wife|husband|parents?|relatives?|carers?|nurse|doctor|staff|registrar|"
    r"consultant|midwife|paramedic|manager|witness|she|he|they|mrs?|ms|miss|dr|employee|pilot|complain\w*|statement|said|told|wrote|says)\b",
    re.IGNORECASE,
)


OWN_CONCLUSION = re.compile(
    r"\b(?:narrative|conclusions?|i (?:found|find|recorded|concluded|made)|box [34]|record of inquest|my findings?|my conclusions?)\b", re.IGNORECASE
)
REACH = 160  # characters between words that open somebody's report and the blame in it


@dataclass(frozen=True, slots=True)
class Voice:
    """The lists of `voice.toml`, compiled."""

    reporting: frozenset[str]
    own: frozenset[str]
    rulers: frozenset[str]
    finding: frozenset[str]
    conceding: frozenset[str]
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
        frozenset(source["conceding_verbs"].split()),
        re.compile("|".join(source["reported"]), re.IGNORECASE),
        tuple((row["name"], re.compile(row["pattern"], re.IGNORECASE)) for row in source["protected"]),
    )


class Quotations:
    """The quoted stretches of a reading text, without those in which an author quotes the conclusion that is the author's own."""

    def __init__(self, text: str) -> None:
        self.ranges = [match.span() for match in QUOTE.finditer(text) if len(match.group().split()) > 1 and not _is_own_conclusion(text, match.start())]
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
    text = sentence.text
    worded = _protected_by_words(text)
    if worded is None and quotations.share(sentence.start_char, sentence.end_char) > 0.5 and SPEAKERS.search(text):
        return "a quotation"
    return worded


@lru_cache(maxsize=REMEMBERED)
def _protected_by_words(text: str) -> str | None:
    """The matter that the words alone name; remembered, as an edited report is mostly the same."""
    return next((name for name, pattern in voice().protected if pattern.search(text)), None)


def is_reported(span: Span, quotations: Quotations) -> bool:
    """Whether somebody else than the author says these words: quoted, alleged, complained, found by a court, or policy text."""
    if quotations.covers(span.start_char, span.end_char):
        return True
    start = span.start_char - span.sent.start_char
    if any(match.end() <= start and _reaches(span.sent.text[match.end() : start]) for match in voice().reported.finditer(span.sent.text)):
        return True
    return _told_by_another(span.root)


def _is_own_conclusion(text: str, start: int) -> bool:
    """A coroner quotes the conclusion that he or she recorded; a jury's conclusion is the jury's."""
    return bool(OWN_CONCLUSION.search(text[max(0, start - 200) : start])) and not re.search(r"\bjury\b", text[:start], re.IGNORECASE)


def _reaches(between: str) -> bool:
    """Whether what was opened before (*it is alleged that*) still holds after these words."""
    return len(between) <= REACH and ";" not in between


def _told_by_another(token: Token) -> bool:
    lists = voice()
    previous = token
    for ancestor in token.ancestors:
        lemma = ancestor.lemma_.lower()
        inside = previous.dep_ in {"ccomp", "parataxis"}
        admitted = lemma in lists.conceding and previous.dep_ in {"ccomp", "dobj", "parataxis", "prep", "advcl"}
        if lemma in lists.conceding and inside and any(child.lower_ == "it" for child in ancestor.children if child.dep_ in SUBJECTS):
            return True
        if inside or admitted or previous.dep_ in {"acl", "advcl"} or previous is token:
            subjects = [child for child in ancestor.children if child.dep_ in SUBJECTS and child is not previous]
            for subject in subjects:
                word = subject.lemma_.lower()
                if lemma in lists.finding and word in lists.rulers and inside:
                    return True
                if (admitted or (lemma in lists.reporting and inside)) and not _is_author(subject):
                    return True
        previous = ancestor
    return False


def _is_author(subject: Token) -> bool:
    own = voice().own
    return subject.text == "I" or subject.lemma_.lower() in own or any(child.dep_ == "compound" and child.lemma_.lower() in own for child in subject.children)
