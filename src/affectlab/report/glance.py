"""Results at a glance: each hypothesis with its verdict, what decides it, the other controls, what speaks against it.

The order is one for all: the claim and its verdict; the hardest control with its number; every other control; what
speaks against the claim; what was not measured. Only the verdict chooses a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from affectlab.effects.judgement import Claim, Excess, Judged, Judgement, Verdict
from affectlab.json_values import plain
from affectlab.report.excess import amount, control, least, shows
from affectlab.report.numbers import counted, listed
from affectlab.results.hypotheses import AFTER_NEUTRAL, SCRIPT

FEW = 3
"""Rivals that are named; the table has all."""


@dataclass(frozen=True)
class Glance:
    """One hypothesis as it is shown."""

    name: str
    primary: bool
    model: str
    verdict: Verdict
    title: str
    """Its name, verdict, and parts by verdict."""
    claim: str
    results: tuple[str, ...]
    """The hardest control, and the others; or why there is no verdict."""
    against: tuple[str, ...] = ()
    """What speaks against it."""
    missing: tuple[str, ...] = ()
    """What was not measured."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said of it, in the order in which it is read."""
        return (*self.results, *self.against, *self.missing)


def glance(judgement: Judgement, *, several: bool = False, brief: bool = False) -> Glance:
    """A judged hypothesis in words.

    Args:
        several: whether there are other models, so that this one is named.
        brief: whether the controls other than the hardest are told together.
    """
    claim = judgement.claim
    head = (claim.name, claim.primary, claim.model, judgement.verdict, _title(judgement, several), claim.claim)
    if judgement.verdict is Verdict.NONE:
        return Glance(*head, tuple(_withheld(judgement)))
    results = _results(judgement) if not brief else _brief(judgement)
    return Glance(*head, tuple(results), tuple(_speaks_against(judgement)), tuple(_missing(judgement)))


def _title(judgement: Judgement, several: bool) -> str:
    claim = judgement.claim
    marks = [*(["primary"] if claim.primary else []), *([claim.model] if several else [])]
    marked = f" ({', '.join(marks)})" if marks else ""
    turned = ", reversed" if judgement.reversed else ""
    return f"{called(claim)}{marked}: {judgement.verdict}{turned}{_only(judgement)}{_counted(judgement)}"


def called(claim: Claim) -> str:
    """The name of a hypothesis, to begin a sentence."""
    name = claim.name.replace("-", " ")
    return f"Hypothesis {name}" if name.isdigit() else name[:1].upper() + name[1:]


def _only(judgement: Judgement) -> str:
    """Which controls a supported claim was held against, where that is not all that were declared."""
    claim = judgement.claim
    if judgement.verdict is not Verdict.SUPPORTED:
        return ""
    names = listed([control(name) for name in judgement.controls])
    if any(one.startswith("the control ") for one in claim.unmeasured) or claim.lacking:
        only = "the only control" if len(judgement.controls) == 1 else "the only controls"
        return f" against {names}, {only} measured with this outcome"
    return f" against {names}"


def _counted(judgement: Judgement) -> str:
    """The parts by verdict, where there are several; one is no count."""
    parts = list(judgement.parts.values())
    if len(parts) < 2 or judgement.verdict is Verdict.NONE:
        return ""
    counts = [parts.count(one) for one in (Verdict.SUPPORTED, Verdict.OPEN, Verdict.NOT_SUPPORTED)]
    return f" ({len(parts)} {judgement.claim.noun}: {counts[0]} supported, {counts[1]} open, {counts[2]} not)"


def _withheld(judgement: Judgement) -> Iterator[str]:
    yield f"No verdict: {judgement.claim.withheld or 'nothing was measured'}."
    described = [f"{one.excess.part}, {amount(one.excess)}" for one in judgement.contrasts[:FEW] if one.excess.interval]
    if described:
        yield f"What was found describes: {'; '.join(described)}."


def _results(judgement: Judgement) -> Iterator[str]:
    """A sentence for each control, the hardest first."""
    controls = list(judgement.controls.items())
    for at, (name, found) in enumerate(controls):
        lead = "Against" if len(controls) == 1 else "Against the hardest control," if at == 0 else "Against"
        yield f"{lead} {control(name)}: {against(found)}."


def _brief(judgement: Judgement) -> Iterator[str]:
    """The hardest control, and in one sentence all others."""
    first, *_ = _results(judgement)
    yield first
    others = [f"{control(name)} ({_together(found)})" for name, found in list(judgement.controls.items())[1:]]
    if others:
        yield f"Other control{'s' if len(others) > 1 else ''}: {'; '.join(others)}."


