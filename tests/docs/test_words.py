"""The pages are spelt right; those for newcomers have short sentences, and no term that is explained nowhere."""

from __future__ import annotations

import re
from functools import cache

import pytest
from spellchecker import SpellChecker

from tests.docs.page import DOCS, Page, pages, sentences, words
from tests.house import ROOT

NEW = [page for page in pages() if page.name == "index.md" or page.name.startswith("tutorials/")]
"""Pages for newcomers."""
LONGEST = 25
"""Words of a sentence, on average."""
RARE = 1.5e-6
"""The share of English below which a word is looked up: what a doctoral student of psychology may not know."""


@cache
def english() -> SpellChecker:
    return SpellChecker()


@cache
def ours() -> set[str]:
    """Words that the dictionary lacks: names, statistics, British spellings. A word is added by a line."""
    return set((ROOT / "tests" / "docs" / "words.txt").read_text("utf-8").split())


@cache
def common() -> set[str]:
    """Words that are rare in English and known to every psychologist."""
    return set((ROOT / "tests" / "docs" / "known.txt").read_text("utf-8").split())


@cache
def glossary() -> set[str]:
    rows = re.findall(r"(?m)^\| ([^|]+) \| ", (DOCS / "reference" / "glossary.md").read_text("utf-8"))
    return {word for row in rows for word in words(row)}


def stems(word: str) -> set[str]:
    """A word, and what it is a form of."""
    found = {word}
    for end, instead in (
        ("s", ""),
        ("es", ""),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
        ("ies", "y"),
    ):
        if word.endswith(end) and len(word) > len(end) + 2:
            found.add(word.removesuffix(end) + instead)
    return found


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_word_is_spelt_right(page: Page) -> None:
    found = {word for word in words(page.prose) if len(word) > 2 and not stems(word) & ours()}
    # a name begins with a capital wherever it stands
    wrong = {word for word in english().unknown(found) if re.search(rf"\b{word}", page.prose)}
    assert sorted(wrong) == []


@pytest.mark.parametrize("page", NEW, ids=lambda page: page.name)
def test_sentences_are_short(page: Page) -> None:
    lengths = [len(re.findall(r"\w+", one)) for one in sentences(page.prose)]
    assert sum(lengths) / len(lengths) <= LONGEST
    assert max(lengths) <= 2 * LONGEST


@pytest.mark.parametrize("page", NEW, ids=lambda page: page.name)
def test_every_term_is_explained_there_or_in_the_glossary(page: Page) -> None:
    share = english().word_usage_frequency
    known = glossary() | common() | {form for word in page.explained for form in stems(word)}
    rare = {word for word in words(page.prose) if len(word) > 2 and all(share(form) < RARE for form in stems(word))}
    assert sorted(word for word in rare if not stems(word) & known) == []
