import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from nlp.errors import UnreadableInputError
from nlp.report import Report
from service.batch import tables
from service.batch.options import BatchOptions, ColumnMap
from service.batch.rows import ROWS, Row, as_batch
from service.batch.run import LOG, run_batch
from service.batch.scoring import NAMES, schemas, score_table
from service.cli import app

TEXT = "The nurse carelessly failed to check the allergy status."
TEXTS = [f"Report {at}. {TEXT} There were {at} nurses on the ward." for at in range(25)]


def contents(folder):
    """Every file of a run but its log, as bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != LOG}


def test_the_tables_say_what_the_analysis_says(score, write, analyzer):
    found = score(write("t.csv", [TEXT, "It rained."], ward=["North", "South"]), mapping=ColumnMap(report_id="id", unit="ward"))
    analysis = analyzer.analyze(Report("R0", TEXT))
    first = found["documents"][0]
    assert (first["report_id"], first["unit"], first["row"], first["counted_findings"]) == ("R0", "North", 1, analysis.measures.counted_findings)
    assert (first["blame_sentences"], first["category_failure"], first["attribution_individual"]) == (1, 1, 1)
    mine = [each for each in found["findings"] if each["row_id"] == first["row_id"]]
    assert [(each["finding_id"], each["start"], each["end"]) for each in mine] == [(each.id, each.start, each.end) for each in analysis.findings]
    assert sum(each["counted_findings"] for each in found["sentences"]) == first["counted_findings"]


def test_what_is_written_has_the_announced_schemas_and_no_text(score, write, tmp_path):
    score(write("t.csv", [TEXT]))
    for name, schema in schemas().items():
        assert pa.parquet.read_schema(tmp_path / "out" / name / "part-000000.parquet").equals(schema)
    assert not any(b"carelessly" in content for content in contents(tmp_path / "out").values())
    assert score(write("t.csv", [TEXT]), output="with", with_text=True)["documents"][0]["text"] == TEXT


def test_every_record_is_a_document_or_an_error(score, write, tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"?")
    found = score(write("t.csv", [TEXT, "", "a\x00b", TEXT], day=["", "", "", "tomorrow"]), tmp_path / "broken.zip", mapping=ColumnMap(date="day"))
    assert [(each["input"], each["row"], each["code"]) for each in found["errors"]] == [
        ("t.csv", 2, "empty_text"), ("t.csv", 3, "nul_character"), ("t.csv", 4, "bad_date"), ("broken.zip", None, "broken_archive"),
    ]  # fmt: skip
    assert (score.manifest.records, score.manifest.documents, score.manifest.errors, score.manifest.complete) == (5, 1, 4, True)


def test_a_report_that_the_analyser_fails_on_is_an_error_without_its_text():
    class Failing:
        def analyze(self, report):
            raise KeyError(report.text)

    found = score_table(Failing(), as_batch([Row(input="t", row=1, report_id="R", text="secret")]))
    assert found.errors.to_pylist()[0]["code"] == "internal"
    assert "secret" not in str(found)


def test_rows_go_through_arrow_unchanged():
    row = Row(input="t", row=1, report_id="R", text="x", columns={"b": "1", "a": "2"})
    assert as_batch([row]).schema == ROWS
    assert dict(as_batch([row]).to_pylist()[0]["columns"]) == {"b": "1", "a": "2"}


@pytest.mark.parametrize(("stop_at", "kept"), [(0, 0), (1, 10), (11, 20), (24, 20)])
def test_a_stopped_run_goes_on_and_ends_with_the_same_bytes(score, write, tmp_path, stop_at, kept):
    source = write("t.csv", [*TEXTS, ""])
    options = {"rows_per_part": 10, "csv": True}
    score(source, output="whole", **options)

    def stop(done, errors, total):
        assert total == 26
        if done >= stop_at:
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        score(source, on_progress=stop, **options)
    score(source, resume=True, **options)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    log = [json.loads(line) for line in (tmp_path / "out" / LOG).read_text().splitlines()]
    assert [line["done"] for line in log if line["event"] == "begun"][-1] == kept


@pytest.mark.parametrize("torn", ["findings/part-000001.parquet", "errors/part-000002.parquet.tmp", "manifest.json.tmp"])
def test_what_a_killed_run_had_begun_is_written_anew(score, write, tmp_path, torn):
    source = write("t.csv", TEXTS)
    score(source, output="whole", rows_per_part=10)
    shutil.copytree(tmp_path / "whole", tmp_path / "out")
    for path in (tmp_path / "out" / "documents").glob("part-00000[12]*"):
        path.unlink()
    (tmp_path / "out" / torn).write_bytes(b"torn")
    score(source, rows_per_part=10, resume=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_run_killed_at_random_loses_nothing(score, write, tmp_path):
    source = write("t.csv", TEXTS * 4)
    score(source, output="whole", rows_per_part=7)
    arguments = [sys.executable, "-m", "service", "batch", str(source), "--detector", "rules", "--workers", "2", "--rows-per-part", "7", "--output"]
    process = subprocess.Popen([*arguments, str(tmp_path / "out")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list((tmp_path / "out").glob("documents/*.parquet")) and process.poll() is None:
        time.sleep(0.01)
    time.sleep(random.random() * 0.3)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    subprocess.run([*arguments, str(tmp_path / "out"), "--resume"], check=True, capture_output=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"with_text": True}, "with_text"),
        ({"rows_per_part": 3}, "rows_per_part"),
        ({"mapping": ColumnMap(report_id="id")}, "report_id"),
        ({"input": "id,text\nR0,changed\n"}, "'t.csv' .has other contents"),
    ],
)
def test_resuming_another_run_is_refused_and_what_changed_is_named(score, write, change, named):
    source = write("t.csv", TEXTS[:3])
    score(source)
    if "input" in change:
        source.write_text(change.pop("input"))
    with pytest.raises(UnreadableInputError, match=named):
        score(source, resume=True, **change)


def test_resuming_under_other_rules_is_refused(score, write, monkeypatch):
    source = write("t.csv", TEXTS[:3])
    score(source)
    monkeypatch.setattr("service.batch.run.RunManifest.begun", _other_rules())
    with pytest.raises(UnreadableInputError, match="the rules"):
        score(source, resume=True)


def _other_rules():
    from dataclasses import replace

    from service.batch.manifest import RunManifest

    begun = RunManifest.begun
    return lambda *arguments: replace(made := begun(*arguments), versions=replace(made.versions, rules="others"))


def test_a_folder_that_is_not_empty_is_refused(score, write, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("x")
    for resume in (False, True):
        with pytest.raises(UnreadableInputError, match="folder"):
            score(write("t.csv", TEXTS[:1]), resume=resume)
    assert (tmp_path / "out" / "thesis.txt").exists()


def test_two_runs_into_one_folder_are_refused(score, write):
    source = write("t.csv", TEXTS[:3])

    def meanwhile(*_):
        with pytest.raises(UnreadableInputError, match="Another run"):
            score(source, resume=True)

    score(source, on_progress=meanwhile)


def test_the_same_input_twice_gives_the_same_bytes_with_any_number_of_workers(score, write, tmp_path):
    source = write("t.jsonl", TEXTS)
    score(source, output="one", rows_per_part=9)
    run_batch([source], tmp_path / "two", options=BatchOptions(detector="rules", workers=2, rows_per_part=9))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_mapped_column_that_is_nowhere_stops_before_scoring_and_names_those_there(score, write, tmp_path):
    with pytest.raises(UnreadableInputError, match="'id', 'text'"):
        score(write("t.csv", TEXTS), mapping=ColumnMap(text="Narrative"))
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert len(score(write("t.csv", TEXTS))["documents"]) == len(TEXTS)


@pytest.mark.parametrize("number", [12, 130])
def test_records_that_all_fail_alike_stop_the_run_before_anything_is_written(score, write, tmp_path, number):
    days = ["31/03/2026"] * min(number, 100) + ["2026-03-31"] * max(0, number - 100)
    source = write("t.csv", ["It rained."] * number, day=days)
    with pytest.raises(UnreadableInputError, match=f"first {min(number, 100)} records .*--date-format"):
        score(source, mapping=ColumnMap(date="day"))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {LOG}
    assert len(score(source, mapping=ColumnMap())["documents"]) == number


def test_one_good_record_among_the_first_lets_a_run_go_on(score, write):
    found = score(write("t.csv", ["It rained."] * 12, day=["31/03/2026"] * 11 + [""]), mapping=ColumnMap(date="day"))
    assert (len(found["documents"]), len(found["errors"])) == (1, 11)


def test_the_console_names_the_commonest_cause_at_the_end(monkeypatch, analyzer, write, tmp_path):
    monkeypatch.setattr("service.batch.engines.build_analyzer", lambda *_, **__: analyzer)
    source = write("t.csv", ["It rained.", "It rained.", "It rained.", ""], day=["31/03/2026", "31/03/2026", "", ""])
    arguments = ["batch", str(source), "--date", "day", "--workers", "1", "--detector", "rules", "--output", str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 3
    assert "Errors by code: 2 bad_date, 1 empty_text." in result.output
    assert "give --date-format" in result.output


def test_the_csv_writes_a_confidence_as_short_as_it_is(score, write, tmp_path):
    found = score(write("t.csv", [TEXT]), csv=True)
    with (tmp_path / "out" / "findings.csv").open(newline="") as file:
        written = [row["confidence"] for row in csv.DictReader(file)]
    assert written
    assert all(len(each) <= 9 for each in written)
    assert [float(each) for each in written] == pytest.approx([each["confidence"] for each in found["findings"]], rel=1e-6)


def test_the_csv_has_a_column_for_each_kept_one_and_no_formula(score, write, tmp_path):
    source = write("t.csv", [TEXT], note=["=HYPERLINK(1)"], age=["-5"])
    score(source, csv=True, mapping=ColumnMap(report_id="note", keep=("age", "note")))
    with (tmp_path / "out" / "documents.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["report_id"], row["age"], row["note"]) == ("'=HYPERLINK(1)", "-5", "'=HYPERLINK(1)")
    assert {path.name for path in (tmp_path / "out").glob("*.csv")} == {f"{name}.csv" for name in NAMES}


def test_an_input_without_records_gives_empty_tables(score, tmp_path):
    (tmp_path / "t.csv").write_text("id,text\n")
    assert score(tmp_path / "t.csv", csv=True) == {name: [] for name in NAMES}
    assert score.manifest.complete


def test_adding_a_category_adds_its_column_without_code():
    names = tables.documents().names
    assert {"category_failure", "attribution_system", "factor_person", "action_weaker"} <= set(names)


def test_an_analyser_is_made_anew_after_so_many_characters_and_says_the_same(score, write, monkeypatch, analyzer):
    made = []
    source = write("t.csv", TEXTS)
    whole = score(source, output="whole", rows_per_part=2)
    monkeypatch.setattr("service.batch.engines.RENEW_AFTER", 500)
    monkeypatch.setattr("service.batch.engines.build_analyzer", lambda *_, **__: made.append(1) or analyzer)
    assert score(source, rows_per_part=2) == whole
    assert len(made) > 2
