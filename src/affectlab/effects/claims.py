"""From a hypothesis to the contrasts that it claims: what is compared with what, on which scale, in which cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise, product

from affectlab.design.hypothesis import BASELINE, Direction, Hypothesis
from affectlab.design.plan import TALK
from affectlab.design.reach import span
from affectlab.design.study import Study
from affectlab.design.testable import STATES, claimed, controls_for, levels
from affectlab.effects.induction import SHARED
from affectlab.effects.people import entries
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL, NOTHING
from affectlab.materials.tasks import Task

Margin = Callable[[Task, str], float]
LATIN = {"frames": "frame", "deliveries": "delivery", "contexts": "context", "grades": "grade"}
"""What a Latin square calls the factors; a text has one level of each, so that contrasts are over all of them."""


@dataclass(frozen=True)
class ClaimContrast:
    """One contrast that a claim makes: the first condition minus the second."""

    part: str
    against: str
    measure: str
    scale: str
    """Empty where each of ``states`` is read on its own."""
    first: Mapping[str, str]
    second: Mapping[str, str] | None
    """None: against no change."""
    cell: Mapping[str, str]
    """The levels that both share."""
    start: str | None
    """The point from which the change is taken; None for a level."""
    point: str
    direction: Direction
    states: tuple[str, ...] = ()
    """Where it is the mean over states, those states, which are a sample of states in general."""
    smallest: float | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells the numbers of one contrast from those of another."""
        second = None if self.second is None else tuple(sorted(self.second.items()))
        condition = (tuple(sorted(self.first.items())), second, tuple(sorted(self.cell.items())))
        return (self.measure, self.scale, *condition, self.start, self.point, self.states)


def claim_contrasts(study: Study, one: Hypothesis, margin: Margin) -> Iterator[ClaimContrast]:
    """Every contrast of a claim, part by part; of models there is one, so that none stands in the cells.

    Args:
        margin: within which the outcome of a task counts as a null, for claims about null results in people.
    """
    if one.people is not None:
        yield from _people(study, one, margin)
        return
    wanted = claimed(study, one)
    for cell in _cells(study, one):
        if _mean(one):
            yield from _over_states(study, one, wanted, cell)
        else:
            for state in wanted:
                yield from _in_state(study, one, state, cell)


def rivals(study: Study, one: Hypothesis, margin: Margin) -> Iterator[ClaimContrast]:
    """The contrasts that would speak against a claim: on other measures, after other states, of other states' texts."""
    known = {*study.measures, *(testing.task for testing in study.tasks)}
    for measure in (measure for measure in one.rivals.same_on if measure in known):
        alike = one.model_copy(update={"outcome": {measure: one.scale}, "smallest": None})
        can = controls_for(study, alike)
        alike = alike.model_copy(update={"exceeds": tuple(control for control in one.exceeds if control in can)})
        for found in claim_contrasts(study, alike, margin):
            yield replace(found, part=f"{found.part}, {measure}")
    for state in (state for state in one.rivals.same_after if state in study.states):
        for found in claim_contrasts(study, one.model_copy(update={"states": None}) if _mean(one) else one, margin):
            yield from _after(found, state)
    if one.rivals.among:
        yield from claim_contrasts(study, one.model_copy(update={"exceeds": (), "among": one.rivals.among}), margin)


def _mean(one: Hypothesis) -> bool:
    return one.states is not None and one.states.mean is not None


def _after(found: ClaimContrast, state: str) -> Iterator[ClaimContrast]:
    """The same contrast after another state, on the same scale."""
    target = found.first.get("state", "")
    if found.second is None or target == state:
        return
    second = {**found.second, **({"state": state} if found.second.get("state") == target else {})}
    named = f"{found.part} after {state} texts" if state == NEUTRAL else f"after {state}"
    if second != {**found.first, "state": state}:
        yield replace(found, part=named, first={**found.first, "state": state}, second=second)


def _cells(study: Study, one: Hypothesis) -> Iterator[dict[str, str]]:
    """The design cells in which a claim is made: each is a part of it."""
    known = {name: many for name, many in levels(study).items() if name not in ("order", "guidance")}
    pooled = {LATIN.get(name, name) for name in study.crossing.latin}
    named = {name: (one.where[name],) if name in one.where else many for name, many in known.items()}
    varied = {name: many for name, many in named.items() if name not in one.over and name not in pooled}
    for design_cell in product(*varied.values()):
        yield dict(zip(varied, design_cell, strict=True))


def _in_state(study: Study, one: Hypothesis, state: str, cell: Mapping[str, str]) -> Iterator[ClaimContrast]:
    scale = one.scale or (state if one.measure in study.measures else study.catalogue.get(Task, one.measure).primary)
    yield from _compared(study, one, {"state": state}, scale, cell, ())


