"""Small hand-made documents of the corpus format."""

import pytest

from training.corpus import BlameSpan, Document, Layer, Origin, SentenceMark, digest

TEXT = "The nurse carelessly failed to check the chart. 😀 The pump failed at 03:10. Staff were reminded to be vigilant."


def make_document(identifier="d1", *, text=TEXT, group=None, source="authored", slice_="authored", split=None):
    """Three sentences; two counted spans in the first, one in the third, as gold and two readers label them (reader-b misses the third)."""
    marks, at = [], 0
    for sentence in text.split(". "):
        words = sentence if sentence.endswith(".") else sentence + "."
        start = text.index(words, at)
        marks.append(SentenceMark(start=start, end=start + len(words), sha256=digest(words)))
        at = start + len(words)

    def span(words, category):
        start = text.index(words)
        return BlameSpan(start=start, end=start + len(words), category=category, words=words)

    first = (span("carelessly", "judgement"), span("failed to check", "failure"))
    third = (span("reminded to be vigilant", "person_focused_action"),)

    def layer(name, spans, last):
        return Layer(
            annotator=name,
            spans=spans,
            attribution=("individual", "none", last),
            factors=((), (), ()),
            action_strength=("none", "none", "weaker" if last != "none" else "none"),
        )

    return Document(
        id=identifier,
        text=text,
        origin=Origin(source=source, licence="MIT", document_id=identifier),
        group=group or identifier,
        slice=slice_,
        split=split,
        sentences=tuple(marks),
        layers=(layer("gold", first + third, "individual"), layer("reader-a", first + third, "individual"), layer("reader-b", first, "none")),
    )


@pytest.fixture
def document():
    return make_document()
