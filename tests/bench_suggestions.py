"""What suggestions reach and whether any breaks a hard rule, over a folder of reports (JSON lines with `doc_id` and `text`). Exit status 1 if one does.

python tests/bench_suggestions.py --reports DIR [--limit N a file] [--apply N] [--detector rules|model|hybrid]
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from nlp.analyzer import Analyzer
from nlp.parsing import Parse
from nlp.reframing.applying import with_safe_edits
from nlp.reframing.safeguards import Change, question_refused_because, refused_because
from nlp.reframing.suggester import Advice
from nlp.report import Analysis, Finding, Report, Sentence
from nlp.taxonomy import load
from service.wiring import build_analyzer

LONG = 3000  # words


class Timed:
    """A suggester that notes how long it took."""

    def __init__(self, inner) -> None:
        self.inner, self.seconds = inner, 0.0

    def suggest(self, parse: Parse, findings: Sequence[Sequence[Finding]], sentences: Sequence[Sentence]) -> Advice:
        begun = time.perf_counter()
        advice = self.inner.suggest(parse, findings, sentences)
        self.seconds += time.perf_counter() - begun
        return advice


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=0, help="reports a file, drawn by seed; 0 is all")
    parser.add_argument("--apply", type=int, default=200, help="reports to which all safe edits are applied")
    parser.add_argument("--detector", default="rules", choices=("rules", "model", "hybrid"))
    arguments = parser.parse_args()
    analyzer = build_analyzer(arguments.detector)
    timed = Timed(analyzer._suggester)
    analyzer._suggester = timed
    tally = Tally()
    for report in reports(arguments.reports, arguments.limit):
        before, begun = timed.seconds, time.perf_counter()
        analysis = analyzer.analyze(report)
        tally.add(report, analysis, suggesting=timed.seconds - before, whole=time.perf_counter() - begun)
        if tally.applied < arguments.apply and any(each.kind == "edit" for finding in analysis.findings for each in finding.suggestions):
            tally.apply(report, analysis, analyzer)
    tally.print()
    return 1 if tally.violations else 0


def reports(folder: Path, limit: int) -> Iterator[Report]:
    for file in sorted(folder.glob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()
        if limit and limit < len(lines):
            lines = random.Random(1).sample(lines, limit)
        for line in lines:
            row = json.loads(line)
            yield Report(row["doc_id"], row["text"])


class Tally:
    """Everything counted so far."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.offered: Counter[tuple[str, str]] = Counter()
        self.violations: Counter[str] = Counter()
        self.where: dict[str, list[str]] = {}
        self.sentences: Counter[str] = Counter()
        self.per_finding: list[float] = []
        self.suggesting = self.whole = 0.0
        self.reports = self.applied = 0
        self.before = self.after = 0
        self.attribution_kept = self.attribution_all = 0
        self.long: list[tuple[int, int, int]] = []

    def add(self, report: Report, analysis: Analysis, *, suggesting: float, whole: float) -> None:
        self.reports += 1
        self.suggesting += suggesting
        self.whole += whole
        counted = [finding for finding in analysis.findings if finding.counted]
        if counted:
            self.per_finding.append(1000 * suggesting / len(counted))
        asked = [each.question for finding in analysis.findings for each in finding.suggestions if each.question]
        asked += [each.question for sentence in analysis.sentences for each in sentence.suggestions if each.question]
        if len(asked) != len(set(asked)):
            self.violate("a question is asked twice in one report", report, 0)
        if analysis.measures.words >= LONG:
            self.long.append((analysis.measures.words, len(counted), len(set(asked))))
        place = 0
        for finding in analysis.findings:
            while analysis.sentences[place].end <= finding.start:
                place += 1
            self._finding(report, analysis, finding, place)
        for sentence in analysis.sentences:
            if sentence.protected and sentence.suggestions:
                self.violate("advice on a protected passage", report, sentence.start)
            for each in sentence.suggestions:
                self.sentences[each.kind] += 1
                if each.replacement is not None:
                    self._change(report, sentence, each, marked=report.text[sentence.start : sentence.end] if each.kind == "rewrite" else "")

    def _finding(self, report: Report, analysis: Analysis, finding: Finding, place: int) -> None:
        sentence = analysis.sentences[place]
        if not finding.counted:
            if finding.suggestions:
                self.violate("advice on what is not counted", report, finding.start)
            return
        self.counted[finding.category] += 1
        for kind in {each.kind for each in finding.suggestions}:
            self.offered[finding.category, kind] += 1
        known = report.text[sentence.start : sentence.end]
        for each in finding.suggestions:
            if each.question:
                why = question_refused_because(each.question, sentence=known)
                if why:
                    self.violate(f"question: {why}", report, finding.start)
            elif each.kind == "edit":
                self._change(report, sentence, each, marked=report.text[finding.start : finding.end])
            else:
                self._change(report, sentence, each, marked=report.text[sentence.start : sentence.end])

    def _change(self, report: Report, sentence: Sentence, each, *, marked: str) -> None:
        before = report.text[sentence.start : sentence.end]
        after = report.text[sentence.start : each.start] + each.replacement + report.text[each.end : sentence.end]
        why = refused_because(Change(before=before, after=after, marked=marked, kind=each.kind))
        if why:
            self.violate(f"{each.kind}: {why}", report, sentence.start)

    def apply(self, report: Report, analysis: Analysis, analyzer: Analyzer) -> None:
        """All safe edits at once: what is marked and where explanations are placed, before and after; and that a second time changes nothing there."""
        self.applied += 1
        text = with_safe_edits(report.text, analysis)
        again = analyzer.analyze(Report(report.id, text))
        self.before += analysis.measures.counted_findings
        self.after += again.measures.counted_findings
        if again.measures.counted_findings > analysis.measures.counted_findings:
            self.violate("more is marked after the edits than before", report, 0)
        edited = sum(each.kind == "edit" for finding in analysis.findings for each in finding.suggestions)
        left = sum(each.kind == "edit" for finding in again.findings for each in finding.suggestions)
        if left >= edited:
            self.violate("edits do not settle", report, 0)
        if len(again.sentences) == len(analysis.sentences):
            pairs = list(zip(analysis.sentences, again.sentences, strict=True))
            self.attribution_all += len(pairs)
            self.attribution_kept += sum(one.attribution == two.attribution for one, two in pairs)

    def violate(self, what: str, report: Report, at: int) -> None:
        self.violations[what] += 1
        self.where.setdefault(what, []).append(f"{report.id}@{at}")

    def print(self) -> None:
        total = sum(self.counted.values())
        print(f"{self.reports} reports, {total} counted findings")
        for category in [each.id for each in load().categories]:
            count = self.counted[category]
            shares = ", ".join(f"{kind} {100 * self.offered[category, kind] / count:.0f}%" for kind in ("edit", "rewrite", "ask", "strengthen") if count)
            print(f"  {category:24}{count:6}  {shares}")
        for kind in ("edit", "rewrite", "ask", "strengthen"):
            number = sum(count for (_, each), count in self.offered.items() if each == kind)
            print(f"  {kind}: {100 * number / max(1, total):.1f}% of counted findings")
        asked = sum(self.offered[category, "ask"] + self.offered[category, "strengthen"] for category in self.counted)
        print(f"  a question or a stronger action: {100 * asked / max(1, total):.1f}%; on whole sentences: {dict(self.sentences)}")
        for words, findings, questions in sorted(self.long, key=lambda row: -row[1])[:5]:
            print(f"  long report: {words} words, {findings} counted findings, {questions} distinct questions")
        if self.per_finding:
            ordered = sorted(self.per_finding)
            print(
                f"time a finding: median {statistics.median(ordered):.1f} ms, 95th percentile {ordered[int(0.95 * len(ordered))]:.1f} ms; "
                f"share of the analysis {100 * self.suggesting / max(1e-9, self.whole):.1f}%"
            )
        if self.applied:
            print(
                f"all safe edits in {self.applied} reports: counted findings {self.before} before, {self.after} after; "
                f"attribution kept in {self.attribution_kept} of {self.attribution_all} sentences"
            )
        print(f"violations: {sum(self.violations.values())}")
        for what, count in self.violations.most_common():
            print(f"  {count} x {what}: {', '.join(self.where[what][:5])}")


if __name__ == "__main__":
    sys.exit(main())
