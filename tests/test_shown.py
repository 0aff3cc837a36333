"""Text of others is kept and shown without acting: on a terminal, on the page, in Markdown, in a sheet."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from affectlab.errors import InputError
from affectlab.report.render.html import templates
from affectlab.report.render.markdown import section_markdown
from affectlab.report.section import Section
from affectlab.report.table import as_csv
from affectlab.shown import cell, fit, line, marked, shown, uncelled
from tests.conftest import Called

ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
PIECES = (
    "\x1b[2J",
    "\x1b]0;t\x07",
    "\r",
    "\r\n",
    "\x00",
    "\u202e",
    "\u2066",
    "\u200f",
    "\ud83d",
    "\x9b1m",
    "\x85",
    "=1",
    "'",
    "<b>",
    "é",
    "平",
    "](",
    "a",
)


def hostile(seed: int) -> str:
    """A text of some pieces that would act and some that would not."""
    chance = random.Random(seed)
    return "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 8)))


@pytest.mark.parametrize("clean", [shown, line, marked])
def test_nothing_that_is_shown_acts(clean: Callable[[str], str]) -> None:
    for seed in range(500):
        text = clean(hostile(seed))
        assert ACTING.search(text) is None
        assert clean(text) == text, "cleaning twice is cleaning once"
    assert "\n" not in line("a\nb\r\n")


def test_what_is_kept_has_no_half_characters_and_no_controls() -> None:
    for seed in range(500):
        kept = fit(hostile(seed))
        assert kept == fit(kept)
        kept.encode("utf-8")
        assert not {unicodedata.category(one) for one in kept} & {"Cs"}
        assert not {"\x00", "\x1b", "\x9b", "\u202e"} & set(kept)


def test_a_cell_is_not_computed_and_comes_back() -> None:
    for text in ("=1+1", "+1-1", "-x", "@sum", "'=1", "''=", "fear", "'tis", "-0.5", "1e-3", "", "a\rb", "\t="):
        assert uncelled(cell(text)) == text
        assert not cell(text).startswith(("=", "@", "+"))
    assert (cell("-0.5"), cell("- calm")) == ("-0.5", "'- calm")
    assert as_csv(("a",), [("=HYPERLINK(1)",), (-1.0,), (None,)]).splitlines() == ["a", "'=HYPERLINK(1)", "-1.0", '""']


def test_templates_clean_what_they_show() -> None:
    html = templates().from_string("<p>{{ one }}</p>{{ drawn|safe }}")
    assert html.render(one="<i>\x1b[2J", drawn="<svg>\x00</svg>") == "<p>&lt;i&gt;\\u001b[2J</p><svg>\\u0000</svg>"
    text = section_markdown(Section("a", "A", ("<script>x</script> p < .05 [a](javascript:x)",)))
    assert "&lt;script>x&lt;/script> p < .05 [a]\\(javascript:x)" in text


def test_an_error_is_one_line_whatever_it_quotes() -> None:
    error = InputError("unknown state `a\naffectlab: all is well`", file=Path("x\x1b[2J.yaml"), line=3)
    assert str(error) == "x\\u001b[2J.yaml:3: unknown state `a\\u000aaffectlab: all is well`"


@pytest.mark.parametrize(
    "words",
    [("check", "\x1b[2J\nx.yaml"), ("run", "no\u202e"), ("show", "tasks", "a\x1b"), ("plan", "dresden", "--\x1b[1m")],
)
def test_a_command_echoes_nothing_that_acts(called: Called, words: tuple[str, ...]) -> None:
    code, out, err = called(*words)
    assert code == 2
    assert len((out + err).strip().splitlines()) == 1
    assert ACTING.search(out + err) is None
