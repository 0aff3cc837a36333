"""The options about models that several commands share, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from affectlab.design.study import Study
    from affectlab.materials.catalogue import Catalogue
    from affectlab.participants.base import Participant
    from affectlab.participants.remote.policy import Policy
    from affectlab.participants.remote.setup import Setup
    from affectlab.requests import Seat

_PANEL = "Models behind an interface"


class Way(StrEnum):
    """The ways to an answer."""

    BEST = "best"
    EXACT = "exact"
    BOUNDED = "bounded"
    CONSTRAINED = "constrained"
    SAMPLED = "sampled"


Models = Annotated[list[str] | None, typer.Option("--model", help="A model; again for several. See `list models`.")]
BaseUrl = Annotated[
    str | None, typer.Option(help="Where it is served, as http://host:port/v1.", rich_help_panel=_PANEL)
]
KeyEnv = Annotated[
    str | None,
    typer.Option(help="The environment variable with the key; the provider's usual one.", rich_help_panel=_PANEL),
]
Spend = Annotated[
    str | None,
    typer.Option(
        "--budget", help="The most to spend, all models together: 200k (tokens), 5 USD.", rich_help_panel=_PANEL
    ),
]
PriceFile = Annotated[
    Path | None, typer.Option("--prices", help="A file of prices per million tokens.", rich_help_panel=_PANEL)
]
AnswerWay = Annotated[
    Way, typer.Option("--way", help="The way to an answer, instead of the best there is.", rich_help_panel=_PANEL)
]
Draws = Annotated[int, typer.Option("--draws", min=1, help="Of a sampled answer, at most.", rich_help_panel=_PANEL)]
Concurrency = Annotated[
    int, typer.Option(min=1, help="Requests under way at most, per endpoint.", rich_help_panel=_PANEL)
]
Reasoning = Annotated[
    str | None, typer.Option(help="Effort of its reasoning: none, low, high, …", rich_help_panel=_PANEL)
]
ReasoningTokens = Annotated[
    int | None, typer.Option(min=0, help="Tokens that its reasoning may take per answer.", rich_help_panel=_PANEL)
]

_TALKS = "Talks"
Therapist = Annotated[
    str | None,
    typer.Option(help="The model that is the therapist, instead of the study's.", rich_help_panel=_TALKS),
]
Reader = Annotated[
    str | None,
    typer.Option(help="The model that reads the talks, instead of the study's.", rich_help_panel=_TALKS),
]


def setup(
    base_url: str | None = None,
    key_env: str | None = None,
    budget: str | None = None,
    prices: Path | None = None,
    way: Way = Way.BEST,
    draws: int = 64,
    concurrency: int = 16,
    reasoning: str | None = None,
    reasoning_tokens: int | None = None,
) -> Setup:
    """The decisions about models behind interfaces.

    Raises:
        InputError: the budget is none, or the file of prices is wrong.
        ParticipantError: the budget is zero.
    """
    from affectlab.participants.remote.setup import Setup
    from affectlab.participants.remote.spending import Budget, Prices

    return Setup(
        base_url=base_url,
        key=key_env,
        policy=policy(way, draws),
        concurrency=concurrency,
        reasoning=reasoning,
        reasoning_tokens=reasoning_tokens,
        budget=Budget() if budget is None else Budget.parse(budget, money=prices is not None),
        prices=None if prices is None else Prices.load(prices),
    )


def policy(way: Way, draws: int) -> Policy:
    """How answers are to be obtained."""
    from affectlab.participants.remote.policy import Policy

    return Policy(way=way.value, most_draws=draws, least_draws=min(draws, Policy().least_draws))


def cast(
    names: Sequence[str],
    catalogue: Catalogue,
    seed: int,
    setup: Setup,
    directory: Path | None = None,
    *,
    threads: int | None = None,
    weights: str | None = None,
) -> dict[str, Participant]:
    """The participants of some names, by the names under which their rows stand.

    Raises:
        ParticipantError: one of them cannot be had.
    """
    from affectlab.participants.roster import labels, participant

    return {
        label: participant(
            name,
            catalogue,
            seed=seed,
            threads=threads,
            weights=weights,
            setup=setup,
            journal=None if directory is None else directory / f"draws-{label}.jsonl",
        )
        for label, name in zip(labels(names), names, strict=True)
    }


def seated(
    study: Study, known: Mapping[str, Participant], seed: int, setup: Setup, directory: Path | None = None
) -> dict[Seat, Participant]:
    """Who is the therapist and who the reader of a study with talks, where the study names a model for it.

    Args:
        known: the clients, by the names that were asked for; who is one of them is not made again.

    Raises:
        ParticipantError: one of them cannot be had.
    """
    from affectlab.participants.roster import label, participant

    made: dict[str, Participant] = dict(known)
    found: dict[Seat, Participant] = {}
    for seat, name in study.therapy.seats.items() if study.manuals else ():
        if name not in made:
            journal = None if directory is None else directory / f"draws-{seat}-{label(name)}.jsonl"
            made[name] = participant(name, study.catalogue, seed=seed, setup=setup, journal=journal)
        found[seat] = made[name]
    return found


def costs(participants: Mapping[str, Participant]) -> dict[str, str]:
    """What each participant whose answers cost something has spent so far, in words."""
    from affectlab.participants.base import Costly

    return {name: _words(one.spent) for name, one in participants.items() if isinstance(one, Costly)}


def _words(spent: Any) -> str:
    money = "" if spent.money is None else f", {spent.money:.4g} in the currency of the prices"
    return f"{spent.tokens:,} tokens in {spent.calls:,} calls{money}"
