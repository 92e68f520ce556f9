"""CSV and XLSX with a column map."""

import pytest

from nlp.errors import LimitExceededError, UnreadableInputError
from training.formats import FORMATS
from training.formats.draft import Options
from training.formats.table import CELL_LIMIT, ColumnMap

pytest.importorskip("regex")

TEXT = "The nurse carelessly failed to check the allergy status."


def read(path, content, **columns):
    path.write_text(content, encoding="utf-8", newline="")
    return FORMATS["csv"].read(path, Options(columns=ColumnMap(**columns)))


def spans(found):
    return [(span.words, span.category, span.reported) for document in found.documents for layer in document.layers for span in layer.spans]


def test_a_row_a_label_with_names_of_their_own(tmp_path):
    found = read(
        tmp_path / "t.csv",
        f"No,Narrative,Coder,Phrase,Code,Said by others,Trust\n7,{TEXT},ana,carelessly,Character,no,T1\n7,,ana,failed to check,failure,yes,\n",
        id="No",
        text="Narrative",
        annotator="Coder",
        words="Phrase",
        label="Code",
        reported="Said by others",
        group="Trust",
    )
    assert spans(found) == [("carelessly", "character", False), ("failed to check", "failure", True)]
    assert (found.documents[0].id, found.documents[0].group, found.documents[0].layers[0].annotator) == ("7", "T1", "ana")


def test_sentence_labels_have_columns_of_their_own(tmp_path):
    found = read(tmp_path / "t.csv", "text;attribution;factors;action_strength\nTwo nurses were rostered.;System;Tasks / organisation;\n", separator="/")
    (layer,) = found.documents[0].layers
    assert (layer.attribution, layer.factors, layer.action_strength) == (("system",), (("tasks", "organisation"),), (None,))


def test_an_answer_none_counts_and_an_empty_cell_does_not(tmp_path):
    found = read(tmp_path / "t.csv", "text,attribution\nIt was late.,none\nIt was dark.,\n")
    assert [layer.attribution for document in found.documents for layer in document.layers] == [("none",)]
    assert found.skipped == 1


def test_words_that_occur_twice_are_refused(tmp_path):
    found = read(tmp_path / "t.csv", "text,words,label\nHe failed and she failed.,failed,failure\n")
    assert "occur 2 times" in found.refused[0][1]


def test_offsets_in_utf16_are_told_by_the_words(tmp_path):
    found = read(tmp_path / "t.csv", "text,start,end,words,label\n😀 He failed.,6,12,failed,failure\n")
    assert spans(found) == [("failed", "failure", False)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("narrative\nA\n", "no column 'text'"),
        ("text,start,label\nA b,1,failure\n", "start or an end alone"),
        ("text,start,end,label\nA b,one,2,failure\n", "row 2 are not whole numbers"),
        ("id,text,label\n1,,failure\n", "Row 2 has no text"),
        ('text\n"A', "not CSV"),
    ],
    ids=["column", "one offset", "word for a number", "no text", "quote"],
)
def test_broken_tables_are_explained(tmp_path, content, message):
    with pytest.raises(UnreadableInputError, match=message):
        read(tmp_path / "t.csv", content)


def test_an_encoding_other_than_utf8_is_named(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"text\nnai\xefve\n")
    with pytest.raises(UnreadableInputError, match="not UTF-8"):
        FORMATS["csv"].read(tmp_path / "t.csv", Options())


def test_a_workbook_with_numbers_and_returns_as_excel_writes_them(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["id", "text", "start", "end", "label"], [7, "A.\nHe failed_x000D_.", 6, 12.0, "failure"]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    found = FORMATS["xlsx"].read(tmp_path / "t.xlsx", Options())
    assert (found.documents[0].id, found.documents[0].text, spans(found)) == ("7", "A.\nHe failed\r.", [("failed", "failure", False)])


def test_a_text_that_excel_would_cut_is_refused(tmp_path):
    pytest.importorskip("openpyxl")
    found = read(tmp_path / "t.csv", f"text\n{'ab ' * CELL_LIMIT}\n")
    with pytest.raises(LimitExceededError, match=r"Write \.csv instead"):
        FORMATS["xlsx"].write(found.documents, tmp_path / "t.xlsx")


def test_no_formula_is_written(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    found = read(tmp_path / "t.csv", "text\n=1+1\n")
    FORMATS["xlsx"].write(found.documents, tmp_path / "t.xlsx")
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").active["C2"].data_type == "s"


def test_something_else_is_no_workbook(tmp_path):
    pytest.importorskip("openpyxl")
    (tmp_path / "t.xlsx").write_text("text")
    with pytest.raises(UnreadableInputError, match="not an Excel workbook"):
        FORMATS["xlsx"].read(tmp_path / "t.xlsx", Options())
