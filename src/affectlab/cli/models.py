"""The options about models that several commands share, and what is made of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from affectlab.experiment import Experiment, Settings

_PANEL = "Models behind an interface"


class Way(StrEnum):
    """The ways to an answer."""

    BEST = "best"
    EXACT = "exact"
    BOUNDED = "bounded"
    CONSTRAINED = "constrained"
    SAMPLED = "sampled"


On = Annotated[str, typer.Option("--on", help="What does the blocks of sessions, and where.")]
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


def settings(
    base_url: str | None = None,
    key_env: str | None = None,
    budget: str | None = None,
    prices: Path | None = None,
    way: Way = Way.BEST,
    draws: int = 64,
    concurrency: int = 16,
    reasoning: str | None = None,
    reasoning_tokens: int | None = None,
    threads: int | None = None,
    weights: str | None = None,
) -> Settings:
    """The options about models as they were given."""
    from affectlab.experiment.settings import Settings

    return Settings(
        threads=threads,
        weights=weights,
        base_url=base_url,
        key_env=key_env,
        budget=budget,
        prices=prices,
        way=way.value,
        draws=draws,
        concurrency=concurrency,
        reasoning=reasoning,
        reasoning_tokens=reasoning_tokens,
    )


def spent(experiment: Experiment) -> dict[str, str]:
    """What each model whose answers cost something has spent so far, in words."""
    return {name: _words(one) for name, one in experiment.spent.items()}


def _words(spent: Any) -> str:
    money = "" if spent.money is None else f", {spent.money:.4g} in the currency of the prices"
    return f"{spent.tokens:,} tokens in {spent.calls:,} calls{money}"
