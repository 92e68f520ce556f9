"""Spark in local mode; skipped where it is not installed, as it is an extra."""

import shutil
import warnings

import pyarrow.parquet as pq
import pytest

from service.batch.options import BatchOptions, ColumnMap
from service.batch.run import LOG, run_batch

pytest.importorskip("pyspark", reason="needs the extra 'spark' (pyspark)")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="needs Java 17 for Spark"),
    pytest.mark.filterwarnings("ignore"),  # Spark's own sockets and its words on pandas
]
TEXTS = [f"Report {at}. The nurse carelessly failed to check the allergy status." for at in range(40)]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    import os
    import sys

    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = made.config("spark.driver.host", "127.0.0.1").getOrCreate()
        yield session
        session.stop()


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != LOG}


def test_spark_writes_the_bytes_of_the_local_engine(session, write, tmp_path):
    source = write("t.csv", [*TEXTS, ""])
    for name, engine in (("local", "local"), ("spark", "spark")):
        run_batch([source], tmp_path / name, options=BatchOptions(detector="rules", workers=1, rows_per_part=9, engine=engine))
    assert contents(tmp_path / "local") == contents(tmp_path / "spark")


def test_a_data_frame_gives_the_rows_of_a_file(session, write, tmp_path):
    source = write("t.csv", [*TEXTS[:3], ""], day=["2026-03-31", "", "", ""])
    options = BatchOptions(mapping=ColumnMap(report_id="id", date="day", keep=("id",)), detector="rules", workers=1)
    run_batch([source], tmp_path / "local", options=options)
    from service.batch.spark import score_dataframe

    rows = [(at, f"R{at}", text, "2026-03-31" if at == 1 else None) for at, text in enumerate([*TEXTS[:3], ""], 1)]
    frame = session.createDataFrame([(at, f"R{at - 1}", text, day) for at, _, text, day in rows], "n long, id string, text string, day string")
    scored = sorted(
        (each.asDict(recursive=True) for each in score_dataframe(frame, row="n", name="t.csv", options=options).collect()), key=lambda each: each["row"]
    )
    documents = [{**each, "columns": dict(each["columns"])} for each in pq.read_table(tmp_path / "local" / "documents").to_pylist()]
    assert [{name: row[name] for name in documents[0]} for row in scored if row["code"] is None] == documents
    findings = pq.read_table(tmp_path / "local" / "findings").to_pylist()
    assert [{"row_id": row["row_id"], **each} for row in scored for each in row["findings_table"] or ()] == findings
    assert [(row["row"], row["code"]) for row in scored if row["code"]] == [(4, "empty_text")]
