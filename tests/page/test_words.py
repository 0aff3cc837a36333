"""The words of the page: every language has all of them, and every view uses only such as there are."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import affectlab.page
from affectlab.page.words import LANGUAGES, language, page_words

ROOT = Path(affectlab.page.__file__).parent
USED = re.compile(r"""\bt\(\s*["']([a-z_.-]+)["']\s*[,)]""")


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_has_every_word_with_the_same_values(name: str) -> None:
    there, english = page_words(name).words, page_words("en").words
    assert set(there) == set(english)

    def fields(text: str) -> set[str | None]:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}

    assert {key for key in english if fields(there[key]) != fields(english[key])} == set()


def test_every_view_uses_words_that_there_are() -> None:
    files = [*ROOT.rglob("*.j2"), *ROOT.rglob("*.py")]
    used = {name for file in files for name in USED.findall(file.read_text("utf-8"))}
    assert len(used) > 10
    assert used - set(page_words("en").words) == set()


def test_the_language_is_the_one_that_is_asked_for() -> None:
    assert language("de-AT,de;q=0.9,en;q=0.5") == "de"
    assert language("en;q=0.1, de;q=0.9") == "de"
    assert language("xx, yy;q=nonsense") == "en"
