import csv
import datetime
import io

import pytest

from nlp.errors import UnreadableInputError
from service.trends.runs import read_runs
from service.trends.sample import draw_sample, load_check, save_check, score_sheet, write_sheet


@pytest.fixture
def runs(write_run, rows):
    document, _ = rows
    return read_runs([write_run([document(number, counted_findings=int(number % 4 == 0)) for number in range(400)])])


def filled(sheet, answer):
    rows = list(csv.DictReader(io.StringIO(sheet)))
    for row in rows:
        row["blame"] = answer(int(row["row"]))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_the_sheet_is_half_marked_blind_and_the_same_for_a_seed(runs):
    sheet = write_sheet(draw_sample(runs, size=100, seed=1), texts={})
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert list(rows[0]) == ["row_id", "input", "row", "report_id", "blame"]
    assert sum(int(row["row"]) % 4 == 0 for row in rows) == 50
    assert len({row["row_id"] for row in rows}) == 100
    assert sheet == write_sheet(draw_sample(runs, size=100, seed=1), texts={})
    assert sheet != write_sheet(draw_sample(runs, size=100, seed=2), texts={})


def test_sensitivity_is_weighted_to_the_run(runs):
    """Readers see blame in all 100 marked reports and in a third of the 300 unmarked: 100 of 200 are found. Unweighted it would be 75%."""
    sheet = filled(write_sheet(draw_sample(runs, size=300, seed=1), texts={}), lambda row: "yes" if row % 4 == 0 or row % 3 == 0 else "no")
    check = score_sheet(runs, sheet)
    assert check.sensitivity.value == pytest.approx(0.5, abs=0.04)
    assert check.specificity.value == 1
    assert check.weights["unmarked, 2024"] > 1


def test_when_everything_is_read_the_figures_are_those_of_the_run(runs):
    check = score_sheet(runs, filled(write_sheet(draw_sample(runs, size=400, seed=1), texts={}), lambda row: "yes" if row % 8 == 0 else "no"))
    assert (check.sensitivity.value, check.specificity.value) == (1, pytest.approx(300 / 350, abs=1e-4))


def test_no_missed_report_in_a_small_sample_is_not_taken_for_none_in_the_run(runs):
    """25 unmarked of 300 read, none with blame: up to 36 (12%) may have some, so that sensitivity may be as low as 74%."""
    check = score_sheet(runs, filled(write_sheet(draw_sample(runs, size=50, seed=1), texts={}), lambda row: "yes" if row % 4 == 0 else "no"))
    assert check.sensitivity.value == 1
    assert check.sensitivity.low < 0.9


def test_a_check_is_saved_and_read_again(runs, tmp_path):
    check = score_sheet(runs, filled(write_sheet(draw_sample(runs, size=60, seed=1), texts={}), lambda row: "Yes" if row % 5 == 0 else "no"))
    save_check(check, tmp_path / "check.json")
    assert load_check(tmp_path / "check.json") == check


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda sheet: filled(sheet, lambda _: ""), "No row of the sheet is answered"),
        (lambda sheet: filled(sheet, lambda _: "perhaps"), "neither 'yes' nor 'no'"),
        (lambda sheet: sheet.replace("row0", "other"), "not a report of this run"),
        (lambda sheet: "a,b\n1,2\n", "no columns 'row_id' and 'blame'"),
        (lambda sheet: filled(sheet, lambda row: "yes" if row % 4 == 0 else ""), "marked and for unmarked"),
    ],
    ids=["empty", "unclear", "another run", "another sheet", "one side"],
)
def test_a_sheet_that_cannot_be_scored_says_why(runs, change, message):
    with pytest.raises(UnreadableInputError, match=message):
        score_sheet(runs, change(write_sheet(draw_sample(runs, size=40, seed=1), texts={})))


def test_a_year_without_answers_joins_the_others(write_run, rows):
    document, _ = rows
    days = [datetime.date(2022 + number % 2, 1, 1) for number in range(100)]
    runs = read_runs([write_run([document(number, date=days[number], counted_findings=number // 50) for number in range(100)])])
    check = score_sheet(runs, filled(write_sheet(draw_sample(runs, size=60, seed=1), texts={}), lambda row: ("yes" if row >= 50 else "no") if row % 2 else ""))
    assert list(check.weights) == ["unmarked, all years", "marked, all years"]


def test_text_cannot_become_a_formula(runs):
    sheet = write_sheet(draw_sample(runs, size=40, seed=1), texts={row_id: "=cmd()" for row_id in runs.documents["row_id"].to_pylist()})
    assert all(row["text"] == "'=cmd()" for row in csv.DictReader(io.StringIO(sheet)))
