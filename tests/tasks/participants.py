"""Tasks given to agents of known parameters, and to a participant that answers as it is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from affectlab.conversation import Conversation
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.form import Disposition
from affectlab.materials.tasks import Task
from affectlab.observations import Observation
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.score import Score
from affectlab.scoring.scores import score_observations
from affectlab.session.measuring import branched

SHIPPED = Catalogue()
BEGUN = Conversation.begin("You take part in a study.")

Answers = Callable[[Ask], Response]


def task(id: str) -> Task:
    """A shipped task."""
    return SHIPPED.get(Task, id)


def given(material: Task, answers: Answers, seed: int = 5) -> list[Observation]:
    """A task, done by whoever answers."""
    running = branched(material, BEGUN, "stabilised", seed)

    def answered(requests: Sequence[Request]) -> list[Response]:
        return [answers(request) for request in requests if isinstance(request, Ask)]

    try:
        pending = next(running)
        while True:
            pending = running.send(answered(pending))
    except StopIteration as end:
        observations: list[Observation] = end.value
        return observations


def scored(material: Task, answers: Answers, seed: int = 5) -> list[Score]:
    """The scores of a task."""
    observations = given(material, answers, seed)
    return list(score_observations(observations, [str(place) for place in range(len(observations))]))


def agent(material: Task, shift: float = 0.0, **parameters: float) -> Answers:
    """An agent of known parameters, as the simulated participant has them."""

    def answers(ask: Ask) -> Response:
        said = material.simulate(ask, Disposition(lambda scale: shift, parameters=parameters))
        assert said is not None, "the agent does not recognise what is asked"
        return said

    return answers


def told(*probabilities: float) -> Answer:
    """An answer with these probabilities."""
    return Answer(tuple(math.log(p) if p > 0.0 else -math.inf for p in probabilities))


ILLEGAL = Answer((-math.inf, -math.inf))
REFUSED = Answer((-math.inf, -math.inf), refused=1.0)


def values(scores: Sequence[Score], scale: str) -> list[float]:
    """Everything on a scale."""
    return [score.value for score in scores if score.scale == scale]


def value(scores: Sequence[Score], scale: str) -> float:
    """The one number on a scale."""
    (one,) = values(scores, scale)
    return one


def mean(scores: Sequence[Score], scale: str) -> float:
    """The mean on a scale."""
    found = values(scores, scale)
    return math.fsum(found) / len(found)
