import csv
import io
import json
import logging
import os
import time
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.errors import SAFE_PARTS
from service.jobs.options import Columns, JobOptions
from service.logs import JsonLines
from service.settings import Settings

CANARY = "zqxcanary"
NARRATIVE = "The nurse carelessly failed to check the allergy status."
TABLE = f"id,Narrative,Ward\nA1,{NARRATIVE},7\nA2,The ward was short of two nurses.,8\nA3,,8\n".encode()
OPTIONS = {"title": "April", "mapping": {"text": "Narrative", "report_id": "id", "unit": "Ward"}, "detector": "rules"}


def send(client, content=TABLE, *, name="reports.csv", options=OPTIONS, **more):
    return client.post("/v1/jobs", files=[("files", (name, content))], data={"options": json.dumps(options)}, **more)


def wait(client, job_id, seconds=240):
    for _ in range(seconds * 10):
        job = client.get(f"/v1/jobs/{job_id}").json()
        if job["ended_at"]:
            return job
        time.sleep(0.1)
    raise AssertionError(job)


def read_events(client, job_id, **headers):
    with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        blocks = "".join(answer.iter_text()).strip().split("\n\n")
    events = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks if not block.startswith(":")]
    return [(each["event"], int(each["id"]), json.loads(each["data"])) for each in events]


def problem(answer):
    assert set(answer.json()) == {"error"}
    return answer.status_code, answer.json()["error"]["code"]


def test_a_table_is_scored_followed_and_downloaded(service, tmp_path):
    client = service()
    sent = send(client)
    assert sent.status_code == 202
    job_id = sent.json()["id"]
    events = read_events(client, job_id)
    assert [each[1] for each in events] == sorted({each[1] for each in events})
    assert events[-1][0] == "done"
    job = wait(client, job_id)
    assert (job["state"], job["rows_done"], job["rows_failed"], job["rows_total"], job["options"]["title"]) == ("done", 3, 1, 3, "April")
    with zipfile.ZipFile(io.BytesIO(client.get(f"/v1/jobs/{job_id}/result").content)) as archive:
        assert archive.testzip() is None
        assert {"manifest.json", "documents.csv", "documents/part-000000.parquet", "errors.csv"} <= set(archive.namelist())
        rows = list(csv.DictReader(io.StringIO(archive.read("documents.csv").decode())))
        assert CANARY not in archive.read("manifest.json").decode()
    report = client.get(f"/v1/jobs/{job_id}/report")
    assert report.headers["content-type"].startswith("text/html")
    assert "Wording only" in report.text
    assert [(row["report_id"], row["unit"], row["counted_findings"]) for row in rows] == [("A1", "7", "2"), ("A2", "8", "0")]
    assert not (tmp_path / "data" / "jobs" / job_id / "uploads").exists()


def test_events_resume_after_the_last_one_that_was_seen(service):
    client = service()
    job_id = send(client).json()["id"]
    wait(client, job_id)
    (_, last, _), *rest = read_events(client, job_id, **{"Last-Event-ID": "0"})[-1:]
    assert rest == []
    again = read_events(client, job_id, **{"Last-Event-ID": str(last)})
    assert [(event, version) for event, version, _ in again] == [("done", last)]


def test_a_waiting_job_is_cancelled_and_its_upload_is_gone(service, idle, tmp_path):
    client = service()
    job_id = send(client).json()["id"]
    folder = tmp_path / "data" / "jobs" / job_id
    assert folder.exists()
    assert client.post(f"/v1/jobs/{job_id}/cancel").json()["state"] == "cancelled"
    assert not folder.exists()
    assert read_events(client, job_id)[-1][0] == "cancelled"
    assert problem(client.get(f"/v1/jobs/{job_id}/result")) == (409, "job_state")


def test_a_running_job_is_cancelled_and_leaves_nothing(service, tmp_path):
    client = service()
    rows = "".join(f"{n},{NARRATIVE},7\n" for n in range(50_000))
    job_id = send(client, f"id,Narrative,Ward\n{rows}".encode()).json()["id"]
    for _ in range(1_200):
        if client.get(f"/v1/jobs/{job_id}").json()["rows_done"]:
            break
        time.sleep(0.1)
    assert client.post(f"/v1/jobs/{job_id}/cancel").json()["state"] == "running"
    job = wait(client, job_id)
    assert job["state"] == "cancelled"
    assert 0 < job["rows_done"] < 50_000
    time.sleep(0.5)
    assert list((tmp_path / "data" / "jobs" / job_id).glob("*/*")) == []


