import json

import pytest
from typer.testing import CliRunner

from service.cli import app, main
from tests.training.conftest import make_document
from training import corpus
from training.cli import register

runner = CliRunner()


@pytest.fixture(scope="module", autouse=True)
def commands():
    if "corpus" not in {group.name for group in app.registered_groups}:
        register(app)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "c.jsonl"
    corpus.write([make_document(f"d{n}", text=make_document().text.replace("chart", f"chart{n}")) for n in range(3)], path)
    return path


def run(*arguments):
    return runner.invoke(app, [str(argument) for argument in arguments])


def test_check_of_a_sound_corpus_says_so(file):
    result = run("corpus", "check", file)
    assert (result.exit_code, result.stdout) == (0, "0 faults.\n")


def test_check_finds_evaluation_sentences(file, tmp_path):
    document = make_document("d0")
    row = {"text": document.text, "start": document.sentences[1].start, "end": document.sentences[1].end}
    (tmp_path / "eval.jsonl").write_text(json.dumps(row))
    result = run("corpus", "check", file, "--evaluation", tmp_path / "eval.jsonl")
    assert result.exit_code == 1
    assert "evaluation_leak" in result.stdout


@pytest.mark.parametrize("command", ["stats", "agreement", "dedupe"])
def test_a_corpus_command_prints_figures(file, command):
    result = run("corpus", command, file)
    assert result.exit_code == 0
    assert "nurse" not in result.stdout


def test_split_writes_a_split_for_every_document(file, tmp_path):
    assert run("corpus", "split", file, tmp_path / "out.jsonl").exit_code == 0
    assert all(document.split for document in corpus.read(tmp_path / "out.jsonl"))


def test_assemble_says_which_texts_are_missing(file, tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "r.jsonl").write_text("")
    result = run("corpus", "assemble", file, tmp_path / "out.jsonl", "--reports", tmp_path / "reports")
    assert result.exit_code == 1
    assert "3 documents have no text" in result.output


def test_a_missing_file_is_one_sentence_and_status_2(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["secondstory", "corpus", "check", str(tmp_path / "none.jsonl")])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "There is no corpus" in capsys.readouterr().err
