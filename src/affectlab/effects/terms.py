"""What has to be known of a study to find the contrasts of its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from affectlab.effects.contrast import ContrastOutcome, Random


@dataclass(frozen=True)
class Terms:
    """The units of measures, the controls and the outcomes of a study, and what it samples."""

    units: Mapping[str, str]
    """Per measure and task, the unit of its scores."""
    controls: Sequence[str]
    """The regulation arms that are controls, nothing among them."""
    primary: Mapping[str, str]
    """Per task, the outcome that it is about."""
    unit: str = "vignette"
    """What is sampled: a vignette, or a session where a protocol is run."""
    points: Sequence[str] = ()
    """The points of a session, in their order."""
    fixed: Sequence[str] = ()
    """Controls of the induction that are one text, whatever vignette it stands for: no sample."""
    outcomes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Per measure and scale, its unit, where that is not the measure's."""
    fixed_items: Sequence[str] = ()
    """Measures and tasks whose items are no sample: results are about these."""
    protocols: Sequence[str] = ()
    """The techniques that are protocols: what is done in them is no outcome of an induction."""
    silent: Sequence[str] = ()
    """Controls of the induction in which no turn passes: what is read after them is what was read at baseline."""
    states: Sequence[str] = ()
    """All states that there are, which are the names of their target scales."""
    apart: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Per measure, the scales that its file sets apart, to be compared with those of states."""
    pairs: Sequence[tuple[str, str]] = ()
    """The techniques of regulation that are compared with each other."""

    def outcome(self, measure: str, scale: str) -> ContrastOutcome:
        """A scale of a measure, with its unit."""
        return ContrastOutcome(measure, scale, self.outcomes.get((measure, scale), self.units[measure]))

    def is_stateless(self, measure: str, scale: str) -> bool:
        """Whether no state has a scale as its target scale, and nothing says that this is meant."""
        return scale not in self.states and scale not in self.apart.get(measure, ())

    def sampled(self, measure: str) -> tuple[Random, ...]:
        """The factors beneath a contrast on a measure, of which the levels are a sample."""
        return (Random(self.unit), *(() if measure in self.fixed_items else (Random("item"),)))
