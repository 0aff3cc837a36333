"""What an error needs: the text, or only the state's word; one's own part in it; and whether regulation takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from affectlab.design.study import Study
from affectlab.effects.effect import Effect
from affectlab.effects.error import AFTER
from affectlab.effects.estimate import Estimate
from affectlab.effects.find import Effects
from affectlab.json_values import plain
from affectlab.materials.control import Control
from affectlab.materials.schema import Regulation
from affectlab.results.barrier import barred
from affectlab.results.given import Given
from affectlab.results.summary import effects_of
from affectlab.run import Run

Part = Literal["not measurable", "no effect of the text", "there too", "only the text", "gone", "undetermined"]
SAYS: Mapping[str, str] = {
    "sham": "role-play of the word",
    "third-person": "an effect of the words, whoever they are about",
    "scrambled": "an effect of the words in any order",
    "demand-reversed": "an effect of the text, against what is asked for",
    "echo": "an effect of reading it for something else",
}
"""What it is called when an error appears under a control too."""


@dataclass(frozen=True)
class Separation:
    """A task's outcome after a state's texts, and under a control or after a regulation."""

    design_cell: Mapping[str, str]
    task: str
    outcome: str
    unit: str
    state: str
    arm: str
    """The control of the induction, or the regulation."""
    regulated: bool
    text: Estimate
    """After the texts, minus neutral."""
    other: Estimate
    """In the arm, minus neutral."""
    apart: Estimate
    """After the texts minus in the arm, vignette by vignette."""
    part: Part
    reason: str = ""

    @property
    def sentence(self) -> str:
        """What it means."""
        where = f"after {self.arm}" if self.regulated else f"under {self.arm}"
        match self.part:
            case "not measurable":
                return f"not measurable: {self.reason}"
            case "no effect of the text":
                return "the texts show no effect to separate"
            case "there too":
                return f"appears {where} too" + (
                    "" if self.regulated else f": {SAYS.get(self.arm, 'not the text alone')}"
                )
            case "only the text":
                return f"the texts show more of it than {self.arm}, which shows none"
            case "gone":
                return f"is less {where}, and no longer told from neutral"
        return f"open whether it appears {where}"

    def _estimates(self) -> Mapping[str, Estimate]:
        return {"text": self.text, "arm": self.other, "apart": self.apart}

    def row(self) -> dict[str, Any]:
        """The separation as a plain record."""
        numbers = {
            f"{name}_{part}": plain(value)
            for name, found in self._estimates().items()
            for part, value in (("estimate", found.difference), ("low", found.low), ("high", found.high))
        }
        return {
            **self.design_cell,
            "task": self.task,
            "outcome": self.outcome,
            "unit": self.unit,
            "state": self.state,
            "arm": self.arm,
            **numbers,
            **{f"{name}_contrast": one.contrast.id for name, one in self._estimates().items()},
            "part": self.part,
            "sentence": self.sentence,
        }


def separated(run: Run) -> list[Separation]:
    """Every task of a run in each of its states, under every control and after every regulation of the run.

    Raises:
        DataError: no session of the run is complete.
    """
    return separate(run.numbers(), run.study, effects_of(run))


def separate(scores: pd.DataFrame, study: Study, effects: Effects) -> list[Separation]:
    """As ``separated``, from the scores of a study."""
    return [
        found
        for one, wall in barred(scores, study)
        for state in one.states
        for found in _arms(one, state, study, effects, wall)
    ]


def _arms(one: Given, state: str, study: Study, effects: Effects, wall: str) -> Iterator[Separation]:
    outcome, unit = one.task.primary, one.task.unit
    text = next((of for of in one.errors(effects, outcome) if of.contrast.state == state), None)
    if text is None:
        return
    for arm, regulated, other, apart in _others(one, state, study, effects):
        found = (text.estimate, other.estimate, apart.estimate)
        part: Part = "not measurable" if wall else _part(*found, regulated)
        yield Separation(one.design_cell, one.task.id, outcome, unit, state, arm, regulated, *found, part, wall)


def _others(one: Given, state: str, study: Study, effects: Effects) -> Iterator[tuple[str, bool, Effect, Effect]]:
    """The controls of the induction that say something, and the regulations that are none: each against neutral texts,
    and the texts against it."""
    outcome = one.task.primary
    under = {of.contrast.first["arm"]: of for of in one.errors(effects, outcome, CONTROL) if of.contrast.state == state}
    held = {of.contrast.against: of for of in effects.errors if _is_held(of, one, state)}
    for arm in study.induction.arms:
        if arm in under and arm in held and study.catalogue.get(Control, arm).uses != "nothing":
            yield arm, False, under[arm], held[arm]
    after = {of.contrast.first["regulation"]: of for of in one.errors(effects, outcome, AFTER) if _in(of, state)}
    taken = {of.contrast.against: of for of in one.errors(effects, outcome, TAKEN) if _in(of, state)}
    for regulation in study.regulations:
        told = one.regulated and regulation in after and regulation in taken
        if told and study.catalogue.get(Regulation, regulation).role != "control":
            yield regulation, True, after[regulation], taken[regulation]


CONTROL, TAKEN = "error under a control", "regulation of an error"


def _in(of: Effect, state: str) -> bool:
    return of.contrast.state == state


def _is_held(of: Effect, one: Given, state: str) -> bool:
    """Whether the texts of a state are held against a control made of them, in the place of the rows."""
    contrast = of.contrast
    at = (contrast.kind, contrast.outcome.measure, contrast.outcome.scale) == ("error", one.task.id, one.task.primary)
    if not (at and contrast.paired and _in(of, state)):
        return False
    place = {**one.design_cell, "point": str(one.rows["point"].iloc[0])}
    return contrast.cell.items() >= place.items()


def _part(text: Estimate, other: Estimate, apart: Estimate, regulated: bool) -> Part:
    """An effect is in the arm too where it differs from neutral there, in the same direction."""
    if not text.excludes_zero:
        return "no effect of the text"
    if other.excludes_zero and (other.difference > 0.0) is (text.difference > 0.0):
        return "there too"
    if apart.excludes_zero and (apart.difference > 0.0) is (text.difference > 0.0):
        return "gone" if regulated else "only the text"
    return "undetermined"
