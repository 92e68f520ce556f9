"""The clause of the sentence that a question quotes: whole, in the author's words, short enough to be read in a question."""

import re

from spacy.tokens import Span

from nlp.actors import SUBJECTS
from nlp.reframing.grammar import is_shouted

LONGEST = 190  # characters
LEAST = 4  # words
REACH = 24  # tokens
BREAKS = {",", ";", ":", "(", ")", "–", "—"}
NUMBERING = re.compile(r"^(?:[-•*·]\s*|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+|(?:and|or|but|that|which)\s)+", re.IGNORECASE)  # and words that only join
MARKS = str.maketrans({'"': "'", "“": "'", "”": "'", "„": "'", "?": None, "[": "(", "]": ")"})


def clause_around(span: Span, sentence: Span) -> str:
    """The sentence where it is short, else the longest clause, else the part between commas, that holds the marked words; at the least those words."""
    for start, end in ((sentence.start, sentence.end), *_parts(span, sentence)[:1], *_clauses(span), *_parts(span, sentence)[1:]):
        words = _quoted(sentence.doc[start:end])
        if start <= span.start and end >= span.end and len(words) <= LONGEST and len(words.split()) >= LEAST and _is_whole(sentence.doc[start:end]):
            return words
    return _stretch(span, sentence)


def _stretch(span: Span, sentence: Span) -> str:
    """The marked words with what follows them, up to a place where a reader could stop."""
    doc = sentence.doc
    for end in range(min(sentence.end, span.end + REACH), span.end - 1, -1):
        stops = end == sentence.end or doc[end].is_punct or doc[end].pos_ in {"ADP", "SCONJ", "CCONJ"}
        words = _quoted(doc[span.start : end])
        if stops and len(words) <= LONGEST and _is_whole(doc[span.start : end]):
            return words
    marked = _quoted(span)
    return marked if len(marked) <= LONGEST else ""


def _is_whole(clause: Span) -> bool:
    """Whether it neither breaks off before what its last word calls for, nor hangs on a word before it."""
    words = [token for token in clause if token.is_alpha]
    if not words:
        return False
    first, last = words[0], words[-1]
    return first.tag_ not in {"WDT", "WP", "WP$"} and (last.pos_ not in {"ADP", "SCONJ", "DET", "CCONJ", "PART"} or last.dep_ == "prt")


def _clauses(span: Span) -> list[tuple[int, int]]:
    """Clauses with a subject, then phrases, that hold the span's root; longest first."""
    above = [*reversed(list(span.root.ancestors)), span.root]
    heads = sorted(above, key=lambda token: not any(child.dep_ in SUBJECTS for child in token.lefts))
    return [(head.left_edge.i, head.right_edge.i + 1) for head in heads]


def _parts(span: Span, sentence: Span) -> list[tuple[int, int]]:
    """From break to break around the span: semicolons and colons first, then commas and brackets."""
    found = []
    for breaks in (BREAKS - {",", "(", ")"}, BREAKS):
        start = next((i + 1 for i in range(span.start - 1, sentence.start - 1, -1) if sentence.doc[i].text in breaks), sentence.start)
        end = next((i for i in range(span.end, sentence.end) if sentence.doc[i].text in breaks), sentence.end)
        found.append((start, end))
    return found


def _quoted(clause: Span) -> str:
    words = NUMBERING.sub("", " ".join(clause.text.translate(MARKS).split())).strip(" .,;:-–—")
    return words.lower() if is_shouted(words) else words
