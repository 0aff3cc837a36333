"""The page before a checker of accessibility (axe-core), light and dark, at a desk and on a telephone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.report.test_browser import browser, file, pytestmark, reports  # noqa: F401


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 390)])
def test_landmarks_names_and_contrast_pass_the_checker(browser: Any, file: Any, scheme: str, width: int) -> None:  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    shown = context.new_page()
    shown.goto(file.as_uri())
    found = Axe().run(shown).response
    context.close()
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]] == []
    assert {"color-contrast", "landmark-one-main", "region", "heading-order"} <= {one["id"] for one in found["passes"]}


def test_the_checker_finds_text_that_is_too_faint(browser: Any) -> None:  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    shown = browser.new_page()
    shown.set_content('<main><h1>A page</h1><p style="color:#bbb;background:#fff">Too faint to be read.</p></main>')
    assert "color-contrast" in {one["id"] for one in Axe().run(shown).response["violations"]}
