"""Small runs in this process with the analyser that all tests share."""

import csv
import json

import pyarrow.parquet as pq
import pytest

from service.batch.options import BatchOptions, ColumnMap
from service.batch.run import run_batch

TEXT = "The nurse carelessly failed to check the allergy status."


@pytest.fixture
def score(monkeypatch, analyzer, tmp_path):
    """Run a batch over these inputs; the tables come back as lists of rows."""
    monkeypatch.setattr("service.batch.engines.build_analyzer", lambda *_, **__: analyzer)

    def run(*inputs, output="out", on_progress=None, **options):
        mapping = options.pop("mapping", ColumnMap())
        made = BatchOptions(**{"mapping": mapping, "workers": 1, "detector": "rules", **options})
        run.manifest = run_batch(list(inputs), tmp_path / output, options=made, on_progress=on_progress)
        return {name: pq.read_table(tmp_path / output / name).to_pylist() for name in ("documents", "sentences", "findings", "errors")}

    return run


@pytest.fixture
def write(tmp_path):
    """Write a table of texts as CSV or JSON lines."""

    def write(name, texts, **columns):
        path = tmp_path / name
        rows = [{"id": f"R{at}", "text": text, **{key: values[at] for key, values in columns.items()}} for at, text in enumerate(texts)]
        with path.open("w", newline="") as out:
            if name.endswith(".jsonl"):
                out.writelines(json.dumps(row) + "\n" for row in rows)
            else:
                table = csv.DictWriter(out, list(rows[0]))
                table.writeheader()
                table.writerows(rows)
        return path

    return write