def _together(found: Sequence[Judged]) -> str:
    """What the contrasts with one control come to, as shortly as it can be said."""
    if len(found) == 1:
        decided = "" if found[0].verdict is Verdict.OPEN else f", {found[0].verdict}"
        return f"{amount(found[0].excess)}{decided or ', open'}"
    said: dict[str, list[str]] = {}
    for one in found:
        said.setdefault(str(one.verdict) if one.excess.interval else "no interval", []).append(one.excess.part)
    return ", ".join(f"{words} in {_parts(parts, len(found))}" for words, parts in said.items())


def _missing(judgement: Judgement) -> Iterator[str]:
    lacking = listed([control(arm) for arm in judgement.claim.lacking])
    gone = [*judgement.claim.unmeasured, *([f"this outcome under {lacking}"] if lacking else [])]
    if gone:
        yield f"Not measured: {'; '.join(gone)}."


def against(found: Sequence[Judged]) -> str:
    """What a claim's contrasts with one control come to: the number of one, the two extremes of several."""
    if len(found) == 1:
        return f"{amount(found[0].excess)}; {shows(found[0])}"
    known = sorted((one for one in found if math.isfinite(one.excess.difference)), key=lambda one: one.excess.ease)
    if not known:
        return f"no number in {counted(len(found), 'part')}"
    if len({one.excess.unit for one in known}) > 1:
        return _shown(found)
    low, high = known[0].excess, known[-1].excess
    return f"from {amount(low)} ({low.part}) to {amount(high)} ({high.part}); {_shown(found)}"


def _shown(found: Sequence[Judged]) -> str:
    """What several contrasts show, each thing once, with the parts in which it does; what is open is not counted up."""
    whys = {one.excess.why for one in found}
    if len(whys) == 1 and "" not in whys:
        return next(iter(whys))
    margins = {least(one.excess) for one in found}
    said: dict[str, list[str]] = {}
    for one in found:
        words = shows(one) if len(margins) == 1 else shows(one, bound="its margin")
        said.setdefault("open" if one.verdict is Verdict.OPEN else words, []).append(one.excess.part)
    return "; ".join(f"{words} in {_parts(parts, len(found))}" for words, parts in said.items())


def _parts(parts: Sequence[str], of: int) -> str:
    if len(parts) == of:
        return f"all {of}"
    return listed(list(parts)) if len(parts) <= FEW else f"{len(parts)} of {of}"


def _speaks_against(judgement: Judgement) -> Iterator[str]:
    """The rivals that speak against a claim, the strongest first. Inside the smallest effect they are the same."""
    yield from _where_nothing_is(judgement)
    known = [one for one in judgement.claim.rivals if one.interval and not _is_beside(one)]
    rising = [one for one in known if not one.against.startswith("texts of ")]
    alike = [one for one in rising if min(one.sign * one.low, one.sign * one.high) > 0.0 and "after" in one.part]
    opposite = [one for one in rising if max(one.sign * one.low, one.sign * one.high) < 0.0]
    beside = [one for one in known if one.against.startswith("texts of ")]
    less = [one for one in beside if one.sign * one.difference <= 0.0]
    if alike:
        yield f"What speaks against it: the same way, {_listed(alike)}."
    if opposite:
        yield f"The other way: {_listed(opposite)}."
    if less:
        parts = list(dict.fromkeys(one.part for one in less))
        of = len({one.part for one in beside})
        others = "By mean, the texts of another state move the scale as much or more"
        yield f"{others} in {len(parts)} of {of}: {listed(parts)}."
    supported = judgement.verdict is Verdict.SUPPORTED
    if supported and len(known) == len(judgement.claim.rivals) > 0 and not (alike or opposite or less):
        yield "Nothing that was measured beside it speaks against it."


