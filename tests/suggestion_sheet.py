"""Draws findings of real reports for readers to judge their suggestions.

python tests/suggestion_sheet.py --reports DIR --number 300 --sheet sheet.jsonl --record record.jsonl [--seed 1] [--detector rules|model|hybrid]

The sheet (working copy, never committed) holds sentence, neighbours and suggestions; the record is standoff: document, offsets, SHA-256 of the sentence,
category, kinds of suggestions. At least 30 findings a category where there are that many, spread over the sources.
"""

import argparse
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from nlp.report import Analysis, Report
from nlp.taxonomy import load
from service.wiring import build_analyzer

LEAST = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--pool", type=int, default=250, help="reports read a file")
    parser.add_argument("--sheet", type=Path, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--detector", default="rules", choices=("rules", "model", "hybrid"))
    arguments = parser.parse_args()
    drawn = draw(list(pool(arguments)), arguments.number, random.Random(arguments.seed))
    with arguments.sheet.open("w", encoding="utf-8") as sheet, arguments.record.open("w", encoding="utf-8") as record:
        for number, row in enumerate(drawn, 1):
            sheet.write(json.dumps({"number": number, **row}, ensure_ascii=False) + "\n")
            kept = {key: row[key] for key in ("doc_id", "source", "start", "end", "sentence_start", "sentence_end", "sha256", "category", "found_by")}
            record.write(json.dumps({"number": number, **kept, "kinds": [each["kind"] for each in row["suggestions"]]}) + "\n")
    print(f"{len(drawn)} findings: {arguments.sheet}, {arguments.record}")


def pool(arguments: argparse.Namespace) -> Iterator[dict]:
    analyzer = build_analyzer(arguments.detector)
    for file in sorted(arguments.reports.glob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()
        for line in random.Random(arguments.seed).sample(lines, min(arguments.pool, len(lines))):
            row = json.loads(line)
            report = Report(row["doc_id"], row["text"])
            yield from rows(report, analyzer.analyze(report), file.stem)


def rows(report: Report, analysis: Analysis, source: str) -> Iterator[dict]:
    place = 0
    for finding in analysis.findings:
        while analysis.sentences[place].end <= finding.start:
            place += 1
        if not finding.counted:
            continue
        sentence = analysis.sentences[place]
        words = report.text[sentence.start : sentence.end]

        def beside(step: int, place: int = place) -> str:
            at = place + step
            return report.text[analysis.sentences[at].start : analysis.sentences[at].end] if 0 <= at < len(analysis.sentences) else ""

        yield {
            "doc_id": report.id,
            "source": source,
            "start": finding.start,
            "end": finding.end,
            "sentence_start": sentence.start,
            "sentence_end": sentence.end,
            "sha256": hashlib.sha256(words.encode()).hexdigest(),
            "category": finding.category,
            "found_by": finding.source,
            "marked": report.text[finding.start : finding.end],
            "before": beside(-1),
            "sentence": words,
            "after": beside(1),
            "suggestions": [
                {**asdict(each), "sentence_after": report.text[sentence.start : each.start] + (each.replacement or "") + report.text[each.end : sentence.end]}
                if each.start is not None and each.end is not None
                else asdict(each)
                for each in (*finding.suggestions, *sentence.suggestions)
            ],
        }


def draw(found: list[dict], number: int, chance: random.Random) -> list[dict]:
    """By category in turn, and within each by source in turn, until there are enough; then at random."""
    groups: dict[str, list[dict]] = {}
    for category in [each.id for each in load().categories]:
        by_source = defaultdict(list)
        for row in found:
            if row["category"] == category:
                by_source[row["source"]].append(row)
        for rows_of_source in by_source.values():
            chance.shuffle(rows_of_source)
        groups[category] = [
            rows_of_source[turn]
            for turn in range(max(map(len, by_source.values()), default=0))
            for rows_of_source in by_source.values()
            if turn < len(rows_of_source)
        ]
    drawn = [row for rows_of_category in groups.values() for row in rows_of_category[: min(LEAST, number // len(groups))]]
    rest = [row for rows_of_category in groups.values() for row in rows_of_category[min(LEAST, number // len(groups)) :]]
    chance.shuffle(rest)
    drawn += rest[: max(0, number - len(drawn))]
    chance.shuffle(drawn)
    return drawn


if __name__ == "__main__":
    main()
