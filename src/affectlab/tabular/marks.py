"""Numbers as people write them: which mark stands before decimals, and which before thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_OTHER = {".": ",", ",": "."}
_WRITTEN = {
    decimal: re.compile(
        rf"[+-]?(\d+|[1-9]\d{{0,2}}({re.escape(other)}\d{{3}})+|(?={re.escape(decimal)}\d))"
        rf"({re.escape(decimal)}\d*)?(e[+-]?\d+)?",
        re.IGNORECASE,
    )
    for decimal, other in _OTHER.items()
}
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?P<mark>['’ \u00a0\u2009\u202f])\d{3})(?:(?P=mark)\d{3})*(?:[.,]\d+)?")
"""Thousands apart by an apostrophe or a space, which never stands before decimals."""
_POINT_AND_THREE = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


class Plain(NamedTuple):
    """Numbers with a point before decimals and nothing before thousands; what is no number is as it was."""

    texts: Sequence[str]
    remark: str = ""
    doubtful: str = ""
    """A number that may be either of two, if there is one; and why."""
    why: str = ""


def numbers_of_marks(texts: Sequence[str]) -> Plain:
    """The numbers of a column, whose marks are told by those that can be read in one way.

    >>> numbers_of_marks(["1,234.5", "1,234"]).texts, numbers_of_marks(["1,234", "2,25"]).texts
    (['1234.5', '1234'], ['1.234', '2.25'])
    >>> numbers_of_marks(["1,234", "2"]).doubtful
    '1,234'
    """
    texts, grouped = _without_groups(texts)
    readings = [_readings(text) for text in texts]
    clear = [(text, *found) for text, found in zip(texts, readings, strict=True) if len(set(found.values())) == 1]
    before_decimals = {decimal: text for text, decimal, *both in clear if decimal in text and not both}
    before_thousands = {_OTHER[decimal]: text for text, decimal, *both in clear if _OTHER[decimal] in text and not both}
    for mark in before_decimals.keys() & before_thousands.keys():
        one, other = before_decimals[mark], before_thousands[mark]
        why = f"`{mark}` stands before decimals in `{one}` and before thousands in `{other}`"
        return Plain(texts, doubtful=one, why=why)
    made = []
    for text, found in zip(texts, readings, strict=True):
        if len(set(found.values())) == 2:
            mark = "." if "." in text else ","
            if mark not in {*before_decimals, *before_thousands}:
                why = f"`{text}` may be {re.sub('[.,]', '', text)} or {text.replace(',', '.')}"
                return Plain(texts, doubtful=text, why=why)
            made.append(found[mark if mark in before_decimals else _OTHER[mark]])
        else:
            made.append(next(iter(found.values()), text))
    said = ["a decimal comma"] * ("," in before_decimals)
    said += [f"a {'comma' if mark == ',' else 'point'} before thousands" for mark in sorted(before_thousands)]
    said += [f"{grouped} before thousands"] if grouped else []
    return Plain(made, " and ".join(said))


def _without_groups(texts: Sequence[str]) -> tuple[Sequence[str], str]:
    """Numbers without the apostrophes or spaces that stand before their thousands, and what stood there."""
    found = [_GROUPED.fullmatch(text) for text in texts]
    marks = {one["mark"] for one in found if one}
    if not marks:
        return texts, ""
    made = [re.sub(f"[{''.join(marks)}]", "", text) if one else text for text, one in zip(texts, found, strict=True)]
    return made, "an apostrophe" if marks <= set("'’") else "a space"


def doubtful_point(texts: Sequence[str]) -> str:
    """The first number with a point, if in all that have one it may stand before thousands as well as decimals."""
    points = [text for text in texts if "." in text]
    return points[0] if points and all(_POINT_AND_THREE.fullmatch(text) for text in points) else ""


def _readings(text: str) -> dict[str, str]:
    """How a text may be read, by the mark before decimals."""
    return {
        decimal: text.replace(other, "").replace(decimal, ".")
        for decimal, other in _OTHER.items()
        if _WRITTEN[decimal].fullmatch(text)
    }
