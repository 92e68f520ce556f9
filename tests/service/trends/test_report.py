import datetime
import json
import re

import pytest
from typer.testing import CliRunner

from models.artefact import METRICS, released_folder
from nlp.errors import UnreadableInputError
from service.cli import app
from service.trends.fairness import _p_words
from service.trends.report import ReportOptions, build_report
from service.trends.runs import read_runs
from service.trends.sample import draw_sample, save_check, score_sheet, write_sheet

RELEASED = released_folder()
TITLE = "/".join(RELEASED.parts[-2:])
MODEL = f"secondstory/0.1.0 taxonomy/1.1 rules/abc model/{TITLE}"


@pytest.fixture
def marked(rows):
    """240 reports over a year; every third is marked."""
    document, _ = rows
    return [document(number, counted_findings=int(number % 3 == 0), category_failure=int(number % 3 == 0)) for number in range(240)]


def section(page, name):
    """The words of one section."""
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page[page.index(f'<section id="{name}"') :].split("</section>")[0]))


def test_the_first_screen_says_what_this_is_and_is_not(write_run, marked):
    errors = [{"input": "in.csv", "row": 3, "code": "unreadable_input", "message": "x"}]
    page = build_report([write_run(marked, errors=errors)])
    head = page[page.index("<header>") : page.index("</header>")]
    assert "Wording only; not a review of the quality of the investigations; no ranking." in head
    assert "<dd>240</dd>" in head
    assert "<code>unreadable_input</code> 1" in head
    assert "3 January 2024 to 3 December 2024" in head
    assert "model/none" in head


def test_the_page_needs_nothing_from_elsewhere_and_no_script(write_run, marked):
    page = build_report([write_run(marked)])
    assert "<script" not in page
    assert not re.findall(r"""(?:src|href)=["'](?!#)[^"']*""", page)
    assert not re.findall(r"url\((?!#)", page)


def test_every_plot_has_a_title_a_sentence_and_a_table(write_run, marked):
    page = build_report([write_run(marked)])
    sections = re.findall(r'<section id="([^"]+)">(.*?)</section>', page, flags=re.DOTALL)
    plots = [(name, body) for name, body in sections if "<svg" in body]
    assert {"prevalence", "p-chart", "xmr", "categories", "by-unit"} <= {name for name, _ in plots}
    for name, body in plots:
        assert f'aria-labelledby="{name}-says"' in body
        assert f'id="{name}-says"' in body
        assert "<caption>" in body
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_shares_have_wilson_intervals(write_run, marked):
    """80 of 240 by hand: 27.7% to 39.5%."""
    assert "33% (95% interval 28% to 40%)" in section(build_report([write_run(marked)]), "prevalence")


def test_the_share_over_time_says_which_reports_it_is_of(write_run, rows):
    """130 reports in months of 13; 5 in a month of their own, which is not shown."""
    document, _ = rows
    days = [datetime.date(2024, 1 + number % 10, 3) for number in range(130)] + [datetime.date(2024, 12, 3)] * 5
    page = build_report([write_run([document(number, date=day, counted_findings=number % 2) for number, day in enumerate(days)])])
    assert "Of the 130 reports in the months shown (those with 10 or more), 50%" in section(page, "prevalence")


