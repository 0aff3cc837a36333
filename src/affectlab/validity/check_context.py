"""What validity checks read: one model's answers in a run, gathered once for all checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from affectlab.design.study import Study
from affectlab.effects.shifts import change, induced, over_arms
from affectlab.materials.checks import Check
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import INDUCTION_TEXT
from affectlab.materials.tasks import Task
from affectlab.results.usability import Usability
from affectlab.run import Run
from affectlab.validity.verdict import CheckValue, Unmeasured

ITEM = ["session", "point", "measure", "item", "scale"]
"""What identifies a score."""


@dataclass(frozen=True)
class CheckContext:
    """One model's part of a run."""

    run: Run
    study: Study
    model: str
    scores: pd.DataFrame
    """The tidy rows of the model, without those that are no measure."""
    probe_scores: pd.DataFrame
    """What was asked of the model for validity checks."""
    probes: Mapping[str, Instrument | Task]
    usability: Mapping[str, Usability]
    every: pd.DataFrame
    """Items of each vignette, arm and regulation, a column for each point: ``shifts.by_point`` of the scores."""

    @property
    def instruments(self) -> Iterator[Instrument]:
        """The instruments that the model answered."""
        known = (one for one in self.probes.values() if isinstance(one, Instrument))
        return (one for one in known if one.id in self.usability)

    @property
    def usable(self) -> Iterator[Instrument]:
        """The instruments that the model can use."""
        return (one for one in self.instruments if self.usability[one.id].usable)

    @property
    def ratings(self) -> Iterator[Instrument]:
        """The ratings that the model can use."""
        return (one for one in self.usable if one.values)

    def asked(self, check: Check) -> pd.DataFrame:
        """What was asked for a check, every answer once, however many sessions share its conversation."""
        rows = self.probe_scores[self.probe_scores["check"] == check.id]
        return rows.drop_duplicates(["key", "subject", "variant", "item", "scale", "point"])

    def sampled(self, check: Check) -> pd.DataFrame:
        """What was asked for a check after an induction: a row for each session that was."""
        rows = self.probe_scores[(self.probe_scores["check"] == check.id) & (self.probe_scores["point"] != "baseline")]
        return rows.drop_duplicates(["session", "subject", "variant", "item", "scale", "point"])

    def varied(self, check: Check) -> pd.DataFrame:
        """The scores of changed instruments, ``original`` being those of the same items in the words of the study."""
        changed = self.probe_scores[self.probe_scores["check"] == check.id].rename(columns={"subject": "measure"})
        scores = self.original[self.original["context"] == "branched"]
        original = scores[[*ITEM, "value", "state"]].rename(columns={"value": "original"})
        return changed.merge(original, on=ITEM, how="inner")

    @cached_property
    def original(self) -> pd.DataFrame:
        """The tidy rows of the sessions in which checks were asked."""
        return self.scores[self.scores["session"].isin(self.probe_scores["session"].unique())]

    @cached_property
    def points(self) -> pd.DataFrame:
        """Items of each vignette and regulation arm, a column for each point; of the texts themselves."""
        return self.every[self.every["arm"] == INDUCTION_TEXT]

    @cached_property
    def changes(self) -> pd.DataFrame:
        """The change from baseline to after the induction, of every vignette and arm of the induction."""
        return over_arms(change(self.every, "baseline", induced(self.every)))

    @property
    def shifts(self) -> pd.DataFrame:
        """That change under the texts themselves."""
        return self.changes[self.changes["arm"] == INDUCTION_TEXT]

    @property
    def after(self) -> str:
        """The point at which the induction is over."""
        return induced(self.points)


Reading = Callable[[CheckContext, Check], CheckValue | Unmeasured]
"""How a statistic is read."""


def share(value: float) -> str:
    """A share in per cent.

    >>> [share(one).replace("\N{NO-BREAK SPACE}", " ") for one in (0.071, 0.0004, 1.0)]
    ['7.1 %', '0.04 %', '100 %']
    """
    percent = 100.0 * value
    return f"{number_text(percent, 2 if abs(percent) < 1 else 1 if abs(percent) < 10 else 0)}\N{NO-BREAK SPACE}%"


def number_text(value: float, places: int = 2) -> str:
    """A number with a true minus.

    >>> number_text(-0.417)
    '\N{MINUS SIGN}0.42'
    """
    return f"{value:.{places}f}".replace("-", "\N{MINUS SIGN}")


def count_of(n: int, noun: str, plural: str = "") -> str:
    """A count with its noun.

    >>> count_of(1, "session"), count_of(3, "session")
    ('1 session', '3 sessions')
    """
    return f"{n:,} {noun if n == 1 else plural or f'{noun}s'}"
