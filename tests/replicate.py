"""Two published findings, looked for again in public reports by our labels: `python tests/replicate.py REPORTS_DIR [--sample 60]`.

(a) Kim 2026: 74% of 23,742 NTSB probable-cause statements attribute the accident to an individual, by a dependency parse of their subjects.
(b) "Pointing fingers" (University of South Florida, 2021) and Cooper et al. 2017: reports that blame are longer.
Wants `ntsb.jsonl` and the other files as JSON lines with `text` and `genre`. Prints shares only, never text.
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Span, Token
from statsmodels.stats.contingency_tables import Table

from nlp.measures import share
from nlp.parsing import Parser
from nlp.report import Report
from service.trends.sections import share_words
from service.wiring import build_analyzer

STATEMENT = re.compile(
    r"probable cause(?:\(s\))?(?: of (?:this|the) (?:accident|incident))?(?: to be| was| is)?\s*:?\s+(.+?)(?:\n\s*\n|$)", re.IGNORECASE | re.DOTALL
)
PEOPLE = {
    "pilot",
    "copilot",
    "instructor",
    "student",
    "captain",
    "officer",
    "crew",
    "crewmember",
    "mechanic",
    "personnel",
    "controller",
    "operator",
    "passenger",
    "driver",
    "owner",
    "builder",
    "he",
    "she",
    "they",
}
BODIES = {"company", "airline", "manufacturer", "faa", "administration", "department", "carrier", "organization", "board", "agency", "management"}
BANDS = ((0, 100), (100, 250), (250, 500), (500, 1000), (1000, 10**9))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("reports", type=Path, help="folder of JSON lines files")
    arguments.add_argument("--sample", type=int, default=60, help="reports of each source for (b)")
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    probable_causes(given.reports / "ntsb.jsonl")
    length(given.reports, given.sample, given.seed)


def probable_causes(path: Path) -> None:
    """(a): by a plain parse of subjects, and by our sentence attribution."""
    statements = [Report(str(number), text) for number, text in enumerate(_statements(path))]
    by_subject = Counter(_of_subject(parse.sentences[0]) for parse in Parser().parse_all(statements) if parse.sentences)
    print(f"(a) {len(statements)} probable-cause statements; Kim 2026: individual 74.0%, organisational 0.4% of 23,742")
    for kind in ("individual", "organisational", "other"):
        print(f"    first subject {kind}: {_share(by_subject[kind], len(statements))}")
    found = [{each.attribution for each in analysis.sentences} for analysis in build_analyzer("rules").analyze_all(statements)]
    print(f"    our attribution, a sentence is individual or both: {_share(sum(bool(labels & {'individual', 'mixed'}) for labels in found), len(found))}")
    print(f"    our attribution, a sentence is system or both: {_share(sum(bool(labels & {'system', 'mixed'}) for labels in found), len(found))}")
    print("    Where the two differ: the parse reads the first subject alone; our attribution reads every sentence, contributing causes too, and a statement")
    print("    can hold both an individual and a system cause.")


def length(folder: Path, number: int, seed: int) -> None:
    """(b): the share of reports with a counted finding by band of words, and the trend over the bands in each source."""
    analyzer, chance = build_analyzer("rules"), random.Random(seed)
    print(f"(b) share of reports with at least one counted finding, by words; {number} reports drawn from each source")
    print("    A trend can only show where some reports are marked and some are not. In ntsb, genre and length go together: the short texts are")
    print("    probable-cause statements, the long ones factual narratives, so its trend is one of genre.")
    for path in sorted(folder.glob("*.jsonl")):
        rows = list(_rows(path))
        drawn = [Report(str(place), row["text"]) for place, row in enumerate(chance.sample(rows, min(number, len(rows))))]
        counts = np.zeros((len(BANDS), 2))
        for analysis in analyzer.analyze_all(drawn):
            band = next(place for place, (low, high) in enumerate(BANDS) if low <= analysis.measures.words < high)
            counts[band, int(analysis.measures.counted_findings > 0)] += 1
        print(f"    {path.stem}: {_trend(counts)}")
        for (low, high), (without, marked) in zip(BANDS, counts, strict=True):
            if without + marked:
                print(f"        {low:>5} to {high - 1 if high < 10**9 else 'more':>4} words: {_share(int(marked), int(without + marked))}")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def _statements(path: Path) -> Iterator[str]:
    for row in _rows(path):
        if row["genre"] == "probable cause statement":
            yield row["text"]
        elif found := STATEMENT.search(row["text"]):
            yield found.group(1)


def _of_subject(sentence: Span) -> str:
    """What stands as subject: that of the main verb, or the possessor of a heading noun (the pilot's failure)."""
    root = sentence.root
    subject = next((child for child in root.children if child.dep_ in {"nsubj", "nsubjpass"}), root)
    owner = next((child for child in subject.children if child.dep_ == "poss"), subject)
    return _kind(owner)


def _kind(token: Token) -> str:
    words = {token.lemma_.lower(), token.text.lower()}
    return "individual" if words & PEOPLE else "organisational" if words & BODIES else "other"


def _share(part: int, whole: int) -> str:
    return f"{share_words(share(part, whole, nothing='no report'))}, {part} of {whole}"


def _trend(counts: np.ndarray) -> str:
    kept = counts[counts.sum(axis=1) > 0]
    if len(kept) < 2 or not kept.sum(axis=0).all():
        return "no trend to test (one band, or all reports alike)"
    scores = np.arange(len(kept), dtype=float)
    result = Table(kept, shift_zeros=False).test_ordinal_association(row_scores=scores, col_scores=np.array([0.0, 1.0]))
    return f"Cochran–Armitage trend z = {result.zscore:.1f}, p = {result.pvalue:.2g}"


if __name__ == "__main__":
    main()
