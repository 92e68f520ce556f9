"""Small run folders, written as a batch run writes them."""

import datetime
import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.batch import tables

RULES = "secondstory/0.1.0 taxonomy/1.1 rules/abc model/none"


def document(number, **given):
    """One scored report; what is not given is zero, and the text is that of its number."""
    text = given.get("text", f"Report {number}.")
    row = {field.name: 0 for field in tables.documents() if pa.types.is_integer(field.type)}
    row |= {field.name: None for field in tables.documents() if not pa.types.is_integer(field.type)}
    row |= {"row_id": f"row{number:05}", "input": "in.csv", "row": number, "report_id": f"R{number}", "scored_by": RULES}
    row |= {"text_sha256": hashlib.sha256(text.encode()).hexdigest(), "words": 200, "sentences": 10, "characters": len(text)}
    row |= {"date": datetime.date(2024, 1 + number % 12, 3), "unit": "ABC"[number % 3], "type": "Fall", "severity": "Low", "columns": []}
    return {**row, **given}


@pytest.fixture
def write_run(tmp_path):
    """Write a run folder from rows; `with_text` keeps the text."""

    def write(documents, *, findings=(), errors=(), name="run", with_text=False):
        folder = tmp_path / name
        filled = {"documents": documents, "sentences": (), "findings": findings, "errors": errors}
        for table, rows in filled.items():
            schema = tables.documents(with_text=with_text) if table == "documents" else getattr(tables, table)()
            (folder / table).mkdir(parents=True, exist_ok=True)
            if rows:
                pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), folder / table / "part-0.parquet")
        (folder / "manifest.json").write_text(json.dumps({}))
        return folder

    return write


def finding(document, start, end, category="failure", counted=True):
    """One finding of a document."""
    return {
        "row_id": document["row_id"], "finding_id": f"{document['row_id']}-{start}", "sentence": 0, "start": start, "end": end, "category": category,
        "confidence": 0.9, "counted": counted, "uncounted_because": None if counted else "quotation", "source": "rule:x",
    }  # fmt: skip


@pytest.fixture
def rows():
    """The makers of rows, since test folders are no packages."""
    return document, finding
