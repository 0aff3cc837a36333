"""Verdicts on hypotheses: supported, not supported, or open, by the rules of `docs/reference/hypotheses.md`.

Pure functions over estimates. A claim has parts, a part has a contrast for each control that must be exceeded, and a
contrast has one interval. All contrasts of a family are corrected together, each direction apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from affectlab.design.hypothesis import Direction
from affectlab.stats.margin import Sides, fisher, sides
from affectlab.stats.multiplicity import holm

LEVEL = 0.95
"""Of the interval."""
ALPHA = (1.0 - LEVEL) / 2.0
"""The level of a one-sided test at the margin."""


class Verdict(StrEnum):
    """What the data say of a hypothesis."""

    SUPPORTED = "supported"
    NOT_SUPPORTED = "not supported"
    OPEN = "open"
    NONE = "no verdict"
    """Nothing was measured that could decide, or the hypothesis is a sentence only."""


@dataclass(frozen=True)
class Excess:
    """One contrast of a claim: the target condition minus a control, in the unit of the outcome, as estimated."""

    part: str
    """The state, technique, task or level that the claim is made of."""
    against: str
    difference: float
    low: float
    high: float
    """The interval; nan where there is none."""
    df: float
    n: int
    """Sampled units in the smaller condition."""
    unit: str
    direction: Direction
    margin: float = 0.0
    """The smallest effect that counts; zero where none is declared."""
    sampled: str = "text"
    """What the units are, as a noun."""
    correlation: bool = False
    """Whether it is a correlation, whose interval is symmetric in Fisher's z."""
    gap: str = ""
    """Why there is no interval, where there is none."""
    contrast: str = ""
    """The id of the contrast that it is an estimate of."""

    @property
    def sign(self) -> int:
        """1 where the claim is about more, -1 where it is about less."""
        return -1 if self.direction in ("lower", "not lower") else 1

    @property
    def interval(self) -> bool:
        """Whether it has an interval that can decide."""
        return not self.gap and math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def why(self) -> str:
        """Why it has no interval that can decide; empty where it has one."""
        if self.interval:
            return ""
        return self.gap or "no interval could be computed"

    @property
    def ease(self) -> float:
        """How far it lies on the side of the claim: the smaller, the harder the control."""
        signed = self.sign * self.difference
        match self.direction:
            case "higher" | "lower":
                return signed
            case "not higher" | "not lower":
                return -signed
            case "within":
                return -abs(self.difference)
            case "different":
                return abs(self.difference)


def tails(one: Excess) -> tuple[float, float]:
    """One-sided p at the margin: that the claim holds of this contrast, and that it does not.

    Both are computed from the interval's own t, so that p is below ``ALPHA`` exactly where the interval excludes the
    margin. Without an interval both are 1, and still count in the family.
    """
    if not one.interval:
        return 1.0, 1.0
    above, below = _beside(one, one.margin)
    above_lower, below_lower = _beside(one, -one.margin)
    inside, outside = max(above_lower, below), min(above, below_lower)
    match one.direction:
        case "higher" | "lower":
            return above, below
        case "not higher" | "not lower":
            return below, above
        case "within":
            return inside, outside
        case "different":
            return outside, inside


def _beside(one: Excess, margin: float) -> Sides:
    """Where a contrast, signed as claimed, lies beside a margin."""
    value, low, high = one.sign * one.difference, *sorted((one.sign * one.low, one.sign * one.high))
    if one.correlation:
        return sides(fisher(value), fisher(low), fisher(high), math.inf, fisher(margin), level=LEVEL)
    return sides(value, low, high, one.df, margin, level=LEVEL)


@dataclass(frozen=True)
class Judged:
    """A contrast with its verdict, and p adjusted within the family, for the claim and against it."""

    excess: Excess
    verdict: Verdict
    own: Verdict
    """What its interval alone says, uncorrected."""
    p: float
    """That the claim holds of it, one-sided at the margin, adjusted."""
    p_against: float
    """That it does not, likewise."""

    @property
    def remark(self) -> str:
        """What the verdict leaves out: reversed, more than zero, or decided only before the correction."""
        one = self.excess
        if not one.interval:
            return one.why
        low, high = sorted((one.sign * one.low, one.sign * one.high))
        parts = []
        if self.verdict is not self.own:
            parts.append(f"{_OWN[self.own]} by its own interval, not after correction")
        if one.direction in ("higher", "lower"):
            if high < 0.0:
                parts.append("reversed")
            elif one.margin and 0.0 < low <= one.margin:
                parts.append("more than zero" if one.sign > 0 else "less than zero")
        return "; ".join(parts)


_OWN = {Verdict.SUPPORTED: "supported", Verdict.NOT_SUPPORTED: "excluded"}


