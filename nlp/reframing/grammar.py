"""What suggestions need to know of a sentence's grammar: forms of verbs, edges of phrases, the one who acts. Reads the parse, changes nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lemminflect import getInflection
from spacy.tokens import Token

from nlp.actors import SUBJECTS, kind_of, subject_of

AUXILIARIES = {"aux", "auxpass"}
PEOPLE = {"staff", "patient", "organisation"}
BE = {"be", "was", "were", "is", "are", "been", "being"}
NOUNS_OF_ACTS = {"failure", "omission", "opportunity", "inability", "decision"}
GAP = re.compile(r"\[[^\[\]]*\]")
CORE = {"det", "poss", "compound", "amod", "nummod", "nmod", "case", "predet", "quantmod", "advmod", "punct"}


@dataclass(frozen=True, slots=True)
class Patch:
    """`text[start:end]` becomes `words`; offsets are those of the report."""

    start: int
    end: int
    words: str


def patched(text: str, start: int, end: int, patches: Sequence[Patch]) -> str:
    """`text[start:end]` with these patches, which do not overlap."""
    parts, at = [], start
    for patch in sorted(patches, key=lambda each: each.start):
        parts += [text[at : patch.start], patch.words]
        at = patch.end
    return "".join([*parts, text[at:end]])


def inflected(token: Token, tag: str) -> str | None:
    """The verb in another form (`VB`, `VBD`, `VBG`, `VBN`, `VBZ`); None where the form is not known."""
    if token.tag_ == tag:
        return token.lower_
    forms = getInflection(token.lower_ if token.tag_ == "VB" else token.lemma_.lower(), tag=tag)
    return forms[0] if forms else None


def auxiliaries(verb: Token) -> list[Token]:
    """Auxiliaries before the verb, in order."""
    return [child for child in verb.lefts if child.dep_ in AUXILIARIES]


def is_negated(verb: Token) -> bool:
    """Whether the verb has a negation of its own."""
    return any(child.dep_ == "neg" or child.lower_ in {"never", "not", "n't"} for child in verb.children)


def words_of(text: str, tokens: Sequence[Token]) -> str:
    """The author's words from the first token to the last, white space collapsed."""
    return " ".join(text[tokens[0].idx : tokens[-1].idx + len(tokens[-1])].split())


def end_of(token: Token) -> int:
    """Offset behind the token."""
    return token.idx + len(token)


def noun_phrase(noun: Token, *, longest: int = 9) -> list[Token]:
    """The noun with what stands before it and a short *of*, *for*, *to*, *in* or *with* phrase behind; [] where that is no run of words."""
    if noun.pos_ == "PRON":
        return [noun]
    first = noun
    for child in noun.lefts:
        if child.dep_ in CORE and child.dep_ != "punct":
            first = min(first, child.left_edge, key=_place)
    core = list(noun.doc[first.i : noun.i + 1])
    if any(token.is_punct and token.text not in {"-", "/", "'", "#", "(", ")"} for token in core) or len(core) > longest:
        core = [noun.nbor(-1), noun] if noun.i and noun.nbor(-1).dep_ == "compound" else [noun]
    for child in noun.rights:
        end = child.right_edge
        if child.dep_ == "prep" and child.lower_ in {"of", "for", "to", "in", "with"} and child.i == core[-1].i + 1 and end.i - core[0].i < longest:
            tail = list(noun.doc[child.i : end.i + 1])
            if len(tail) > 1 and not any(token.is_punct or token.pos_ in {"VERB", "AUX", "SCONJ"} or token.lower_ in {"which", "who"} for token in tail):
                core += tail
                break
    return core


def _place(token: Token) -> int:
    return token.i


def actor_of(token: Token) -> Token | None:
    """The person or organisation that acts, from a verb or a verbal noun; None where the sentence does not tell."""
    if any(child.dep_ in {"nsubjpass", "auxpass"} for child in token.children):
        agent = next((child for child in token.rights if child.dep_ == "agent"), None)
        doer = next((child for child in agent.rights if child.dep_ == "pobj"), None) if agent is not None else None
        return doer if doer is not None and kind_of(doer) in PEOPLE else None
    subject = subject_of(token)
    if subject is not None and subject.lemma_.lower() in NOUNS_OF_ACTS:
        subject = subject_of(subject)
    if subject is not None and subject.lower_ in {"who", "which", "that"}:
        subject = subject.head.head if subject.head.dep_ == "relcl" else None
    return subject if subject is not None and kind_of(subject) in PEOPLE else None


def has_subject(verb: Token) -> bool:
    """Whether the verb has a subject of its own."""
    return any(child.dep_ in SUBJECTS for child in verb.children)


def is_shouted(words: str) -> bool:
    """Whether the words are all in capitals."""
    letters = [letter for letter in words if letter.isalpha()]
    return len(letters) > 11 and sum(letter.isupper() for letter in letters) > 0.8 * len(letters)


def in_the_manner_of(old: str, new: str, *, shouted: bool = False) -> str:
    """`new` with the capital, or the capitals, of `old`."""
    if shouted:
        return "".join(part if GAP.fullmatch(part) else part.upper() for part in re.split(r"(\[[^\[\]]*\])", new))
    return new[:1].upper() + new[1:] if old[:1].isupper() and not new.startswith("[") else new


def any_of(tokens: Iterable[Token], lemmas: frozenset[str] | set[str]) -> bool:
    """Whether one of the tokens has one of these lemmas."""
    return any(token.lemma_.lower() in lemmas for token in tokens)
