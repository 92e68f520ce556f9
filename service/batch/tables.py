"""The tables of a batch run, as Arrow schemas drawn from the taxonomy: what every engine writes and every reader of a run relies on.

A run folder holds `documents/`, `sentences/`, `findings/` and `errors/`, each of Parquet parts, and `manifest.json`.
Offsets are half-open and count code points of the report's text. No table holds report text, `text` of documents excepted, and only on demand.
"""

import pyarrow as pa

from nlp.taxonomy import load

# Columns that a column map may name; the first three are of the document, the rest are for trends and audits.
MAPPED = ("text", "report_id", "date", "unit", "type", "severity", "staff_group")


def documents(*, with_text: bool = False) -> pa.Schema:
    """One row a report. `row_id` is a digest of input name, row and text; `columns` holds every other column that was asked to be kept.

    `scored_by` names product, taxonomy, rules and model: a change of it is a change of the measuring instrument.
    """
    taxonomy = load()
    fields = [
        _text("row_id"), _text("input"), pa.field("row", pa.int64(), nullable=False), _text("report_id"), _text("text_sha256"), _text("scored_by"),
        pa.field("date", pa.date32()), pa.field("unit", pa.string()), pa.field("type", pa.string()), pa.field("severity", pa.string()),
        pa.field("staff_group", pa.string()), pa.field("columns", pa.map_(pa.string(), pa.string())),
        _count("characters"), _count("words"), _count("sentences"), _count("blame_sentences"), _count("counted_findings"), _count("uncounted_findings"),
        _count("protected_sentences"), _count("hidden_actor_sentences"),
        *(_count(f"category_{each.id}") for each in taxonomy.categories),
        *(_count(f"attribution_{each.id}") for each in taxonomy.attributions),
        *(_count(f"factor_{each.id}") for each in taxonomy.factors),
        *(_count(f"action_{each.id}") for each in taxonomy.action_strengths),
    ]  # fmt: skip
    return pa.schema([*fields, pa.field("text", pa.string())] if with_text else fields)


def sentences() -> pa.Schema:
    """One row a sentence, in reading order; `place` counts from 0 within the report."""
    return pa.schema([
        _text("row_id"), _count("place"), _count("start"), _count("end"), _text("attribution"), pa.field("confidence", pa.float32(), nullable=False),
        pa.field("factors", pa.list_(pa.string()), nullable=False), _text("action_strength"), _count("counted_findings"),
        pa.field("hidden_actor", pa.bool_(), nullable=False), pa.field("protected", pa.bool_(), nullable=False),
    ])  # fmt: skip


def findings() -> pa.Schema:
    """One row a finding; `sentence` is the `place` of its sentence, `uncounted_because` is null where it is counted."""
    return pa.schema([
        _text("row_id"), _text("finding_id"), _count("sentence"), _count("start"), _count("end"), _text("category"),
        pa.field("confidence", pa.float32(), nullable=False), pa.field("counted", pa.bool_(), nullable=False), pa.field("uncounted_because", pa.string()),
        _text("source"),
    ])  # fmt: skip


def errors() -> pa.Schema:
    """One row a record that could not be scored: what was wrong, what was expected, what to do next; never the text. `row` is null for a whole file."""
    return pa.schema([_text("input"), pa.field("row", pa.int64()), _text("code"), _text("message")])


def _text(name: str) -> pa.Field:
    return pa.field(name, pa.string(), nullable=False)


def _count(name: str) -> pa.Field:
    return pa.field(name, pa.int32(), nullable=False)
