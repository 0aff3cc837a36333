"""What a validity check came to: a number, its interval, the verdict, and one plain sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from affectlab.json_values import plain
from affectlab.materials.checks import Check

Verdict = Literal["passes", "borderline", "fails", "not measurable"]
"""``borderline`` where the value is within the threshold and its interval reaches beyond it."""


class CheckValue(NamedTuple):
    """What a check reads from a run."""

    value: float
    says: str
    """What was found, as a sentence."""
    low: float = math.nan
    high: float = math.nan
    """The 95 % interval, where what is averaged was sampled; nan where it was not, or carries none."""
    n: int = 0
    unit: str = ""
    """What was counted, in the singular."""


class Unmeasured(NamedTuple):
    """Why a check cannot be read from a run."""

    why: str


@dataclass(frozen=True)
class Checked:
    """A check and what it came to in a model. A report shows its name, value, threshold, verdict and source."""

    check: Check
    model: str
    outcome: CheckValue | Unmeasured
    alone: bool = True
    """Whether the run has no other model."""

    @property
    def id(self) -> str:
        """The check's id."""
        return self.check.id

    @property
    def name(self) -> str:
        """What was checked, in a few words, and of which model where there are several."""
        return self.check.title if self.alone else f"{self.check.title} ({self.model})"

    @property
    def value(self) -> float:
        """What came out; nan where it could not be measured."""
        return self.outcome.value if isinstance(self.outcome, CheckValue) else math.nan

    @property
    def low(self) -> float:
        """The lower end of its 95 % interval; nan where there is none."""
        return self.outcome.low if isinstance(self.outcome, CheckValue) else math.nan

    @property
    def high(self) -> float:
        """The upper end of its 95 % interval; nan where there is none."""
        return self.outcome.high if isinstance(self.outcome, CheckValue) else math.nan

    @property
    def threshold(self) -> str:
        """What it had to be, in words."""
        return self.check.limit

    @property
    def verdict(self) -> Verdict:
        """Whether it was."""
        outcome = self.outcome
        if isinstance(outcome, Unmeasured):
            return "not measurable"
        if not self.check.holds(outcome.value):
            return "fails"
        beyond = outcome.high if self.check.bound == "at most" else outcome.low
        return "passes" if math.isnan(beyond) or self.check.holds(beyond) else "borderline"

    @property
    def says(self) -> str:
        """One sentence: what was found, or why nothing could be."""
        return self.outcome.says if isinstance(self.outcome, CheckValue) else f"Not measurable: {self.outcome.why}."

    @property
    def means(self) -> str:
        """What that means for the findings; empty where it passes."""
        if self.verdict == "borderline":
            return "The interval reaches beyond the threshold."
        return self.check.means.strip() if self.verdict == "fails" else ""

    @property
    def source(self) -> str:
        """Where the check comes from, and where its threshold does."""
        return f"{self.check.source.strip()}; threshold: {self.check.convention}"

    def row(self) -> dict[str, Any]:
        """The check as a plain record; nan becomes None."""
        outcome = self.outcome if isinstance(self.outcome, CheckValue) else CheckValue(math.nan, "")
        return {
            "check": self.id,
            "name": self.name,
            "model": self.model,
            "verdict": self.verdict,
            "value": plain(self.value),
            "low": plain(self.low),
            "high": plain(self.high),
            "n": outcome.n,
            "unit": outcome.unit,
            "bound": self.check.bound,
            "threshold": self.check.threshold,
            "convention": self.check.convention,
            "asks": self.check.asks,
            "reads": self.check.reads,
            "says": self.says,
            "means": self.means,
            "source": self.check.source.strip(),
            "verified": self.check.verified,
        }
