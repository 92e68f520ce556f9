"""Drafts to documents: units, labels and sentences resolved, annotators of one text brought together."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from nlp.errors import SecondStoryError, UnreadableInputError
from nlp.parsing import Parser
from nlp.report import Report
from training.corpus import CATEGORIES, BlameSpan, Document, Layer, Origin, SentenceMark, digest
from training.formats.draft import Draft, ImportResult, Mark, Options
from training.formats.records import parse_card
from training.formats.units import Newlines, Region, resolve
from training.formats.vocabulary import FIELD_OF, Kind, Labels

Place = tuple[int, int]


def build(drafts: Iterable[Draft], options: Options) -> ImportResult:
    """The documents of all drafts; a draft that cannot be read without guessing is refused, the others go on."""
    labels = Labels(options.labels)
    documents: dict[str, Document] = {}
    refused = []
    read = skipped = repaired = 0
    for draft in drafts:
        read += 1
        try:
            reading = _Reading(draft, labels, options)
            known = documents.get(reading.document.id)
            documents[reading.document.id] = merged(known, reading.document) if known else reading.document
        except SecondStoryError as error:
            refused.append((draft.id, str(error)))
            continue
        skipped += reading.skipped
        repaired += reading.repaired
    return ImportResult(documents=tuple(documents.values()), read=read, skipped=skipped, repaired=repaired, refused=tuple(refused))


def merged(one: Document, other: Document) -> Document:
    """One document with the layers of both; where both have an annotator, the labels of both.

    Raises:
        UnreadableInputError: their texts or sentences differ, or an annotator labels a sentence in two ways.
    """
    if one.text != other.text or one.sentences != other.sentences:
        raise UnreadableInputError("another record of this id has another text or other sentences; give every text its own id")
    layers = {layer.annotator: layer for layer in one.layers}
    for layer in other.layers:
        known = layers.get(layer.annotator)
        layers[layer.annotator] = _merged_layers(known, layer) if known else layer
    return one.model_copy(update={"layers": tuple(layers.values())})


def _merged_layers(one: Layer, other: Layer) -> Layer:
    values: dict[str, Any] = {"spans": (*one.spans, *(span for span in other.spans if span not in one.spans))}
    for name in FIELD_OF.values():
        pairs = list(zip(getattr(one, name), getattr(other, name), strict=True))
        if any(None not in pair and pair[0] != pair[1] for pair in pairs):
            raise UnreadableInputError(f"annotator {one.annotator!r} answers {name} of one sentence in two ways")
        values[name] = tuple(first if first is not None else second for first, second in pairs)
    return one.model_copy(update=values)


@lru_cache(maxsize=1)
def _parser() -> Parser:
    return Parser()


class _Reading:
    """One draft made a document; `skipped` and `repaired` count what was left out and mended on the way."""

    def __init__(self, draft: Draft, labels: Labels, options: Options) -> None:
        self.draft, self.labels = draft, labels
        self.skipped, self.repaired = draft.skipped, draft.repaired
        card = draft.card if isinstance(draft.card, Document) else parse_card(draft.card)
        self.text, newlines = self._text(card)
        placed = [mark for mark in draft.marks if mark.start is not None and mark.end is not None]
        regions = [Region(mark.start or 0, mark.end or 0, mark.words) for mark in placed]
        sentences = [Region(*place) for place in draft.sentences or ()]
        unit = "codepoint" if draft.is_converted else options.unit
        spans, mended = resolve(self.text, [*regions, *sentences, *draft.evidence], unit=unit, native=draft.native, newlines=newlines)
        self.repaired += mended
        self.sentences = card.sentences if card else self._sentences(spans[len(regions) : len(regions) + len(sentences)])
        marks: list[tuple[Mark, Place | None]] = list(zip(placed, spans, strict=False))
        marks += [(mark, self._place_of(mark)) for mark in draft.marks if mark.start is None]
        layer = self._layer(marks, draft.annotator or options.annotator)
        origin = Origin(source=options.source, licence=options.licence)
        found = card or Document(id=draft.id, origin=origin, group=draft.group or draft.id, slice="imported", sentences=(), layers=())
        self.document = found.model_copy(update={"text": self.text, "sentences": self.sentences, "layers": (layer,) if layer else ()})

    def _text(self, card: Document | None) -> tuple[str, tuple[Newlines, ...]]:
        """The text as it was, and how the tool counts line ends. A tool may have changed them: the hashes of the card's sentences tell."""
        text = Report(self.draft.id, self.draft.text).text
        if card is None or _has_hashes(text, card):
            return text, ("same", "lf", "crlf")
        plain = text.replace("\r\n", "\n")
        restored: tuple[tuple[str, Newlines], ...] = ((plain.replace("\n", "\r\n"), "lf"), (plain, "crlf"))
        for candidate, newlines in restored:
            if _has_hashes(candidate, card):
                self.repaired += 1
                return candidate, (newlines,)
        raise UnreadableInputError("its text is not the one that was exported (a sentence's hash differs); annotate the exported text unchanged")

    def _sentences(self, places: Iterable[Place]) -> tuple[SentenceMark, ...]:
        if self.draft.sentences is None:
            (parse,) = _parser().parse_all([Report(self.draft.id, self.text)])
            places = [(sentence.start_char, sentence.end_char) for sentence in parse.sentences]
        trimmed = sorted({_trimmed(self.text, place) for place in places if self.text[slice(*place)].strip()})
        return tuple(SentenceMark(start=start, end=end, sha256=digest(self.text[start:end])) for start, end in trimmed)

    def _place_of(self, mark: Mark) -> Place | None:
        """Where a mark without offsets is: on its words, which occur once; None is the whole text."""
        if mark.words is None:
            return None
        found = [match.start() for match in re.finditer(f"(?={re.escape(mark.words)})", self.text)]
        if len(found) != 1:
            raise UnreadableInputError(f"the words of a label occur {len(found)} times in the text; give start and end")
        return found[0], found[0] + len(mark.words)

    def _layer(self, marks: Iterable[tuple[Mark, Place | None]], annotator: str) -> Layer | None:
        """What was said; None where nothing was, because no answer is not the answer 'none'."""
        categories: dict[Place, list[str]] = defaultdict(list)
        reported: list[Place] = []
        answers: dict[Kind, list[Any]] = {kind: [None] * len(self.sentences) for kind in FIELD_OF}
        for mark, place in marks:
            kind, value = self.labels.meaning(mark.label, mark.kind)
            if kind == "left out" or (place and not self.text[slice(*place)].strip()):
                self.skipped += 1
            elif kind in FIELD_OF:
                self._answer(answers[kind], kind, value, place)
            elif place is None:
                raise UnreadableInputError(f"the label {value!r} is on the whole text; mark the words (start and end) that carry it")
            else:
                tight = _trimmed(self.text, place)
                self.repaired += tight != place
                if kind == "category":
                    categories[tight].append(value)
                if kind == "reported" or mark.reported:
                    reported.append(tight)
        spans = tuple(self._spans(categories, reported))
        if not spans and not self.draft.is_answered and not any(value is not None for values in answers.values() for value in values):
            self.skipped += 1
            return None
        fields = {FIELD_OF[kind]: tuple(values) for kind, values in answers.items()}
        return Layer(annotator=annotator, spans=spans, **fields)

    def _answer(self, values: list[Any], kind: Kind, value: str, place: Place | None) -> None:
        """Put a label on the sentences that the place touches; one on the whole text fits a text of one sentence only."""
        touched = [at for at, mark in enumerate(self.sentences) if place is None or (mark.start < place[1] and place[0] < mark.end)]
        if not touched or (place is None and len(touched) > 1):
            self.skipped += 1
            return
        for at in touched:
            known = values[at]
            answer: Any = value
            if kind == "factor":
                answer = () if value == "none" else (*(known or ()), *(() if value in (known or ()) else (value,)))
            if known is not None and (() in (known, answer) or kind != "factor") and known != answer:
                raise UnreadableInputError(f"sentence {at} has two answers to {kind}, {known or 'none'!r} and {value!r}; keep one")
            values[at] = answer

    def _spans(self, categories: dict[Place, list[str]], reported: list[Place]) -> Iterable[BlameSpan]:
        """One span a region: of several categories the first in precedence. `reported` is for its very words, or else for all spans within them."""
        voiced = set()
        for place in reported:
            within = [each for each in categories if each == place] or [each for each in categories if place[0] <= each[0] and each[1] <= place[1]]
            self.skipped += not within
            voiced.update(within)
        for (start, end), found in categories.items():
            self.repaired += len(set(found)) - 1
            category = min(found, key=CATEGORIES.index)
            yield BlameSpan(start=start, end=end, category=category, reported=(start, end) in voiced, words=self.text[start:end])


def _has_hashes(text: str, card: Document) -> bool:
    return all(digest(text[mark.start : mark.end]) == mark.sha256 for mark in card.sentences)


def _trimmed(text: str, place: Place) -> Place:
    start, end = place
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
