"""A contrast of a claim in words: its number with unit and interval, and what that shows or leaves open."""

from __future__ import annotations

import math

from affectlab.design.hypothesis import BASELINE
from affectlab.effects.judgement import Excess, Judged, Verdict
from affectlab.materials.schema import NEUTRAL, NOTHING
from affectlab.report.numbers import MINUS, SPACE, number_shown

FINE = ("probability", "share", "ratio", "log ratio", "")
"""Units of which three decimals are printed; the empty one is that of a correlation."""
MOST_PLACES = 5

_NAMED = {
    NEUTRAL: "neutral texts",
    BASELINE: "the baseline",
    NOTHING: "nothing said instead",
    "no-text": "nothing said",
    "sham": "the state's word alone",
    "scrambled": "the same words in random order",
    "third-person": "the same event happening to somebody else",
    "demand-reversed": "the request to show calm",
    "echo": "proofreading of the text",
    "people": "effects in people",
}


def control(name: str) -> str:
    """What must be exceeded, as a sentence names it.

    >>> control("neutral"), control("neutral-reading")
    ('neutral texts', 'neutral reading')
    """
    return _NAMED.get(name, name.replace("-", " "))


def amount(one: Excess) -> str:
    """The number with its unit and interval, signed.

    >>> planted = Excess("fear", "sham", 0.441, -0.482, 1.364, 6.0, 4, "nats", "higher", 0.5)
    >>> amount(planted).replace(SPACE, " ")
    '+0.44 nats [−0.48, 1.36]'
    """
    if not math.isfinite(one.difference):
        return "no number"
    places = _places(one)
    unit = f"{SPACE}{one.unit}" if one.unit else ""
    shown = f"{number_shown(one.difference, places, sign=True)}{unit}"
    if not one.interval:
        return shown
    return f"{shown} [{number_shown(one.low, places)},{SPACE}{number_shown(one.high, places)}]"


def _places(one: Excess) -> int:
    """As many decimals as keep a limit from being rounded onto zero or the smallest effect."""
    least = 3 if one.unit in FINE else 2
    limits = [limit for limit in (one.low, one.high) if math.isfinite(limit)] if one.interval else []
    bounds = (0.0, one.margin, -one.margin)
    for places in range(least, MOST_PLACES):
        if all(round(limit, places) != round(bound, places) for limit in limits for bound in bounds):
            return places
    return least


def least(one: Excess) -> str:
    """The smallest effect, signed as claimed, with its unit; zero where none is declared."""
    if not one.margin:
        return "zero"
    sign = "±" if one.direction in ("within", "different") else MINUS if one.sign < 0 else ""
    unit = f"{SPACE}{one.unit}" if one.unit else ""
    return f"{sign}{one.margin:g}{unit}"


def shows(judged: Judged, bound: str = "") -> str:
    """What a contrast shows, or leaves open. Chosen by the verdict alone.

    Args:
        bound: how the smallest effect is called, where its number would not fit.
    """
    one = judged.excess
    if judged.verdict is Verdict.NONE:
        return ""
    if not one.interval:
        return one.why
    said = _DECIDED[one.direction][judged.verdict] if judged.verdict is not Verdict.OPEN else _open(judged)
    said = said.format(least=bound or least(one))
    return f"reversed; {said}" if judged.verdict is Verdict.NOT_SUPPORTED and "reversed" in judged.remark else said


def _open(judged: Judged) -> str:
    one = judged.excess
    if judged.own is not Verdict.OPEN:
        return f"{_DECIDED[one.direction][judged.own]} by its own interval, not after correction"
    if one.direction in ("within", "different"):
        return "it lies neither inside {least} nor wholly outside"
    if not one.margin:
        return "zero is not excluded"
    more = next((part for part in judged.remark.split("; ") if part.endswith("than zero")), "")
    if more:
        return f"{more}, but {{least}} is neither shown nor excluded"
    return "neither zero nor {least} is excluded" if one.low < 0.0 < one.high else "{least} is not excluded"


_OUTSIDE = {Verdict.SUPPORTED: "it lies outside {least}", Verdict.NOT_SUPPORTED: "it lies inside {least}"}
_INSIDE = {Verdict.SUPPORTED: "it lies inside {least}", Verdict.NOT_SUPPORTED: "it lies outside {least}"}
_BEYOND = {
    Verdict.SUPPORTED: "a difference beyond {least} is shown",
    Verdict.NOT_SUPPORTED: "a difference beyond {least} is excluded",
}
_SHORT = {
    Verdict.SUPPORTED: "a difference beyond {least} is excluded",
    Verdict.NOT_SUPPORTED: "a difference beyond {least} is shown",
}
_DECIDED = {
    "higher": _BEYOND,
    "lower": _BEYOND,
    "not higher": _SHORT,
    "not lower": _SHORT,
    "within": _INSIDE,
    "different": _OUTSIDE,
}
