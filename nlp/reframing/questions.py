"""The questions that an investigation should answer next, drawn from `questions.toml` and filled with the sentence's own words.

A report never has the same question twice: what has been asked is remembered, and where all that fits has been asked, nothing is.
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

from nlp.actors import kind_of
from nlp.reframing.clauses import clause_around
from nlp.reframing.footings import Footing, footing_of, is_view
from nlp.reframing.marked import Marked
from nlp.reframing.safeguards import question_refused_because
from nlp.reframing.slots import slots_of, who
from nlp.reframing.wording import words
from nlp.report import Suggestion, SuggestionKind


@dataclass(frozen=True, slots=True)
class Patterns:
    """The expressions of `questions.toml`, compiled; `kinds` and `actions` by name, the first that fits is meant."""

    doubt: re.Pattern[str]
    state: re.Pattern[str]
    perceived: re.Pattern[str]
    reading: re.Pattern[str]
    duty: re.Pattern[str]
    handled: re.Pattern[str]
    cited: re.Pattern[str]
    declined: re.Pattern[str]
    refused: re.Pattern[str]
    planned: re.Pattern[str]
    taken: re.Pattern[str]
    denied: re.Pattern[str]
    bodily: re.Pattern[str]
    overlooked: re.Pattern[str]
    kinds: dict[str, re.Pattern[str]]
    actions: dict[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Templates of one category, by footing and by kind of action, with the standard behind them; footings that are asked `as_told`."""

    reason: str
    by_footing: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]
    as_told: frozenset[str]


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    """The tables of templates, read once."""
    rows = {name: row for name, row in _source().items() if name != "patterns"}
    return {name: Table(row["reason"], _lists(row), _lists(row.get("kinds", {})), frozenset(row.get("as_told", "").split())) for name, row in rows.items()}


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """The expressions, read once."""
    rows = dict(_source()["patterns"])
    kinds, actions = (_compiled(rows.pop(name)) for name in ("kinds", "actions"))
    return Patterns(**_compiled(rows), kinds=kinds, actions=actions)


def _compiled(rows: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in rows.items()}


@lru_cache(maxsize=1)
def _source() -> dict[str, Any]:
    with Path(__file__).with_name("questions.toml").open("rb") as file:
        return tomllib.load(file)


def _lists(row: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(value) for name, value in row.items() if isinstance(value, list)}


@dataclass(slots=True)
class Asked:
    """What one report has been asked so far."""

    questions: set[str] = field(default_factory=set)
    templates: Counter[str] = field(default_factory=Counter)

    def take(self, templates: Iterable[str], slots: dict[str, str], *, known: str) -> str | None:
        """The least used of the templates that the slots fill, filled; None where all have been asked. `known` is the text that it may draw on."""
        fitting = [template for template in templates if _needs(template) <= slots.keys()]
        for template in sorted(fitting, key=lambda each: self.templates[each]):
            question = _filled(template, slots)
            if question not in self.questions and question_refused_because(question, sentence=known) is None:
                self.questions.add(question)
                self.templates[template] += 1
                return question
        return None


def questions_for(marked: Marked, asked: Asked) -> list[Suggestion]:
    """One question; none where the sentence is not sure enough, or all that fits has been asked."""
    table, slots = tables()[marked.finding.category], slots_of(marked)
    known = marked.sentence.text
    kind: SuggestionKind = "ask"
    if table.kinds:
        which = _kind_of(marked.span.text, patterns().kinds)
        kind = "ask" if which == "sanction" else "strengthen"
        groups = [table.kinds.get(which, ())] if is_action(marked) else []
    else:
        groups = [_group(table, key) for key in _keys(marked, footing_of(marked), slots)]
    for templates in groups:
        if question := asked.take(templates, slots, known=known):
            return [Suggestion(kind=kind, question=question, reason=table.reason)]
    return []


def _group(table: Table, key: str) -> tuple[str, ...]:
    """The category's templates of this footing, else those of any category."""
    return table.by_footing["told"] if key in table.as_told else table.by_footing.get(key) or tables()["any"].by_footing.get(key, ())


def _keys(marked: Marked, footing: Footing, slots: dict[str, str]) -> Iterator[str]:
    """Which groups of templates fit, the closest first."""
    category, clause = marked.finding.category, slots.get("clause", "")
    if footing == "open" or (category in {"failure", "patient_blame"} and patterns().bodily.search(clause)):
        return
    if category == "judgement" and any(token.lower_ in words().approving for token in marked.span) and not patterns().denied.search(clause):
        return  # *I am not sure that it was done properly*, of which the quotation would keep the half
    if footing == "supposed" and not words().risks & set(clause.lower().split()):
        return
    if category == "patient_blame" and patterns().doubt.search(marked.span.text):
        yield "doubt"
    elif category == "human_error" and patterns().state.search(_near(marked)):
        yield footing if footing in {"own", "supposed"} else "state"
    elif footing in {"supposed", "norm"}:
        yield footing
    elif category == "counterfactual" and (special := list(_of_what_was_not(marked, clause))):
        yield from special
    elif category == "patient_blame":
        yield from _of_patients(marked, footing, slots)
    else:
        yield from _of_category(marked, footing, slots)
        yield who(marked, slots) if footing in {"told", "organisation"} else footing
        if footing in {"told", "organisation", "case", "cases"}:
            yield "told"


