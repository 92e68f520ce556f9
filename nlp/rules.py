"""The rule detector: patterns over a sentence in reading form, checked against the dependency parse.

A pattern alone never decides where the subject matters: *the nurse failed to check* is marked, *the pump failed to start* is not,
and *the patient failed to attend* is about a patient. Nor where a grade does: *poor handover* is marked, *poor perfusion* is not.
Rules are data in `rules.toml`.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from spacy.tokens import Span, Token

from nlp.actors import conduct_words, is_conduct, is_device, kind_of, subject_of
from nlp.expressions import expanded, lowered
from nlp.parsing import REMEMBERED, Parse
from nlp.report import Finding, finding_id
from nlp.taxonomy import load
from nlp.vetoes import blames
from nlp.voice import Quotations, is_reported

HERE = Path(__file__).parent
RULE_FILES = (
    "rules.toml",
    "actors.toml",
    "voice.toml",
    "vetoes.toml",
    "attribution.toml",
    "actions.toml",
    "reframing/wording.toml",
    "reframing/safeguards.toml",
    "reframing/questions.toml",
    "taxonomy.toml",
)
NEGATION = re.compile(
    r"\b(?:no|not|never|without|nor|neither|rather than|absence of|no evidence (?:of|that|to suggest)|nothing|n't|ruled out|denied|avoid)"
    r"\s+(?:[\w'-]+\s+){0,3}$|n't\s+(?:[\w'-]+\s+){0,2}$"
)
OPENING = 3  # tokens of a list mark before the verb that opens an item
PASSIVE = {"nsubjpass", "csubjpass"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. See the head of `rules.toml` for what each key means."""

    id: str
    category: str
    pattern: re.Pattern[str]
    confidence: float
    rationale: str
    actor: frozenset[str]
    owner: frozenset[str]
    unless: re.Pattern[str] | None
    requires: re.Pattern[str] | None
    before: re.Pattern[str] | None
    trim: re.Pattern[str] | None
    patient: str | None
    negatable: bool
    grades: bool
    own: bool
    verb: bool
    sure: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """Categories of which there is no finding where the sentence gives a cause, and how it does."""

    categories: frozenset[str]
    behind: re.Pattern[str]
    opening: re.Pattern[str]


@lru_cache(maxsize=1)
def cause() -> Cause:
    """The table `cause` of `rules.toml`."""
    table: dict[str, Any] = _source()["cause"]
    behind, opening = (re.compile(expanded(table[key])) for key in ("behind", "opening"))
    return Cause(frozenset(table["categories"]), behind, opening)


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """All rules, compiled once; categories are checked against the taxonomy."""
    words: dict[str, str] = _source()["words"]
    return tuple(_rule(row, words) for row in _source()["rule"])


