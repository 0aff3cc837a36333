"""A hypothesis: what a study expects, in a form from which a verdict can be computed.

It names an outcome, what is compared with what, a direction and, where one is declared, the smallest effect that
counts. A sentence alone is a hypothesis too; it is printed and frozen, and has no verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from affectlab.design.parts import POINTS
from affectlab.materials.document import Misplaced
from affectlab.materials.schema import NEUTRAL, Id, Of, Part, Prose

Direction = Literal["higher", "lower", "not higher", "not lower", "within", "different"]
"""Above, or below; not above, or not below; inside the smallest effect on both sides, or outside on either."""

Factor = Literal["frame", "technique", "grade", "delivery", "context", "language", "order", "guidance"]
"""The factors of a cell that a hypothesis can be narrowed to, or compare the levels of."""

BASELINE = "baseline"
"""As what must be exceeded: the change itself, against none."""
PRIMARY, SECONDARY = "primary", "secondary"
"""The families within which verdicts are corrected, where a hypothesis names none."""


def _names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _outcome(value: Any) -> Any:
    """``affect-cloze`` is ``{affect-cloze: ""}``."""
    if isinstance(value, Mapping) and len(value) != 1:
        raise ValueError("is one measure; write `measure` or `{measure: scale}`")
    return {value: ""} if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
"""Names, or one."""
_POINTS, _STATES, _ARMS = Of(words=POINTS), Of(chosen=(("states",),)), (("induction", "arms"), ("regulations",))


class Change(Part):
    """From which point of a session to which."""

    from_: Annotated[str, _POINTS] = Field(alias="from")
    to: Annotated[str, _POINTS]


class States(Part):
    """In which states it is claimed: in each of some, or in the mean over all that are induced."""

    each: Annotated[Names, _STATES] = ()
    mean: Literal["random", "fixed"] | None = None
    """``random``: about states in general, of which these are a sample (six or more). ``fixed``, of older files: no
    number is made of it, as the texts of several states are no sample of one kind."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.each) is (self.mean is not None):
            raise ValueError("says both `each` and `mean`, or neither; write one of them")
        return self


class Rivals(Part):
    """What is computed beside a claim because it would speak against it. It decides nothing."""

    among: Annotated[Names, Of(words=("states",), chosen=(("states",),))] = ()
    """Other states, or ``states``: whether their texts move the scale as much."""
    same_on: Annotated[Names, Of(chosen=(("measures",),))] = ()
    """Other measures, on which the same contrasts are made."""
    same_after: Annotated[Names, _STATES] = ()
    """Other states, after which the same contrasts are made."""


class Hypothesis(Part):
    """One claim of a study."""

    claim: Prose = ""
    """As a sentence; made from the rest where it is left out."""
    primary: bool = False
    """Whether it is what the study is about. One is; every other is secondary."""
    family: Id | None = None
    """The claims that are corrected together for their number; by default the primary one, and all others."""
    outcome: Annotated[
        dict[Annotated[str, Of(chosen=(("measures",), ("tasks", "task")))], str] | None,
        BeforeValidator(_outcome),
        "single",
    ] = None
    """A measure on the state's target scale, or a task on its primary outcome; ``{measure: scale}`` for another."""
    people: Literal["effects", "nulls"] | None = None
    """In place of an outcome: every effect, or null result, of the registry on the tasks and states of the study."""
    change: Change | None = None
    at: Annotated[str, _POINTS] | None = None
    """Where a level is read in place of a change."""
    direction: Direction = "higher"
    smallest: float | None = Field(default=None, gt=0.0)
    """The smallest effect that counts, in the unit of the outcome; that of the study where it is left out."""
    exceeds: Annotated[Names, Of(words=(NEUTRAL, BASELINE), chosen=_ARMS)] = ()
    """What it must exceed, each of them: ``neutral``, ``baseline``, arms of the induction, or arms of regulation."""
    technique: Annotated[Names, Of(chosen=(("regulations",),))] = ()
    """The regulations that it is about."""
    states: States | None = None
    where: dict[Factor, str] = Field(default_factory=dict)
    """The cells that it is about, where not all."""
    over: dict[Factor, tuple[str, ...]] = Field(default_factory=dict)
    """Levels of one factor, each compared with the one before it."""
    among: Annotated[Names, Of(words=("states",), chosen=(("states",),))] = ()
    """The states than whose texts it must do more: largest among them. ``states`` for all others of the study."""
    correlates: Literal["people"] | None = None
    """Over regulations, with their effects in people."""
    rivals: Rivals = Rivals()

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if not self.computable:
            self._bare()
            return self
        if self.outcome is not None and self.people is not None:
            raise Misplaced("names an `outcome` and effects of people; write one of them", "people")
        if self.change is not None and self.at is not None:
            raise Misplaced("is about a change or about a level; write `change` or `at`", "at")
        if len(self.over) > 1 or any(len(levels) < 2 for levels in self.over.values()):
            raise Misplaced("compares the levels of one factor, two or more; as in {grade: [mild, severe]}", "over")
        if self.over and (self.exceeds or self.among or self.people):
            raise Misplaced("compares levels with each other; leave `exceeds`, `among` and `people` out", "over")
        if self.correlates and (self.outcome is None or self.direction not in ("higher", "lower")):
            raise Misplaced("a correlation is of an `outcome`, and higher or lower", "correlates")
        if self.correlates and len(self.exceeds) != 1:
            raise Misplaced("the effects that are correlated are against one control; name it", "exceeds")
        return self

    def _bare(self) -> None:
        if not self.claim:
            raise ValueError("names neither `claim` nor `outcome`; write what is expected, and on which measure")
        given = [name for name in type(self).model_fields if name not in ("claim", "family") and self._says(name)]
        if given:
            raise Misplaced("names no `outcome`, so it is a sentence only; add `outcome:`, or leave this out", given[0])

    def _says(self, name: str) -> bool:
        field = type(self).model_fields[name]
        return bool(getattr(self, name) != field.get_default(call_default_factory=True))

    @property
    def computable(self) -> bool:
        """Whether a verdict can be computed; not of a sentence alone."""
        return self.outcome is not None or self.people is not None

    @property
    def measure(self) -> str:
        """The measure or task that it is about; empty where it is about several."""
        return next(iter(self.outcome or {}), "")

    @property
    def scale(self) -> str:
        """The scale or outcome that it names; empty for the state's own, or a task's primary one."""
        return next(iter((self.outcome or {}).values()), "")

    @property
    def corrected_with(self) -> str:
        """The family that it belongs to."""
        return self.family or (PRIMARY if self.primary else SECONDARY)


