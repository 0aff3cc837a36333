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


On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="WHERE",
        help="Where sessions are run: here, processes, processes:N, ray, or what a package brings.",
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="A model, instead of the study's; again for several. `affectlab list models` names them.",
    ),
]
PriceFile = Annotated[
    Path | None,
    typer.Option("--prices", metavar="FILE", help="A YAML file of prices per million tokens.", rich_help_panel=_PANEL),
]
AnswerWay = Annotated[
    Way,
    typer.Option(
        "--way",
        help="How answers are obtained: read exactly, within bounds, from constrained draws or from free ones.",
        rich_help_panel=_PANEL,
    ),
]
StandardError = Annotated[
    float,
    typer.Option(
        "--standard-error",
        metavar="SHARE",
        help="Standard error of a sampled answer's shares at which drawing stops.",
        rich_help_panel=_PANEL,
    ),
]
Batch = Annotated[
    bool,
    typer.Option(
        "--batch",
        help="Ask through the provider's batch interface: cheaper, and answered within a day.",
        rich_help_panel=_PANEL,
    ),
]
Draws = Annotated[
    int,
    typer.Option(
        "--draws", metavar="N", min=1, help="Replies drawn for a sampled answer, at most.", rich_help_panel=_PANEL
    ),
]


def _option(kind: Any, help: str, default: Any = None, **more: Any) -> tuple[Any, Any]:
    return Annotated[kind, typer.Option(help=help, rich_help_panel=_PANEL, **more)], default


_SERVERS: dict[str, tuple[Any, Any]] = {
    "base_url": _option(str | None, "Address of the model's interface, as http://host:port/v1.", metavar="URL"),
    "key_env": _option(
        str | None, "Environment variable that holds the key; the provider's usual one if not given.", metavar="NAME"
    ),
    "budget": _option(
        str | None, "The most to spend, all models together: tokens (200k) or money ('5 USD').", metavar="AMOUNT"
    ),
    "prices": (PriceFile, None),
    "way": (AnswerWay, Way.BEST),
    "draws": (Draws, 64),
    "standard_error": (StandardError, 0.05),
    "concurrency": _option(int, "Requests under way at once, for each address, at most.", 16, min=1, metavar="N"),
    "reasoning": _option(
        str | None, "The model's reasoning effort, as its maker names it: none, low, high.", metavar="EFFORT"
    ),
    "reasoning_tokens": _option(
        int | None, "Tokens that the model's reasoning may take for each answer.", min=0, metavar="N"
    ),
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
    typer.Option(
        metavar="MODEL", help="The model that is the therapist, instead of the study's.", rich_help_panel=_TALKS
    ),
]
Reader = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL", help="The model that reads the talks, instead of the study's.", rich_help_panel=_TALKS
    ),
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