@lru_cache(maxsize=1)
def _source() -> dict[str, Any]:
    with (HERE / "rules.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def rules_version() -> str:
    """A digest of every rule file, so that results say which rules made them."""
    digest = hashlib.sha256()
    for name in RULE_FILES:
        digest.update((HERE / name).read_bytes() if (HERE / name).exists() else b"")
    return digest.hexdigest()[:12]


class RuleDetector:
    """Findings of all ten categories, unmerged, in no particular order."""

    def detect(self, parse: Parse) -> list[Finding]:
        quotations = Quotations(parse.doc.text)
        found: list[Finding] = []
        for sentence in parse.sentences:
            text = lowered(sentence.text)  # once: spaCy puts it together anew at every call, and plain patterns are twice as quick as case-blind ones
            for rule, matches in _matching(text):
                found.extend(_apply(rule, matches, sentence, text, parse, quotations))
        return found


@lru_cache(maxsize=REMEMBERED)
def _matching(text: str) -> tuple[tuple[Rule, tuple[re.Match[str], ...]], ...]:
    """The rules whose words stand in a lowered sentence, with where; remembered, as an edited report is mostly the same."""
    found = ((rule, tuple(rule.pattern.finditer(text))) for rule in rules())
    return tuple((rule, matches) for rule, matches in found if matches and not _is_silent(rule, text))


def _apply(rule: Rule, matches: Sequence[re.Match[str]], sentence: Span, text: str, parse: Parse, quotations: Quotations) -> Iterator[Finding]:
    for match in matches:
        start, end = _marked(rule, match)
        head = text[: match.start()]
        if rule.before and rule.before.search(head[-80:]):
            continue
        if rule.negatable and NEGATION.search(head[-60:]):
            continue
        if rule.category in cause().categories and (cause().behind.search(text[match.end() :]) or cause().opening.search(head)):
            continue
        span = parse.doc.char_span(sentence.start_char + start, sentence.start_char + end, alignment_mode="expand")
        if span is None or not span.text.strip():
            continue
        whole = parse.doc.char_span(sentence.start_char + match.start(), sentence.start_char + match.end(), alignment_mode="expand")
        category = _category(rule, span, whole or span)
        if not category:
            continue
        first, last = sentence.start_char + start, sentence.start_char + end
        if rule.verb:
            completed = _completed(span)
            if completed is None:
                continue
            last = completed if completed != span.end_char else last
        if not blames(category, span):
            continue
        reported = quotations.covers(first, last) if rule.own else is_reported(span, quotations)
        yield Finding(
            id=finding_id(parse.report, start=first, end=last, category=category, source=f"rule:{rule.id}"),
            start=first,
            end=last,
            category=category,
            confidence=rule.confidence,
            counted=not reported,
            uncounted_because="reported: somebody else's words" if reported else None,
            rationale=rule.rationale,
            source=f"rule:{rule.id}",
            standard=load().category(category).standard,
        )


def _is_silent(rule: Rule, text: str) -> bool:
    return bool(rule.unless and rule.unless.search(text)) or bool(rule.requires and not rule.requires.search(text))


def _marked(rule: Rule, match: re.Match[str]) -> tuple[int, int]:
    for group in ("span", "span2", "span3"):
        if group in match.re.groupindex and match.group(group):
            start, end = match.span(group)
            break
    else:
        start, end = match.span()
    words = match.string[start:end]
    if rule.trim:
        words = rule.trim.sub("", words)
    stripped = words.strip(" \t\r\n,;:.")
    start += words.index(stripped) if stripped else 0
    return start, start + len(stripped)


def _completed(span: Span) -> int | None:
    """Where a mark ends that runs to the end of a verb group: adverbs lead on to their verb, a particle belongs to it (*lock out*).

    None where what follows the trigger is no verb at all (*should have a scan*).
    """
    last = span[-1]
    if last.tag_ in {"DT", "PRP$", "CD"} and last.head.i > last.i:
        return None
    if last.dep_ in {"advmod", "neg", "preconj", "cc:preconj"} and 0 < last.head.i - last.i <= 3:
        last = last.head
    while last.i > span.start and last.pos_ in {"ADP", "SCONJ", "CCONJ", "DET", "PUNCT"} and last.dep_ != "prt":
        last = last.nbor(-1)
    if last.i + 1 < span.sent.end and last.nbor().dep_ == "prt" and last.nbor().head == last:
        last = last.nbor()
    return last.idx + len(last)


def _grades_conduct(span: Span) -> bool:
    """Whether the grading word in `span` is about what people did, and not about a body, a device or a number."""
    if span.root.pos_ == "NOUN":
        return any(is_conduct(end) for child in span.root.children if child.dep_ == "prep" for end in child.children if end.dep_ == "pobj")
    word = next((token for token in reversed(list(span)) if token.pos_ in {"ADJ", "ADV", "VERB"}), span.root)
    while word.dep_ == "conj" and word.head.pos_ in {"ADJ", "ADV", "VERB"} and word.head.i >= span.sent.start:
        word = word.head
    noun = word.head if word.dep_ in {"amod", "nmod", "compound"} else subject_of(word if word.pos_ == "VERB" else word.head)
    while noun is not None and noun.lemma_.lower() in conduct_words().light:
        inner = next((end for child in noun.children if child.lower_ in {"of", "in"} for end in child.children if end.dep_ == "pobj"), None)
        if inner is None:
            break
        noun = inner
    return noun is not None and is_conduct(noun)


def _category(rule: Rule, span: Span, whole: Span) -> str | None:
    """The category after a look at the subject of the whole match, or at what the marked words grade; None silences the rule here."""
    if rule.grades and _grades_conduct(span):
        return rule.category
    if rule.owner:
        owner = subject_of(_noun(span))
        return _by_kind(rule, "unknown" if owner is None else kind_of(owner), rule.owner)
    if rule.grades:
        return None
    if not rule.actor:
        return rule.category
    span = whole
    verb = _verb(span)
    if span.root.dep_ == "amod" and verb is span.root:
        return _by_kind(rule, kind_of(span.root.head), rule.actor - {"unknown"})
    subject = subject_of(verb)
    if subject is None:
        leads = verb.dep_ == "ROOT" or span.start - span.sent.start <= OPENING
        return rule.category if "unknown" in rule.actor or (leads and "staff" in rule.actor) else None
    kind = kind_of(subject)
    if subject.dep_ in PASSIVE and kind in {"unknown", "thing"} and "unknown" in rule.actor:
        return rule.category if not is_device(subject) else None
    if kind == "unknown" and subject.lower_ in {"it", "this", "that", "which", "there", "these", "those"}:
        return rule.category if "unknown" in rule.actor and subject.lower_ not in {"it", "there"} else None
    return _by_kind(rule, kind, rule.actor)


def _by_kind(rule: Rule, kind: str, allowed: frozenset[str]) -> str | None:
    if kind == "patient" and rule.patient is not None:
        return rule.patient or None
    return rule.category if kind in allowed else None


def _noun(span: Span) -> Token:
    return next((token for token in span if token.pos_ == "NOUN"), span.root)


def _verb(span: Span) -> Token:
    return next((token for token in span if token.pos_ in {"VERB", "AUX"}), span.root)


def _rule(row: dict[str, Any], words: dict[str, str]) -> Rule:
    load().category(row["category"])

    def compiled(key: str, suffix: str = "") -> re.Pattern[str] | None:
        return re.compile(f"(?:{expanded(row[key], words)}){suffix}") if row.get(key) else None

    return Rule(
        id=row["id"],
        category=row["category"],
        pattern=re.compile(expanded(row["pattern"], words)),
        confidence=row["confidence"],
        rationale=row["rationale"],
        actor=frozenset(row.get("actor", ())),
        owner=frozenset(row.get("nounactor", ())),
        unless=compiled("unless"),
        requires=compiled("requires"),
        before=compiled("before", "$"),
        trim=compiled("trim"),
        patient=row.get("patient"),
        negatable=row.get("negatable", True),
        grades=row.get("grades", False),
        own=row.get("own", False),
        verb=row.get("verb", False),
        sure=row.get("sure", False),
    )
