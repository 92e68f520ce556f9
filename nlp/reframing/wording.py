"""Edits of single words: judging adverbs left out, verbs of doubt made plain, a medicine not taken said so. The words are in `wording.toml`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lemminflect import getInflection
from spacy.tokens import Token

from nlp.actors import SUBJECTS, kind_of, subject_of
from nlp.reframing.grammar import Patch, auxiliaries, end_of, in_the_manner_of, is_negated
from nlp.reframing.marked import Marked

DEGREE = {"so", "too", "as", "more", "less", "how", "not", "most", "least"}
TAGS = {"VBD", "VBZ", "VBP", "VBG", "VBN", "VB"}


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of `wording.toml`."""

    judging: frozenset[str]
    incomplete: frozenset[str]
    sentential: frozenset[str]
    plain: frozenset[str]
    signs: frozenset[str]
    treatments: frozenset[str]
    reversing: frozenset[str]
    possible: frozenset[str]
    supposing: frozenset[str]
    voices: frozenset[str]
    scaled: frozenset[str]
    keeping: frozenset[str]
    breaking: frozenset[str]
    errors: frozenset[str]
    unmeant: frozenset[str]
    intent: frozenset[str]
    mixable: frozenset[str]
    lacking: frozenset[str]
    blaming: frozenset[str]
    bodily: frozenset[str]
    binding: frozenset[str]
    searches: frozenset[str]
    finds: frozenset[str]
    failings: frozenset[str]
    effects: frozenset[str]
    risks: frozenset[str]
    organs: frozenset[str]
    ensuring: frozenset[str]
    attending: frozenset[str]
    duties: frozenset[str]
    approving: frozenset[str]
    anyone: frozenset[str]
    demands: frozenset[str]
    loaded: frozenset[str]
    uncounted: frozenset[str]
    offered: frozenset[str]
    doubting: dict[str, dict[str, str]]


@lru_cache(maxsize=1)
def words() -> Words:
    """Read once."""
    with Path(__file__).with_name("wording.toml").open("rb") as file:
        source = tomllib.load(file)
    doubting = source.pop("doubting")
    return Words(**{name: frozenset(value.split()) for name, value in source.items()}, doubting=doubting)


def judging_adverb(marked: Marked) -> list[Patch] | None:
    """*Carelessly*, *obviously* and the like left out, with the blank or the comma beside it."""
    token = marked.near(words().judging, reach=0)
    if token is None or token.dep_ not in {"advmod", "npadvmod", "cc:preconj"} or len(marked.span) > 3:
        return None
    verb = token.head
    if verb.pos_ not in {"VERB", "AUX", "ADJ"} or _is_reversed(verb, token) or any(child.lower_ in DEGREE for child in token.children):
        return None
    if any(child.dep_ in {"conj", "cc"} for child in token.children) or (
        verb.lemma_ in words().incomplete and token.i > verb.i and token.lower_ not in words().sentential
    ):
        return None
    first = min([token, *(child for child in token.lefts if child.dep_ == "advmod")], key=lambda each: each.i)
    return _left_out(marked, first, token)


def _is_reversed(verb: Token, adverb: Token) -> bool:
    """Whether a negation or a word of failing governs the verb: what was *not clearly recorded* may have been recorded."""
    if any(child.i < adverb.i and (child.dep_ == "neg" or child.lower_ in {"never", "not", "n't"}) for child in verb.children):
        return True
    governing = [verb.head, *verb.head.children] if verb.head != verb else []
    return any(token.lemma_.lower() in words().reversing for token in [*(each for each in verb.lefts if each.i < adverb.i and each.dep_ != "neg"), *governing])


def _left_out(marked: Marked, first: Token, last: Token) -> list[Patch] | None:
    text, start, end = marked.text, first.idx, end_of(last)
    before, after = text[start - 1 : start], text[end : end + 1]
    if first.i == marked.sentence.start or (before == " " and first.nbor(-1).is_digit):
        if after == "," and text[end + 1 : end + 2] == " ":
            end += 2
        elif after == " ":
            end += 1
        else:
            return None
        return [Patch(start, end + 1, text[end].upper() if text[start].isupper() else text[end])] if text[end : end + 1].isalpha() else None
    enclosed = text[start - 2 : start] == ", " and after == ","
    if enclosed:
        return [Patch(start - 2, end + 1, "")] if text[end + 1 : end + 2] == " " else None
    if before == " " and after == " ":
        return [Patch(start, end + 1, "")]
    if before == " " and after in {".", ",", ";", ")"} and text[start - 2 : start - 1].isalnum():
        return [Patch(start - 1, end, "")]
    return None


