"""The report in headless Chromium, from a file."""

from pathlib import Path

import pytest

from service.trends.report import ReportOptions, build_report

pytestmark = pytest.mark.page
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def report(write_run, rows, tmp_path):
    document, _ = rows
    documents = [document(number, counted_findings=int(number % 3 == 0), staff_group="XY"[number % 2], attribution_system=1) for number in range(240)]
    path = tmp_path / "report.html"
    path.write_text(build_report([write_run(documents)], options=ReportOptions(audits=("staff_group",))), encoding="utf-8")
    return path


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 1000), ("light", 320)])
def test_axe_finds_no_violation_and_nothing_is_fetched(browser, report, scheme, width):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert asked == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.add_script_tag(path=Path(__file__).parent.parent / "axe.min.js")
    found = page.evaluate("tags => axe.run({runOnly: tags}).then(result => result.violations.map(each => each.id + ': ' + each.nodes[0].html))", TAGS)
    context.close()
    assert found == []
