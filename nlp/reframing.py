"""Suggestions, first version: a safe edit where grammar is sure, else a question in the terms of the standard.

Nothing is invented: an edit only rewords what stands there, and `keeps_facts` checks each one before it leaves.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from lemminflect import getInflection
from spacy.tokens import Span, Token

from nlp.actors import kind_of, subject_of
from nlp.report import Finding, Suggestion, SuggestionKind

SANCTION = re.compile(r"disciplin|warning|account|struck|suspend|dismiss|terminat|fired|stood down|sacked|performance", re.IGNORECASE)
DROPPABLE = re.compile(
    r"^(?:carelessly|sloppily|obviously|clearly|plainly|evidently|simply|mistakenly|erroneously|inadequately|improperly|inappropriately|recklessly|"
    r"negligently|lazily|haphazardly|wrongly)$",
    re.IGNORECASE,
)
CLAIM = {"claims": "says", "claimed": "said", "claiming": "saying", "insists": "says", "insisted": "said"}
FAIL = re.compile(
    r"^(?P<fail>fail(?:ed|s|ing)|neglect(?:ed|s|ing)|omitt?(?:ed|s|ing)|forgot|forgets|forgetting|overlooked)\s+to\s+(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
BOTHER = re.compile(r"^(?P<aux>did not|didn't|never)\s+(?:even\s+)?bother(?:ed)?\s+to\s+(?P<rest>.+)$", re.IGNORECASE | re.DOTALL)
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
BRACKETS = re.compile(r"\[[^\]]*\]")
NEGATIONS = re.compile(r"\b(?:not|no|never|without|n't|fail\w*|neglect\w*|omit\w*|forg[eo]t\w*|overlook\w*)", re.IGNORECASE)


@lru_cache(maxsize=1)
def wording() -> dict[str, dict[str, Any]]:
    """`reframing.toml`, read once."""
    with Path(__file__).with_name("reframing.toml").open("rb") as file:
        return tomllib.load(file)


def suggest(sentence: Span, finding: Finding, *, text: str, asked: set[str]) -> tuple[Suggestion, ...]:
    """Suggestions for one finding; none where it is not counted.

    `text` is the report as received; `asked` holds the questions that the report has had, and grows.
    """
    if not finding.counted:
        return ()
    table = wording()[finding.category]
    edit = _edit(sentence, finding, text=text, reason=table["reason"])
    question = _question(sentence, finding, table=table, asked=asked)
    return tuple(suggestion for suggestion in (edit, question) if suggestion)


def keeps_facts(before: str, after: str) -> bool:
    """Whether `after`, brackets aside, has no number that `before` lacks and is negated where `before` was."""
    plain = BRACKETS.sub("", after)
    if set(NUMBER.findall(plain)) - set(NUMBER.findall(before)):
        return False
    return bool(NEGATIONS.search(before)) == bool(NEGATIONS.search(plain))


def _edit(sentence: Span, finding: Finding, *, text: str, reason: str) -> Suggestion | None:
    words = text[finding.start : finding.end]
    span = sentence.doc.char_span(finding.start, finding.end, alignment_mode="expand")
    if span is None:
        return None
    start, end, replacement = finding.start, finding.end, None
    if DROPPABLE.match(words):
        dropped = _dropped(span, text)
        if dropped is None:
            return None
        start, end, replacement = dropped
    elif match := FAIL.match(words):
        replacement = _negated(span, match["fail"].lower(), match["rest"])
    elif match := BOTHER.match(words):
        replacement = f"did not {match['rest']}"
    elif words.lower() in CLAIM:
        replacement = CLAIM[words.lower()]
    if replacement is None or not keeps_facts(text[start:end], replacement):
        return None
    if words.isupper():
        replacement = replacement.upper()
    return Suggestion(kind="edit", start=start, end=end, replacement=replacement, safe=True, reason=reason)


def _dropped(span: Span, text: str) -> tuple[int, int, str] | None:
    """The span of an adverb with one neighbouring blank; None where dropping it would leave a hole or a capital to mend."""
    token = span[0]
    if token.dep_ != "advmod" or token.head.pos_ not in {"VERB", "AUX"} or token.i == token.sent.start:
        return None
    start, end = span.start_char, span.end_char
    if end < len(text) and text[end] == " " and text[start - 1 : start] == " " and token.nbor(1).is_alpha:
        return start, end + 1, ""
    if text[start - 1 : start] == " " and text[end : end + 1] in {".", ",", ";"}:
        return start - 1, end, ""
    return None


def _negated(span: Span, fail: str, rest: str) -> str | None:
    """`failed to check` -> `did not check`, after its auxiliaries, or None where the form is not sure."""
    verb = span[0]
    auxiliaries = [child for child in verb.children if child.dep_ in {"aux", "auxpass"} and child.i < verb.i]
    if any(child.dep_ == "neg" for child in verb.children):
        return None
    complement = _complement(span)
    if complement is None:
        return None
    lead, _, tail = rest.partition(complement.text) if complement.text in rest else ("", "", "")
    if lead.strip() or tail.strip():
        return None
    base = complement.text
    forms = {auxiliary.lemma_ for auxiliary in auxiliaries}
    if fail.endswith("ing"):
        if auxiliaries:
            return None
        gerund = getInflection(complement.lemma_, tag="VBG")
        return f"not {gerund[0]}" if gerund else None
    if "have" in forms:
        participle = getInflection(complement.lemma_, tag="VBN")
        return f"not {participle[0]}" if participle and len(auxiliaries) == 1 and not _coordinated(complement) else None
    if auxiliaries or verb.tag_ == "VBN":
        return None
    if fail.endswith("s"):
        return f"does not {base}"
    return f"did not {base}"


def _complement(span: Span) -> Token | None:
    return next((token for token in reversed(list(span)) if token.tag_ == "VB"), None)


def _coordinated(verb: Token) -> bool:
    return any(child.dep_ == "conj" for child in verb.children)


def _question(sentence: Span, finding: Finding, *, table: dict[str, Any], asked: set[str]) -> Suggestion | None:
    words = sentence.doc.char_span(finding.start, finding.end, alignment_mode="expand")
    if "strengthen" in table and SANCTION.search(words.text if words is not None else ""):
        return Suggestion(kind="ask", question=table["sanction"], reason=table["reason"])
    kind: SuggestionKind = "strengthen" if "strengthen" in table else "ask"
    templates: list[str] = table[kind]
    slots = _slots(words)
    questions = [template.format(**slots) for template in templates]
    fresh = next((question for question in questions if question not in asked), None)
    if fresh is None:
        return Suggestion(kind=kind, question=f"As asked above: {questions[0][0].lower()}{questions[0][1:]}", reason=table["reason"])
    asked.add(fresh)
    return Suggestion(kind=kind, question=fresh, reason=table["reason"])


def _slots(span: Span | None) -> dict[str, str]:
    slots = {"actor": "the person or team", "verb": "do this", "object": "this"}
    if span is None:
        return slots
    verb = next((token for token in reversed(list(span)) if token.pos_ in {"VERB", "AUX"}), None)
    if verb is not None and verb.tag_ == "VB":
        slots["verb"] = verb.lemma_
    subject = subject_of(verb if verb is not None else span.root)
    if subject is not None and kind_of(subject) in {"staff", "organisation", "patient"} and subject.pos_ == "NOUN":
        slots["actor"] = _phrase(subject)
    target = next(
        (child for child in (verb or span.root).children if child.dep_ in {"dobj", "attr"} and child.pos_ == "NOUN"),
        None,
    )
    if target is not None:
        slots["object"] = _phrase(target)
    return slots


def _phrase(noun: Token) -> str:
    """The noun with its article and compounds, as *the night nurse*; never a name."""
    words = [child for child in noun.lefts if child.dep_ in {"compound", "amod", "nummod"} and child.pos_ != "PROPN"]
    body = " ".join(token.text.lower() if not token.is_upper else token.text for token in [*words, noun])
    return f"the {body}"
