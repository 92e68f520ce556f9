"""Who does what in a sentence: the subject behind a verb or a verbal noun, and whether it is a person, an organisation or a thing."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from spacy.tokens import Token

Kind = Literal["patient", "staff", "organisation", "thing", "unknown"]
SUBJECTS = {"nsubj", "nsubjpass", "csubj", "expl"}
CLIMB = {"conj", "xcomp", "advcl", "pcomp", "prep", "acl", "ccomp", "aux", "auxpass", "dep"}
SPEAKERS = {"i", "we", "he", "she", "they", "you", "who", "anyone", "someone", "nobody", "everyone", "no-one"}
# In a health report a person called by a plain title is most often the patient or a relative; staff are called by role or as Dr.
PATIENT_TITLES = {"patient", "resident", "mr", "mrs", "ms", "miss"}
PEOPLE_ENDINGS = ("ist", "ician", "man", "men", "woman", "officer", "worker")


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Lemma to kind, from `actors.toml`; an earlier group of the file wins."""
    with Path(__file__).with_name("actors.toml").open("rb") as file:
        groups = tomllib.load(file)
    found: dict[str, Kind] = {}
    for kind in ("patient", "staff", "organisation", "thing"):
        for lemma in groups[kind].split():
            found.setdefault(lemma, kind)
    return found


def kind_of(token: Token | None) -> Kind:
    """What a noun or pronoun stands for; `unknown` where the word does not tell."""
    if token is None:
        return "unknown"
    lower, lemma = token.lower_, token.lemma_.lower()
    if lower in {"who", "which", "that"} and token.dep_ in SUBJECTS and token.head.dep_ == "relcl":
        return kind_of(token.head.head)
    if lower in SPEAKERS or token.text == "I":
        return "staff"
    known = kinds().get(lemma) or kinds().get(lower)
    if known:
        return known
    if token.pos_ == "PROPN" and token.text[:1].isupper():
        return "patient" if any(child.lower_.rstrip(".") in PATIENT_TITLES for child in token.lefts) else "staff"
    if lemma.endswith(PEOPLE_ENDINGS):
        return "staff"
    if lemma in {"#", "1", "2", "one", "two", "all", "none", "some", "other"}:
        return "staff"
    return "unknown"


def subject_of(token: Token) -> Token | None:
    """The one who acts: the verb's subject, climbing through shared subjects, or the owner of a noun (*the pilot's failure*)."""
    if token.pos_ in {"NOUN", "PROPN"}:
        return _owner(token)
    seen = 0
    while seen < 6:
        for child in token.children:
            if child.dep_ in SUBJECTS:
                return _unfold(child)
        if token.dep_ == "relcl":
            return token.head
        if token.dep_ not in CLIMB or token.head is token:
            return None
        if token.head.pos_ in {"NOUN", "PROPN", "PRON"} and token.dep_ == "acl":
            return token.head
        token, seen = token.head, seen + 1
    return None


def _owner(noun: Token) -> Token | None:
    for child in noun.children:
        if child.dep_ == "poss":
            return child
    for child in noun.children:
        if child.dep_ in {"prep", "agent"} and child.lower_ in {"of", "by", "on"}:
            for grandchild in child.children:
                if grandchild.dep_ == "pobj":
                    return grandchild
    for child in noun.children:
        if child.dep_ == "compound" and kind_of(child) in {"staff", "organisation", "patient"}:
            return child
    return None


def _unfold(subject: Token) -> Token:
    """*One of the nurses*, *a number of staff*: the people behind the count."""
    if subject.lemma_.lower() in {"one", "some", "number", "all", "none", "member", "majority", "several", "group"}:
        for child in subject.children:
            if child.dep_ == "prep" and child.lower_ == "of":
                for grandchild in child.children:
                    if grandchild.dep_ == "pobj":
                        return grandchild
    return subject
