"""A pilot: a few of a study's questions drawn some times each, and how many draws the whole study will need.

For models that give neither probabilities nor seeds. How many draws an answer takes depends on how the model spreads
its replies over the options, which nobody knows before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from affectlab.design.plan import Plan
from affectlab.errors import InputError
from affectlab.experiment.cost import distinct_requests
from affectlab.experiment.settings import Settings
from affectlab.requests import Answer, Ask

DRAWS = 24
"""From each question of a pilot."""


@dataclass(frozen=True)
class Pilot:
    """What a pilot found of one model."""

    asked: int
    """Questions that were drawn from."""
    draws: int
    """Draws of all of them together."""
    standard_error: float
    """Of every option's share, down to which is to be drawn."""
    needed: tuple[int, ...]
    """Per question that was asked, the draws for that, as far as these tell."""
    questions: int
    """That the study asks, each counted once."""
    independent: bool
    """Whether no reply was a copy of another; else no number of draws brings the error down."""
    reasoning: float
    """Tokens of hidden reasoning per draw, where the model tells them."""
    spent: int
    """Tokens that the pilot itself took, probing included."""

    @property
    def per_question(self) -> float:
        """The mean number of draws."""
        return fmean(self.needed)

    @property
    def total(self) -> tuple[int, int, int]:
        """The draws of the study: as expected, and the ends of a 95 % interval over questions."""
        error = stdev(self.needed) / math.sqrt(self.asked) if self.asked > 1 else 0.0
        ends = (self.per_question, self.per_question - 1.96 * error, self.per_question + 1.96 * error)
        expected, low, high = (round(self.questions * max(1.0, end)) for end in ends)
        return expected, low, high


def pilot(plan: Plan, name: str, row: str, settings: Settings, questions: int = 12) -> Pilot:
    """Draw from some questions of a plan, evenly spread over it, and say how many draws all of them will need.

    Args:
        name: of a model behind an interface; ``row``, its name in the plan.
        settings: their ``standard_error`` is what is asked for.

    Raises:
        InputError: the plan asks no questions, or the model is not behind an interface.
        ParticipantError: the model cannot be had, or the budget does not cover the pilot.
    """
    from affectlab.participants.remote.draw_counts import draws_needed
    from affectlab.participants.remote.make import is_remote
    from affectlab.participants.remote.policy import Policy

    if not is_remote(name):
        raise InputError(f"`{name}` is not behind an interface", hint="its answers are read, and none is drawn")
    asks = [one for one in distinct_requests(plan, row) if isinstance(one, Ask)]
    if not asks:
        raise InputError("the study asks nothing that has options", hint="a pilot is for answers that are drawn")
    step = max(1, len(asks) // questions)
    few = asks[::step][:questions]
    drawn = Policy(way="sampled", least_draws=DRAWS, most_draws=DRAWS)
    with replace(settings.setup, policy=drawn).participant(name) as participant:
        answers = [one for _, one in participant.respond(few) if isinstance(one, Answer)]
        spent = participant.spent.tokens
    records = [one.honoured for one in answers]
    return Pilot(
        asked=len(answers),
        draws=sum(int(record["draws"]) for record in records),
        standard_error=settings.standard_error,
        needed=tuple(
            draws_needed([math.exp(lp) for lp in one.logprobs], int(one.honoured["draws"]), settings.standard_error)
            for one in answers
        ),
        questions=len(asks),
        independent=all(record.get("independent", True) for record in records),
        reasoning=fmean(float(record.get("reasoning", {}).get("tokens", 0.0)) for record in records),
        spent=spent,
    )
