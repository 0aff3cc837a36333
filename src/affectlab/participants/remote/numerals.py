"""Numbers as replies write them: a sign, digits, marks of decimals and of thousands, and what goes on behind them.

A mark is never passed over: 7.5 is not 7, 1,000 is not 1, and 7-8, 7:30 and 3 of 5 on a scale to 10 are no number of
the scale.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

_BODY = r"(?:\d+(?:[.,'_]\d+| \d{3}(?!\d))*|[.,]\d+)"
_WRAPPING = r"[*_`\"'“”‘’«»(\[{ ]*"
_SIGNED = re.compile(rf"(?P<sign>[-+±~≈]*)(?P<gap>{_WRAPPING})(?P<body>{_BODY})")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,'_ ])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"\d*(?:[.,]\d+)?")
_OPTION = re.compile(rf"[-+]?{_BODY}")
_RANGE = re.compile(r"\s*(?:-|\u2014|~|\.{2,3}|…|to|or|bis|oder|ou)\s*[-+]?\d", re.IGNORECASE)
_OUT_OF = re.compile(r"[*_`\"')\]}]*\s*(?:/|out of|of|von|sur)\s*[*_`\"'(\[{]*(\d+)", re.IGNORECASE)
_SCALED = re.compile(r"\s*(?:hundred|thousand|million|billion)\b|\s*point\s|\s*\d+\s*/\s*\d", re.IGNORECASE)


class Numeral(NamedTuple):
    """A number at the beginning of a text."""

    value: Decimal | None
    """``None`` where it can be read in two ways, or in none."""
    rest: str
    """What follows its digits."""
    spaced: bool = False
    """Whether a hyphen stands in front of it with a gap, as in a list: it may be a sign or not."""


def leading(text: str) -> Numeral | None:
    """The number with which a canonical text begins; ``None`` where it begins with none.

    >>> leading("-3, I think")
    Numeral(value=Decimal('-3'), rest=', I think', spaced=False)
    >>> leading("7.5").value, leading("1,000").value, leading("seven")
    (Decimal('7.5'), Decimal('1000'), None)
    """
    found = _SIGNED.match(text)
    if found is None:
        return None
    rest = text[found.end() :]
    size = magnitude(found["body"])
    sign = found["sign"]
    if size is None or sign not in ("", "+", "-"):
        return Numeral(None, rest)
    spaced = sign == "-" and " " in found["gap"]
    return Numeral(-size if sign == "-" else size, rest, spaced)


def magnitude(body: str) -> Decimal | None:
    """What digits with marks say. Three digits behind one mark are thousands, as far as one can know.

    >>> magnitude("7,50"), magnitude("12.345.678"), magnitude("1.2.3")
    (Decimal('7.50'), Decimal('12345678'), None)
    """
    if _GROUPED.fullmatch(body):
        return Decimal(re.sub(r"\D", "", body))
    if _DECIMAL.fullmatch(body):
        return Decimal(body.replace(",", "."))
    return None


def valued(option: str) -> Decimal | None:
    """The number that an option is, as a whole; ``None`` where it is none."""
    bare = option.strip()
    if not _OPTION.fullmatch(bare):
        return None
    found = leading(bare)
    return found.value if found else None


def ends(rest: str) -> bool:
    """Whether what follows an option ends it: nothing, or neither letter, digit nor a mark upon the last letter.

    >>> ends(""), ends("."), ends("0"), ends("\\u0301")
    (True, True, False, False)
    """
    return not rest or not (rest[0].isalnum() or unicodedata.category(rest[0]).startswith("M"))


def goes_on(rest: str, top: Decimal | None = None) -> bool:
    """Whether a number goes on behind its digits, to be another one, a range, a time, or a part of another whole.

    >>> goes_on(".5"), goes_on("."), goes_on("-8"), goes_on("/10", Decimal(10)), goes_on("/20", Decimal(10))
    (True, False, True, False, True)
    """
    if len(rest) > 1 and rest[0] in ".,'_:" and rest[1].isdigit():
        return True
    if re.match(r"[ \t]+\d", rest) or _RANGE.match(rest) or _SCALED.match(rest):
        return True
    if any(unicodedata.numeric(char, None) is not None and not char.isdecimal() for char in rest.lstrip()[:1]):
        return True
    whole = _OUT_OF.match(rest)
    return whole is not None and (top is None or Decimal(whole[1]) != top)