def as_hypotheses(value: Any) -> Any:
    """The hypotheses of a study as they may be written: by name, or a list of sentences."""
    if isinstance(value, list | tuple):
        return {str(number): _sentence(one) for number, one in enumerate(value, 1)}
    if isinstance(value, Mapping):
        return {name: _sentence(one) for name, one in value.items()}
    raise ValueError("is no list of sentences and names no hypotheses; write `name: {claim: ...}`")


def _sentence(value: Any) -> Any:
    return {"claim": value} if isinstance(value, str) else value


Hypotheses = Annotated[dict[Id, Hypothesis], BeforeValidator(as_hypotheses)]
"""The hypotheses of a study, by name; sentences that have none are numbered."""


def plain_hypotheses(hypotheses: Mapping[str, Hypothesis]) -> dict[str, Any] | list[str]:
    """Hypotheses as data: by name, without what was left out; a list where all are sentences."""
    if not any(one.computable for one in hypotheses.values()):
        return [one.claim for one in hypotheses.values()]
    return {name: _plain(one) for name, one in hypotheses.items()}


def _plain(one: Hypothesis) -> dict[str, Any]:
    """What was written of a hypothesis, and its direction in any case."""
    written: dict[str, Any] = one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {**written, "direction": one.direction} if one.computable else written


def sentence(one: Hypothesis) -> str:
    """The claim as it is written, or made from its parts.

    >>> sentence(Hypothesis(outcome="ratings", exceeds="neutral", smallest=1.0))
    'The change of ratings is higher than neutral, by 1 or more.'
    """
    if one.claim or not one.computable:
        return one.claim
    if one.people is not None:
        what = "The effects of the registry are found" if one.people == "effects" else "The nulls of the registry hold"
        return f"{what} against {_listed(one.exceeds) or 'nothing'}."
    about = f"{one.measure} ({one.scale})" if one.scale else one.measure
    after = f" after {_listed(one.technique)}" if one.technique else ""
    subject = f"The {'level' if one.at else 'change'} of {about}{after}"
    if one.correlates:
        way = "rises" if one.direction == "higher" else "falls"
        return f"Over techniques, the change of {about} against {_listed(one.exceeds)} {way} with the effect in people."
    where = f", in each of {_listed(one.states.each)}" if one.states is not None and len(one.states.each) > 1 else ""
    return f"{subject} {_compared(one)}{where}."


def _compared(one: Hypothesis) -> str:
    """What it is claimed to be beside what."""
    others = _listed(one.exceeds or tuple(f"after {state}" for state in one.among))
    for factor, levels in one.over.items():
        return f"is {one.direction} with each step of {factor} ({', '.join(levels)}){_by(one)}"
    if one.direction == "within":
        return f"is the same as {others}{'' if one.smallest is None else f', within {one.smallest:g}'}"
    link = "from" if one.direction == "different" else "than"
    return f"is {one.direction} {link} {others or 'at first'}{_by(one)}"


def _by(one: Hypothesis) -> str:
    return "" if one.smallest is None else f", by {one.smallest:g} or more"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