def _where_nothing_is(judgement: Judgement) -> Iterator[str]:
    """What a regulation did where there was nothing to regulate, and script by script, against the hardest control."""
    hardest = next(iter(judgement.controls), "")
    beside = [one for one in judgement.claim.rivals if _is_beside(one) and one.against == hardest]
    neutral = [one for one in beside if AFTER_NEUTRAL in one.part and math.isfinite(one.difference)]
    if neutral:
        told = "; ".join(f"{_of_technique(one, AFTER_NEUTRAL)}{amount(one)}" for one in neutral[:FEW])
        same = any(one.interval and min(one.sign * one.low, one.sign * one.high) > 0.0 for one in neutral)
        lead = "What speaks against it: after" if same else "After"
        yield f"{lead} neutral texts, where there is no state to take back, against {control(hardest)}: {told}."
    scripts = [one for one in beside if one.part.startswith(f"{SCRIPT} ") and math.isfinite(one.difference)]
    if scripts:
        told = "; ".join(f"{one.part.removeprefix(f'{SCRIPT} ')} {amount(one)}" for one in scripts[: 2 * FEW])
        more = f"; and {len(scripts) - 2 * FEW} more" if len(scripts) > 2 * FEW else ""
        yield f"Script by script: {told}{more}."


def _is_beside(one: Excess) -> bool:
    return AFTER_NEUTRAL in one.part or one.part.startswith(f"{SCRIPT} ")


def _of_technique(one: Excess, part: str) -> str:
    """The technique that a part names before what it is, where there are several."""
    named = one.part.removesuffix(part).removesuffix(", ")
    return f"{named} " if named else ""


def _listed(found: Sequence[Excess]) -> str:
    strongest = sorted(found, key=lambda one: -abs(one.difference))
    shown = "; ".join(f"{one.part} against {control(one.against)} {amount(one)}" for one in strongest[:FEW])
    return shown if len(found) <= FEW else f"{shown}; and {len(found) - FEW} more"


def legend(judgements: Sequence[Judgement]) -> tuple[str, ...]:
    """How to read the verdicts: once, for all of them."""
    judged = [one for one in judgements if one.verdict is not Verdict.NONE]
    if not judged:
        return ()
    sizes = {one.claim.family: one.family_size for one in judged}
    families = listed([f"{counted(size, 'contrast')} of the {name} family" for name, size in sizes.items()])
    told = [
        "Supported: for every control the 95 % interval lies wholly beyond the smallest effect (else zero); not "
        "supported: for one it lies wholly short of it; open: neither. Each after Holm's correction, over "
        f"{families}. What is in no hypothesis is exploratory."
    ]
    return tuple(told)


def short_legend(judgements: Sequence[Judgement]) -> tuple[str, ...]:
    """The same in a sentence."""
    judged = [one for one in judgements if one.verdict is not Verdict.NONE]
    if not judged:
        return ()
    sizes = " and ".join(str(size) for size in {one.claim.family: one.family_size for one in judged}.values())
    return (
        "Supported: the 95 % interval lies wholly beyond the smallest effect for every control; not supported: for one "
        f"wholly short of it; open: neither; after Holm over {sizes} contrasts.",
    )


def verdict_records(judgements: Sequence[Judgement]) -> list[dict[str, Any]]:
    """The judgements as plain records, in full precision; what is not finite becomes None."""
    several = len({one.claim.model for one in judgements}) > 1
    return [_record(one, glance(one, several=several)) for one in judgements]


def _record(judgement: Judgement, shown: Glance) -> dict[str, Any]:
    claim = judgement.claim
    return {
        "name": claim.name,
        "claim": claim.claim,
        "model": claim.model,
        "primary": claim.primary,
        "family": claim.family,
        "family_size": judgement.family_size,
        "verdict": str(judgement.verdict),
        "reversed": judgement.reversed,
        "title": shown.title,
        "sentences": list(shown.sentences),
        "withheld": claim.withheld,
        "unmeasured": list(claim.unmeasured),
        "not_with_this_outcome": list(claim.lacking),
        "hardest": next(iter(judgement.controls), None),
        "parts": {name: str(verdict) for name, verdict in judgement.parts.items()},
        "contrasts": [contrast(one) for found in judgement.controls.values() for one in found],
        "rivals": [_numbers(one) for one in claim.rivals],
    }


def contrast(judged: Judged) -> dict[str, Any]:
    """One contrast of a claim as a plain record."""
    decided = {"verdict": str(judged.verdict), "p": plain(judged.p), "p_against": plain(judged.p_against)}
    return {**_numbers(judged.excess), **decided, "remark": judged.remark}


def _numbers(one: Excess) -> dict[str, Any]:
    numbers: Mapping[str, float] = {"difference": one.difference, "low": one.low, "high": one.high, "df": one.df}
    return {
        "part": one.part,
        "against": one.against,
        **{name: plain(value) for name, value in numbers.items()},
        "unit": one.unit,
        "n": one.n,
        "smallest": one.margin or None,
        "margin": least(one),
        "direction": one.direction,
        "gap": one.why,
        "contrast": one.contrast,
    }