def test_an_audit_says_how_often_chance_alone_names_a_group(write_run, rows):
    document, _ = rows
    documents = [document(number, staff_group="AB"[number % 2], counted_findings=int(number // 2 % 3 == 0)) for number in range(240)]
    words = section(build_report([write_run(documents)], options=ReportOptions(audits=("staff_group",))), "audit-staff-group-ratio")
    assert "correction for that number: none." in words
    documents = [document(number, staff_group="AB"[number % 2], counted_findings=int(number % (10 if number % 2 else 4) < 2)) for number in range(240)]
    words = section(build_report([write_run(documents)], options=ReportOptions(audits=("staff_group",))), "audit-staff-group-ratio")
    assert "correction for that number: B; about one such in twenty audits is expected by chance" in words
    assert "beyond chance" not in words


@pytest.mark.parametrize(("value", "words"), [(0.0004, "<0.001"), (0.0498, "<0.050"), (0.05, "0.050"), (0.0123, "0.012")])
def test_a_p_value_under_the_limit_never_reads_as_the_limit(value, words):
    assert _p_words(value) == words


def test_a_sheet_without_text_says_how_to_have_it(write_run, marked, tmp_path):
    arguments = ["sample", write_run(marked), "--size", "20", "--output", tmp_path / "s.csv"]
    assert "20 of 20 reports stand there by id only" in (told := CliRunner().invoke(app, [str(each) for each in arguments]).output)
    assert "--texts" in told
    arguments[1] = write_run([{**each, "text": "It rained."} for each in marked], name="held", with_text=True)
    assert "by id only" not in CliRunner().invoke(app, [str(each) for each in arguments]).output


def test_charts_begin_anew_where_the_version_changes(write_run, rows):
    document, _ = rows
    days = [datetime.date(2023 + month // 12, 1 + month % 12, 2) for month in range(24) for _ in range(12)]
    documents = [
        document(
            number, date=day, counted_findings=int(number % 12 < (3 if day.year == 2023 else 9)), scored_by=MODEL if day.year == 2024 else "old model/none"
        )
        for number, day in enumerate(days)
    ]
    words = section(build_report([write_run(documents)]), "p-chart")
    assert "No signal of change in 24 points" in words
    assert "change of the measuring instrument" in words


def test_few_points_are_called_provisional(write_run, marked):
    assert "provisional" not in section(build_report([write_run(marked)]), "p-chart")
    quarters = section(build_report([write_run(marked)], options=ReportOptions(period="quarter")), "p-chart")
    assert "fewer than 12 points: its limits are provisional" in quarters


def test_groups_are_alphabetical_and_small_ones_are_hidden(write_run, rows):
    document, _ = rows
    units = ["Zinc"] * 40 + ["Alder"] * 40 + ["Birch"] * 40 + ["Elm"] * 3
    documents = [document(number, unit=unit, counted_findings=int(number % 2 or unit == "Zinc")) for number, unit in enumerate(units)]
    page = build_report([write_run(documents)])
    table = re.findall(r'<th scope="row">(\w+)</th><td>([^<]+)</td>', page[page.index('id="by-unit"') :].split("</section>")[0])
    assert [name for name, _ in table] == ["Alder", "Birch", "Elm", "Zinc"]
    assert dict(table)["Elm"] == "not shown"
    assert list(dict(table).values()).count("not shown") >= 2


def test_an_audit_shows_ratios_and_the_measured_bias_of_the_model(write_run, rows):
    document, _ = rows
    documents = [
        document(number, columns=[("ethnicity", "AB"[number % 2])], counted_findings=int(number % 4 == 0 or number % 3 == 0), scored_by=MODEL)
        for number in range(240)
    ]
    run = write_run(documents)
    page = build_report([run], options=ReportOptions(audits=("ethnicity",)))
    assert "Groups compared with" in section(page, "audit-ethnicity-ratio")
    measured = json.loads((RELEASED / METRICS).read_text())["figures"]["behaviour: invariance violations"]
    assert f"{measured:.1%} of the variants were marked differently" in section(page, "audit-ethnicity-ratio")
    with pytest.raises(UnreadableInputError, match="Choose from: unit, type, severity, staff_group, ethnicity"):
        build_report([run], options=ReportOptions(audits=("age",)))


def test_where_no_bias_was_measured_the_audit_says_so(write_run, marked):
    page = build_report([write_run(marked)], options=ReportOptions(audits=("unit",)))
    assert "none is measured" in page


def test_passages_are_drawn_by_chance_and_shown_only_where_text_is_at_hand(write_run, rows, tmp_path):
    document, finding = rows
    texts = [f"In case {number} the nurse failed to look <b>." for number in range(30)]
    documents = [document(number, text=text, counted_findings=1) for number, text in enumerate(texts)]
    findings = [finding(each, texts[number].index("failed"), texts[number].index(" look")) for number, each in enumerate(documents)]
    bare = write_run(documents, findings=findings)
    assert "failed to" not in section(build_report([bare]), "passages")
    source = tmp_path / "in.csv"
    source.write_text("id,narrative\n" + "\n".join(f'{number},"{text}"' for number, text in enumerate(texts)))
    shown = build_report([bare], options=ReportOptions(texts=(source,)))
    held = build_report([write_run(documents, findings=findings, name="held", with_text=True)])
    for page in (shown, held):
        assert page.count("<mark>failed to</mark>") == 2
        assert "look &lt;b&gt;." in page
    assert build_report([bare], options=ReportOptions(seed=1)) != build_report([bare])


def test_names_from_the_data_cannot_break_the_page(write_run, rows):
    document, _ = rows
    names = ["<script>alert(1)</script>", "cost $x_1$ & more", "a" * 90]
    page = build_report([write_run([document(number, unit=names[number % 3], counted_findings=number % 2) for number in range(90)])])
    assert "<script" not in page
    assert "cost $x_1$ &amp; more" in page


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        ({"date": None}, "prevalence", "No report has a date"),
        ({"date": datetime.date(2024, 5, 1)}, "prevalence", "fall into one month"),
        ({"unit": None}, "by-unit", "No report has a unit"),
        ({"unit": "A"}, "by-unit", "All reports have the same unit"),
        ({"counted_findings": 0}, "categories", "No report holds counted wording"),
        ({"counted_findings": 0}, "attribution", "No sentence explains anything"),
        ({}, "actions", "No sentence holds an action"),
        ({"words": 0}, "xmr", "no words to count"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(write_run, rows, given, name, words):
    document, _ = rows
    documents = [document(number, **{"counted_findings": number % 2, **given}) for number in range(180)]
    assert words in section(build_report([write_run(documents)]), name)


def test_an_empty_run_and_a_small_one_have_no_figures(write_run, marked):
    assert "These runs hold no report" in build_report([write_run([])])
    page = build_report([write_run(marked[:19], name="small")])
    assert "Under 20, shares are too uncertain" in page
    assert "<svg" not in page


def test_a_report_in_two_runs_counts_once(write_run, marked):
    first, second = write_run(marked[:200]), write_run([{**each, "scored_by": MODEL} for each in marked[100:]], name="second")
    page = build_report([first, second])
    assert "<dd>240</dd>" in page
    assert "100 reports stand in more than one run" in page
    assert f"model/{TITLE}</code> (140 reports)" in page


def test_a_run_that_was_stopped_is_named_as_such(write_run, marked):
    run = write_run(marked)
    assert "stopped before" not in build_report([run])
    (run / "manifest.json").write_text('{"complete": false}')
    assert "Runs that were stopped before their end: 1" in build_report([run])


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(UnreadableInputError, match="is not a run folder"):
        build_report([tmp_path])


def test_from_a_sheet_to_a_corrected_share(write_run, marked, tmp_path):
    run, sheet, check, page = write_run(marked), tmp_path / "sample.csv", tmp_path / "check.json", tmp_path / "r.html"
    call = lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)  # noqa: E731 - a short name for many calls
    assert call("sample", run, "--size", 60, "--output", sheet).exit_code == 0
    lines = sheet.read_text().splitlines()
    sheet.write_text("\n".join([lines[0], *(line + ("yes" if int(line.split(",")[2]) % 6 == 0 else "no") for line in lines[1:])]))
    scored = call("sample-score", run, sheet, "--output", check)
    assert "60 reports read" in scored.output
    assert call("report", run, "--output", page, "--check", check).exit_code == 0
    assert "Corrected for its errors here:" in section(page.read_text(), "correction")


def test_a_check_of_another_version_corrects_nothing(write_run, marked, tmp_path):
    run, other = read_runs([write_run(marked)]), write_run([{**each, "scored_by": MODEL} for each in marked], name="other")
    lines = write_sheet(draw_sample(run, size=40, seed=0), texts={}).splitlines()
    save_check(score_sheet(run, "\n".join([lines[0], *(line + "yes" for line in lines[1:21]), *(line + "no" for line in lines[21:])])), tmp_path / "c.json")
    page = build_report([other], options=ReportOptions(check=tmp_path / "c.json"))
    assert "made with another version" in section(page, "correction")
