import io

import pytest
from rich.console import Console

from nlp.report import Estimate, Report
from service.rendering import as_html, as_markdown, print_analysis, summary

WORDS = "The nurse carelessly failed to check the allergy status. The patient refused his tablets."


def terminal(report, analysis):
    out = io.StringIO()
    print_analysis(report, analysis, Console(file=out, width=400))
    return out.getvalue()


@pytest.mark.parametrize("rendered", [terminal, as_markdown, as_html])
def test_every_edit_says_which_words_go_and_what_comes_in_their_place(analyzer, rendered):
    report = Report("R", WORDS)
    analysis = analyzer.analyze(report)
    edits = [each for finding in analysis.findings for each in finding.suggestions if each.kind == "edit"]
    shown = rendered(report, analysis)
    assert len(edits) >= 2
    for edit in edits:
        old, new = report.text[edit.start : edit.end].strip(), edit.replacement.strip()
        assert f"“{old}” → {f'“{new}”' if new else '(leave out)'}" in shown


def test_markdown_shows_markup_in_the_text_as_it_stands(analyzer):
    report = Report("a_b", "The nurse carelessly failed to check <img src=x onerror=alert(1)> & *the* _chart_ [now](x) `here`.")
    shown = as_markdown(report, analyzer.analyze(report))
    assert "&lt;img" in shown
    assert "<img" not in shown
    assert "# a\\_b" in shown
    for raw in (" & ", " *the*", " _chart_", " [now]", " `here`"):
        assert raw not in shown


def test_figures_have_two_significant_digits(analyzer):
    analysis = analyzer.analyze(Report("R", WORDS))
    object.__setattr__(analysis.measures, "accountability_visibility", Estimate(value=0.7936, low=0.5481, high=0.9295))
    object.__setattr__(analysis.measures, "blame_density", Estimate(value=123.4, low=7.26, high=1000.0))
    words = " ".join(summary(analysis))
    assert "0.79 (95% interval 0.55 to 0.93)" in words
    assert "120 (95% interval 7.3 to 1000)" in words
