"""The grammar of a reply to a scale: sign, wrapping, script and position around a number, and its marks."""

from __future__ import annotations

import json
import unicodedata
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affectlab.participants.remote.calls import Candidate
from affectlab.participants.remote.intervals import in_first_token
from affectlab.participants.remote.numerals import magnitude
from affectlab.participants.remote.parse import as_option
from tests.participants.remote.conftest import RATINGS

SIGNED = tuple(str(value) for value in range(-3, 4))
MINUS = ("-", "\u2013", "\u2212", "\u2010", "\u2011", "\uff0d", "\ufe63")
WRAPPING = (
    "{}",
    "**{}**",
    "({})",
    "“{}”",
    "`{}`",
    "[{}]",
    "_{}_",
    '"{}"',
    "***{}***",
    "「{}」",
    "（{}）",
    "\\boxed{{{}}}",
)
POSITION = (
    "{}",
    " {}\n",
    "{}.",
    "{}, I think",
    "\n\n{}",
    "{} because it is so",
    "I feel: {}",
    "I feel **{}",
    "\ufeff{}",
)
SCRIPTS = (0x30, 0xFF10, 0x660, 0x6F0, 0x966, 0xE50, 0x1D7CE, 0x1D7D8)
"""The digit nought in each script."""


def written(number: int, zero: int) -> str:
    return "".join(chr(zero + int(digit)) for digit in str(number))


@pytest.mark.parametrize("option", range(-3, 4))
def test_a_signed_number_is_the_option_that_it_is(option: int) -> None:
    signs = MINUS if option < 0 else ("", "+")
    for sign, wrapping, zero, position in product(signs, WRAPPING, SCRIPTS, POSITION):
        said = position.format(wrapping.format(sign + written(abs(option), zero)))
        assert as_option(said, SIGNED, opening="I feel").option == option + 3, said


@given(
    st.sampled_from(["", *MINUS]),
    st.integers(0, 2000),
    st.sampled_from(
        ["", ".5", ",5", ".25", "½", "²", ":30", "-8", "/99", " of 99", ",000", ".000", "'000", " 000", "e1"]
    ),
    st.sampled_from(WRAPPING),
    st.sampled_from(SCRIPTS),
)
@settings(max_examples=400)
def test_a_number_that_is_no_option_names_none(sign: str, number: int, tail: str, wrapping: str, zero: int) -> None:
    said = wrapping.format(sign + written(number, zero) + tail)
    option = as_option(said, SIGNED).option
    value = -number if sign else number
    if tail or value not in range(-3, 4):
        assert option is None or (tail in (",000", ".000", "'000", " 000") and number == 0), said
    else:
        assert option == value + 3, said


@pytest.mark.parametrize(
    "form", ["7.0", "7,0", "7.00", "07", "7️⃣", "7\u200b", "\u200d7", "\u20607.", "<7>", "> 7", "- 7", "• 7"]
)
def test_the_same_number_in_another_form(form: str) -> None:
    assert as_option(form, RATINGS).option == 7


@pytest.mark.parametrize(
    "form", ["-7", "–7", "<7", ">7", "±7", "~7", "7 or 8", "7 to 9", "7–8", "7 \u00bd", "1 000", "1,000", "1.000"]
)
def test_another_number_or_two_is_no_answer(form: str) -> None:
    assert as_option(form, RATINGS).option is None


@pytest.mark.parametrize("mark", ['"{}"', "**{}**", "`{}`", "“{}”", "*{}*", "«{}»", "'{}'"])
def test_two_numbers_that_are_quoted_or_emphasised_are_two(mark: str) -> None:
    one, other = mark.format(7), mark.format(8)
    for between in (" or {}", " to {}", "–{}", "-{}", " / {}"):
        assert as_option(one + between.format(other), RATINGS).option is None
    for behind in ("", ".", " because 8 would be too much", ", not {}", f"/{RATINGS[-1].strip()}"):
        assert as_option(one + behind.format(other), RATINGS).option == 7


@pytest.mark.parametrize("form", ["- 3", "— 3", "--3", "-1/3", "3/3"])
def test_a_dash_that_may_or_may_not_be_a_sign_names_nothing(form: str) -> None:
    assert as_option(form, SIGNED).option is None


@pytest.mark.parametrize("form", ["- -1", "- **-1**", "* -1", "• −1", "- (-1)", "> -1"])
def test_a_signed_number_in_a_list(form: str) -> None:
    assert as_option(form, SIGNED).option == 2


def test_marks_of_thousands_are_read_where_they_are_an_option() -> None:
    options = ("0", "500", "1000", "1500", "2.5")
    assert [as_option(said, options).option for said in ("1,000", "1.500", "1 000", "1'000", "1000", "2,5", "0.5")] == [
        2, 3, 2, 2, 2, 4, None,
    ]  # fmt: skip
    assert magnitude("1.2.3") is None


@pytest.mark.parametrize("value", [None, True, [], {}, [7], {"a": 7}, "", "none", 7.5, "-", float("nan")])
def test_an_object_that_gives_no_option_is_no_answer(value: object) -> None:
    options = (*RATINGS, "none of it")
    assert as_option(json.dumps({"answer": value}), options).option is None


def test_null_is_not_the_word_none() -> None:
    options = ("none", "some")
    assert as_option('{"answer": null}', options).option is None
    assert as_option('{"answer": "none"}', options).option == 0
    assert as_option('{"answer": 1, "answer": 2}', RATINGS).option is None
    assert as_option('{"answer": -2.0}', SIGNED).option == 1
    assert as_option('{"a":' * 100_000, RATINGS).option is None


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_word_is_itself_in_every_unicode_form(tail: str) -> None:
    options = ("gelähmt", "ängstlich", "Ärger", "心配", "спокоен")
    for index, option in enumerate(options):
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            assert as_option(unicodedata.normalize(form, option) + ".", options).option == index
    as_option(tail, options)


@pytest.mark.parametrize("word", ["calm", "very calm", "ﬁne"])
def test_a_word_with_what_cannot_be_seen(word: str) -> None:
    options = (" calm", " very calm", " fine")
    for hidden in ("\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060"):
        said = hidden + hidden.join(word)
        assert as_option(said, options).option == {"c": 0, "v": 1}.get(word[0], 2)
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isascii() and letter != " " else letter for letter in word)
    assert as_option(f"— {wide}!", options).option is not None


def test_an_accent_makes_another_word() -> None:
    assert as_option("sur", ("sûr", "sur")).option == 1
    assert as_option("su\u0302r", ("sûr", "sur")).option == 0
    assert as_option("calm\u0301", ("calm",)).option is None


def test_a_first_token_that_is_another_number_is_no_option() -> None:
    position = (Candidate("1,000", -0.7), Candidate("1.5", -1.6), Candidate("\uff12", -2.0))
    seen, _ = in_first_token(position, ("1", "2"), (False, False), lenient=True)
    assert seen[0].seen == 0.0
    assert seen[1].seen > 0.1
