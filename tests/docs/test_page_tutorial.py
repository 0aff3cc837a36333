"""The tutorial of the page in the browser: what it says to click is called so there."""

from __future__ import annotations

import re

import yaml

from tests.docs.page import DOCS, Page
from tests.house import ROOT


def test_what_is_clicked_is_called_so_on_the_page() -> None:
    words = yaml.safe_load((ROOT / "src/affectlab/page/words/en.yaml").read_text("utf-8")).values()
    bold = set(re.findall(r"\*\*(.+?)\*\*", Page(DOCS / "tutorials" / "page.md").text))
    assert {one for one in bold if not any(str(word).startswith(one) for word in words)} == set()
    assert len(bold) > 8
