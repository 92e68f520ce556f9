import json

import pytest
from typer.testing import CliRunner

from service.cli import app

TEXT = "The nurse carelessly failed to check the allergy status."


@pytest.fixture
def run(monkeypatch, analyzer):
    monkeypatch.setattr("service.wiring.build_analyzer", lambda *_, **__: analyzer)
    return lambda *arguments, **options: CliRunner().invoke(app, [str(each) for each in arguments], **options)


def test_json_lines_follow_the_contract_and_bad_lines_do_not_stop_the_run(run, tmp_path):
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    bad = ["not json", '{"id": "B"}', '{"id": "C", "text": 3}', '{"id": "D", "text": "\\ud800"}']
    source.write_text("\n".join([json.dumps({"id": "A", "text": TEXT}), *bad, json.dumps({"id": "E", "text": ""})]))
    result = run("analyze", "--format", "jsonl", source, "--output", output)
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert result.exit_code == 3
    assert [("error" in row) for row in rows] == [False, True, True, True, True, False]
    assert rows[0]["id"] == "A"
    assert rows[0]["findings"][1]["start"] == 21


def test_json_lines_stream_from_standard_input(run):
    result = run("analyze", "--format", "jsonl", "-", input=json.dumps({"id": "A", "text": TEXT}) + "\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[0])["id"] == "A"


@pytest.mark.parametrize("form", ["terminal", "json", "html", "md"])
def test_a_file_can_be_read_in_every_format(run, tmp_path, form):
    (tmp_path / "r.txt").write_text(TEXT + " <b>")
    result = run("analyze", tmp_path / "r.txt", "--format", form)
    assert result.exit_code == 0
    assert "failed to check" in result.output or form == "json"
    assert form != "html" or "&lt;b&gt;" in result.output


def test_a_folder_is_read_whole(run, tmp_path):
    for name in ("a.txt", "b.md"):
        (tmp_path / name).write_text(TEXT)
    result = run("analyze", tmp_path, "--format", "jsonl")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a.txt", "b.md"]


def test_a_broken_file_of_a_folder_is_told_of_and_the_others_are_analysed(run, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.docx").write_bytes(b"no archive")
    (tmp_path / "c.txt").write_text(TEXT)
    result = run("analyze", tmp_path, "--format", "jsonl")
    assert result.exit_code == 3
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a.txt", "c.txt"]
    assert "b.docx: The file is not a Word document" in result.stderr


@pytest.mark.parametrize("arguments", [("nowhere.txt",), ("nowhere.jsonl", "--format", "jsonl"), ("pyproject.toml",)])
def test_bad_arguments_get_one_sentence(run, arguments):
    result = run("analyze", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert result.output.strip().endswith(".")


def test_taxonomy_prints(run):
    assert "patient_blame" in run("taxonomy").output
    assert json.loads(run("taxonomy", "--json").output)["version"]


def test_json_lines_that_are_not_utf_8_get_an_error_each_and_the_others_go_on(run, tmp_path):
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    bad = [
        b'{"id": "caf\xe9", "text": "The nurse failed."}',
        b'{"id": "B", "text": "The caf\xe9 was shut."}',
        b'{"id": "\\udce9", "text": "The nurse failed."}',
    ]
    source.write_bytes(b"\n".join([*bad, json.dumps({"id": "A", "text": TEXT}).encode()]))
    result = run("analyze", "--format", "jsonl", source, "--output", output)
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert result.exit_code == 3
    assert [row["id"] for row in rows if "error" in row] == ["line-1", "line-2", "line-3"]
    assert rows[3]["id"] == "A"


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_folder_gives_one_whole_file_a_report(run, tmp_path, form):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    for name in ("a.txt", "sub/a.txt"):
        (tmp_path / "in" / name).write_text(TEXT)
    result = run("analyze", tmp_path / "in", "--format", form, "--output", tmp_path / "out")
    assert result.exit_code == 0
    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")) == [f"a.txt.{form}", f"sub/a.txt.{form}"]
    if form == "json":
        assert json.loads((tmp_path / "out" / "sub" / "a.txt.json").read_text())["id"] == "sub/a.txt"


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_folder_is_never_joined_into_one_file_that_is_neither(run, tmp_path, form):
    (tmp_path / "a.txt").write_text(TEXT)
    result = run("analyze", tmp_path, "--format", form)
    assert result.exit_code == 2
    assert "--output" in result.output
