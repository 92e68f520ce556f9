import json

import pytest

from models.artefact import Calibration, Manifest, released_folder, save_manifest
from models.labels import current_labels
from nlp.errors import UnreadableInputError
from nlp.taxonomy import load
from training import release
from training.behaviour import read_cases, run

GOOD = {**dict.fromkeys(release.MORE_IS_BETTER, 0.8), **dict.fromkeys(release.LESS_IS_BETTER, 0.01)}


def make_artefact(folder, version, words="x"):
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_text(words)
    (folder / "tokenizer.json").write_text("{}")
    labels = current_labels()
    save_manifest(Manifest(name="m", version=version, taxonomy=load().version, labels=labels, budget=64, calibration=Calibration()), folder)
    return folder


@pytest.mark.parametrize(
    ("name", "value"), [("span char-F1", 0.79), ("false alarms", 0.02), ("behaviour: contrast", 0.7), ("subgroup gap", 0.05), ("calibration error", 0.03)]
)
def test_a_candidate_that_is_worse_is_refused_and_told_why(name, value):
    assert any(name in reason and "worse" in reason for reason in release.judge({**GOOD, name: value}, GOOD).reasons)


def test_a_candidate_as_good_passes():
    assert release.judge(GOOD, GOOD).reasons == ()


def test_a_figure_that_was_not_measured_is_a_reason():
    assert release.judge({}, None).reasons[0].endswith("run 'secondstory evaluate' on the candidate")


def test_the_first_release_still_has_ceilings():
    assert any("ceiling" in reason for reason in release.judge({**GOOD, "false alarms": 0.2}, None).reasons)


def test_promote_points_to_the_candidate_and_rollback_to_the_one_before(tmp_path):
    root, fine = tmp_path / "releases", release.judge(GOOD, None)
    for version in ("1", "2"):
        release.promote(make_artefact(tmp_path / version, version, version), fine, root=root)
    assert released_folder(root) == root / "m" / "2"
    assert release.rollback(root=root) == "m/1"
    assert released_folder(root) == root / "m" / "1"
    with pytest.raises(release.RefusedError, match="no earlier release"):
        release.rollback(root=root)


def test_a_refused_candidate_changes_nothing(tmp_path):
    with pytest.raises(release.RefusedError, match="not released"):
        release.promote(make_artefact(tmp_path / "c", "1"), release.judge({}, None), root=tmp_path / "releases")
    assert released_folder(tmp_path / "releases") is None


def test_a_version_is_never_overwritten(tmp_path):
    root, fine = tmp_path / "releases", release.judge(GOOD, None)
    release.promote(make_artefact(tmp_path / "a", "1"), fine, root=root)
    with pytest.raises(release.RefusedError, match="another version"):
        release.promote(make_artefact(tmp_path / "b", "1", "other"), fine, root=root)


CASES = """
[swaps]
role = ["nurse", "porter", "pump"]
[[must_flag]]
text = "The nurse failed to check the chart."
category = "failure"
[[must_not_flag]]
text = "The pump failed at 03:10."
[[contrast]]
flag = "The nurse should have checked the chart."
leave = "The pump failed."
[[invariance]]
text = "The {slot} failed to start the procedure."
swap = "role"
"""


def test_the_suite_counts_what_fails(analyzer, tmp_path):
    (tmp_path / "cases.toml").write_text(CASES)
    outcome = run(analyzer, tmp_path)
    assert outcome.passed["must_flag"] == outcome.passed["must_not_flag"] == outcome.passed["contrast"] == 1
    assert outcome.violations == pytest.approx(1 / 3)
    assert outcome.figures()["subgroup gap"] == pytest.approx(1 / 3)


def test_a_case_with_a_missing_key_is_named(tmp_path):
    (tmp_path / "cases.toml").write_text('[[contrast]]\nflag = "x"\n')
    with pytest.raises(UnreadableInputError, match=r"cases\.toml, contrast 1"):
        read_cases(tmp_path)


def test_a_release_record_is_plain_json(tmp_path):
    release.promote(make_artefact(tmp_path / "a", "1"), release.judge(GOOD, None), root=tmp_path / "r")
    assert json.loads((tmp_path / "r" / "released.json").read_text()) == {"released": "m/1", "before": []}
