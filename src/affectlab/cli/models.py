"""The options about models that several commands share, and what is made of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
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
PriceFile = Annotated[
    Path | None, typer.Option("--prices", help="A file of prices per million tokens.", rich_help_panel=_PANEL)
]
AnswerWay = Annotated[
    Way, typer.Option("--way", help="The way to an answer, instead of the best there is.", rich_help_panel=_PANEL)
]
StandardError = Annotated[
    float,
    typer.Option("--standard-error", help="Of a sampled answer's shares; draws go on to it.", rich_help_panel=_PANEL),
]
Batch = Annotated[
    bool,
    typer.Option("--batch", help="Ask through the batch interface: cheaper, within a day.", rich_help_panel=_PANEL),
]
Draws = Annotated[int, typer.Option("--draws", min=1, help="Of a sampled answer, at most.", rich_help_panel=_PANEL)]


def _option(kind: Any, help: str, default: Any = None, **more: Any) -> tuple[Any, Any]:
    return Annotated[kind, typer.Option(help=help, rich_help_panel=_PANEL, **more)], default


_SERVERS: dict[str, tuple[Any, Any]] = {
    "base_url": _option(str | None, "Where it is served, as http://host:port/v1."),
    "key_env": _option(str | None, "The environment variable with the key; the provider's usual one."),
    "budget": _option(str | None, "The most to spend, all models together: 200k (tokens), 5 USD."),
    "prices": (PriceFile, None),
    "way": (AnswerWay, Way.BEST),
    "draws": (Draws, 64),
    "standard_error": (StandardError, 0.05),
    "concurrency": _option(int, "Requests under way at most, per endpoint.", 16, min=1),
    "reasoning": _option(str | None, "Effort of its reasoning: none, low, high, …"),
    "reasoning_tokens": _option(int | None, "Tokens that its reasoning may take per answer.", min=0),
    "batch": (Batch, False),
}
"""The options of every command that asks models behind an interface, by their names in ``Settings``."""


def with_servers(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options in the place of its ``**servers``: the options are read off a signature."""
    signature = inspect.signature(command, eval_str=True)
    own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    added = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=kind, default=default)
        for name, (kind, default) in _SERVERS.items()
    ]
    read: Any = command
    read.__signature__ = signature.replace(parameters=[*own, *added])
    read.__annotations__ = {one.name: one.annotation for one in (*own, *added)}
    return command


_TALKS = "Talks"
Therapist = Annotated[
    str | None,
    typer.Option(help="The model that is the therapist, instead of the study's.", rich_help_panel=_TALKS),
]
Reader = Annotated[
    str | None,
    typer.Option(help="The model that reads the talks, instead of the study's.", rich_help_panel=_TALKS),
]


def settings(*, way: Way = Way.BEST, **decided: Any) -> Settings:
    """The options about models as they were given, by their names in ``Settings``."""
    from affectlab.experiment.settings import Settings

    return Settings(way=way.value, **decided)


def spent(experiment: Experiment) -> dict[str, str]:
    """What each model whose answers cost something has spent so far, in words."""
    return {name: _words(one) for name, one in experiment.spent.items()}


def _words(spent: Any) -> str:
    money = "" if spent.money is None else f", {spent.money:.4g} in the currency of the prices"
    return f"{spent.tokens:,} tokens in {spent.calls:,} calls{money}"
