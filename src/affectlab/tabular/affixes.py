"""What stands beside a number in its cell: a unit, a currency, the label of a step; and the number alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

CURRENCIES = ("€", "$", "£", "¥", "EUR", "USD", "GBP", "CHF", "Fr.")
_BEFORE = re.compile(rf"({'|'.join(map(re.escape, CURRENCIES))})\s*(?=[+-]?[\d.,])")
_BEHIND = re.compile(rf"(?<=[\d.,])\s*(%|{'|'.join(map(re.escape, CURRENCIES))}|[^\W\d_]{{1,8}}\.?)$")
_STEP = re.compile(r"([+-]?\d{1,3})\s*(?:[=:.)–—-]|(?=\())\s*(\(?[^\W\d_].*)", re.DOTALL)
"""A step of a scale with its label behind it: ``1 = gar nicht``, ``5 (extremely)``."""
_PLAIN = re.compile(r"[+-]?\d{1,3}")
_MONTH = re.compile(
    r"(jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)[a-zäé]*\.?(\s+\d+)?", re.IGNORECASE
)
_ANSWER_CODE = re.compile(r"AO?(\d{1,2})")
"""An answer as LimeSurvey codes it where nobody chose a code."""


class Bare(NamedTuple):
    """Numbers without what stood beside them."""

    texts: Sequence[str]
    remark: str
    """What stood there, to be read after the name of the column."""


def without_affixes(texts: Sequence[str]) -> Bare | None:
    """The numbers of a column that has the same beside each of them, or the label of its step; None where it has not.

    Args:
        texts: the values that are not missing.

    >>> without_affixes(["480 ms", "512 ms"])
    Bare(texts=['480', '512'], remark='`ms` stands at every number')
    >>> without_affixes(["1 = never", "2", "3 = always"])
    Bare(texts=['1', '2', '3'], remark='steps are read by their numbers: 1 `never`, 3 `always`')
    >>> without_affixes(["480 ms", "2 s"]), without_affixes(["01. Feb", "3"]), without_affixes(["1-2", "3"])
    (None, None, None)
    """
    return _of_unit(texts) or _of_steps(texts) or _of_answer_codes(texts)


def _of_unit(texts: Sequence[str]) -> Bare | None:
    for place in (_BEHIND, _BEFORE):
        found = [place.search(text) for text in texts]
        units = {one.group(1) for one in found if one}
        if texts and all(found) and len(units) == 1:
            unit = next(iter(units))
            remark = "it is in percent" if unit == "%" else f"`{unit}` stands at every number"
            return Bare([place.sub("", text).strip() for text in texts], remark)
    return None


def _of_steps(texts: Sequence[str]) -> Bare | None:
    labels: dict[str, str] = {}
    made = []
    for text in texts:
        found = _STEP.fullmatch(text)
        if found is None and not _PLAIN.fullmatch(text):
            return None
        step, label = (found.group(1), found.group(2).strip()) if found else (text, "")
        if _MONTH.fullmatch(label) or (label and labels.setdefault(step, label) != label):
            return None  # a date that a spreadsheet made of a score; a step with two labels
        made.append(step)
    if not labels:
        return None
    shown = ", ".join(f"{step} `{label[:30]}`" for step, label in sorted(labels.items(), key=lambda one: int(one[0])))
    return Bare(made, f"steps are read by their numbers: {shown}")


def _of_answer_codes(texts: Sequence[str]) -> Bare | None:
    found = [_ANSWER_CODE.fullmatch(text) for text in texts]
    if not texts or not all(found):
        return None
    return Bare([str(int(one.group(1))) for one in found if one], "answer codes are read as their numbers: A1 is 1")
