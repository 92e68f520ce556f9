import io
import json
import logging
import threading

import pytest
import schemathesis
from docx import Document
from hypothesis import settings
from starlette.testclient import TestClient

from nlp.taxonomy import load
from service.app import create_app
from service.logs import JsonLines
from service.settings import Settings

TEXT = "The nurse carelessly failed to check the allergy status."
CANARY = "zqxcanary"


def test_one_text_gives_an_analysis_after_the_contract(client):
    analysis = client.post("/v1/analyze", json={"text": TEXT}).json()
    assert analysis["offset_unit"] == "codepoint"
    assert set(analysis["versions"]) == {"product", "taxonomy", "rules", "model"}
    assert [TEXT[f["start"] : f["end"]] for f in analysis["findings"]] == ["carelessly", "failed to check"]
    finding = analysis["findings"][1]
    assert finding.keys() >= {"id", "category", "confidence", "counted", "rationale", "source", "standard", "suggestions"}
    assert finding["suggestions"][0].keys() == {"kind", "start", "end", "replacement", "question", "safe", "reason", "written_by"}
    assert analysis["measures"]["blame_density"]["why"] == "under 150 words"


def test_a_list_gives_one_analysis_each_in_order(client):
    texts = [{"id": "a", "text": TEXT}, {"id": "b", "text": "He slept."}]
    answer = client.post("/v1/analyze", json={"texts": texts}).json()
    assert [each["id"] for each in answer["analyses"]] == ["a", "b"]


def test_taxonomy_is_served_as_it_is(client):
    assert [each["id"] for each in client.get("/v1/taxonomy").json()["categories"]] == [each.id for each in load().categories]


@pytest.mark.parametrize("path", ["/", "/docs", "/static/app.js", "/healthz", "/readyz", "/openapi.json"])
def test_page_and_health_answer(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_openapi_has_examples_and_limits(client):
    schema = client.get("/openapi.json").json()
    assert "max_text_chars" in schema["info"]["description"]
    assert schema["components"]["schemas"]["AnalyzeRequest"]["examples"]


def test_long_texts_are_refused_and_never_cut(analyzer):
    with TestClient(create_app(Settings(max_text_chars=20), build=lambda: analyzer)) as client:
        while client.get("/readyz").status_code != 200:
            pass
        answer = client.post("/v1/analyze", json={"text": "x" * 21})
    assert answer.status_code == 413
    assert "20" in answer.json()["error"]["message"]


def test_a_starting_service_says_so(analyzer):
    loaded = threading.Event()

    def build():
        loaded.wait(10)
        return analyzer

    with TestClient(create_app(Settings(), build=build)) as client:
        answer = client.post("/v1/analyze", json={"text": TEXT})
        alive = client.get("/healthz")
        loaded.set()
    assert (answer.status_code, alive.status_code) == (503, 200)
    assert answer.headers["retry-after"]


def test_a_slow_analysis_runs_out_of_time(analyzer):
    with TestClient(create_app(Settings(time_limit_s=0.001), build=lambda: analyzer)) as client:
        while client.get("/readyz").status_code != 200:
            pass
        answer = client.post("/v1/analyze", json={"text": TEXT * 500})
    assert answer.status_code == 503


def test_docx_comes_in_with_tables_and_goes_out(client):
    document = Document()
    document.add_paragraph("The nurse failed to check.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Action", "Remind staff"
    buffer = io.BytesIO()
    document.save(buffer)
    answer = client.post("/v1/documents", files={"file": ("r.docx", buffer.getvalue())})
    assert answer.json()["text"] == "The nurse failed to check.\n\nAction\tRemind staff"
    written = client.post("/v1/documents/docx", json={"text": "One\nTwo"})
    assert [each.text for each in Document(io.BytesIO(written.content)).paragraphs] == ["One", "Two"]


def test_windows_text_is_read_with_a_warning(client):
    answer = client.post("/v1/documents", files={"file": ("r.txt", "caf\xe9".encode("cp1252"))}).json()
    assert answer["text"] == "café"
    assert "Windows-1252" in answer["warnings"][0]


def test_logs_hold_no_report_text(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/analyze", json={"text": f"The nurse {CANARY} failed to check."})
        client.post("/v1/analyze", json={"text": 7, CANARY: CANARY})
    ours = [JsonLines().format(record) for record in caplog.records if not record.name.startswith(("httpx", "asyncio"))]
    assert ours
    assert CANARY not in "".join(ours)
    assert json.loads(ours[-1])["status"] == 422


schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(Settings()))


@pytest.mark.filterwarnings("ignore")
@schema.parametrize()
@settings(max_examples=25, deadline=None, derandomize=True)
def test_service_keeps_to_its_openapi(case):
    response = case.call()
    assert response.status_code < 500 or response.status_code == 503
    if response.status_code >= 400:
        assert set(response.json()["error"]) == {"code", "message", "details"}
