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
from nlp.reframing.footings import Footing, footing_of, is_view
from nlp.reframing.marked import Marked
from nlp.reframing.safeguards import question_refused_because
from nlp.reframing.slots import slots_of, who
from nlp.reframing.wording import words
from nlp.report import Suggestion, SuggestionKind

DOUBT = frozenset({"claim", "allege", "allegedly", "purportedly", "supposedly", "insist", "profess", "maintain", "admit", "deny"})
STATE = re.compile(
    r"aware|knowledge|understand|understood|confus|distract|complacen|bias|inattenti|attention|concentrat|vigilan|expectation|assum|fixat|focus|memory|forg[eo]t|"
    r"notic|realis|realiz|recogni[sz]|misconcept",
    re.IGNORECASE,
)
CITED = re.compile(r"\b(?:CFR|section|paragraph|article|clause)\b.{0,4}\d|§|\d{3,}\.\d|polic\w+ #", re.IGNORECASE)
READING = re.compile(r"diagnos|misread|misinterpret|attribut|linked|mistook|misidentif|categori|downgrad|prioriti|erroneous|assess", re.IGNORECASE)
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
    """Templates of one category, by footing and by kind of action, with the standard behind them; footings that are asked `as_told`."""

    reason: str
    by_footing: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]
    as_told: frozenset[str]


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    """`questions.toml`, read once."""
    with Path(__file__).with_name("questions.toml").open("rb") as file:
        source = tomllib.load(file)
    return {name: Table(row["reason"], _lists(row), _lists(row.get("kinds", {})), frozenset(row.get("as_told", "").split())) for name, row in source.items()}


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
    """One question, or a reference to the passage where it was asked; none where the sentence is not sure enough. `number` is the finding's place, from 1."""
    table, slots = tables()[marked.finding.category], slots_of(marked)
    known = marked.sentence.text
    kind: SuggestionKind = "ask"
    if table.kinds:
        which = _kind_of(marked.span.text, KINDS)
        kind = "ask" if which == "sanction" else "strengthen"
        groups = [table.kinds[which], table.kinds["other"]] if is_action(marked) else []
    else:
        groups = [_group(table, key) for key in _keys(marked, footing_of(marked), slots)]
    for templates in groups:
        if question := asked.take(templates, slots, number=number, known=known):
            return [Suggestion(kind=kind, question=question, reason=table.reason)]
    return list(_again(table, asked, slots, number=number, known=known)) if groups and "clause" in slots else []


def _group(table: Table, key: str) -> tuple[str, ...]:
    """The category's templates of this footing, else those of any category."""
    return table.by_footing["told"] if key in table.as_told else table.by_footing.get(key) or tables()["any"].by_footing.get(key, ())


def _keys(marked: Marked, footing: Footing, slots: dict[str, str]) -> Iterator[str]:
    """Which groups of templates fit, the closest first."""
    category = marked.finding.category
    if footing == "open":
        return
    if category == "patient_blame" and any(token.lemma_.lower() in DOUBT for token in marked.span):
        yield "doubt"
        return
    if category == "human_error" and STATE.search(marked.span.text):
        yield "own" if footing == "own" else "supposed" if footing == "supposed" else "state"
        return
    if footing in {"supposed", "norm"}:
        yield footing
        return
    if category == "counterfactual":
        yield from _of_what_was_not(marked, slots.get("clause", ""))
    if category == "human_error" and footing != "own" and READING.search(marked.sentence.doc[marked.span.start : marked.span.end + 2].text):
        yield "reading"
    if category == "judgement" and any(token.lower_ in words().approving for token in marked.span):
        yield "approving"
    if category == "rule_violation" and footing in {"told", "organisation", "case"} and CITED.search(slots.get("clause", "")):
        yield "cited"
    if footing in {"told", "organisation", "habit", "own"} and category in {"judgement", "character", "hindsight"} and is_view(marked.sentence):
        yield "view"
    if footing in {"told", "organisation"}:
        yield who(marked, slots)
        yield "told"
    else:
        yield footing
        if footing in {"case", "cases"}:
            yield "told"


def _of_what_was_not(marked: Marked, clause: str) -> Iterator[str]:
    opened = re.match(r"(?:\w+ ){0,4}?(?:if|had)\b", clause, re.IGNORECASE)
    if any(token.lemma_ == "opportunity" for token in marked.span):
        yield "missed"
    elif opened or re.search(r"\bif\b", clause):
        yield "view" if is_view(marked.sentence) else "conditional" if re.search(r"\b(?:would|could|might|may|likely)\b", clause) else "condition"
    elif is_view(marked.sentence) and not re.search(r"\b(?:I|we) (?:\w+ )?(?:should|could|would|ought)\b", clause, re.IGNORECASE):
        yield "view"


def question_for_action(sentence: Span, asked: Asked) -> Suggestion | None:
    """Where a weaker action stands, and what a stronger one of its kind might be; None where the sentence says too little to ask about."""
    which = _kind_of(sentence.text, ACTIONS)
    clause = clause_around(sentence, sentence)
    if not clause:
        return None
    table = tables()["action"]
    question = asked.take((*table.kinds[which], *table.kinds["other"]), {"clause": clause}, number=0, known=sentence.text)
    return Suggestion(kind="strengthen", question=question, reason=table.reason) if question else None


def is_action(marked: Marked) -> bool:
    """Whether the marked words plan or report an action, and do not only say what might have been."""
    return not any(
        token.lower_ in {"have", "having"} and token.dep_ == "aux" for token in marked.sentence if token.head in (marked.span.root, marked.span.root.head)
    )


def _kind_of(text: str, kinds: dict[str, str]) -> str:
    return next((kind for kind, pattern in kinds.items() if re.search(pattern, text, re.IGNORECASE)), "other")


def _again(table: Table, asked: Asked, slots: dict[str, str], *, number: int, known: str) -> Iterator[Suggestion]:
    """A reference to the earliest passage with the same kind of question."""
    templates = {template for group in (*table.by_footing.values(), *table.kinds.values()) for template in group}
    earlier = sorted(
        {place for question, place in asked.questions.items() if place and place != number and any(_made_from(question, each) for each in templates)}
    )
    for place in earlier:
        question = asked.take(tables()["again"].by_footing["ask"], {**slots, "number": str(place)}, number=0, known=f"{known} {place}")
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
