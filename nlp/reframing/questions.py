"""The questions that an investigation should answer next, drawn from `questions.toml` and filled with the sentence's own words.

A report never has the same question twice: what has been asked is remembered, and where all that fits has been asked, the earlier passage is referred to.
"""

import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from spacy.tokens import Span

from nlp.reframing.clauses import clause_around
from nlp.reframing.marked import Marked
from nlp.reframing.safeguards import question_refused_because
from nlp.reframing.slots import slots_of
from nlp.report import Suggestion, SuggestionKind

DOUBT = frozenset({"claim", "allege", "allegedly", "purportedly", "supposedly", "insist", "profess", "maintain", "admit", "deny"})
OWN = re.compile(r"\b(?:I|we)\b(?:\s+\w+){0,2}\s+(?:should|could|would|ought|fail|neglect|omit|forg[eo]t)|\b(?:my|our)\s+(?:failure|omission)", re.IGNORECASE)
STATE = re.compile(
    r"aware|knowledge|understand|understood|confus|distract|complacen|bias|inattenti|attention|concentrat|vigilan|expectation|assum|fixat|focus|memory|forg[eo]t|"
    r"notic|realis|realiz|recogni[sz]",
    re.IGNORECASE,
)
KINDS = {
    "sanction": r"disciplin|warning|struck|suspend|dismiss|terminat|fired|stood down|sacked|performance|sanction|reprimand|without pay|removed from duty|"
    r"suspension|written up|show cause|\bquer(?:y|ied)\b|penalt|personnel file",
    "reminder": r"remind|memo|e-?mail|reiterat|re-?emphasi|instruct|told to|advised to|aware",
    "training": r"train|educat|refresh|competen|in-?servic|course|tutorial",
    "vigilance": r"vigilan|careful|attenti|cautio|alert|care\b|concentrat|diligen|focus|sure",
    "reflection": r"reflect|counsel|supervis|monitor|spoken|talk|discuss|meeting|feedback|accountab|word with|coach",
}
ACTIONS = {
    "training": r"\btrain|\beducat|\bcourse|\binduction|\bcompetenc|in-?servic",
    "check": r"double[- ]check|second check|\bchecks?\b",
    "audit": r"\baudit|\breview|\bmonitor|\bsurvey|\binspect",
    "policy": r"\bpolic|\bprocedure|\bguid|\bprotocol|\bsop\b|\bstandard operating",
    "notice": r"\bposter|\bnotice|\bsign(?:s|age)?\b|\blabel|\bwarn",
    "sharing": r"\bshar|\blesson|\blearning|\bbulletin|\bdiscuss|\bbrief|\bcirculat|\baware",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Templates of one category, by who acts and by kind, with the standard behind them."""

    reason: str
    by_actor: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    """`questions.toml`, read once."""
    return {name: Table(row["reason"], _lists(row), _lists(row.get("kinds", {}))) for name, row in _source().items()}


@lru_cache(maxsize=1)
def _source() -> dict[str, Any]:
    with Path(__file__).with_name("questions.toml").open("rb") as file:
        return tomllib.load(file)


def _lists(row: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(value) for name, value in row.items() if isinstance(value, list)}


@dataclass(slots=True)
class Asked:
    """What one report has been asked so far."""

    questions: dict[str, int] = field(default_factory=dict)
    templates: Counter[str] = field(default_factory=Counter)

    def take(self, templates: Iterable[str], slots: dict[str, str], *, number: int, known: str) -> str | None:
        """The least used of the templates that the slots fill, filled; None where all have been asked. `known` is the text that it may draw on."""
        fitting = [template for template in templates if _needs(template) <= slots.keys()]
        for template in sorted(fitting, key=lambda each: self.templates[each]):
            question = _filled(template, slots)
            if question not in self.questions and question_refused_because(question, sentence=known) is None:
                self.questions[question] = number
                self.templates[template] += 1
                return question
        return None


def questions_for(marked: Marked, asked: Asked, *, number: int) -> list[Suggestion]:
    """One question, or a reference to the passage where it was asked. `number` is the finding's place in the report, from 1."""
    category = marked.finding.category
    table, slots = tables()[category], slots_of(marked)
    known = marked.sentence.text
    kind: SuggestionKind = "ask"
    if table.kinds:
        which = _kind_of(marked.span.text, KINDS)
        kind = "ask" if which == "sanction" else "strengthen"
        templates = table.by_actor["sanction"] if which == "sanction" else (*table.kinds[which], *table.kinds["other"])
    else:
        doubting = "doubt" in table.by_actor and any(token.lemma_.lower() in DOUBT for token in marked.span)
        minded = "state" in table.by_actor and STATE.search(marked.span.text)
        own = "own" in table.by_actor and OWN.search(known)
        who = "doubt" if doubting else "state" if minded else "own" if own else slots["who"]
        templates = (*table.by_actor.get(who, ()), *(() if who in {"doubt", "state"} else table.by_actor["nobody"]))
    question = asked.take(templates, slots, number=number, known=known)
    if question:
        return [Suggestion(kind=kind, question=question, reason=table.reason)]
    return list(_again(table, asked, slots, number=number, known=known))


def question_for_action(sentence: Span, asked: Asked) -> Suggestion | None:
    """Where a weaker action stands, and what a stronger one of its kind might be; None where the sentence says too little to ask about."""
    which = _kind_of(sentence.text, ACTIONS)
    clause = clause_around(sentence, sentence)
    if not clause:
        return None
    table = tables()["action"]
    question = asked.take((*table.kinds[which], *table.kinds["other"]), {"clause": clause}, number=0, known=sentence.text)
    return Suggestion(kind="strengthen", question=question, reason=table.reason) if question else None


def _kind_of(words: str, kinds: dict[str, str]) -> str:
    return next((kind for kind, pattern in kinds.items() if re.search(pattern, words, re.IGNORECASE)), "other")


def _again(table: Table, asked: Asked, slots: dict[str, str], *, number: int, known: str) -> Iterator[Suggestion]:
    """A reference to the earliest passage with the same kind of question."""
    templates = {template for group in (*table.by_actor.values(), *table.kinds.values()) for template in group}
    earlier = sorted(
        {place for question, place in asked.questions.items() if place and place != number and any(_made_from(question, each) for each in templates)}
    )
    for place in earlier:
        question = asked.take(tables()["again"].by_actor["ask"], {**slots, "number": str(place)}, number=0, known=f"{known} {place}")
        if question:
            yield Suggestion(kind="ask", question=question, reason=tables()["again"].reason)
            return


@lru_cache(maxsize=1024)
def _needs(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


@lru_cache(maxsize=1024)
def _shape(template: str) -> re.Pattern[str]:
    return re.compile("".join(".*" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", template)), re.IGNORECASE | re.DOTALL)


def _made_from(question: str, template: str) -> bool:
    return bool(_shape(template).fullmatch(question))


def _filled(template: str, slots: dict[str, str]) -> str:
    question = template.format(**slots)
    return question[0].upper() + question[1:]
