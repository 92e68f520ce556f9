"""The Arrow core: rows in, the four tables out. The local engine and Spark both score here, so both write the same."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from nlp.analyzer import Analyzer
from nlp.errors import SecondStoryError
from nlp.report import Analysis, Report, Versions
from nlp.taxonomy import load
from service.batch import tables

NAMES = ("documents", "sentences", "findings", "errors")
CARRIED = ("input", "row", "report_id", "date", "unit", "type", "severity", "staff_group", "columns")


@dataclass(frozen=True, slots=True)
class Tables:
    """What one batch of rows became; the schemas are those of `service.batch.tables`."""

    documents: pa.RecordBatch
    sentences: pa.RecordBatch
    findings: pa.RecordBatch
    errors: pa.RecordBatch


def score_table(analyzer: Analyzer, rows: pa.RecordBatch, *, with_text: bool = False) -> Tables:
    """The tables of rows with the schema `service.batch.rows.ROWS`; a report that fails is a row of `errors`, and the others go on."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in NAMES}
    for row in rows.to_pylist():
        if row["code"] is not None:
            found["errors"].append({name: row[name] for name in ("input", "row", "code", "message")})
            continue
        try:
            analysis = analyzer.analyze(Report(row["report_id"], row["text"]))
        except Exception as error:  # noqa: BLE001  # one report must never end the run of a million
            found["errors"].append(_error(row, error))
            continue
        digest = hashlib.sha256(row["text"].encode()).hexdigest()
        row_id = row_digest(row["input"], row["row"], digest)
        kept = {name: row[name] for name in CARRIED}
        text = {"text": row["text"]} if with_text else {}
        found["documents"].append({**kept, "row_id": row_id, "text_sha256": digest, "characters": len(row["text"]), **_document(analysis), **text})
        found["sentences"].extend({"row_id": row_id, **each} for each in _sentences(analysis))
        found["findings"].extend({"row_id": row_id, **each} for each in _findings(analysis))
    return Tables(**{name: pa.RecordBatch.from_pylist(found[name], schema=schema) for name, schema in schemas(with_text=with_text).items()})


def schemas(*, with_text: bool = False) -> dict[str, pa.Schema]:
    """The schema of every table by its name."""
    return {"documents": tables.documents(with_text=with_text), "sentences": tables.sentences(), "findings": tables.findings(), "errors": tables.errors()}


def row_digest(name: str, row: int, text_sha256: str) -> str:
    """The id of a row: the same for the same text in the same place of an input of the same name."""
    return hashlib.sha256(f"{name}\0{row}\0{text_sha256}".encode()).hexdigest()[:24]


def scored_by(versions: Versions) -> str:
    """The measuring instrument in one line."""
    return f"secondstory/{versions.product} taxonomy/{versions.taxonomy} rules/{versions.rules} model/{versions.model or 'none'}"


def _document(analysis: Analysis) -> dict[str, Any]:
    taxonomy, measures = load(), analysis.measures
    counted = [finding for finding in analysis.findings if finding.counted]
    return {
        "scored_by": scored_by(analysis.versions),
        "words": measures.words,
        "sentences": len(analysis.sentences),
        "blame_sentences": len(set(_places(analysis, [finding.start for finding in counted]))),
        "counted_findings": len(counted),
        "uncounted_findings": len(analysis.findings) - len(counted),
        "protected_sentences": sum(sentence.protected for sentence in analysis.sentences),
        "hidden_actor_sentences": sum(sentence.hidden_actor for sentence in analysis.sentences),
        **_counts("category", taxonomy.categories, Counter(finding.category for finding in counted)),
        **_counts("attribution", taxonomy.attributions, Counter(sentence.attribution for sentence in analysis.sentences)),
        **_counts("factor", taxonomy.factors, Counter(factor for sentence in analysis.sentences for factor in sentence.factors)),
        **_counts("action", taxonomy.action_strengths, Counter(sentence.action_strength for sentence in analysis.sentences)),
    }


def _sentences(analysis: Analysis) -> Iterator[dict[str, Any]]:
    counted = Counter(_places(analysis, [finding.start for finding in analysis.findings if finding.counted]))
    for place, sentence in enumerate(analysis.sentences):
        yield {
            "place": place,
            "start": sentence.start,
            "end": sentence.end,
            "attribution": sentence.attribution,
            "confidence": sentence.confidence.get("attribution", 0.0),
            "factors": list(sentence.factors),
            "action_strength": sentence.action_strength,
            "counted_findings": counted.get(place, 0),
            "hidden_actor": sentence.hidden_actor,
            "protected": sentence.protected,
        }


def _findings(analysis: Analysis) -> Iterator[dict[str, Any]]:
    places = _places(analysis, [finding.start for finding in analysis.findings])
    for place, finding in zip(places, analysis.findings, strict=True):
        yield {
            "finding_id": finding.id,
            "sentence": place,
            "start": finding.start,
            "end": finding.end,
            "category": finding.category,
            "confidence": finding.confidence,
            "counted": finding.counted,
            "uncounted_because": finding.uncounted_because,
            "source": finding.source,
        }


def _places(analysis: Analysis, offsets: Iterable[int]) -> list[int]:
    """For every offset the place of its sentence."""
    starts = [sentence.start for sentence in analysis.sentences]
    return [max(0, bisect_right(starts, offset) - 1) for offset in offsets]


def _counts(kind: str, labels: Iterable[Any], tally: Mapping[str, int]) -> dict[str, int]:
    return {f"{kind}_{label.id}": tally.get(label.id, 0) for label in labels}


def _error(row: dict[str, Any], error: Exception) -> dict[str, Any]:
    code, message = "internal", f"The analysis failed ({type(error).__name__}). Send the record to the maintainers, without names, or leave it out."
    if isinstance(error, SecondStoryError):
        code, message = error.code, str(error)
    return {"input": row["input"], "row": row["row"], "code": code, "message": message}