def test_a_full_queue_answers_429_and_says_when_to_come_back(service, idle):
    client = service(max_queued_jobs=1)
    assert send(client).status_code == 202
    refused = send(client)
    assert problem(refused) == (429, "queue_full")
    assert int(refused.headers["retry-after"]) >= 1
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


def test_an_upload_over_the_limit_is_refused_and_gives_its_place_back(service, idle):
    client = service(max_upload_bytes=1_000_000, max_queued_jobs=1)
    assert problem(send(client, b"x" * 1_000_001)) == (413, "limit_exceeded")

    def undeclared():
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
        for _ in range(11):
            yield b"x" * 100_000

    assert problem(client.post("/v1/jobs", content=undeclared(), headers={"Content-Type": "multipart/form-data; boundary=b"})) == (413, "limit_exceeded")
    assert send(client).status_code == 202


def test_an_upload_may_be_larger_than_other_requests(service, idle):
    client = service(max_body_bytes=1_000)
    assert send(client, TABLE * 20).status_code == 202


@pytest.mark.parametrize(
    ("files", "options", "status"),
    [
        ([], "{}", 422),
        ([("files", ("a.csv", b"x"))], "{", 422),
        ([("files", ("a.csv", b"x"))], f'{{"{CANARY}": 1}}', 422),
        ([("files", ("a.csv", b"x"))], '{"detector": "best"}', 422),
        ([("files", ("a.csv", b"x"))], '{"encoding": "klingon"}', 422),
        ([("files", ("a.csv", b"x")), ("files", ("b/a.csv", b"x"))], "{}", 422),
    ],
    ids=["no file", "no JSON", "unknown key", "unknown detector", "unknown encoding", "two of a name"],
)
def test_what_cannot_be_a_job_is_refused_and_forgotten(service, idle, tmp_path, files, options, status):
    client = service(max_queued_jobs=1)
    answer = client.post("/v1/jobs", files=[*files, ("other", b"")], data={"options": options})
    assert answer.status_code == status
    assert CANARY not in answer.text
    assert list((tmp_path / "data" / "jobs").iterdir()) == []
    assert send(client).status_code == 202


def test_a_body_that_is_no_form_is_refused(service, idle):
    client = service()
    assert client.post("/v1/jobs", content=b"hello").status_code == 422
    assert client.post("/v1/jobs", content=b"hello", headers={"Content-Type": "multipart/form-data; boundary=b"}).status_code == 400


def test_the_problem_with_an_option_is_named(service, idle):
    details = send(service(), options={"detector": "best", "mapping": {"text": 7}}).json()["error"]["details"]
    assert {"where": "body.options.mapping.text", "problem": "must be a string"} in details
    assert any(each["where"] == "body.options.detector" and "'rules'" in each["problem"] for each in details)


def test_every_option_may_be_named_in_an_error():
    assert {*JobOptions.model_fields, *Columns.model_fields} <= SAFE_PARTS


def test_a_table_without_the_mapped_column_fails_and_names_those_that_are_there(service):
    client = service()
    job = wait(client, send(client, options={"mapping": {"text": "Story"}, "detector": "rules"}).json()["id"])
    assert (job["state"], job["code"]) == ("failed", "missing_column")
    assert "'Narrative'" in job["message"]
    assert job["expires_at"]


def test_a_broken_file_beside_a_good_one_is_a_row_of_the_errors(service):
    client = service()
    files = [("files", ("a.csv", TABLE)), ("files", ("b.xlsx", b"no workbook"))]
    job = wait(client, client.post("/v1/jobs", files=files, data={"options": json.dumps(OPTIONS)}).json()["id"])
    assert (job["state"], job["rows_failed"]) == ("done", 2)


@pytest.mark.parametrize("path", ["", "/events", "/result", "/report"])
def test_an_unknown_job_is_404(service, idle, path):
    assert problem(service().get(f"/v1/jobs/none{path}")) == (404, "unknown_job")


