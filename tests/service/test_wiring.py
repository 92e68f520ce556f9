import pytest

from models.artefact import ArtefactError
from nlp.errors import UnreadableInputError
from service import wiring


def broken() -> None:
    raise ArtefactError("gone")


@pytest.mark.parametrize("choice", ["model", "hybrid"])
def test_a_model_that_is_not_released_is_refused_with_what_to_do(monkeypatch, choice):
    monkeypatch.setattr(wiring, "released_folder", lambda: None)
    with pytest.raises(UnreadableInputError, match="--detector rules"):
        wiring.build_analyzer(choice)


def test_without_a_model_or_with_a_broken_one_the_rules_work_alone(monkeypatch):
    for found in (lambda: None, broken):
        monkeypatch.setattr(wiring, "released_folder", found)
        assert wiring.build_analyzer().versions.model is None


def test_a_broken_model_asked_for_by_name_is_an_error(monkeypatch):
    monkeypatch.setattr(wiring, "released_folder", broken)
    with pytest.raises(ArtefactError):
        wiring.build_analyzer("hybrid")