def _of_category(marked: Marked, footing: Footing, slots: dict[str, str]) -> Iterator[str]:
    """What the category asks of some of its words."""
    category, clause = marked.finding.category, slots.get("clause", "")
    if category == "human_error" and footing != "own":
        yield from (key for key in ("perceived", "reading") if getattr(patterns(), key).search(_near(marked)))
    if category == "judgement" and any(token.lower_ in words().approving for token in marked.span):
        yield "approving"
    if category in {"failure", "human_error"} and footing in {"told", "organisation", "habit"} and patterns().overlooked.search(marked.span.text):
        yield "overlooked"
    if category == "failure" and footing in {"told", "habit"}:
        actor = "person" if _is_personal(marked) else who(marked, slots)
        yield actor if actor in {"person", "patient", "thing", "organisation"} else "duty" if patterns().duty.search(_near(marked)) else "told"
    if category == "character" and footing != "own" and marked.span.root.pos_ in {"ADJ", "NOUN"}:
        yield "trait"
    if category == "rule_violation" and footing in {"told", "organisation", "case"} and patterns().cited.search(clause):
        yield "cited"
    if footing in {"told", "organisation", "habit", "own"} and category in {"judgement", "character", "hindsight"} and is_view(marked.sentence):
        yield "view"


def _is_personal(marked: Marked) -> bool:
    """*His failure*, *the pilot's exceedance and failure*, or what only the one at the controls can do."""
    nouns = (*marked.span, marked.span.root.head) if marked.span.root.dep_ == "conj" else marked.span
    owned = any(child.dep_ == "poss" and kind_of(child) != "organisation" for token in nouns for child in token.lefts)
    return owned or patterns().handled.search(marked.sentence.doc[marked.span.start : min(marked.sentence.end, marked.span.end + 6)].text) is not None


def _near(marked: Marked) -> str:
    """The marked words with the one before them and the two behind."""
    return marked.sentence.doc[max(marked.sentence.start, marked.span.start - 1) : min(marked.sentence.end, marked.span.end + 2)].text


def _of_patients(marked: Marked, footing: Footing, slots: dict[str, str]) -> Iterator[str]:
    root = marked.span.root
    chose = patterns().declined.search(marked.span.text)
    if footing == "habit" or (root.dep_ == "amod" and root.head.tag_ == "NNS"):
        yield "habit"
        return
    actor = who(marked, slots)
    if chose and actor in {"person", "organisation"} and patterns().refused.search(marked.span.text):
        yield actor
    elif chose and actor not in {"person", "organisation"}:
        yield "declined"
    elif is_view(marked.sentence):
        yield "view"
    yield "told"


def _of_what_was_not(marked: Marked, clause: str) -> Iterator[str]:
    opened = re.match(r"(?:\w+ ){0,4}?if\b|(?:\w+ ){0,2}?had\b", clause, re.IGNORECASE)
    if any(token.lemma_ == "opportunity" for token in marked.span):
        yield "missed"
    elif opened or re.search(r"\bif\b", clause):
        whole = re.search(r"\b(?:would|could|might|may|likely)\b", clause) is not None
        yield ("view" if whole else "none") if is_view(marked.sentence) else "conditional" if whole else "condition"
    elif not re.search(r"\b(?:should|ought|had to|need)\b", clause) and re.search(r"\b(?:would|could|might|may) (?:\w+ )?have\b", clause):
        yield "view" if is_view(marked.sentence) else "possible"
    elif is_view(marked.sentence) and not re.search(r"\b(?:I|we) (?:\w+ )?(?:should|could|ought)\b", clause, re.IGNORECASE):
        yield "view"


def question_for_action(sentence: Span, asked: Asked) -> Suggestion | None:
    """Where a weaker action stands, and what a stronger one of its kind might be; None where the sentence says too little to ask about."""
    which = _kind_of(sentence.text, patterns().actions)
    clause = clause_around(sentence, sentence)
    if not clause or not patterns().planned.search(sentence.text):
        return None
    table = tables()["action"]
    question = asked.take((*table.kinds[which], *table.kinds["other"]), {"clause": clause}, known=sentence.text)
    return Suggestion(kind="strengthen", question=question, reason=table.reason) if question else None


def is_action(marked: Marked) -> bool:
    """Whether the marked words plan or report an action, and do not only say what might have been, or how things are."""
    told = patterns().planned.search(marked.sentence.text) or patterns().taken.search(marked.sentence.text)
    return told is not None and not any(
        token.lower_ in {"if", "whether", "have", "having"} and token.dep_ in {"aux", "mark"}
        for token in marked.sentence
        if token.head in (marked.span.root, marked.span.root.head)
    )


def _kind_of(text: str, kinds: dict[str, re.Pattern[str]]) -> str:
    return next((kind for kind, pattern in kinds.items() if pattern.search(text)), "other")


@lru_cache(maxsize=1024)
def _needs(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _filled(template: str, slots: dict[str, str]) -> str:
    question = template.format(**slots)
    return question[0].upper() + question[1:]
