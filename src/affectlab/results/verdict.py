"""What a model's effect is beside the human one: the rule, its margins, and the human figure it needs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from affectlab.effects.estimate import Estimate
from affectlab.effects.states import STATE
from affectlab.materials.references import Reference

Verdict = Literal[
    "same direction",
    "human size",
    "beyond human size",
    "opposite",
    "nothing",
    "an effect where people show none",
    "undetermined",
    "not measurable",
]
REPRODUCED: tuple[Verdict, ...] = ("same direction", "human size", "beyond human size")

MARGINS: Mapping[str, float] = {
    "probability": 0.05,
    "log odds": 0.2,
    "points": 0.25,
    "tokens": 0.25,
    "euros": 0.25,
    "puffs": 0.25,
    "SD": 0.2,
    "share": 0.05,
    "ratio": 0.2,
    "log ratio": 0.1,
    "log per day": 0.2,
}
"""Per unit, below what an effect counts as none, where the study does not say."""
MARGIN_G = 0.2
"""How far from the human size, in standard deviations, an effect may be and still be of human size."""


def verdict(found: Estimate, sign: int, human: tuple[float, float, float], margin: float) -> tuple[Verdict, str]:
    """What an effect is beside the human one, and why that is open, where it is.

    Args:
        sign: the human direction; 0 for a null.
        human: the human effect and its limits, standardised; nan where none was published.
        margin: within which an effect counts as none, in raw units.
    """
    if math.isnan(found.low):
        return ("undetermined", found.gap) if found.difference else ("nothing", found.gap)
    none = found.within(-margin, margin)
    if not sign:
        if none:
            return "nothing", ""
        return ("an effect where people show none", "") if found.excludes_zero else ("undetermined", _wide(margin))
    if not found.excludes_zero:
        return ("nothing", "") if none else ("undetermined", _wide(margin))
    if (found.difference > 0.0) is not (sign > 0):
        return "opposite", ""
    return _size(found, human), ""


def _size(found: Estimate, human: tuple[float, float, float]) -> Verdict:
    """Of an effect in the human direction."""
    size, *limits = map(abs, human)
    g = standardised(found)
    if math.isnan(size) or math.isnan(g[1]):
        return "same direction"
    far = max(size, *(limit for limit in limits if not math.isnan(limit))) if not all(map(math.isnan, limits)) else size
    near, distant = sorted((abs(g[1]), abs(g[2])))
    if near > far:
        return "beyond human size"
    return "human size" if size - MARGIN_G < near and distant < size + MARGIN_G else "same direction"


def standardised(found: Estimate) -> tuple[float, float, float]:
    """The estimate in pooled standard deviations of vignettes, which stand where a study of people has persons, with
    its interval; nan where the data allow none, and of a level."""
    pairs = found.contrast.paired and found.contrast.unit != STATE
    if found.contrast.second is None or pairs:
        return (math.nan,) * 3
    g, low, high = (found.further.get(name, math.nan) for name in ("g", "d_low", "d_high"))
    return g, low, high


def _wide(margin: float) -> str:
    return f"the interval holds zero and effects beyond {margin:g}"


def human_size(reference: Reference) -> tuple[float, float, float]:
    """The human effect as a standardised difference, in the sense of our outcome.

    A correlation becomes ``2r / √(1 − r²)``.

    Source: Borenstein, M., Hedges, L. V., Higgins, J. P. T., & Rothstein, H. R. (2009). Introduction to Meta-Analysis,
    chapter 7.
    """
    turn = _turn(reference)
    values = [math.nan if one is None else turn * one for one in (reference.size, reference.low, reference.high)]
    if reference.metric == "r":
        values = [2.0 * r / math.sqrt(1.0 - r * r) for r in values]
    elif reference.metric not in ("d", "g"):
        values = [math.nan] * 3
    size, low, high = values
    return (size, high, low) if turn < 0 else (size, low, high)


def sense(reference: Reference) -> int:
    """The human direction in the sense of our outcome: 1, -1, or 0 for a null."""
    return reference.sign * _turn(reference)


def _turn(reference: Reference) -> int:
    return -1 if reference.measured is not None and reference.measured.reverse else 1
