"""How a participant with a known truth does tasks: the agent of each paradigm, with planted parameters.

The truth's shift for a task and a state moves the parameter behind the primary outcome: the log odds of its role,
an expected value, or the parameter of that name (``d_prime``, ``present_bias``, ``learning_rate``). Controls are
answered without it.
"""

from __future__ import annotations

from collections.abc import Mapping

from affectlab.materials.form import Disposition

Parameters = Mapping[str, float]

LEGAL = 0.8
"""The mass that falls on legal options."""
DEFAULTS: Parameters = {
    "base": 0.0,
    "skill": 1.0,
    "position": 0.0,
    "d_prime": 1.0,
    "criterion": 0.0,
    "log_k": -4.0,
    "present_bias": 0.2,
    "slope": 4.0,
    "loss_aversion": 1.8,
    "sensitivity": 0.4,
    "learning_rate": 0.3,
    "temperature": 2.0,
    "directed": 0.0,
    "caution": 0.5,
}
"""The agent's parameters where the truth plants none. ``position`` are log odds for the option shown first."""


def parameters(disposition: Disposition) -> Parameters:
    """The agent's parameters, those that are planted among them."""
    return {**DEFAULTS, **disposition.parameters}


def moved(disposition: Disposition, task: str) -> float:
    """By how much the state moves a task's primary outcome in one answer."""
    return disposition.shift(task) + disposition.noise(task)
