"""`convert` and `project` on the command line."""

import json

import pytest
from typer.testing import CliRunner

from service.cli import main
from training.corpus import read
from training.formats.commands import app

pytest.importorskip("regex")

TEXT = "The nurse carelessly failed to check."
RECORD = {"id": 1, "text": TEXT, "label": [[10, 20, "CHARACTER"], [21, 36, "FAILURE_VERB"]]}


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps(RECORD) + "\n")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def stopped(monkeypatch, capsys):
    """Runs the command as a user does; it must stop with exit status 2. What it says."""

    def stopped(*arguments):
        monkeypatch.setattr("sys.argv", ["secondstory", "corpus", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        assert stop.value.code == 2
        return capsys.readouterr().err

    return stopped


def test_an_export_becomes_a_corpus_and_says_what_it_did(source, tmp_path):
    found = run("convert", source, tmp_path / "c.jsonl", "--map", "FAILURE_VERB=failure", "--source", "Trust A", "--licence", "CC-BY-4.0")
    assert found.exit_code == 0
    assert found.output == "1 documents from doccano to corpus: 1 read, 0 skipped, 0 repaired, 0 refused.\n"
    (document,) = read(tmp_path / "c.jsonl")
    assert (document.origin.source, document.origin.licence, len(document.layers[0].spans)) == ("Trust A", "CC-BY-4.0", 2)


def test_a_corpus_becomes_a_project_of_a_tool_and_back(source, tmp_path):
    run("convert", source, tmp_path / "c.jsonl", "--map", "FAILURE_VERB=failure")
    assert run("convert", tmp_path / "c.jsonl", tmp_path / "l.json", "--to", "label-studio").exit_code == 0
    assert run("convert", tmp_path / "l.json", tmp_path / "back.jsonl").exit_code == 0
    assert (tmp_path / "back.jsonl").read_text() == (tmp_path / "c.jsonl").read_text()


def test_some_refused_is_exit_status_3_and_the_others_are_written(source, tmp_path):
    with source.open("a") as file:
        file.write(json.dumps({"id": 2, "text": TEXT, "label": [[10, 20, "character"]]}) + "\n")
    found = run("convert", source, tmp_path / "c.jsonl")
    assert found.exit_code == 3
    assert "refused 1: There is no label 'FAILURE_VERB'" in found.output
    assert [document.id for document in read(tmp_path / "c.jsonl")] == ["2"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.jsonl", "c.jsonl"], "of no format that can be told"),
        (["{source}", "c.jsonl"], "Nothing was converted (1 read, 0 skipped, 0 repaired, 1 refused)"),
        (["{source}", "c.jsonl", "--map", "failure"], "--map wants LABEL=MEANING"),
        (["{source}", "c.jsonl", "--map", "X=oops"], "There is no label 'oops'"),
        (["{source}", "c.jsonl", "--from", "brat"], "is not a folder"),
        (["{source}", "c.jsonl", "--columns", "{columns}"], "is no column map"),
    ],
    ids=["no file", "all refused", "no equals", "unknown meaning", "wrong format", "unknown column"],
)
def test_bad_input_is_one_sentence_and_exit_status_2(source, tmp_path, arguments, message, stopped):
    columns = tmp_path / "columns.toml"
    columns.write_text("narrative = 'text'\n")
    arguments = [each.format(source=source, columns=columns) for each in arguments]
    told = stopped("convert", arguments[0], tmp_path / arguments[1], *arguments[2:])
    assert message in told
    assert "nurse" not in told


def test_columns_are_named_in_toml(tmp_path):
    (tmp_path / "t.csv").write_text("Narrative,Phrase,Code\nHe failed.,failed,failure\n")
    (tmp_path / "columns.toml").write_text("text = 'Narrative'\nwords = 'Phrase'\nlabel = 'Code'\n")
    assert run("convert", tmp_path / "t.csv", tmp_path / "c.jsonl", "--columns", tmp_path / "columns.toml").exit_code == 0
    assert next(read(tmp_path / "c.jsonl")).layers[0].spans[0].words == "failed"


@pytest.mark.parametrize("tool", ["doccano", "label-studio", "inception"])
def test_project_files_go_to_a_file_or_to_standard_output(tmp_path, tool):
    assert run("project", "--tool", tool, "--output", tmp_path / "project").exit_code == 0
    assert run("project", "--tool", tool).output == (tmp_path / "project").read_text()


@pytest.mark.parametrize("name", ["corpus", "doccano", "label-studio", "prodigy", "brat", "inception", "webanno-tsv", "csv", "xlsx", "docbin"])
def test_a_document_without_text_is_refused_by_every_tool(source, tmp_path, name, stopped):
    run("convert", source, tmp_path / "c.jsonl", "--map", "FAILURE_VERB=failure")
    record = json.loads((tmp_path / "c.jsonl").read_text())
    del record["text"]
    (tmp_path / "standoff.jsonl").write_text(json.dumps(record))
    arguments = ("convert", tmp_path / "standoff.jsonl", tmp_path / "out", "--to", name)
    if name == "corpus":
        assert run(*arguments).exit_code == 0
    else:
        assert "Assemble" in stopped(*arguments)