def test_deleting_takes_everything_and_needs_an_end(service, idle, tmp_path):
    client = service()
    job_id = send(client).json()["id"]
    assert problem(client.delete(f"/v1/jobs/{job_id}")) == (409, "job_state")
    client.post(f"/v1/jobs/{job_id}/cancel")
    assert client.delete(f"/v1/jobs/{job_id}").status_code == 204
    assert problem(client.delete(f"/v1/jobs/{job_id}")) == (404, "unknown_job")
    assert client.get("/v1/jobs").json()["jobs"] == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_page_may_not_start_a_job(service, idle, site):
    client = service()
    assert problem(send(client, headers={"Sec-Fetch-Site": site})) == (403, "cross_site")
    sent = send(client, headers={"Sec-Fetch-Site": "same-origin"})
    assert sent.status_code == 202
    assert client.get(f"/v1/jobs/{sent.json()['id']}", headers={"Sec-Fetch-Site": site}).status_code == 200


def test_the_limits_are_announced(service, idle):
    limits = service(retention_days=3).get("/v1/jobs").json()["limits"]
    assert limits == {"max_queued_jobs": 20, "max_upload_bytes": 1_000_000_000, "max_upload_files": 1_000, "retention_days": 3}


def test_the_docs_name_every_setting_of_jobs_and_every_option():
    docs = (Path(__file__).parents[3] / "docs" / "jobs.md").read_text()
    numbers = ("data_directory", "database_url", "max_queued_jobs", "max_upload_bytes", "max_upload_files", "retention_days", "job_workers")
    assert [name for name in numbers if f"SECONDSTORY_{name.upper()}" not in docs or name not in Settings.model_fields] == []
    assert [name for name in (*JobOptions.model_fields, *Columns.model_fields) if f"`{name}`" not in docs] == []


def test_the_password_of_the_database_is_in_no_description(service, idle):
    settings = {"database_url": "postgresql://jobs:zqxcanary@127.0.0.1:9/none"}
    client = service(**settings)
    assert CANARY not in client.get("/openapi.json").text + client.get("/v1/jobs").text + repr(Settings(**settings))


def test_logs_hold_ids_and_counts_and_neither_text_nor_names(service, caplog):
    client = service()
    with caplog.at_level(logging.DEBUG):
        job_id = send(client, TABLE.replace(b"allergy", CANARY.encode()), name=f"{CANARY}.csv", options={**OPTIONS, "title": CANARY}).json()["id"]
        wait(client, job_id)
    ours = [JsonLines().format(record) for record in caplog.records if not record.name.startswith(("httpx", "asyncio", "multipart", "python_multipart"))]
    assert any(job_id in line for line in ours)
    assert CANARY not in "".join(ours)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="Needs a folder that cannot be written; the superuser can write everywhere.")
def test_a_folder_that_cannot_be_written_leaves_the_rest_of_the_service_running(service, tmp_path):
    (tmp_path / "data").mkdir(mode=0o500)
    client = service()
    assert problem(client.get("/v1/jobs")) == (503, "storage_unavailable")
    assert client.get("/healthz").status_code == 200


def test_a_data_directory_that_is_a_file_leaves_the_rest_of_the_service_running(service, tmp_path):
    (tmp_path / "data").write_text("in the way")
    client = service()
    assert problem(client.get("/v1/jobs")) == (503, "storage_unavailable")
    assert client.get("/healthz").status_code == 200


def xlsx():
    book = openpyxl.Workbook()
    book.active.append(["Ref", "Description"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def parquet():
    buffer = io.BytesIO()
    pq.write_table(pa.table({"Ref": ["1"], "Description": [CANARY]}), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", f"\ufeffRef;Description\n1;{CANARY}".encode()),
        ("a.tsv", f"Ref\tDescription\n1\t{CANARY}".encode("utf-16")),
        ("a.jsonl", json.dumps({"Ref": 1, "Description": CANARY}).encode()),
        ("a.xlsx", xlsx()),
        ("a.parquet", parquet()),
    ],
    ids=["csv", "utf-16 tsv", "jsonl", "xlsx", "parquet"],
)
def test_the_columns_of_every_kind_of_table_are_shown_with_what_they_often_are(service, idle, name, content):
    answer = service().post("/v1/jobs/columns", files={"file": (name, content)})
    assert answer.json() == {"columns": ["Ref", "Description"], "suggested": {"text": "Description", "report_id": "Ref"}}


@pytest.mark.parametrize(
    ("name", "content"), [("a.xlsx", b"no"), ("a.exe", b"no"), ("a.jsonl", b"[1]"), ("a.csv", b"")], ids=["broken", "kind", "list", "empty"]
)
def test_a_table_without_columns_is_explained(service, idle, name, content):
    assert service().post("/v1/jobs/columns", files={"file": (name, content)}).status_code == 422
