"""What the loop learns from: passages with their names of people hidden, varied from epoch to epoch, softened by a teacher where there is one."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.encoding import Encoder
from models.labels import Labels
from models.reading import Scores
from nlp.names import names
from nlp.parsing import Parser
from nlp.report import Report
from training.config import LoopConfig, ModelConfig
from training.corpus import Document
from training.distil import Teacher, soften
from training.evaluate import passage_of
from training.examples import Example, examples_of
from training.variation import vary


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled passage, the ranges of its names, and what the teacher says of its sentences; None without a teacher."""

    passage: Document
    names: tuple[tuple[int, int], ...]
    said: tuple[Scores, ...] | None


def lessons_of(documents: Sequence[Document], model: ModelConfig, *, teacher: Teacher | None, progress: Callable[[int, int], None]) -> list[Lesson]:
    """One lesson a document, in order; a document that comes twice is read once."""
    parser = Parser()
    known: dict[int, Lesson] = {}
    for place, document in enumerate(documents):
        if id(document) not in known:
            passage = passage_of(document)
            parse = next(parser.parse_all([Report(document.id, passage.text or "")])) if model.hide_names else None
            said = tuple(teacher.read(passage)) if teacher else None
            known[id(document)] = Lesson(passage, tuple(names(parse.doc, gendered=model.hide_gender)) if parse else (), said)
        progress(place + 1, len(documents))
    return [known[id(document)] for document in documents]


def examples_in(lesson: Lesson, encoder: Encoder, labels: Labels, loop: LoopConfig, *, teacher_share: float, rng: random.Random | None) -> list[Example]:
    """The examples of a lesson in order; with `rng` as another hand would have typed it."""
    varied = vary(lesson.passage, rng) if rng else None
    passage = varied.document if varied else lesson.passage
    hidden = tuple((varied.moved(start), varied.moved(end)) for start, end in lesson.names) if varied else lesson.names
    examples = examples_of(passage, encoder, labels, names=hidden, annotator_share=loop.annotator_share, budget=loop.window_pieces[1])
    if lesson.said is None:
        return [example for example in examples if example.labelled]
    found = []
    for example in examples:
        said = lesson.said[example.encoded.sentence]
        if varied:
            said = replace(said, offsets=tuple((varied.moved(start), varied.moved(end)) for start, end in said.offsets))
        found.append(soften(example, said, share=teacher_share))
    return found
