import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import zipfile

import docx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlp.errors import UnreadableInputError
from service.batch import formats, packing
from service.batch.formats import MissingColumnError
from service.batch.options import BatchOptions, ColumnMap
from service.batch.reading import find_inputs, read_rows

CSV = 'id,text,day,ward\r\nA,The nurse failed.,2026-03-31,North\r\nB,"He said ""no"",\nand left.",,\r\n'
FULL = ColumnMap(report_id="id", date="day", unit="ward")


def rows(*paths, **options):
    made = BatchOptions(**options)
    return list(read_rows(find_inputs(list(paths), paths[0].parent / "nowhere"), made))


def codes(*paths, **options):
    return [row.code for row in rows(*paths, **options)]


def zst(content):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(content)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("name", "pack"), [("t.csv", bytes), ("t.csv.gz", gzip.compress), ("t.csv.bz2", bz2.compress), ("t.csv.xz", lzma.compress), ("t.csv.zst", zst)]
)
def test_a_csv_gives_the_same_rows_however_it_is_packed(tmp_path, name, pack):
    (tmp_path / name).write_bytes(pack(CSV.encode()))
    first, second = rows(tmp_path / name, mapping=FULL)
    assert (first.report_id, first.text, first.date, first.unit) == ("A", "The nurse failed.", dt.date(2026, 3, 31), "North")
    assert (second.row, second.text, second.date, second.unit) == (2, 'He said "no",\nand left.', None, None)


def test_a_workbook_and_a_parquet_file_give_the_rows_of_the_csv(tmp_path):
    (tmp_path / "t.csv").write_text(CSV)
    book = openpyxl.Workbook()
    for line in (["id", "text", "day", "ward"], ["A", "The nurse failed.", dt.datetime(2026, 3, 31), "North"], ["B", 'He said "no",\nand left.', None, None]):
        book.active.append(line)
    book.save(tmp_path / "t.xlsx")
    table = {"id": ["A", "B"], "text": ["The nurse failed.", 'He said "no",\nand left.'], "day": [dt.date(2026, 3, 31), None], "ward": ["North", None]}
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    found = [[(row.report_id, row.text, row.date, row.unit) for row in rows(tmp_path / f"t.{kind}", mapping=FULL)] for kind in ("csv", "xlsx", "parquet")]
    assert found[0] == found[1] == found[2]


def test_a_dotted_column_reaches_inside_objects_and_a_plain_one_with_a_dot_goes_first(tmp_path):
    (tmp_path / "t.jsonl").write_text(json.dumps({"text": "x y.", "labels": {"Human Factors": ["Workload", "Fatigue"]}, "a.b": 1, "a": {"b": 2}}))
    mapping = ColumnMap(type="labels.Human Factors", keep=("a.b", "none.there"))
    (row,) = rows(tmp_path / "t.jsonl", mapping=mapping)
    assert (row.type, row.columns, row.report_id) == ("Workload; Fatigue", {"a.b": "1"}, "t.jsonl:1")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"A,caf\xe9,,\n", "encoding"),
        (b"A,a\x00b,,\n", "nul_character"),
        (b"A,text,31/03/2026,\n", "bad_date"),
        (b"A, ,,\n", "empty_text"),
        (b"A,b,c,d,e\n", "broken_row"),
        (b'A,"b"c,,\n', "broken_row"),
        (b"A," + b"x" * 200_001 + b",,\n", "limit_exceeded"),
        (b"A," + b"x" * 20_000_000 + b",,\n", "limit_exceeded"),
    ],
)
def test_a_bad_row_is_an_error_in_its_place_and_the_next_is_read(tmp_path, line, code):
    (tmp_path / "t.csv").write_bytes(b"id,text,day,ward\n" + line + b"B,fine,,\n")
    found = rows(tmp_path / "t.csv", mapping=FULL)
    assert [(row.row, row.code) for row in found] == [(1, code), (2, None)]
    assert "xx" not in found[0].message
    assert found[0].message.endswith(".")


