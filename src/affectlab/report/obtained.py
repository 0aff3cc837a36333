"""How the answers of a run were obtained, and from whom."""

from __future__ import annotations

from collections.abc import Sequence

from affectlab.report.evidence import Evidence

_FORMS = {
    "exact": "read from the model's probabilities of the whole option strings, without sampling",
    "bounded": "bounded from the probabilities that the service returned",
    "constrained": "generated under a constraint to the options",
    "sampled": "sampled",
    "chosen": "chosen, one option each",
}


def simulated(evidence: Evidence) -> bool:
    """Whether every participant is one with a planted truth."""
    return all("truth" in card for card in evidence.run.participants.values())


def ways(evidence: Evidence) -> list[str]:
    """How the answers were obtained, in words."""
    return [_FORMS.get(way, way) for way in obtained(evidence) if way != "generated"]


def obtained(evidence: Evidence) -> Sequence[str]:
    """The ways in which the answers were obtained."""
    return sorted(evidence.responses["obtained"].unique())


def measured_at(evidence: Evidence) -> list[str]:
    """The points at which something was measured, in the order of a session; not all that the study would allow."""
    there, order = list(evidence.scores["point"].unique()), evidence.study.points
    return [*(one for one in order if one in there), *(one for one in there if one not in order)]
