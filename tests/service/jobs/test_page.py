"""The page for many reports in headless Chromium, against a real server and a real worker."""

import zipfile
from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from tests.service.conftest import served

pytestmark = pytest.mark.page
AXE = Path(__file__).parents[1] / "axe.min.js"
ROWS = "".join(f"A{n},The nurse carelessly failed to check the chart of bed {n}.,Ward {n % 2},2026-0{1 + n % 9}-01\n" for n in range(40))
TABLE = {"name": "april.csv", "mimeType": "text/csv", "buffer": f"Reference,Narrative,Ward,Reported\n{ROWS}".encode()}


@pytest.fixture(scope="module")
def address(analyzer, tmp_path_factory):
    settings = Settings(data_directory=tmp_path_factory.mktemp("data"), job_workers=1, max_upload_bytes=1_000_000)
    with served(create_app(settings, build=lambda: analyzer)) as address:
        yield address


@pytest.fixture
def page(browser, address):
    context = browser.new_context()
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}batch")
    page.locator("#limits", has_text="At most").wait_for()
    yield page
    assert all(url.startswith((address, "blob:")) for url in asked)
    context.close()


def test_a_table_goes_from_the_mapping_to_tables_and_report(page, tmp_path):
    page.locator("#files").set_input_files(TABLE)
    page.locator("#mapping").wait_for()
    assert page.locator("#column-text").input_value() == "Narrative"
    assert page.locator("#column-unit").input_value() == "Ward"
    page.locator("#column-date").select_option("Reported")
    page.locator("#title").fill("April")
    page.locator("#start").click()
    card = page.locator("#jobs li", has_text="April").first
    card.locator("text=Done").wait_for(timeout=240_000)
    assert "40 of 40 reports read." in card.inner_text()
    with page.expect_download() as download:
        card.locator("text=Download the tables").click()
    download.value.save_as(tmp_path / "tables.zip")
    with zipfile.ZipFile(tmp_path / "tables.zip") as archive:
        assert archive.read("documents.csv").count(b"\n") == 41
    card.locator("text=Open the report").click()
    page.locator("h1").wait_for()
    assert "Wording only" in page.content()


def test_a_job_is_cancelled_and_deleted(page):
    page.locator("#files").set_input_files({**TABLE, "buffer": TABLE["buffer"] + b"A,The nurse failed to check.,W,2026-01-01\n" * 20_000})
    page.locator("#mapping").wait_for()
    page.locator("#title").fill("Long")
    page.locator("#start").click()
    card = page.locator("#jobs li", has_text="Long").first
    card.get_by_role("button", name="Cancel").click()
    card.locator("strong", has_text="Cancelled").wait_for(timeout=240_000)
    card.get_by_role("button", name="Delete").click()
    card.wait_for(state="detached")


def test_too_large_a_file_is_explained_before_it_is_sent(page):
    page.locator("#files").set_input_files({**TABLE, "buffer": b"x" * 1_000_001})
    page.locator("#message:not([hidden])").wait_for()
    assert "1 MB" in page.locator("#message").inner_text()
    assert page.locator("#start").is_disabled()


def test_a_broken_workbook_is_explained(page):
    page.locator("#files").set_input_files({"name": "a.xlsx", "mimeType": "application/zip", "buffer": b"no"})
    page.locator("#message:not([hidden])").wait_for()
    assert "Save it again as .xlsx" in page.locator("#message").inner_text()


def test_documents_need_no_mapping(page):
    page.locator("#files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"The nurse failed to check."})
    page.locator("#chosen li").wait_for()
    assert page.locator("#mapping").is_hidden()
    assert page.locator("#start").is_enabled()
    page.locator("#chosen button").click()
    assert page.locator("#start").is_disabled()


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_scrolls_sideways(browser, address, width):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{address}batch")
    page.locator("#files").set_input_files(TABLE)
    page.locator("#mapping").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_of_wcag(browser, address, scheme):
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}batch")
    page.locator("#files").set_input_files(TABLE)
    page.locator("#mapping").wait_for()
    for summary in page.locator("summary").all():
        summary.click()
    page.add_script_tag(path=AXE)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags}).then(result => result.violations.map(each => each.id + ': ' + each.nodes[0].html))", tags)
    assert found == []
    context.close()
