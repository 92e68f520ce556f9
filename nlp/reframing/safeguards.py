"""The hard rules. Each is a named check that answers None, or the reason why a suggestion is refused; a suggestion that is refused never leaves.

They read words and not the construction that made a suggestion, so they hold for a language model's suggestions as for our own.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lemminflect import getAllLemmas

from nlp.actors import kinds
from nlp.reframing.grammar import GAP

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
QUOTES = re.compile('["“”„]')
LONGEST_GAP = 120
LONGEST_QUESTION = 320

OF_ALL = re.compile(r"\b(?:both|all|every|each|everyone|everybody)\b[^.;:,]{0,60}\b(?:did|does|do|was|were) not\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """The lists of `safeguards.toml`, compiled."""

    allowed: frozenset[str]
    harm: frozenset[str]
    apology: re.Pattern[str]
    causes: frozenset[str]
    negations: frozenset[str]
    failing: frozenset[str]
    anybody: frozenset[str]
    empty: frozenset[str]
    drug: re.Pattern[str]
    presupposing: re.Pattern[str]


@lru_cache(maxsize=1)
def limits() -> Limits:
    """Read once."""
    with Path(__file__).with_name("safeguards.toml").open("rb") as file:
        source: dict[str, str] = tomllib.load(file)
    lists = {name: frozenset(source[name].split()) for name in source}
    patterns = {name: re.compile(source[name], re.IGNORECASE | re.DOTALL) for name in ("apology", "drug", "presupposing")}
    return Limits(
        allowed=lists["allowed"],
        harm=lists["harm"],
        causes=lists["causes"],
        negations=lists["negations"],
        failing=lists["failing"],
        anybody=lists["anybody"],
        empty=lists["empty"],
        apology=patterns["apology"],
        drug=patterns["drug"],
        presupposing=patterns["presupposing"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A proposed wording: `before` and `after` are whole sentences, `marked` the words marked in them; `kind` is edit, rewrite, restore_actor or reworded."""

    before: str
    after: str
    marked: str
    kind: str

    @property
    def said(self) -> str:
        """`after` without its gaps."""
        return GAP.sub(" ", self.after)


def no_new_number(change: Change) -> str | None:
    """No number or date that the sentence lacks, and none of its own lost."""
    before, after = Counter(NUMBER.findall(change.before)), Counter(NUMBER.findall(change.said))
    if after - before:
        return "it brings in a number"
    lost = before - Counter(NUMBER.findall(change.after))
    return "it drops a number" if lost else None


def no_new_word(change: Change) -> str | None:
    """No name, drug, role or other fact that the sentence lacks: a new word is a form of one that stands there, or a small word of the list."""
    known = _lemmas(_words(change.before))
    people = {PRONOUNS[word] for word in _words(change.before) if word in PRONOUNS}
    for word in _words(change.said):
        if word not in limits().allowed and PRONOUNS.get(word) not in people and not (_lemmas([word]) & known):
            return "it brings in a word that the sentence does not have"
    return None


def facts_kept(change: Change) -> str | None:
    """Every word of weight outside the marked words is still there, gaps included."""
    marked, kept = _lemmas(_words(change.marked)), _lemmas(_words(change.after))
    for word in _words(change.before):
        forms = _lemmas([word])
        if forms & (kept | marked) or word in limits().allowed or word in limits().causes | limits().empty or len(word) < 3:
            continue
        return "it drops a word that was not marked"
    return None


def actor_kept(change: Change) -> str | None:
    """Everyone and every organisation that the sentence names is still named, as often."""
    before, after = Counter(_actors(change.before)), Counter(_actors(change.after))
    return "it drops who acted" if before - after else None


def harm_kept(change: Change) -> str | None:
    """Harm stays in the words that the author chose for it."""
    before, after = ({word for word in _words(text) if word in limits().harm} for text in (change.before, change.after))
    return "it softens harm" if before - after else None


def negation_kept(change: Change) -> str | None:
    """As many negations as before, a word of failing counting as one; a rewrite may move one into a gap and brings in none."""
    before, after = _negations(change.before), _negations(change.said)
    if change.kind == "rewrite":  # a rewrite of another's hand (`reworded`) has no such freedom
        return "it brings in a negation" if after > before else None
    return None if before == after else "it turns a negation"


def no_new_cause(change: Change) -> str | None:
    """No causal link that the sentence did not make."""
    known = limits().causes
    had = [word for word in _words(change.before) if word in known]
    has = [word for word in _words(change.said) if word in known]
    return "it brings in a cause" if len(has) > len(had) else None


def apology_untouched(change: Change) -> str | None:
    """A sentence that apologises is the author's to word."""
    return "it touches an apology" if limits().apology.search(change.before) else None


