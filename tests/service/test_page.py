"""The page in headless Chromium, against a real server."""

from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from tests.service.conftest import served

pytestmark = pytest.mark.page
TEXT = "😀👩‍⚕️ The nurse failed to check the chart. The handover was sloppy. Mrs B said: “The nurse was careless and lazy, I think.”"


@pytest.fixture(scope="module")
def address(analyzer):
    with served(create_app(Settings(), build=lambda: analyzer)) as address:
        yield address


@pytest.fixture
def page(browser, address):
    context = browser.new_context()
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    yield page
    assert all(url.startswith((address, "data:", "blob:")) for url in asked)
    context.close()


def paste(page, text=TEXT):
    page.locator(".cm-content").click()
    page.keyboard.insert_text(text)
    page.locator(".item").first.wait_for()


def content(page):
    return page.locator(".cm-content").inner_text()


def test_the_right_words_are_highlighted_after_an_emoji(page):
    paste(page)
    assert page.locator(".cm-content .shape-solid").all_inner_texts() == ["failed to check"]
    assert page.locator(".cm-content .shape-wavy").all_inner_texts() == ["sloppy"]


def test_apply_changes_the_text_and_undo_brings_it_back(page):
    paste(page)
    page.locator(".item").first.click()
    page.locator(".apply").first.click()
    assert "The nurse did not check the chart." in content(page)
    assert page.locator("#wording").is_visible()
    page.locator("#undo").click()
    assert "The nurse failed to check the chart." in content(page)


def test_a_dismissed_mark_goes_and_can_come_back(page):
    paste(page)
    page.locator(".item").first.click()
    page.locator("#dismiss").click()
    assert page.locator(".cm-content .shape-solid").count() == 0
    page.locator("#restore").click()
    page.locator(".cm-content .shape-solid").wait_for()


def test_the_list_works_by_keyboard(page):
    paste(page)
    page.locator(".item").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#panel h3", has_text="Grading word").wait_for()


def test_quoted_blame_is_shown_but_gets_no_advice(page):
    paste(page)
    page.locator(".item .uncounted").first.click()
    assert page.locator("#panel .advice").is_visible()
    assert page.locator("#panel .offer").count() == 0


def test_a_file_opens(page):
    page.locator("#file").set_input_files({"name": "r.txt", "mimeType": "text/plain", "buffer": b"The nurse failed to check."})
    page.locator(".item").first.wait_for()
    assert "failed to check" in content(page)


def test_a_broken_file_is_explained_and_the_text_stays(page):
    paste(page)
    page.locator("#file").set_input_files({"name": "r.docx", "mimeType": "application/zip", "buffer": b"no"})
    page.locator("#message:not([hidden])").wait_for()
    assert "save it as .docx" in page.locator("#message").inner_text()
    assert "failed to check" in content(page)


@pytest.mark.parametrize("width", [320, 360, 640, 1280])
def test_nothing_scrolls_sideways(browser, address, width):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(address)
    page.locator("#example").click()
    page.locator(".item").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_of_wcag(browser, address, scheme):
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    page.locator("#example").click()
    page.locator(".item").first.click()
    page.add_script_tag(path=Path(__file__).with_name("axe.min.js"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags}).then(result => result.violations.map(each => each.id + ': ' + each.nodes[0].html))", tags)
    assert found == []
    context.close()


def test_a_rewrite_brings_its_gaps_and_the_wording_line_stands_by_the_measures(page):
    paste(page)
    page.locator(".item").first.click()
    page.locator(".offer-rewrite .apply").click()
    assert "The nurse did not check the chart. [Time and source;" in content(page)
    assert "thinking not yet" in page.locator(".whole #wording").inner_text()
    assert "Fill the gaps" in page.locator("#status").inner_text()


def test_all_safe_edits_are_applied_at_once_and_each_suggestion_says_who_wrote_it(page):
    paste(page)
    page.locator(".item").first.click()
    assert "Written by rules" in page.locator("#panel .offer").first.inner_text()
    page.locator("#apply-all").click()
    assert "The nurse did not check the chart." in content(page)
    page.locator("#apply-all").wait_for(state="hidden")
