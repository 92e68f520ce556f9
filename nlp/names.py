"""Where a text names people or peoples, or tells a person's sex by a noun, so that a model need not see which: wording is judged alike whoever it is about."""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lemminflect import getAllLemmas
from spacy.tokens import Doc, Token

LINKS = {"-", "'", "'s", "’"}


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    with Path(__file__).with_name("names.toml").open("rb") as file:
        return {key: frozenset(value.split()) for key, value in tomllib.load(file).items()}


def names(doc: Doc, *, gendered: bool = False) -> list[tuple[int, int]]:
    """Half-open character ranges of names of people and of nationalities, in order, without overlap; with `gendered` also of *woman*, *lady* and the like.

    A name is a run of capitalised words that no dictionary holds and that no word of an institution belongs to; *Mr* and its like go with it, a
    title of a role (*Dr*, *Nurse*) does not. It errs towards leaving words as they are.
    """
    found = []
    for run in _capitalised_runs(doc):
        if any(token.lower_ in _words()["institution"] for token in run):
            continue
        inside: list[Token] = []
        for token in run:
            if _is_name(token) or (token.lower_.rstrip(".") in _words()["courtesy"] and len(run) > 1):
                inside.append(token)
            elif inside:
                found.append(_range(inside))
                inside = []
        if inside:
            found.append(_range(inside))
    if gendered:
        found += [_range([token]) for token in doc if token.lower_ in _words()["gendered"] and token.pos_ in {"NOUN", "PROPN"}]
    return sorted(found)


def _capitalised_runs(doc: Doc) -> Iterator[list[Token]]:
    run: list[Token] = []
    for token in doc:
        if (
            token.is_title
            or _is_double(token)
            or (
                run
                and not token.is_punct
                and not token.is_space
                and token.lower_ in {"of", "and", "for", "&"}
                and token.i + 1 < len(doc)
                and doc[token.i + 1].is_title
            )
        ):
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


@lru_cache(maxsize=10_000)
def _in_dictionary(word: str) -> bool:
    return bool(getAllLemmas(word))


def _is_name(token: Token) -> bool:
    if token.is_stop or not token.is_alpha or token.lower_ in _words()["calendar"] or token.lower_ in _words()["titles"]:
        return False
    starts = token.is_sent_start
    if token.pos_ == "ADJ":
        return not starts and not _unknown_neighbours(token) and (not _in_dictionary(token.lower_) or token.lower_ == "polish")
    return token.pos_ in {"PROPN", "NOUN"} and not _in_dictionary(token.lower_)


def _unknown_neighbours(token: Token) -> bool:
    """Whether it stands among other capitalised words, as in a heading."""
    doc = token.doc
    return any(0 <= at < len(doc) and doc[at].is_title and not doc[at].is_stop for at in (token.i - 1, token.i + 1))


def _is_double(token: Token) -> bool:
    """O'Brien, Smith-Jones, McDonald."""
    text = token.text
    return len(text) > 2 and text[0].isupper() and any(c.islower() for c in text) and text.replace("'", "").replace("-", "").isalpha()


def _range(tokens: list[Token]) -> tuple[int, int]:
    return tokens[0].idx, tokens[-1].idx + len(tokens[-1])