def quotation_untouched(change: Change) -> str | None:
    """As many quotation marks, and the same words between them; a quotation that goes beyond the sentence is left alone."""
    if len(QUOTES.findall(change.before)) % 2:
        return "it stands in a quotation"
    if len(QUOTES.findall(change.before)) != len(QUOTES.findall(change.after)):
        return "it touches a quotation"
    quoted = re.findall('["“„][^"“”„]*["”]', change.before)
    return None if all(words in change.after for words in quoted) else "it touches a quotation"


def gaps_are_gaps(change: Change) -> str | None:
    """Brackets are closed and short, hold no number of their own, and an edit that may be applied as it is has no new ones."""
    if change.after.count("[") != change.after.count("]"):
        return "a gap is not closed"
    own = set(GAP.findall(change.before))
    new = [gap for gap in GAP.findall(change.after) if gap not in own]
    if change.kind == "edit" and new:
        return "an edit has a gap"
    known = set(NUMBER.findall(change.before))
    if any(len(gap) > LONGEST_GAP + len(change.before) or set(NUMBER.findall(gap)) - known for gap in new):
        return "a gap brings in a fact"
    return None


def denies_of_all(change: Change) -> str | None:
    """*Both pilots failed to see* is not *both pilots did not see*, which may be read of one of them."""
    return "its denial may be read of some" if len(OF_ALL.findall(change.after)) > len(OF_ALL.findall(change.before)) else None


CHECKS: tuple[Callable[[Change], str | None], ...] = (
    no_new_number,
    no_new_word,
    facts_kept,
    actor_kept,
    harm_kept,
    negation_kept,
    denies_of_all,
    no_new_cause,
    apology_untouched,
    quotation_untouched,
    gaps_are_gaps,
)


def refused_because(change: Change) -> str | None:
    """The first reason why this wording may not be offered; None where it may."""
    return next((reason for check in CHECKS if (reason := check(change))), None)


def question_refused_because(question: str, *, sentence: str) -> str | None:
    """Why this question may not be asked of this sentence; None where it may: no fact that the text lacks, no cause presupposed, one or two questions."""
    if len(question) > LONGEST_QUESTION or not 1 <= question.count("?") <= 3 or "http" in question:
        return "it is not one or two questions"
    if set(NUMBER.findall(question)) - set(NUMBER.findall(sentence)):
        return "it brings in a number"
    known = _lemmas(_words(sentence))
    for word in _words(question):
        if kinds().get(word) in {"staff", "patient", "organisation"} and word not in limits().anybody and not _lemmas([word]) & known:
            return "it brings in a role"
    if any(drug.lower() not in sentence.lower() for drug in limits().drug.findall(question)):
        return "it brings in a drug"
    own = re.sub("“([^”]*)”", lambda match: " " if _plain(match.group(1)) in _plain(sentence) else match.group(), question)
    return "it presupposes a cause" if limits().presupposing.search(own) else None


def _plain(words: str) -> str:
    return " ".join(WORD.findall(words.lower()))


def _words(text: str) -> list[str]:
    return [
        word.replace("’", "'")
        for match in WORD.findall(text.lower())
        for word in re.sub(r"(?:'s|s')$", lambda m: "s" if m.group() == "s'" else "", match).split()
    ]


@lru_cache(maxsize=20_000)
def _forms(word: str) -> frozenset[str]:
    lemmas = {lemma for lemmas in getAllLemmas(word).values() for lemma in lemmas}
    return frozenset(lemmas | {word})


def _lemmas(words: Iterable[str]) -> set[str]:
    return {form for word in words for form in _forms(word)}


PRONOUNS = {
    "he": "he",
    "his": "he",
    "him": "he",
    "she": "she",
    "her": "she",
    "hers": "she",
    "they": "they",
    "their": "they",
    "them": "they",
    "i": "i",
    "my": "i",
    "me": "i",
    "we": "we",
    "our": "we",
    "us": "we",
}


def _actors(text: str) -> list[str]:
    found = []
    for word in _words(text):
        if word in PRONOUNS:
            found.append(PRONOUNS[word])
            continue
        named = next((form for form in sorted(_forms(word)) if kinds().get(form) in {"staff", "patient", "organisation"}), None)
        if named is not None:
            found.append(named)
    return found


def _negations(text: str) -> int:
    known = limits()
    count = sum(word in known.negations or word in known.failing or word.endswith("n't") for word in _words(text))
    return count + len(re.findall(r"\bnon-(?:compl|adher)", text.lower()))


def shares_words(question: str, sentence: str) -> bool:
    """Whether the question is about this sentence: it takes up at least one of its longer words."""
    known = _lemmas(word for word in _words(sentence) if len(word) > 3 and word not in limits().allowed)
    return any(_lemmas([word]) & known for word in _words(question) if len(word) > 3)
