"""brat's standoff files and their traps."""

import pytest

from nlp.errors import UnreadableInputError
from training.formats import FORMATS
from training.formats.draft import Options

pytest.importorskip("regex")

TEXT = "The nurse carelessly failed to check the allergy status."
ANNOTATIONS = (
    "T1\tCHARACTER 10 20\tcarelessly\n"
    "T2\tFAILURE_VERB 21 27;31 36\tfailed check\n"
    "A1\tAttribution T1 Individual\n"
    "R1\tTargets Arg1:T1 Arg2:T2\n"
    "#1\tAnnotatorNotes T1\thindsight\n"
)


def read(folder, text=TEXT, annotations=ANNOTATIONS, name="doc", **labels):
    (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    (folder / f"{name}.ann").write_text(annotations, encoding="utf-8", newline="")
    return FORMATS["brat"].read(folder, Options(labels={"FAILURE_VERB": "failure"} | labels))


def test_a_region_in_pieces_is_covered_and_counted(tmp_path):
    found = read(tmp_path)
    (layer,) = found.documents[0].layers
    assert [(span.words, span.category) for span in layer.spans] == [("carelessly", "character"), ("failed to check", "failure")]
    assert layer.attribution == ("individual",)
    assert (found.skipped, found.repaired) == (2, 1)


def test_a_region_over_a_line_end_is_one(tmp_path):
    found = read(tmp_path, "He failed\r\nto check.", "T1\tfailure 3 9;11 19\tfailed to check\n")
    assert (found.documents[0].layers[0].spans[0].words, found.repaired) == ("failed\r\nto check", 0)


def test_lines_end_at_line_feeds_only(tmp_path):
    found = read(tmp_path, "He failed\u2028to check.", "T1\tfailure 3 18\tfailed\u2028to check\n")
    assert found.documents[0].layers[0].spans[0].words == "failed\u2028to check"


def test_reported_is_an_attribute(tmp_path):
    found = read(tmp_path, annotations="T1\tcharacter 10 20\tcarelessly\nA1\tReported T1\n")
    assert found.documents[0].layers[0].spans[0].reported


def test_an_empty_file_is_no_answer(tmp_path):
    found = read(tmp_path, annotations="")
    assert (found.documents[0].layers, found.skipped) == ((), 1)


def test_a_folder_is_an_annotator(tmp_path):
    for name in ("ana", "ben"):
        (tmp_path / name).mkdir()
        found = read(tmp_path / name)
    found = FORMATS["brat"].read(tmp_path, Options(labels={"FAILURE_VERB": "failure"}))
    assert [layer.annotator for layer in found.documents[0].layers] == ["ana", "ben"]


def test_offsets_from_a_tool_that_counts_utf16_are_told_by_the_words(tmp_path):
    found = read(tmp_path, "😀 " + TEXT, "T1\tcharacter 13 23\tcarelessly\n")
    assert found.documents[0].layers[0].spans[0].words == "carelessly"


def test_nothing_is_written_into_a_folder_that_holds_something(tmp_path):
    found = read(tmp_path)
    with pytest.raises(UnreadableInputError, match="not an empty folder"):
        FORMATS["brat"].write(found.documents, tmp_path)


def test_a_broken_line_is_named_without_its_text(tmp_path):
    with pytest.raises(UnreadableInputError, match=r"Record 1 of 'doc\.txt'"):
        read(tmp_path, annotations="T1\tfailure ten 20\tcarelessly\n")
