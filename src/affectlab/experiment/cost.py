"""What a plan would cost on the models behind interfaces, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from affectlab.design.plan import Plan
from affectlab.errors import InputError, ParticipantError
from affectlab.experiment.participants import Model
from affectlab.experiment.settings import Settings
from affectlab.participants.resolution import asked_at_once
from affectlab.requests import Request
from affectlab.session.count import requests
from affectlab.session.sentinels import sentinels

if TYPE_CHECKING:
    from affectlab.participants.remote.model import ModelFile
    from affectlab.participants.remote.plan import CostEstimate
    from affectlab.participants.remote.policy import Policy
    from affectlab.participants.remote.spending import Price, Prices
    from affectlab.participants.tokens import EmbeddedTokens


def cost(plan: Plan, models: Sequence[Model], settings: Settings) -> dict[str, CostEstimate]:
    """What the plan would cost on each of its models that is behind an interface, by the names of their rows.

    Raises:
        InputError: the file of prices is wrong, or one of the models is not in it.
        ParticipantError: no such model.
    """
    from affectlab.participants.remote.make import is_remote, model_of
    from affectlab.participants.remote.plan import AROUND, estimate_cost
    from affectlab.participants.remote.spending import Prices

    listed = None if settings.prices is None else Prices.load(settings.prices)
    costs: dict[str, CostEstimate] = {}
    for label, name in zip(plan.models, models, strict=True):
        if not isinstance(name, str) or not is_remote(name):
            continue
        known, tokens = model_of(name), _tokens()
        names = (name.partition("@http")[0], known.id, known.model)
        price = None if listed is None else _price(listed, settings.prices, names)
        currency = listed.currency if listed else ""
        costs[label] = estimate_cost(
            chain(distinct_requests(plan, label), _twice(plan, known, settings.policy)),
            known,
            settings.policy,
            price,
            currency,
            spell=None if tokens is None else tokens.of,
            around=AROUND if tokens is None else tokens.around,
        )
    return costs


def _twice(plan: Plan, model: ModelFile, policy: Policy) -> Iterator[Request]:
    """What is asked at the start of a run and again at its end."""
    for point in ("start", "end"):
        yield from (probe.request for probe in sentinels(plan.study, point))
        if model.reads == "token ids" and policy.way in ("best", "exact"):
            yield from asked_at_once()


@cache
def _tokens() -> EmbeddedTokens | None:
    """The embedded model's vocabulary, in which other models' texts are about as long; None where it is not there."""
    from affectlab.participants.tokens import EmbeddedTokens

    try:
        return EmbeddedTokens()
    except ParticipantError:
        return None


def _price(listed: Prices, file: Path | None, names: Sequence[str]) -> Price:
    price = listed.of(*names)
    if price is None:
        hint = f"there are: {', '.join(listed.models)}"
        raise InputError(f"no price of `{names[-1]}` is listed", hint=hint, file=file)
    return price


def distinct_requests(plan: Plan, model: str) -> Iterator[Request]:
    """Everything that the sessions of a model ask for, once: what is known is not asked again."""
    seen: set[tuple[type[Request], str]] = set()
    for cell in (cell for cell in plan.cells if cell.model == model):
        for request in requests(plan, cell):
            if (mark := (type(request), request.content)) not in seen:
                seen.add(mark)
                yield request
