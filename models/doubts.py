"""What the parse has to say on the network's marks: those that are no blame go, and an end that stops within a rule's words is moved."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from spacy.tokens import Span, Token

from models.decoding import Marked
from nlp.actors import SUBJECTS, kind_of, kinds, subject_of
from nlp.parsing import Parse
from nlp.report import Finding
from nlp.vetoes import blames

# One word that the network alone calls an omission or a broken rule must say so by itself.
OMISSIONS = {"failure", "rule_violation"}
# Words for staff that elsewhere mean anybody.
ANYBODY = {"reporter", "person", "people", "individual", "member", "someone", "anyone", "nobody", "everyone", "partner", "owner", "head", "decedent"}
FAILING = re.compile(
    r"fail|neglect|omit|omission|forg[eo]t|ignor|overlook|miss|lapse|lack|breach|violat|contraven|flout|bypass|non|un|in|im|ir|mis|dis|ill|short|without|against|contrary|"
    r"bent|broke|skip|defeat|deviat|circumvent|less|never|not|n't|no|late|delay|absen|only|poor|wrong",
    re.IGNORECASE,
)


def blaming(parse: Parse, marks: Sequence[Marked], ruled: Sequence[Finding], categories: Sequence[str]) -> list[Marked]:
    """The marks that stand, in order. `ruled` are the findings of rules in the sentence; `categories` names the columns."""
    kept: list[Marked] = []
    for marked in _fitted(parse, marks, ruled, categories):
        span = parse.doc.char_span(marked.start, marked.end, alignment_mode="expand")
        category = categories[marked.column]
        if span is None or (blames(category, span) and (_twin(marked, ruled, category) or not _is_doubtful(category, span))):
            kept.append(marked)
    return kept


def _fitted(parse: Parse, marks: Sequence[Marked], ruled: Sequence[Finding], categories: Sequence[str]) -> Iterator[Marked]:
    """Every mark, its end moved on to the end of the rule's words where it stops before what its last word belongs to; what it grows over is gone."""
    reached = -1
    for marked in marks:
        if marked.end <= reached:
            continue
        twin, end = _twin(marked, ruled, categories[marked.column]), marked.end
        span = parse.doc.char_span(marked.start, marked.end, alignment_mode="expand")
        if twin and span is not None and twin.start <= marked.end < twin.end and _hangs(span[-1], twin.end):
            end = twin.end
        start, reached = max(marked.start, reached), end
        yield replace(marked, start=start, end=end)


def _hangs(last: Token, end: int) -> bool:
    """Whether a word stops short of the word that it belongs to, which comes before `end`: *MORE | CAREFUL*, *at | fault*."""
    if last.pos_ == "ADP":
        return any(child.dep_ == "pobj" and child.idx < end for child in last.rights)
    return last.i < last.head.i and last.head.idx < end


def _twin(marked: Marked, ruled: Sequence[Finding], category: str) -> Finding | None:
    return next((each for each in ruled if each.category == category and each.start < marked.end and each.end > marked.start), None)


def _is_doubtful(category: str, span: Span) -> bool:
    """Whether the parse speaks against a mark that no rule shares."""
    verb = next((token for token in span if token.pos_ == "VERB"), span.root)
    if category == "failure":
        subject = subject_of(verb)
        return (len(span) == 1 and not FAILING.search(span.text)) or (subject is not None and subject.dep_ in SUBJECTS and kind_of(subject) == "thing")
    if category == "rule_violation":
        return len(span) == 1 and not FAILING.search(span.text)
    return category == "patient_blame" and "complian" not in span.text.lower() and _is_of_staff(verb)


def _is_of_staff(verb: Token) -> bool:
    subject = subject_of(verb)
    return subject is not None and subject.lemma_.lower() not in ANYBODY and kinds().get(subject.lemma_.lower()) == "staff"