@dataclass(frozen=True)
class Claim:
    """A hypothesis of one model with its contrasts, before it is judged."""

    name: str
    claim: str
    family: str
    primary: bool = False
    model: str = ""
    noun: str = "parts"
    """What the parts are: states, where each is one."""
    excesses: tuple[Excess, ...] = ()
    rivals: tuple[Excess, ...] = ()
    """What would speak against it; without a verdict."""
    withheld: str = ""
    """Why there is no verdict, where there is none whatever the contrasts."""
    unmeasured: tuple[str, ...] = ()
    """What it must exceed, or is about, and was not measured: each with its reason."""
    lacking: tuple[str, ...] = ()
    """Controls that the study has, and under which this outcome is not measured."""


@dataclass(frozen=True)
class Judgement:
    """A claim with its verdict."""

    claim: Claim
    contrasts: tuple[Judged, ...]
    family_size: int
    """Contrasts that were corrected together."""

    @cached_property
    def verdict(self) -> Verdict:
        """Supported where every part is; not supported where one is not; else open."""
        return joint_verdict(self.parts.values()) if self.contrasts and not self.claim.withheld else Verdict.NONE

    @cached_property
    def parts(self) -> Mapping[str, Verdict]:
        """The verdict of each part: that of its contrasts together."""
        names = dict.fromkeys(one.excess.part for one in self.contrasts)
        return {part: joint_verdict(one.verdict for one in self.contrasts if one.excess.part == part) for part in names}

    @cached_property
    def controls(self) -> Mapping[str, tuple[Judged, ...]]:
        """The contrasts by control, the hardest first: that with the smallest mean excess."""
        found: dict[str, list[Judged]] = {}
        for one in self.contrasts:
            found.setdefault(one.excess.against, []).append(one)
        return {name: tuple(found[name]) for name in sorted(found, key=lambda name: _mean_ease(found[name]))}

    @property
    def reversed(self) -> bool:
        """Whether every contrast with the hardest control lies wholly on the other side of zero."""
        hardest = next(iter(self.controls.values()), ())
        return self.verdict is Verdict.NOT_SUPPORTED and all("reversed" in one.remark for one in hardest)


def joint_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """All supported: supported. One not supported: not supported. Else open.

    >>> joint_verdict([Verdict.SUPPORTED, Verdict.OPEN])
    <Verdict.OPEN: 'open'>
    """
    found = list(verdicts)
    if Verdict.NOT_SUPPORTED in found:
        return Verdict.NOT_SUPPORTED
    return Verdict.SUPPORTED if found and all(one is Verdict.SUPPORTED for one in found) else Verdict.OPEN


def judge(claims: Sequence[Claim]) -> list[Judgement]:
    """The verdicts on claims of one model, in their order; those of a family are corrected together.

    Holm's adjustment is over all contrasts of the family's claims that can have a verdict, separately for the p values
    in favour and those against. A verdict of a contrast needs both its interval and its adjusted p.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    judged: dict[int, tuple[Judged, ...]] = {}
    sizes: dict[str, int] = {}
    for family in dict.fromkeys(one.family for one in claims):
        counted = [(at, one) for at, one in enumerate(claims) if one.family == family and not one.withheld]
        contrasts = [(at, excess) for at, one in counted for excess in one.excesses]
        sizes[family] = len(contrasts)
        for at, found in zip((at for at, _ in contrasts), corrected([one for _, one in contrasts]), strict=True):
            judged[at] = (*judged.get(at, ()), found)
    return [
        Judgement(one, judged.get(at, ()) if not one.withheld else _undecided(one), sizes[one.family])
        for at, one in enumerate(claims)
    ]


def corrected(excesses: Sequence[Excess]) -> list[Judged]:
    """The contrasts of one family with their verdicts."""
    if not excesses:
        return []
    both = [tails(one) for one in excesses]
    favours, against = (holm([pair[side] for pair in both]) for side in (0, 1))
    return [
        Judged(one, _verdict(float(p), float(q)), _verdict(*own), float(p), float(q))
        for one, own, p, q in zip(excesses, both, favours, against, strict=True)
    ]


def _verdict(favour: float, against: float) -> Verdict:
    if favour < ALPHA:
        return Verdict.SUPPORTED
    return Verdict.NOT_SUPPORTED if against < ALPHA else Verdict.OPEN


def _undecided(claim: Claim) -> tuple[Judged, ...]:
    """The contrasts of a claim without a verdict: they describe."""
    none = Verdict.NONE
    return tuple(Judged(one, none, none, math.nan, math.nan) for one in claim.excesses)


def _mean_ease(contrasts: Sequence[Judged]) -> float:
    known = [one.excess.ease for one in contrasts if math.isfinite(one.excess.ease)]
    return sum(known) / len(known) if known else math.inf
