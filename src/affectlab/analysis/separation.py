"""What an error needs: the text, or only the state's word; one's own part in it; and whether regulation takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from affectlab.analysis.barrier import barred
from affectlab.analysis.crossed import Difference, difference, from_fixed, paired
from affectlab.analysis.given import Given
from affectlab.analysis.record import plain
from affectlab.design.study import Study
from affectlab.materials.control import Control
from affectlab.materials.schema import NOTHING, TEXT, Regulation
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

    setting: Mapping[str, str]
    task: str
    outcome: str
    unit: str
    state: str
    arm: str
    """The control of the induction, or the regulation."""
    regulated: bool
    text: Difference
    """After the texts, minus neutral."""
    other: Difference
    """In the arm, minus neutral."""
    apart: Difference
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

    def row(self) -> dict[str, Any]:
        """The separation as a plain record."""
        numbers = {
            f"{name}_{part}": plain(getattr(found, part))
            for name, found in (("text", self.text), ("arm", self.other), ("apart", self.apart))
            for part in ("estimate", "low", "high")
        }
        return {
            **self.setting,
            "task": self.task,
            "outcome": self.outcome,
            "unit": self.unit,
            "state": self.state,
            "arm": self.arm,
            **numbers,
            "part": self.part,
            "sentence": self.sentence,
        }


def separated(run: Run) -> list[Separation]:
    """Every task of a run in each of its states, under every control and after every regulation of the run.

    Raises:
        DataError: no session of the run is complete.
    """
    return separate(run.numbers(), run.study)


def separate(trials: pd.DataFrame, study: Study) -> list[Separation]:
    """As ``separated``, from the trials of a study."""
    return [
        found for one, wall in barred(trials, study) for state in one.states for found in _arms(one, state, study, wall)
    ]


def _arms(one: Given, state: str, study: Study, wall: str) -> Iterator[Separation]:
    outcome = one.task.primary
    neutral, texts = one.neutral(outcome), one.values(outcome, [state])
    if not len(neutral) or not len(texts):
        return
    text = difference(texts, neutral)
    for arm, regulated, rows in _others(one, state, study):
        if not len(rows):
            continue
        # the state's word is one text, the same whatever vignette it stands for
        word = not regulated and study.catalogue.get(Control, arm).uses == "word"
        other, apart = from_fixed(rows, neutral) if word else difference(rows, neutral), paired(texts, rows)
        part: Part = "not measurable" if wall else _part(text, other, apart, regulated)
        unit = one.task.unit
        yield Separation(one.setting, one.task.id, outcome, unit, state, arm, regulated, text, other, apart, part, wall)


def _others(one: Given, state: str, study: Study) -> Iterator[tuple[str, bool, pd.DataFrame]]:
    """The controls of the induction that say something, and the regulations that are none."""
    outcome = one.task.primary
    for arm in study.induction.arms:
        if arm != TEXT and study.catalogue.get(Control, arm).uses != "nothing":
            yield arm, False, one.values(outcome, [state], arm)
    for regulation in study.regulations:
        if one.regulated and regulation != NOTHING and study.catalogue.get(Regulation, regulation).role != "control":
            yield regulation, True, one.values(outcome, [state], TEXT, regulation)


def _part(text: Difference, other: Difference, apart: Difference, regulated: bool) -> Part:
    """An effect is in the arm too where it differs from neutral there, in the same direction."""
    if not text.excludes_zero:
        return "no effect of the text"
    if other.excludes_zero and (other.estimate > 0.0) is (text.estimate > 0.0):
        return "there too"
    if apart.excludes_zero and (apart.estimate > 0.0) is (text.estimate > 0.0):
        return "gone" if regulated else "only the text"
    return "undetermined"
