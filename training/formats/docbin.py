"""spaCy DocBin (`.spacy`), in and out. Blame is the span group `sc`, where spaCy's span categoriser looks; sentence labels are groups too."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.util import get_words_and_spaces
from spacy.vocab import Vocab

from nlp.errors import UnreadableInputError
from training.corpus import Document, Layer
from training.formats.draft import Draft, Mark, Options
from training.formats.records import CARD, card_of, text_of
from training.formats.tokens import tokens
from training.formats.vocabulary import FIELD_OF, FIELDS, REPORTED, flat_marks

BLAME = "sc"


def drafts(path: Path, options: Options) -> Iterator[Draft]:
    """Drafts of a file. Entities and every span group count; of the document's categories those above 0.5."""
    if not path.is_file():
        raise UnreadableInputError(f"There is no file '{path}'. Check the name.")
    try:
        docs = list(DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise UnreadableInputError(f"'{path.name}' is not a DocBin file of spaCy 3 ({type(error).__name__}).") from error
    for number, doc in enumerate(docs, 1):
        annotator = doc.user_data.get("annotator")
        yield Draft(
            id=str(doc.user_data.get("id", f"{path.stem}-{number}")),
            text=doc.text,
            marks=tuple(dict.fromkeys(_marks(doc))),
            annotator=annotator,
            sentences=tuple((sentence.start_char, sentence.end_char) for sentence in doc.sents) if doc.has_annotation("SENT_START") else None,
            card=doc.user_data.get(CARD),
            is_converted=True,
            is_answered=annotator is not None,
        )


def _marks(doc: Doc) -> Iterator[Mark]:
    for name, group in doc.spans.items():
        for span in group:
            yield Mark(label=REPORTED if name == REPORTED else span.label_, kind=FIELDS.get(name), start=span.start_char, end=span.end_char)
    for entity in doc.ents:
        yield Mark(label=entity.label_, start=entity.start_char, end=entity.end_char)
    for label, score in doc.cats.items():
        if score > 0.5:
            yield Mark(label=label)


def write(documents: Iterable[Document], path: Path) -> None:
    """One `Doc` a document and annotator, tokens cut wherever a label starts or ends."""
    vocab = spacy.blank("en").vocab
    found = DocBin(store_user_data=True)
    for document in documents:
        for layer in document.layers or (None,):
            doc = _doc(document, layer, vocab)
            doc.user_data.update({"id": document.id, CARD: card_of(document)} | ({"annotator": layer.annotator} if layer else {}))
            found.add(doc)
    found.to_disk(path)


def _doc(document: Document, layer: Layer | None, vocab: Vocab) -> Doc:
    text = text_of(document)
    marks = list(flat_marks(document, layer)) if layer else []
    cut = tokens(text, {offset for mark in marks for offset in mark[:2]})
    words, spaces = get_words_and_spaces([text[start:end] for start, end in cut], text)
    doc = Doc(vocab, words=words, spaces=spaces)
    groups: dict[str, list[Span]] = defaultdict(list)
    for start, end, label in marks:
        kind, _, value = label.partition("-")
        name = next((name for each, name in FIELD_OF.items() if each == kind), REPORTED if label == REPORTED else BLAME)
        if (span := doc.char_span(start, end, label=value or label)) is not None:
            groups[name].append(span)
    for name, spans in groups.items():
        doc.spans[name] = spans
    return doc
