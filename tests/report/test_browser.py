"""The page in Chromium, from a file, with the network off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from affectlab.report import report
from affectlab.run import Run
from tests.needs import needs_chromium

pytestmark = pytest.mark.browser

DRAWN = """() => [...document.querySelectorAll('figure')].map(figure =>
  [...figure.querySelectorAll('svg[role=img]')].map(svg => {
    const box = svg.getBoundingClientRect();
    const marks = [...svg.querySelectorAll('path,rect,line,circle')].filter(mark => {
      const drawn = mark.getBoundingClientRect(); return drawn.width + drawn.height > 0; });
    return box.width > 100 && box.height > 40 && marks.length > 5; }))"""
WIDER = """() => [...document.querySelectorAll('main *')]
  .filter(one => !one.parentElement.closest('.scroll') && one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def browser() -> Iterator[Any]:
    """A Chromium."""
    chromium = needs_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def file(reported: Callable[..., Run]) -> Path:
    """A report."""
    return report(reported()).resolve()


@pytest.mark.parametrize(
    ("scheme", "width", "scripts"),
    [("light", 1200, True), ("dark", 390, True), ("light", 390, False)],
    ids=["desk", "dark-phone", "without-scripts"],
)
def test_the_page_draws_every_figure_and_asks_for_nothing(
    browser: Any, file: Path, scheme: str, width: int, scripts: bool
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, java_script_enabled=scripts
    )
    shown, said, asked = context.new_page(), [], []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(file.as_uri())
    assert said == []
    assert asked == [file.as_uri()]
    if scripts:
        drawn = shown.evaluate(DRAWN)
        assert drawn
        assert all(panels and all(panels) for panels in drawn)
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.evaluate(WIDER) == []
    else:
        assert shown.locator("figure svg[role=img]").count() > 9
    context.close()


def test_the_keyboard_reaches_the_findings_and_the_data(browser: Any, file: Path) -> None:
    shown = browser.new_page()
    shown.goto(file.as_uri())
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.textContent") == "Skip to the findings"
    shown.keyboard.press("Enter")
    assert shown.url.endswith("#findings")
    shown.locator("figure summary").first.focus()
    shown.keyboard.press("Enter")
    assert shown.locator("figure details").first.get_attribute("open") is not None
    assert shown.locator("figure details table").first.is_visible()


def test_the_data_behind_a_figure_can_be_saved(browser: Any, file: Path) -> None:
    shown = browser.new_page()
    shown.goto(file.as_uri())
    with shown.expect_download() as waiting:
        shown.locator("figure a[download]").first.click()
    assert waiting.value.suggested_filename == "affectlab-coverage.csv"
    assert Path(waiting.value.path()).read_text("utf-8").startswith("model,measure,median")


def test_a_dark_page_has_dark_figures(browser: Any, file: Path) -> None:
    from affectlab.report.theme import GROUND, INK

    context = browser.new_context(color_scheme="dark")
    shown = context.new_page()
    shown.goto(file.as_uri())
    colour = "one => getComputedStyle(one)[one.tagName == 'BODY' ? 'backgroundColor' : 'fill']"
    assert shown.locator("body").evaluate(colour) == _rgb(GROUND["dark"])
    text = shown.locator(f'figure svg text[fill="{INK.light}"]').first
    assert text.evaluate(colour) == _rgb(INK.dark)
    context.close()


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"
