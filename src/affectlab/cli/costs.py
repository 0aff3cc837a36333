"""What a plan would cost on the models behind interfaces, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from affectlab.cli.models import Way, policy
from affectlab.errors import InputError

if TYPE_CHECKING:
    from affectlab.design.plan import Plan
    from affectlab.participants.remote.plan import Estimate
    from affectlab.participants.remote.spending import Price, Prices
    from affectlab.requests import Request


def estimates(plan: Plan, names: Sequence[str], prices: Path | None, way: Way, draws: int) -> dict[str, Estimate]:
    """What the plan would cost on each of its models that is behind an interface, by the names of their rows.

    Raises:
        InputError: the file of prices is wrong, or one of the models is not in it.
        ParticipantError: no such model.
    """
    from affectlab.participants.remote.make import is_remote, model_of
    from affectlab.participants.remote.plan import estimate
    from affectlab.participants.remote.spending import Prices

    listed = None if prices is None else Prices.load(prices)
    costs: dict[str, Estimate] = {}
    for label, name in zip(plan.models, names, strict=True):
        if not is_remote(name):
            continue
        known = model_of(name)
        price = None if listed is None else _price(listed, prices, (name.partition("@http")[0], known.id, known.model))
        currency = listed.currency if listed else ""
        costs[label] = estimate(_distinct(plan, label), known, policy(way, draws), price, currency)
    return costs


def worded(cost: Estimate) -> str:
    """An estimate in one line.

    >>> from affectlab.participants.remote.plan import Estimate
    >>> worded(Estimate((8, 64), (800, 6400), (32, 256), (0.5, 4.0), True, "USD"))
    '8 to 64 calls, 800 to 6,400 tokens sent, 32 to 256 received: 0.5 to 4 USD; answers would be drawn'
    """
    money = "" if cost.money is None else f": {_range(*cost.money)} {cost.currency}"
    drawn = "; answers would be drawn" if cost.sampled else ""
    return (
        f"{_range(*cost.calls)} calls, {_range(*cost.prompt)} tokens sent, "
        f"{_range(*cost.output)} received{money}{drawn}"
    )


def _range(least: float, most: float) -> str:
    shown = [f"{number:,}" if isinstance(number, int) else f"{number:.3g}" for number in (least, most)]
    return " to ".join(dict.fromkeys(shown))


def _price(listed: Prices, file: Path | None, names: Sequence[str]) -> Price:
    price = listed.of(*names)
    if price is None:
        hint = f"there are: {', '.join(listed.models)}"
        raise InputError(f"no price of `{names[-1]}` is listed", hint=hint, file=file)
    return price


def _distinct(plan: Plan, model: str) -> Iterator[Request]:
    """Everything that the sessions of a model ask for, once: what is known is not asked again."""
    from affectlab.session.count import requests

    seen: set[tuple[type[Request], str]] = set()
    for cell in (cell for cell in plan.cells if cell.model == model):
        for request in requests(plan, cell):
            if (mark := (type(request), request.content)) not in seen:
                seen.add(mark)
                yield request