def plain_adjective(marked: Marked) -> list[Patch] | None:
    """*Clear warning signs* to *warning signs*, with its article mended."""
    token = marked.near(words().plain, reach=0)
    if token is None or token.dep_ != "amod" or token.head.lemma_.lower() not in words().signs or token.i + 1 > token.head.i:
        return None
    if any(child.dep_ in {"conj", "cc", "advmod"} for child in token.children) or marked.text[end_of(token) : end_of(token) + 1] != " ":
        return None
    following = token.nbor()
    article = token.nbor(-1) if token.i > marked.sentence.start else None
    if article is not None and article.lower_ in {"a", "an"}:
        new = "an" if following.lower_[0] in "aeiou" else "a"
        return [Patch(article.idx, following.idx, in_the_manner_of(marked.text[article.idx], new, shouted=marked.shouted) + " ")]
    if marked.text[token.idx].isupper() and not marked.shouted:
        return [Patch(token.idx, following.idx + 1, marked.text[following.idx].upper())]
    return [Patch(token.idx, following.idx, "")]


def doubting_verb(marked: Marked) -> list[Patch] | None:
    """*Claimed that* to *said that*, *refused treatment* to *declined treatment*, *complained of pain* to *reported pain*."""
    token = marked.near(frozenset(words().doubting), reach=0)
    if token is None or token.tag_ not in TAGS or token.pos_ != "VERB" or is_negated(token) or len(marked.span) > 4:
        return None
    if token.tag_ in {"VBZ", "VBP", "VB"} and any(each.lower_ in words().supposing for each in marked.sentence):
        return None  # a rule for the case that somebody refuses
    if token.tag_ in {"VBZ", "VBP"} and not any(child.dep_ in SUBJECTS for child in token.lefts):
        return None  # an item of such a rule
    if token.i and token.nbor(-1).lower_ in {"out", "outright", "blank", "absolutely"}:
        return None  # *flat out refused*
    known = words().doubting[token.lemma_.lower()]
    kind, last = _frame(token)
    lemma = known.get(kind)
    if lemma is None or (lemma == "decline" and not _was_offered(marked, token, kind)):
        return None
    forms = getInflection(lemma, tag=token.tag_)
    if not forms:
        return None
    return [Patch(token.idx, end_of(last), in_the_manner_of(marked.text[token.idx], forms[0], shouted=marked.shouted))]


def _was_offered(marked: Marked, verb: Token, kind: str) -> bool:
    """Whether what was refused is what a patient is offered: one declines care, and not one's work or to go to school."""
    if marked.finding.category != "patient_blame":
        return False
    return kind != "infinitive" or any(child.tag_ == "VB" and child.lemma_ in words().offered for child in verb.rights)


def _frame(verb: Token) -> tuple[str, Token]:
    """What the verb governs, and the last word that goes with it."""
    following = verb.nbor() if verb.i + 1 < len(verb.doc) else verb
    if any(child.dep_ == "ccomp" and child.i > verb.i and any(grand.dep_ in SUBJECTS for grand in child.children) for child in verb.rights):
        return "clause", verb
    if following.lower_ == "of" and following.head == verb:
        return "of", following
    if any(child.dep_ in {"xcomp", "ccomp"} and child.tag_ == "VB" for child in verb.rights) and following.lower_ == "to":
        return "infinitive", verb
    passive = any(child.dep_ == "auxpass" for child in verb.lefts)
    if any(child.dep_ == "dobj" for child in verb.rights) or (passive and any(child.dep_ == "agent" for child in verb.rights)):
        return "object", verb
    return "", verb


def treatment_not_taken(marked: Marked) -> list[Patch] | None:
    """*Was non-compliant with his insulin* to *did not take his insulin as prescribed*."""
    adjective = next(
        (token for token in marked.span if token.lower_ in {"compliant", "noncompliant", "non-compliant", "adherent", "nonadherent", "non-adherent"}), None
    )
    if adjective is None:
        return None
    after = adjective.nbor() if adjective.i + 1 < len(adjective.doc) else adjective
    preposition = after if after.lower_ == "with" else None
    copula = next((token for token in adjective.ancestors if token.lemma_ == "be"), adjective)
    noun = next((child for child in preposition.rights if child.dep_ == "pobj"), None) if preposition is not None else None
    if (
        preposition is None
        or noun is None
        or noun.lower_ not in words().treatments
        or copula.lemma_ != "be"
        or any(child.dep_ not in {"relcl", "punct"} for child in noun.rights)
    ):
        return None
    first = copula.nbor()
    prefix = marked.text[first.idx : end_of(adjective)].lower().replace(" ", "")
    if prefix not in {"non-compliant", "noncompliant", "non-adherent", "nonadherent"} or auxiliaries(copula) or is_negated(copula):
        return None
    subject = subject_of(copula)
    if subject is None or kind_of(subject) != "patient":
        return None
    lead = {"was": "did not take", "were": "did not take", "is": "does not take", "are": "do not take"}.get(copula.lower_)
    if lead is None:
        return None
    taken = marked.text[preposition.idx + len("with") : end_of(noun)].strip()
    return [Patch(copula.idx, end_of(noun), in_the_manner_of("x", f"{lead} {taken} as prescribed", shouted=marked.shouted))]
