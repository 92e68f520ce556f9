"""The released model in the whole walk. Skipped, and said so, where no model is released."""

import pytest

from models.artefact import CARD, load_manifest, released_folder
from nlp.report import Report
from service.wiring import build_analyzer

FOLDER = released_folder()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="no model is released")


@pytest.fixture(scope="module")
def released():
    return build_analyzer()


def test_the_release_is_whole_and_small_enough_to_ship():
    load_manifest(FOLDER)
    assert (FOLDER / CARD).is_file()
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 30_000_000


def test_every_analysis_names_the_model(released):
    assert released.analyze(Report("t", "x")).versions.model == load_manifest(FOLDER, verify=False).title


@pytest.mark.parametrize(
    ("text", "words", "category"),
    [
        ("The nurse failed to check the allergy status.", "failed to check", "failure"),
        ("The registrar should have reviewed the chart before the patient left.", "should have reviewed", "counterfactual"),
        ("Documentation by the night team was wholly inadequate.", "wholly inadequate", "judgement"),
    ],
)
def test_plain_blame_is_marked_with_its_reason(released, text, words, category):
    (finding,) = released.analyze(Report("t", text)).findings
    assert (text[finding.start : finding.end], finding.category, finding.counted) == (words, category, True)
    assert finding.rationale
    assert finding.standard


@pytest.mark.parametrize("text", ["The pump failed at 03:10.", "He died of heart failure.", "The 14:00 observations were not recorded.", "", "😀\r\n\x00"])
def test_what_blames_nobody_is_left_alone(released, text):
    assert [finding for finding in released.analyze(Report("t", text)).findings if finding.counted] == []


def test_a_text_says_the_same_in_any_company(released):
    text = "The nurse failed to check the chart. The pump failed."
    alone = released.analyze(Report("t", text))
    among = list(released.analyze_all([Report("a", "Staff were careless. " * 50), Report("t", text)]))[1]
    assert among == alone


def test_a_sentence_longer_than_a_window_is_read_to_its_end(released):
    text = "The team met " + "and talked of the ward and the rota and the weather " * 60 + "and the nurse failed to check the chart."
    findings = released.analyze(Report("t", text)).findings
    assert any(text[finding.start : finding.end] == "failed to check" for finding in findings)


def test_rules_alone_can_still_be_chosen():
    assert build_analyzer("rules").versions.model is None
