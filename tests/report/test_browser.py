"""The page in Chromium, from a file, with the network off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from affectlab.design.load import load_study
from affectlab.participants.registry import participant
from affectlab.report.write import report
from affectlab.run import Run
from tests.conftest import run
from tests.needs import needs_chromium

pytestmark = pytest.mark.browser

DRAWN = """() => [...document.querySelectorAll('figure')].map(figure =>
  [...figure.querySelectorAll('svg[role=img]')].map(svg => {
    const box = svg.getBoundingClientRect();
    const marks = [...svg.querySelectorAll('path,rect,line,circle')].filter(mark => {
      const drawn = mark.getBoundingClientRect(); return drawn.width + drawn.height > 0; });
    return box.width > 100 && box.height > 40 && marks.length > 5; }))"""
WIDER = """() => [...document.querySelectorAll('main *')]
  .filter(one => !one.parentElement.closest('.scroll, .panels'))
  .filter(one => !one.closest('details:not([open]) > :not(summary)'))
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => one.outerHTML.slice(0, 120))"""


LAID_OUT = """() => {
  const found = {clipped: [], cut: [], overlapping: [], tables: []};
  for (const svg of document.querySelectorAll('figure svg[role=img]')) {
    if (!svg.checkVisibility()) continue;
    const box = svg.getBoundingClientRect(), name = svg.closest('figure').id;
    const texts = [...svg.querySelectorAll('text')].filter(one => one.textContent.trim()).map(one => ({
      said: one.textContent, box: one.getBoundingClientRect(),
      turned: /rotate/.test(one.getAttribute('transform') || '') }));
    for (const one of texts) {
      if (one.box.left < box.left - 1 || one.box.right > box.right + 1 ||
          one.box.top < box.top - 1 || one.box.bottom > box.bottom + 1) found.clipped.push([name, one.said]);
      if (one.said.endsWith('\u2026')) found.cut.push([name, one.said]);
    }
    texts.forEach((one, at) => texts.slice(at + 1).forEach(other => {
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 1.5 && down > 3 && !(one.turned && other.turned)) {
        found.overlapping.push([name, one.said, other.said]); }
    }));
  }
  for (const one of document.querySelectorAll('.scroll')) {
    if (one.checkVisibility() && !one.closest('details:not([open])') && one.querySelector('table') &&
        one.scrollWidth > one.clientWidth + 1) found.tables.push(one.getAttribute('aria-label'));
  }
  return found; }"""
"""What cannot be read: labels that leave their figure, are shortened or lie over each other; tables that are cut."""
UNFOLDED = "() => { for (const one of document.querySelectorAll('input.more')) one.checked = true; }"
TELEPHONE = 20_000
"""Pixels of height of the page on a telephone, before anything is unfolded; a page without folds had 52,421."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium."""
    chromium = needs_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the report that the tests share."""
    return tmp_path_factory.mktemp("reports")


@pytest.fixture
def file(reported: Callable[..., Run], reports: Path) -> Path:
    """A report."""
    made = reports / "report.html"
    return (made if made.exists() else report(reported(), made)).resolve()


@pytest.fixture(scope="module")
def shipped_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the short form of a shipped study with hypotheses, controls, tasks and people beside it."""
    study = load_study("dresden", quick=True)
    made = run(study, participant("simulated", study.catalogue, seed=study.seed), tmp_path_factory.mktemp("shipped"))
    return report(made).resolve()


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
        shown.evaluate(UNFOLDED)
        drawn = shown.evaluate(DRAWN)
        assert drawn
        assert all(panels and all(panels) for panels in drawn)
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.evaluate(WIDER) == []
    else:
        assert shown.locator("figure svg[role=img]").count() > 9
    context.close()


@pytest.mark.parametrize("width", [390, 1024, 1600])
@pytest.mark.parametrize("unfolded", [False, True], ids=["folded", "unfolded"])
def test_labels_ticks_and_tables_can_be_read_at_every_width(
    browser: Any, shipped_file: Path, width: int, unfolded: bool
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    shown = context.new_page()
    shown.goto(shipped_file.as_uri())
    if unfolded:
        shown.evaluate(UNFOLDED)
    assert shown.evaluate(LAID_OUT) == {"clipped": [], "cut": [], "overlapping": [], "tables": []}
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate(WIDER) == []
    context.close()


def test_on_a_telephone_the_page_is_short_and_everything_is_one_touch_away(browser: Any, shipped_file: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True)
    shown = context.new_page()
    shown.goto(shipped_file.as_uri())
    assert shown.evaluate("document.documentElement.scrollHeight") < TELEPHONE
    assert shown.locator("#hypotheses figure").first.is_visible(), "what the report opens with needs no touch"
    map_of_states = shown.locator("#manipulation figure").first
    assert not map_of_states.is_visible()
    shown.locator("label[for=manipulation-more]").click()
    assert map_of_states.is_visible()
    assert shown.locator("#manipulation > .rest > .scroll td[data-label=difference]").first.is_visible()
    context.close()


def test_at_a_desk_nothing_is_folded(browser: Any, shipped_file: Path) -> None:
    shown = browser.new_page(viewport={"width": 1024, "height": 900})
    shown.goto(shipped_file.as_uri())
    assert shown.locator("label.more").first.is_hidden()
    assert shown.locator("#manipulation figure").first.is_visible()


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