def test_a_line_past_the_longest_record_is_skipped_without_being_held(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MAX_RECORD", 100)
    (tmp_path / "t.csv").write_text("text\n" + "x" * 1000 + "\nfine\n")
    (tmp_path / "t.jsonl").write_text("x" * 1000 + '\n{"text": "fine"}\n')
    assert codes(tmp_path / "t.csv") == codes(tmp_path / "t.jsonl") == ["limit_exceeded", None]


def test_a_quotation_mark_that_never_closes_stops_the_file_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MAX_RECORD", 100)
    (tmp_path / "t.csv").write_text('text\nfine\n"open\n' + "one more line\n" * 50)
    assert codes(tmp_path / "t.csv") == [None, "unclosed_quote"]


@pytest.mark.parametrize(
    ("line", "code"), [(b"{", "broken_row"), (b"[1]", "broken_row"), (b'{"text": "\xe9"}', "encoding"), (b'{"words": "x"}', "missing_column")]
)
def test_a_bad_json_line_is_an_error_in_its_place(tmp_path, line, code):
    (tmp_path / "t.jsonl").write_bytes(line + b'\n\n{"text": "fine"}\n')
    assert [(row.row, row.code) for row in rows(tmp_path / "t.jsonl")] == [(1, code), (3, None)]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read_when_named_or_marked(tmp_path, encoding):
    (tmp_path / "t.csv").write_bytes("text;ward\nThe café, shut;1\n".encode(encoding))
    assert [row.text for row in rows(tmp_path / "t.csv", encoding="cp1252" if encoding == "cp1252" else "utf-8")] == ["The café, shut"]


def test_a_missing_column_names_those_that_are_there(tmp_path):
    (tmp_path / "t.csv").write_text("id,narrative\n1,x\n")
    (row,) = rows(tmp_path / "t.csv")
    assert row.code == MissingColumnError.code
    assert "'narrative'" in row.message


def test_an_archive_is_read_by_name_and_its_bad_members_are_errors(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.csv", "text\nfine\n")
        archive.writestr("a/n.txt", "fine too")
        archive.writestr("c.csv.gz", gzip.compress(b"text\npacked\n"))
        archive.writestr("d.bin", "?")
        archive.writestr(".hidden", "?")
    assert [(row.input, row.code) for row in rows(tmp_path / "a.zip")] == [
        ("a.zip/a/n.txt", None), ("a.zip/b.csv", None), ("a.zip/c.csv.gz", None), ("a.zip/d.bin", "unknown_kind"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.zip", "t.csv.gz", "t.csv.bz2", "t.csv.xz", "t.csv.zst"])
def test_a_broken_packing_is_one_error(tmp_path, name):
    (tmp_path / name).write_bytes(b"this is not packed at all")
    assert codes(tmp_path / name) == ["broken_archive"]


def test_a_packing_cut_short_keeps_the_rows_before_the_cut(tmp_path):
    content = gzip.compress(("text\n" + "\n".join(f"report number {at} {hash(str(at))}" for at in range(20_000))).encode())
    (tmp_path / "t.csv.gz").write_bytes(content[: len(content) * 3 // 4])
    found = codes(tmp_path / "t.csv.gz")
    assert found[-1] == "broken_archive"
    assert found.count(None) == len(found) - 1 > 1000


def test_a_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "ALWAYS_ALLOWED", 1_000_000)
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"text\n" + b"0" * 5_000_000))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", b"text\n" + b"0" * 5_000_000)
    assert codes(tmp_path / "t.csv.gz") == codes(tmp_path / "a.zip") == ["limit_exceeded"]


def test_a_folder_gives_its_documents_in_order(tmp_path):
    document, folder = docx.Document(), tmp_path / "in"
    document.add_paragraph("From Word.")
    (folder / "b").mkdir(parents=True)
    document.save(folder / "b" / "x.docx")
    (folder / "a.txt").write_text("From text.")
    (folder / "broken.docx").write_bytes(b"no")
    found = rows(folder)
    assert [(row.input, row.text, row.code) for row in found] == [
        ("a.txt", "From text.", None), ("b/x.docx", "From Word.", None), ("broken.docx", None, "unreadable_input"),
    ]  # fmt: skip


def test_inputs_of_one_name_are_refused_as_their_rows_could_not_be_told_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.csv").write_text("text\nx\n")
    with pytest.raises(UnreadableInputError, match="Two inputs"):
        rows(tmp_path / "a" / "t.csv", tmp_path / "b" / "t.csv")
    assert [row.input for row in rows(tmp_path / "b")] == ["t.csv"]


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "pdf"])
def test_a_broken_file_is_one_error(tmp_path, kind):
    (tmp_path / f"t.{kind}").write_bytes(b"this is nothing of the kind")
    assert codes(tmp_path / f"t.{kind}") == ["unreadable_input"]


def test_a_packed_parquet_file_is_read(tmp_path):
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["fine"]}), sink)
    (tmp_path / "t.parquet.gz").write_bytes(gzip.compress(sink.getvalue()))
    assert [row.text for row in rows(tmp_path / "t.parquet.gz")] == ["fine"]
