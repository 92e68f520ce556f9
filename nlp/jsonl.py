"""Reports and analyses to and from JSON lines. A line that cannot be read gives an error in its place; the run goes on."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from nlp.analyzer import Analyzer
from nlp.errors import SecondStoryError, UnreadableInputError
from nlp.report import Report


def analyze_lines(lines: Iterable[str], analyzer: Analyzer) -> Iterator[tuple[str, bool]]:
    """One JSON line out per non-blank line in, with whether it is an analysis; memory holds one report."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        identifier = f"line-{number}"
        try:
            report = read_report(line, number)
            identifier = report.id
            yield json.dumps(asdict(analyzer.analyze(report)), ensure_ascii=False), True
        except SecondStoryError as error:
            yield json.dumps({"id": identifier, "error": {"code": error.code, "message": str(error)}}), False


def read_report(line: str, number: int) -> Report:
    """The report on one line.

    Raises:
        UnreadableInputError: not JSON, or without a string `text`; the message says which and gives the line number.
    """
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableInputError(f"Line {number} is not JSON. Each line needs one object with 'id' and 'text'.") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise UnreadableInputError(f"Line {number} has no string 'text'. Each line needs one object with 'id' and 'text'.")
    return Report(str(record.get("id", f"line-{number}")), record["text"])
