"""The application to which the commands belong, and what they share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class OnceEach(TyperGroup):
    """Commands whose options that take one value are given once: of two, the first would be lost without a word."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called, with what it is called with."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not ctx.resilient_parsing:
            parser = command.make_parser(ctx)
            parser.allow_interspersed_args = True  # options of a command may follow what it is about
            *_, given = parser.parse_args(args=list(rest))
            for one in given:
                if given.count(one) > 1 and not (getattr(one, "multiple", False) or getattr(one, "is_flag", False)):
                    ctx.fail(f"`{max(one.opts, key=len)}` is given {given.count(one)} times, and takes one value")
        return name, command, rest


app = typer.Typer(
    cls=OnceEach,
    name="affectlab",
    help="A laboratory for affective science in which the participants are language models.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

StudyName = Annotated[str, typer.Argument(metavar="STUDY", help="A study file, or the name of a shipped study.")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="The directory of a run, or an archive of one.")]
Scoring = Annotated[
    int | None, typer.Option("--scoring", metavar="N", help="Of those that `affectlab score` made; the latest.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Large = Annotated[bool, typer.Option("--large", help="More than a million sessions are meant.")]
Quick = Annotated[bool, typer.Option("--quick", help="The study's short form.")]


def emit(value: Any) -> None:
    """Print one JSON object."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


@contextmanager
def reading(file: Path | str) -> Iterator[None]:
    """Whatever is found wrong with data is wrong in this file."""
    from affectlab.errors import DataError

    try:
        yield
    except DataError as error:
        error.file = str(file)
        raise


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """A laboratory for affective science in which the participants are language models."""
    if show:
        from affectlab import __version__

        print(__version__)
        raise typer.Exit
