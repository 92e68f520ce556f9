"""Label Studio's JSON export and its traps."""

import json
from copy import deepcopy

import pytest

from nlp.errors import UnreadableInputError
from training.formats import FORMATS
from training.formats.draft import Options

pytest.importorskip("regex")

TEXT = "The nurse carelessly failed to check the allergy status."
TASK = {
    "id": 1,
    "data": {"text": TEXT},
    "annotations": [
        {
            "id": 11,
            "completed_by": 3,
            "was_cancelled": False,
            "ground_truth": False,
            "lead_time": 12.1,
            "result": [
                {
                    "id": "r1",
                    "from_name": "span",
                    "to_name": "text",
                    "type": "labels",
                    "value": {"start": 10, "end": 20, "text": "carelessly", "labels": ["CHARACTER"]},
                },
                {
                    "id": "r1",
                    "from_name": "reason",
                    "to_name": "text",
                    "type": "choices",
                    "value": {"start": 10, "end": 20, "text": "carelessly", "choices": ["hindsight"]},
                },
                {"id": "c1", "from_name": "attr", "to_name": "text", "type": "choices", "value": {"choices": ["INDIVIDUAL"]}},
            ],
        }
    ],
    "predictions": [{"model_version": "m1", "score": 0.9, "result": []}],
}


@pytest.fixture
def task():
    return deepcopy(TASK)


@pytest.fixture
def read(tmp_path):
    def reading(*tasks, **options):
        path = tmp_path / "export.json"
        path.write_text(json.dumps(tasks))
        return FORMATS["label-studio"].read(path, Options(**options))

    return reading


def value_of(task):
    return task["annotations"][0]["result"][0]["value"]


def spans(found):
    return [(span.words, span.category, span.reported) for document in found.documents for layer in document.layers for span in layer.spans]


def test_regions_and_choices_of_one_annotator(read, task):
    found = read(task)
    assert spans(found) == [("carelessly", "character", False)]
    assert found.documents[0].layers[0].attribution == ("individual",)
    assert found.documents[0].layers[0].annotator == "3"
    assert (found.read, found.skipped, found.repaired) == (1, 1, 0)


def test_choices_of_a_region_are_tied_to_it_by_its_id(read, task):
    result = task["annotations"][0]["result"]
    result[1] |= {"from_name": "reported", "value": {"choices": ["reported"]}}
    result[2] |= {"id": "r1", "from_name": "attribution"}
    found = read(task)
    assert spans(found) == [("carelessly", "character", True)]
    assert found.documents[0].layers[0].attribution == ("individual",)


def test_several_labels_on_one_region(read, task):
    value_of(task)["labels"] = ["JUDGEMENT", "CHARACTER"]
    found = read(task)
    assert (spans(found), found.repaired) == ([("carelessly", "character", False)], 1)


def test_words_that_disagree_with_the_offsets_are_refused(read, task):
    value_of(task)["text"] = "the nurse"
    found = read(task)
    assert "first at 10..20" in found.refused[0][1]
    assert "nurse" not in found.refused[0][1]


def test_missing_words_are_fine_in_plain_text_and_refused_after_emoji(read, task):
    del value_of(task)["text"]
    task["annotations"][0]["result"].pop(1)
    assert spans(read(task)) == [("carelessly", "character", False)]
    task["data"]["text"] = "😀 " + TEXT
    value_of(task).update(start=12, end=22)
    assert "--unit" in read(task).refused[0][1]
    assert spans(read(task, unit="codepoint")) == [("carelessly", "character", False)]


@pytest.mark.parametrize(("start", "unit"), [(12, "code points"), (13, "UTF-16")])
def test_both_units_are_told_by_the_words(read, task, start, unit):
    task["data"]["text"] = "😀 " + TEXT
    for result in task["annotations"][0]["result"][:2]:
        result["value"].update(start=start, end=start + 10)
    assert spans(read(task)) == [("carelessly", "character", False)], unit


def test_a_cancelled_annotation_says_nothing(read, task):
    task["annotations"][0]["was_cancelled"] = True
    found = read(task)
    assert found.documents[0].layers == ()
    assert found.skipped == 1


def test_a_submitted_annotation_without_regions_says_that_there_is_nothing(read, task):
    task["annotations"][0]["result"] = []
    assert read(task).documents[0].layers[0].spans == ()


def test_a_task_with_predictions_only_is_unlabelled(read, task):
    task["annotations"] = []
    assert read(task).documents[0].layers == ()


def test_offsets_may_be_strings(read, task):
    value_of(task).update(start="10", end="20")
    assert spans(read(task)) == [("carelessly", "character", False)]


def test_html_has_global_offsets(read, task):
    region = task["annotations"][0]["result"][0]
    region["type"] = "hypertextlabels"
    region["value"] = {
        "start": "/p[1]/text()[1]",
        "end": "/p[1]/text()[1]",
        "startOffset": 0,
        "globalOffsets": {"start": 10, "end": 20},
        "text": "carelessly",
        "hypertextlabels": ["CHARACTER"],
    }
    assert spans(read(task)) == [("carelessly", "character", False)]


def test_the_export_that_loses_regions_is_refused(read):
    with pytest.raises(UnreadableInputError, match="JSON-MIN"):
        read({"id": 1, "text": TEXT, "span": [{"start": 10, "end": 20, "labels": ["CHARACTER"]}], "annotator": 3})


def test_the_annotator_may_be_an_account_with_an_address(read, task):
    task["annotations"][0]["completed_by"] = {"id": 3, "email": "ana@example.org"}
    assert read(task).documents[0].layers[0].annotator == "ana@example.org"


def test_unlabelled_documents_go_out_with_their_sentences_ready(read, task, tmp_path):
    found = read({"id": 1, "data": {"text": "It was late. She left."}})
    FORMATS["label-studio"].write(found.documents, tmp_path / "out.json")
    (written,) = json.loads((tmp_path / "out.json").read_text())
    assert [result["value"]["text"] for result in written["predictions"][0]["result"]] == ["It was late.", "She left."]
    assert written["annotations"] == []
