"""Who does what in a sentence: the subject behind a verb or a verbal noun, and whether it is a person, an organisation or a thing."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from spacy.tokens import Doc, Token

Kind = Literal["patient", "staff", "organisation", "thing", "unknown"]
SUBJECTS = {"nsubj", "nsubjpass", "csubj", "expl"}
CLIMB = {"conj", "xcomp", "advcl", "pcomp", "prep", "acl", "ccomp", "aux", "auxpass", "dep", "acomp", "attr", "oprd", "advmod"}
SPEAKERS = {"i", "we", "you", "who", "anyone", "someone", "nobody", "everyone", "no-one"}
ANAPHORS = {"he", "she", "they"}
LOOK_BACK = 60
# In a health report a person called by a plain title is most often the patient or a relative; staff are called by role or as Dr.
PATIENT_TITLES = {"patient", "resident", "mr", "mrs", "ms", "miss"}
STAFF_TITLES = {"dr", "nurse", "sister", "matron", "captain", "capt", "officer", "sergeant", "sgt", "pc", "constable", "professor", "prof"}
NAMED_PATIENT = re.compile(
    r"\b(?i:death\s+of|deaths\s+of|touching|inquest\s+(?:in)?to(?:\s+the\s+death\s+of)?|mr\.?|mrs\.?|ms\.?|miss|the\s+late)\s+((?:[A-Z][\w'-]+\s*){1,4})"
)
# A carer is a relative where somebody has one, and staff elsewhere.
CARERS = {"carer", "carers"}
OWN_CARER = {"family", "main", "unpaid", "foster", "his", "her", "their", "informal"}
PEOPLE_ENDINGS = ("ist", "ician", "man", "men", "woman", "officer", "worker")


@dataclass(frozen=True, slots=True)
class ConductWords:
    """Nouns of conduct, by lemma or ending; `light` nouns stand for what follows their *of*."""

    nouns: frozenset[str]
    light: frozenset[str]
    other: frozenset[str]
    ending: re.Pattern[str]


@lru_cache(maxsize=1)
def _source() -> dict[str, Any]:
    with Path(__file__).with_name("actors.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def conduct_words() -> ConductWords:
    """The table `conduct` of `actors.toml`."""
    table: dict[str, str] = _source()["conduct"]
    nouns, light, other = (frozenset(table[key].split()) for key in ("nouns", "light", "other"))
    return ConductWords(nouns, light, other, re.compile(table["ending"]))


@lru_cache(maxsize=1)
def _devices() -> frozenset[str]:
    return frozenset(_source()["device"].split())


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Lemma to kind, from `actors.toml`; an earlier group of the file wins."""
    groups = _source()
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
    if lower in ANAPHORS:
        return _antecedent_kind(token)
    if lower in SPEAKERS or token.text == "I":
        return "staff"
    if lemma in CARERS:
        return "patient" if any(child.lower_ in OWN_CARER for child in token.lefts) else "staff"
    known = kinds().get(lemma) or kinds().get(lower)
    if known:
        return known
    if token.pos_ == "PROPN" and token.text[:1].isupper():
        return _named_kind(token)
    if len(lemma) > 5 and lemma.endswith(PEOPLE_ENDINGS):
        return "staff"
    if lemma in {"#", "1", "2", "one", "two", "all", "none", "some", "other"}:
        return "staff"
    return "unknown"


def is_conduct(noun: Token) -> bool:
    """Whether a noun names something that people do: by the lists of `actors.toml`, else by its ending."""
    lemma, words = noun.lemma_.lower(), conduct_words()
    if lemma in words.nouns:
        return True
    return noun.pos_ in {"NOUN", "PROPN"} and lemma not in words.other and bool(words.ending.search(lemma))


def is_device(noun: Token) -> bool:
    """Whether the noun is a device that acts on its own."""
    return noun.lemma_.lower() in _devices()


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


def _antecedent_kind(pronoun: Token) -> Kind:
    """Whom *he*, *she* or *they* most likely means: the nearest person before who is a subject or an owner, else the nearest person."""
    nearest: Kind | None = None
    for place in range(pronoun.i - 1, max(-1, pronoun.i - LOOK_BACK), -1):
        token = pronoun.doc[place]
        if token.pos_ not in {"NOUN", "PROPN"} or token.dep_ == "compound":
            continue
        kind = kinds().get(token.lemma_.lower()) or (_named_kind(token) if token.pos_ == "PROPN" and not token.text.isupper() else None)
        if kind not in {"patient", "staff"}:
            continue
        if token.dep_ in SUBJECTS or token.dep_ == "poss":
            return kind
        nearest = nearest or kind
    return nearest or "staff"


def _named_kind(name: Token) -> Kind:
    titles = {child.lower_.rstrip(".") for child in name.lefts}
    if titles & STAFF_TITLES:
        return "staff"
    return "patient" if titles & PATIENT_TITLES or name.text in _patient_names(name.doc) else "staff"


def _patient_names(doc: Doc) -> frozenset[str]:
    """Names that the report gives to the person it is about: after a plain title, or as whose death is looked into."""
    if "patient_names" not in doc.user_data:
        found = {word for match in NAMED_PATIENT.finditer(doc.text) for word in match.group(1).split()}
        doc.user_data["patient_names"] = frozenset(word.removesuffix("'s") for word in found if len(word) > 2)
    names: frozenset[str] = doc.user_data["patient_names"]
    return names


def _owner(noun: Token) -> Token | None:
    for child in noun.children:
        if child.dep_ == "poss":
            return child
    for child in noun.children:
        if child.dep_ in {"prep", "agent"} and child.lower_ in {"of", "by", "on"}:
            for grandchild in child.children:
                if grandchild.dep_ == "pobj":
                    return _unfold(grandchild)
    for child in noun.children:
        if child.dep_ == "compound" and kind_of(child) in {"staff", "organisation", "patient"}:
            return child
    return None


def _unfold(subject: Token) -> Token:
    """*One of the nurses*, *a number of staff*: the people behind the count."""
    if subject.lemma_.lower() in {"one", "some", "number", "all", "none", "member", "majority", "several", "group", "part"}:
        for child in subject.children:
            if child.dep_ == "prep" and child.lower_ == "of":
                for grandchild in child.children:
                    if grandchild.dep_ == "pobj":
                        return grandchild
    return subject
