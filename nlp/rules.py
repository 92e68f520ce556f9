"""The rule detector: patterns over a sentence in reading form, checked against the dependency parse.

A pattern alone never decides where the subject matters: *the nurse failed to check* is marked, *the pump failed to start* is not,
and *the patient failed to attend* is about a patient. Rules are data in `rules.toml`.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from spacy.tokens import Span, Token

from nlp.actors import kind_of, subject_of
from nlp.parsing import Parse
from nlp.report import Finding, finding_id
from nlp.taxonomy import load
from nlp.voice import Quotations, is_reported

HERE = Path(__file__).parent
RULE_FILES = (
    "rules.toml",
    "actors.toml",
    "voice.toml",
    "attribution.toml",
    "actions.toml",
    "reframing.toml",
    "taxonomy.toml",
)
NEGATION = re.compile(
    r"\b(?:no|not|never|without|nor|neither|rather than|absence of|no evidence (?:of|that|to suggest)|nothing|n't|ruled out|denied|avoid)"
    r"\s+(?:[\w'-]+\s+){0,3}$|n't\s+(?:[\w'-]+\s+){0,2}$",
    re.IGNORECASE,
)
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


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """All rules, compiled once; categories are checked against the taxonomy."""
    with (HERE / "rules.toml").open("rb") as file:
        source = tomllib.load(file)
    words: dict[str, str] = source["words"]
    return tuple(_rule(row, words) for row in source["rule"])


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
        return [finding for sentence in parse.sentences for rule in rules() for finding in _apply(rule, sentence, parse, quotations)]


def _apply(rule: Rule, sentence: Span, parse: Parse, quotations: Quotations) -> Iterator[Finding]:
    text = sentence.text
    for match in rule.pattern.finditer(text):
        if rule.unless and rule.unless.search(text):
            return
        if rule.requires and not rule.requires.search(text):
            return
        start, end = _marked(rule, match)
        head = text[: match.start()]
        if rule.before and rule.before.search(head[-80:]):
            continue
        if rule.negatable and NEGATION.search(head[-60:]):
            continue
        span = parse.doc.char_span(sentence.start_char + start, sentence.start_char + end, alignment_mode="expand")
        if span is None or not span.text.strip():
            continue
        category = _category(rule, span)
        if not category:
            continue
        first, last = sentence.start_char + start, sentence.start_char + end
        reported = is_reported(span, quotations)
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


def _marked(rule: Rule, match: re.Match[str]) -> tuple[int, int]:
    for group in ("span", "span2"):
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


def _category(rule: Rule, span: Span) -> str | None:
    """The category after a look at the subject; None silences the rule here."""
    if rule.owner:
        owner = subject_of(_noun(span))
        return _by_kind(rule, "unknown" if owner is None else kind_of(owner), rule.owner)
    if not rule.actor:
        return rule.category
    verb = _verb(span)
    if span.root.dep_ == "amod" and verb is span.root:
        return _by_kind(rule, kind_of(span.root.head), rule.actor - {"unknown"})
    subject = subject_of(verb)
    if subject is None:
        return rule.category if "unknown" in rule.actor or verb.dep_ == "ROOT" else None
    kind = kind_of(subject)
    if subject.dep_ in PASSIVE and kind in {"unknown", "thing"} and "unknown" in rule.actor:
        return rule.category if not _is_device(subject) else None
    if kind == "unknown" and subject.lower_ in {"it", "this", "that", "which", "there", "these", "those"}:
        return rule.category if "unknown" in rule.actor and subject.lower_ not in {"it", "there"} else None
    return _by_kind(rule, kind, rule.actor)


def _by_kind(rule: Rule, kind: str, allowed: frozenset[str]) -> str | None:
    if kind == "patient" and rule.patient is not None:
        return rule.patient or None
    return rule.category if kind in allowed else None


def _is_device(subject: Token) -> bool:
    return subject.lemma_.lower() in {
        "alarm", "pump", "device", "machine", "engine", "valve", "sensor", "light", "lighting", "barrier", "software", "system",
        "autopilot", "monitor", "battery", "brake", "airplane", "aircraft", "gear",
    }  # fmt: skip


def _noun(span: Span) -> Token:
    return next((token for token in span if token.pos_ == "NOUN"), span.root)


def _verb(span: Span) -> Token:
    return next((token for token in span if token.pos_ in {"VERB", "AUX"}), span.root)


def _rule(row: dict[str, Any], words: dict[str, str]) -> Rule:
    load().category(row["category"])
    pattern = row["pattern"]
    for name, value in words.items():
        pattern = pattern.replace("{" + name + "}", value)

    def compiled(key: str, suffix: str = "") -> re.Pattern[str] | None:
        value = row.get(key)
        for name, expansion in words.items():
            value = value.replace("{" + name + "}", expansion) if value else value
        return re.compile(f"(?:{value}){suffix}", re.IGNORECASE) if value else None

    return Rule(
        id=row["id"],
        category=row["category"],
        pattern=re.compile(pattern, re.IGNORECASE),
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
    )