def _over_states(
    study: Study, one: Hypothesis, states: tuple[str, ...], cell: Mapping[str, str]
) -> Iterator[ClaimContrast]:
    own = one.measure in study.measures
    scale = one.scale or ("" if own else study.catalogue.get(Task, one.measure).primary)
    yield from _compared(study, one, {}, scale, cell, states)


def _compared(
    study: Study,
    one: Hypothesis,
    target: Mapping[str, str],
    scale: str,
    cell: Mapping[str, str],
    states: tuple[str, ...],
) -> Iterator[ClaimContrast]:
    """The contrasts of one state, or of the mean over states, in one design cell."""
    where = _label(study, one, cell)
    smallest = one.smallest if one.smallest is not None else study.smallest_effect.get(one.measure)
    for manner, technique in _regulated(study, one):
        start, point = span(study, one, manner.get("order", "after"))
        base = {**target, "arm": INDUCTION_TEXT, **manner, **({"regulation": technique} if technique else {})}
        inside = {**cell, **({} if technique else _undisturbed(study, one.measure, point))}
        label = _part(study, one, target, technique, manner, where)
        for against, first, second in _pairs(study, one, base, technique):
            yield ClaimContrast(
                label, against, one.measure, scale, first, second, inside, start, point, one.direction, states,
                smallest,
            )  # fmt: skip


def _pairs(
    study: Study, one: Hypothesis, base: Mapping[str, str], technique: str
) -> Iterator[tuple[str, dict[str, str], dict[str, str] | None]]:
    """What is compared with what: name of the control, target condition, control condition."""
    first = dict(base)
    for factor, named in one.over.items():
        for before, after in pairwise(named):
            yield before, {**first, factor: after}, {**first, factor: before}
    for control in one.exceeds:
        if control == BASELINE:
            yield control, first, None
        elif technique:
            manner = ("order", "guidance") if control == NOTHING else ()
            yield control, first, {**{k: v for k, v in first.items() if k not in manner}, "regulation": control}
        elif control == NEUTRAL:
            yield control, first, {**first, "state": NEUTRAL}
        else:
            yield control, first, {**first, "arm": control}
    others = study.induced if STATES in one.among else one.among
    for state in (other for other in others if other != base.get("state")):
        yield f"texts of {state}", first, {**first, "state": state}


def _regulated(study: Study, one: Hypothesis) -> Iterator[tuple[dict[str, str], str]]:
    """Each technique in each manner in which it is given; nothing, where the claim is about none."""
    if not one.technique:
        yield {}, ""
        return
    known = levels(study)
    orders = (one.where["order"],) if "order" in one.where else known["order"]
    guidances = (one.where["guidance"],) if "guidance" in one.where else known["guidance"]
    for technique, order, guidance in product(one.technique, orders, guidances):
        if technique not in study.manuals:
            yield {"order": order, "guidance": guidance}, technique
        elif guidance == guidances[0]:
            yield {"order": order, "guidance": TALK}, technique


def _undisturbed(study: Study, measure: str, point: str) -> dict[str, str]:
    """Beyond what all arms share: sessions without a regulation, where there are such, as the tables of a run."""
    shared = ("baseline", *SHARED) if "before" not in study.regulation.orders else ("baseline", "induced", "arithmetic")
    told = shared if measure in study.measures else ("induced", "stabilised")
    return {"regulation": NOTHING} if point not in told and NOTHING in study.regulations and not study.protocols else {}


def _label(study: Study, one: Hypothesis, cell: Mapping[str, str]) -> str:
    """The levels of a design cell that tell it from the others of the claim."""
    many = {name for name, named in levels(study).items() if len(named) > 1 and name not in one.where}
    return ", ".join(level for name, level in cell.items() if name in many)


def _part(
    study: Study, one: Hypothesis, target: Mapping[str, str], technique: str, manner: Mapping[str, str], where: str
) -> str:
    """What a part is called: its state, its technique where there are several, and its design cell likewise."""
    states = ", ".join(target.values())
    several = technique if len(one.technique) > 1 or not states else ""
    many = {name for name, named in levels(study).items() if len(named) > 1 and name not in one.where}
    given = ", ".join(level for name, level in manner.items() if name in many)
    return ", ".join(part for part in (several, states, given, where) if part) or "all"


def _people(study: Study, one: Hypothesis, margin: Margin) -> Iterator[ClaimContrast]:
    """Every effect, or null result, of people that can be looked for, each on its own outcome."""
    for entry in entries(study, one):
        direction: Direction = "higher" if entry.sign > 0 else "lower" if entry.sign else "within"
        way = f" {direction}" if entry.sign else ""
        outcome = {entry.task.id: entry.outcome}
        alike = Hypothesis(outcome=outcome, exceeds=one.exceeds, direction=direction, where=one.where)
        least = None if entry.sign else margin(entry.task, entry.outcome)
        for cell in _cells(study, alike):
            for found in _in_state(study, alike, entry.state, cell):
                yield replace(found, part=f"{entry.task.id} {entry.outcome}{way}, {found.part}", smallest=least)
