"""doccano's exports: their shapes over the years, and offsets without words."""

import json
import zipfile

import pytest

from nlp.errors import UnreadableInputError
from training.formats import FORMATS
from training.formats.draft import Options

pytest.importorskip("regex")

TEXT = "The nurse carelessly failed to check the allergy status."
MAP = {"FAILURE_VERB": "failure"}
SPANS = [("carelessly", "character"), ("failed to check", "failure")]


def read(path, *records, **options):
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return FORMATS["doccano"].read(path, Options(labels=MAP, **options))


def spans(found):
    return [(span.words, span.category) for document in found.documents for layer in document.layers for span in layer.spans]


@pytest.mark.parametrize("key", ["label", "labels", "entities"])
def test_triples_under_any_key(tmp_path, key):
    found = read(tmp_path / "d.jsonl", {"id": 1, "text": TEXT, key: [[10, 20, "CHARACTER"], [21, 36, "FAILURE_VERB"]], "Comments": []})
    assert spans(found) == SPANS
    assert (found.read, found.skipped, found.repaired, found.documents[0].id) == (1, 0, 0, "1")


def test_relation_exports_and_their_relations_are_counted(tmp_path):
    entities = [
        {"id": 0, "label": "CHARACTER", "start_offset": 10, "end_offset": 20},
        {"id": 1, "label": "FAILURE_VERB", "start_offset": 21, "end_offset": 36},
    ]
    found = read(tmp_path / "d.jsonl", {"id": 1, "text": TEXT, "entities": entities, "relations": [{"id": 0, "from_id": 0, "to_id": 1, "type": "x"}]})
    assert spans(found) == SPANS
    assert found.skipped == 1


def test_the_old_export_has_label_numbers_and_users(tmp_path):
    labels = [{"label": number, "start_offset": 10, "end_offset": 20, "user": user} for number, user in ((7, 1), (8, 2))]
    (tmp_path / "d.jsonl").write_text(json.dumps({"text": TEXT, "annotations": labels}))
    refused = FORMATS["doccano"].read(tmp_path / "d.jsonl", Options())
    assert "There is no label '7'" in refused.refused[0][1]
    found = FORMATS["doccano"].read(tmp_path / "d.jsonl", Options(labels={"7": "character", "8": "judgement"}))
    assert [(layer.annotator, layer.spans[0].category) for layer in found.documents[0].layers] == [("1", "character"), ("2", "judgement")]


def test_labels_of_a_document_are_sentence_labels(tmp_path):
    found = read(tmp_path / "d.jsonl", {"id": 1, "text": TEXT, "label": ["INDIVIDUAL"]})
    assert found.documents[0].layers[0].attribution == ("individual",)


def test_a_file_an_annotator_in_the_zip_and_unlabelled_texts_apart(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name, label in (("ana", [[10, 20, "character"]]), ("ben", []), ("unknown", [])):
            archive.writestr(f"{name}.jsonl", json.dumps({"id": 1 if name != "unknown" else 2, "text": TEXT, "label": label}))
    found = FORMATS["doccano"].read(tmp_path / "export.zip", Options())
    assert [(document.id, [layer.annotator for layer in document.layers]) for document in found.documents] == [("1", ["ana"]), ("2", [])]
    assert (found.read, found.skipped) == (3, 2)


def test_with_emoji_the_unit_has_to_be_named(tmp_path):
    record = {"id": 1, "text": "👩‍⚕️ " + TEXT, "label": [[16, 26, "character"]]}
    assert "--unit" in read(tmp_path / "d.jsonl", record).refused[0][1]
    assert spans(read(tmp_path / "d.jsonl", record, unit="utf16")) == [("carelessly", "character")]
    record["label"] = [[12, 22, "character"]]
    assert spans(read(tmp_path / "d.jsonl", record, unit="grapheme")) == [("carelessly", "character")]


def test_the_unit_that_our_export_names_decides_and_edits_are_read(tmp_path):
    source = read(tmp_path / "d.jsonl", {"id": "r1", "text": "😀 " + TEXT, "label": []})
    FORMATS["doccano"].write(source.documents, tmp_path / "out.jsonl")
    record = json.loads((tmp_path / "out.jsonl").read_text())
    record |= {"id": 77, "label": [[13, 23, "character"], [13, 23, "reported"]], "Comments": []}
    found = read(tmp_path / "back.jsonl", record)
    assert [(document.id, document.layers[0].spans[0].reported) for document in found.documents] == [("r1", True)]
    assert spans(found) == [("carelessly", "character")]


@pytest.mark.parametrize(
    ("content", "message"),
    [('{"text": 3}', "no 'text'"), ("{", "line 1 is not JSON"), ('{"text": "A", "label": [[1, "x", "failure"]]}', "Record 1 of 'd' is not")],
    ids=["no text", "no JSON", "no number"],
)
def test_broken_files_are_named_without_their_text(tmp_path, content, message):
    (tmp_path / "d.jsonl").write_text(content)
    with pytest.raises(UnreadableInputError, match=message):
        FORMATS["doccano"].read(tmp_path / "d.jsonl", Options())
