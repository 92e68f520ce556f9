"""Whose words a sentence holds, and whether they are denied: quotation, reported blame, and protected passages on which the tool gives no advice."""

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
NEGATORS = {"no", "not", "n't", "never", "neither", "nor", "without"}
NEGATING = {"neg", "det", "preconj", "advmod", "cc"}
MERELY = {"only", "just", "merely", "simply", "solely", "least"}
NO_ONE = {"nobody", "none", "no-one", "noone", "neither", "nothing"}
DEFINITE = {"the", "this", "that", "these", "those", "his", "her", "their", "its", "my", "our"}
EXCUSING = {"innocent", "honest", "genuine", "simple", "mere"}  # *it was no honest mistake* denies the excuse and not the blame
CLIMBED = 8  # steps from marked words to the verb that denies them


@dataclass(frozen=True, slots=True)
class Voice:
    """The lists of `voice.toml`, compiled."""

    reporting: frozenset[str]
    own: frozenset[str]
    rulers: frozenset[str]
    finding: frozenset[str]
    conceding: frozenset[str]
    reported: re.Pattern[str]
    cue: re.Pattern[str]
    blaming: re.Pattern[str]
    bearing: frozenset[str]
    looking: frozenset[str]
    denying: frozenset[str]
    grounds: frozenset[str]
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
        re.compile(source["cue"], re.IGNORECASE),
        re.compile(source["denial"]["blaming"], re.IGNORECASE),
        frozenset(source["denial"]["bearing"].split()),
        frozenset(source["denial"]["looking"].split()),
        frozenset(source["denial"]["denying"].split()),
        frozenset(source["denial"]["grounds"].split()),
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


def is_denied(span: Span) -> bool:
    """Whether the author says that it was not so: *did not fail to check*, *no breach was found*, *nobody was careless*, *it is not suggested that …*.

    Only words that blame by themselves can be denied: in *did not follow the policy* the negation is the finding.
    """
    lists = voice()
    for token in span:
        if lists.blaming.search(token.lower_):
            return _denied(token) and not any(child.lower_ in EXCUSING for child in token.lefts)
        if token.pos_ == "VERB" and token.lemma_ not in lists.bearing:
            return False
    return False


def has_cue(text: str) -> bool:
    """Whether anything in these words tells that somebody else speaks: a reporting verb, a quotation mark, a rule."""
    return bool(voice().cue.search(text))


def _denied(word: Token) -> bool:
    token: Token | None = word
    for _ in range(CLIMBED):
        if token is None:
            return False
        if _negated(token, word):
            return True
        token = _carrier(token)
    return False


def _negated(token: Token, word: Token) -> bool:
    """Whether a negation before `word`, or a subject that is nobody, belongs to this token."""
    if token.lower_ in {"without", "absence"} or (token.dep_ in {"relcl", "acl"} and token.head.lower_ == "nothing"):
        return token is not word
    for child in (child for child in token.children if child.i <= word.i):
        if child.dep_ in NEGATING and child.lower_ in NEGATORS:
            return child.nbor().lower_ not in MERELY
        if child.dep_ in SUBJECTS and (child.lower_ in NO_ONE or any(each.dep_ == "det" and each.lower_ in NEGATORS for each in child.children)):
            return True
    return False


def _carrier(token: Token) -> Token | None:
    """The word above, where its negation holds for `token` as well; None where there is none."""
    lists, head, dep = voice(), token.head, token.dep_
    lemma = head.lemma_.lower()
    if head is token:
        return None
    carries = {
        "conj": any(child.dep_ == "cc" and child.lower_ in {"or", "nor"} for child in head.children),
        "prep": lemma in lists.bearing | lists.looking | lists.grounds or (lemma in lists.denying and _is_authors(head)),
        "pobj": head.lower_ in {"of", "without", "at", "to", "with", "in"},
        **dict.fromkeys(("amod", "advmod", "acomp", "attr", "oprd", "pcomp"), True),
        **dict.fromkeys(("dobj", "nsubjpass"), lemma in lists.bearing | lists.looking and not _is_definite(token)),
        **dict.fromkeys(("ccomp", "xcomp", "acl", "relcl"), lemma in lists.grounds or (lemma in lists.denying and _is_authors(head))),
    }
    return head if carries.get(dep, False) else None


def _is_definite(noun: Token) -> bool:
    return any(child.dep_ in {"det", "poss"} and child.lower_ in DEFINITE for child in noun.children)


def _is_authors(verb: Token) -> bool:
    """Whether it is the author, or nobody, who finds, thinks or suggests."""
    subjects = (child for child in verb.children if child.dep_ in SUBJECTS and child.dep_ != "nsubjpass")
    return all(_is_author(subject) or subject.lower_ in NO_ONE | {"there"} for subject in subjects)


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
