"""One marked passage as the edit and rewrite functions see it. Spans of rules and of the model differ by a word: look around, not at exact strings."""

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Span, Token

from nlp.reframing.grammar import Patch, is_shouted, patched
from nlp.report import Finding


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding with its sentence, its tokens and the report's text."""

    finding: Finding
    sentence: Span
    span: Span
    text: str

    @property
    def shouted(self) -> bool:
        """Whether the sentence, or what is marked in it, is all in capitals."""
        words = self.text[self.finding.start : self.finding.end]
        return is_shouted(self.text[self.sentence.start_char : self.sentence.end_char]) or (" " in words and words.isupper())

    def after(self, patches: Iterable[Patch]) -> str:
        """The sentence with these patches."""
        return patched(self.text, self.sentence.start_char, self.sentence.end_char, tuple(patches))

    def near(self, lemmas: frozenset[str], *, reach: int = 1) -> Token | None:
        """The first token with one of these lemmas in the marked words, else up to `reach` tokens beside them."""
        inside = next((token for token in self.span if token.lemma_.lower() in lemmas), None)
        if inside is not None:
            return inside
        doc, sentence = self.sentence.doc, self.sentence
        beside = [*doc[max(sentence.start, self.span.start - reach) : self.span.start], *doc[self.span.end : min(sentence.end, self.span.end + reach)]]
        return next((token for token in beside if token.lemma_.lower() in lemmas), None)


def marked_by(finding: Finding, sentence: Span, text: str) -> Marked | None:
    """The finding as `Marked`; None where its offsets hold no token of the sentence."""
    span = sentence.doc.char_span(finding.start, min(finding.end, sentence.end_char), alignment_mode="expand")
    return Marked(finding, sentence, span, text) if span is not None and len(span) else None
