"""A baseline's labels as JSON lines of the product's contract, so that any scorer reads baselines and product alike."""

import json
from collections.abc import Iterable, Iterator, Sequence

from nlp.jsonl import read_report
from nlp.parsing import Parser
from nlp.report import Report
from training.baselines import Baseline
from training.corpus import Document, Layer, Origin, SentenceMark, digest
from training.metrics import Labels


def label_lines(lines: Iterable[str], baseline: Baseline, parser: Parser) -> Iterator[str]:
    """One line of JSON out per report in, in order: findings and sentences, all counted.

    Raises:
        UnreadableInputError: a line is not a report.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            document = unlabelled(read_report(line, number), parser)
            yield json.dumps(_record(document, baseline.label(document)))


def unlabelled(report: Report, parser: Parser) -> Document:
    """The report as a document with sentences and an empty layer, so that a baseline can label it."""
    parse = next(parser.parse_all([report]))
    marks = tuple(
        SentenceMark(start=span.start_char, end=span.end_char, sha256=digest(report.text[span.start_char : span.end_char])) for span in parse.sentences
    )
    empty = Layer(annotator="none", attribution=(None,) * len(marks), factors=(None,) * len(marks), action_strength=(None,) * len(marks))
    return Document(id=report.id, text=report.text, origin=Origin(source="input", licence="unknown"), group=report.id, sentences=marks, layers=(empty,))


def _record(document: Document, labels: Sequence[Labels]) -> dict[str, object]:
    findings = [{"start": start, "end": end, "category": category, "counted": True} for each in labels for start, end, category in each.spans]
    sentences = [
        {
            "start": mark.start,
            "end": mark.end,
            "attribution": each.attribution,
            "factors": sorted(each.factors),
            "action_strength": each.action_strength,
        }
        for mark, each in zip(document.sentences, labels, strict=True)
    ]
    return {"id": document.id, "findings": findings, "sentences": sentences}
