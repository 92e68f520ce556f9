"""Wording that looks like blame and is none, by its words and its subject; the rules and the trained model ask alike. Vetoes are data in `vetoes.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spacy.tokens import Span

from nlp.actors import kind_of, subject_of
from nlp.expressions import expanded, lowered
from nlp.voice import is_denied

UNDENIABLE = {"counterfactual"}  # *should not have* is the finding and not its denial


@dataclass(frozen=True, slots=True)
class Veto:
    """One veto. See the head of `vetoes.toml` for what each key means."""

    categories: frozenset[str]
    pattern: re.Pattern[str]
    subject: frozenset[str]
    unless: re.Pattern[str] | None


@lru_cache(maxsize=1)
def vetoes() -> tuple[Veto, ...]:
    """All vetoes, compiled once."""
    with Path(__file__).with_name("vetoes.toml").open("rb") as file:
        rows = tomllib.load(file)["veto"]
    return tuple(
        Veto(
            frozenset(row["categories"]),
            re.compile(expanded(row["pattern"])),
            frozenset(row.get("subject", ())),
            re.compile(expanded(row["unless"])) if "unless" in row else None,
        )
        for row in rows
    )


def blames(category: str, span: Span) -> bool:
    """Whether words that look like this category are still blame: not denied by their author, and under no veto."""
    if category not in UNDENIABLE and is_denied(span):
        return False
    sentence = span.sent
    text, start, end = lowered(sentence.text), span.start_char - sentence.start_char, span.end_char - sentence.start_char
    return not any(
        match.start() < end and start < match.end() and not (veto.unless and veto.unless.search(text[: match.start()])) and _concerns(veto, span)
        for veto in vetoes()
        if category in veto.categories
        for match in veto.pattern.finditer(text)
    )


def _concerns(veto: Veto, span: Span) -> bool:
    if not veto.subject:
        return True
    verb = next((token for token in span if token.pos_ in {"VERB", "AUX"}), span.root)
    return kind_of(subject_of(verb)) in veto.subject
