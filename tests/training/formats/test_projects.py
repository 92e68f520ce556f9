"""Project files have every label of the taxonomy, and nothing that the readers do not know."""

import json
from xml.etree import ElementTree

import pytest

from nlp.taxonomy import load
from training.corpus import Document, digest
from training.formats import FORMATS, projects
from training.formats.vocabulary import FIELDS, FLAT, Labels

WORDS = "He failed."
DOCUMENT = {
    "id": "1",
    "text": WORDS,
    "origin": {"source": "s", "licence": "l"},
    "group": "1",
    "sentences": [{"start": 0, "end": 10, "sha256": digest(WORDS)}],
    "layers": [
        {
            "annotator": "ana",
            "spans": [{"start": 3, "end": 9, "category": "failure", "reported": True}],
            "attribution": ["mixed"],
            "factors": [["person", "tasks"]],
            "action_strength": ["none"],
        }
    ],
}


def test_doccano_has_every_label_once_with_keys_that_differ():
    found = json.loads(projects.doccano())
    assert [label["text"] for label in found] == list(FLAT)
    keys = [label["suffix_key"] for label in found if label["suffix_key"]]
    assert len(keys) == len(set(keys)) == len(load().categories)


def test_label_studio_asks_every_question_of_the_right_region():
    view = ElementTree.fromstring(projects.label_studio())
    assert {label.get("value") for label in view.iter("Label")} == {*(category.id for category in load().categories), "sentence"}
    for choices in view.iter("Choices"):
        assert choices.get("name") in FIELDS
        assert choices.get("perRegion") == "true"
        for choice in choices.iter("Choice"):
            Labels().meaning(choice.get("value"), FIELDS[choices.get("name")])


def test_label_studio_accepts_its_configuration_and_our_tasks(tmp_path):
    interface = pytest.importorskip("label_studio_sdk.label_interface").LabelInterface(projects.label_studio())
    interface.validate()
    document = Document.model_validate(DOCUMENT)
    FORMATS["label-studio"].write([document, document.model_copy(update={"layers": ()})], tmp_path / "tasks.json")
    labelled, unlabelled = json.loads((tmp_path / "tasks.json").read_text())
    for found in (labelled["annotations"][0], unlabelled["predictions"][0]):
        assert interface.validate_prediction({"model_version": "m", "result": found["result"]}, return_errors=True) == []
    assert {control.name for control in interface.controls} == {"span", "sentence", "reported", "attribution", "factors", "action_strength", "annotator"}


def test_inception_has_both_layers_with_their_tags():
    blame, sentence = json.loads(projects.inception())
    assert [tag["tag_name"] for tag in blame["features"][0]["tag_set"]["tags"]] == [category.id for category in load().categories]
    assert [(feature["name"], feature["type"]) for feature in sentence["features"]] == [
        ("attribution", "uima.cas.String"),
        ("factors", "uima.cas.StringArray"),
        ("action_strength", "uima.cas.String"),
    ]


@pytest.mark.parametrize("label", FLAT)
def test_every_label_that_is_written_is_read(label):
    kind, value = Labels().meaning(label)
    assert label in {value, f"{kind}-{value}"}
