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
        UnreadableInputError: not UTF-8, not JSON, or without a string `text`; the message says which and gives the line number.
    """
    try:
        line.encode()
        record = json.loads(line)
    except UnicodeEncodeError as error:
        raise UnreadableInputError(f"Line {number} is not UTF-8. Export the file as UTF-8.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableInputError(f"Line {number} is not JSON. Each line needs one object with 'id' and 'text'.") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise UnreadableInputError(f"Line {number} has no string 'text'. Each line needs one object with 'id' and 'text'.")
    identifier = str(record.get("id", f"line-{number}"))
    if any("\ud800" <= character <= "\udfff" for character in identifier):
        raise UnreadableInputError(f"The id on line {number} holds lone surrogates, which cannot be written. Send it as valid UTF-8.")
    return Report(identifier, record["text"])
