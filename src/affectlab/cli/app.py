"""The application to which the commands belong, and what they share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

GROUPS = {
    "Write a study": ("new", "list", "show", "schema", "import", "page"),
    "Before it is run": ("check", "preview", "plan", "power", "probe", "freeze", "models"),
    "Run it": ("run", "resume", "extend", "slurm", "merge", "bench"),
    "What it found": (
        "report",
        "sections",
        "hypotheses",
        "manipulation",
        "regulation",
        "humans",
        "multiverse",
        "compare",
    ),
    "What that rests on": ("validity", "incidents", "deviations", "trace", "verify", "replay", "score"),
    "Pass it on": ("export", "archive", "cite", "delete"),
    "Data of people, or of any other source": ("analyse", "tables"),
}
"""The commands as they are listed, by what they are for."""


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


class Laboratory(OnceEach):
    """All commands, by what they are for, each with the whole of what it does."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands."""
        for title, names in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(limit=200)) for name in names])


app = typer.Typer(
    cls=Laboratory,
    name="affectlab",
    help="A laboratory for affective science in which the participants are language models.\n\n"
    "Begin with `affectlab run dresden --quick`, or with `affectlab new mystudy`.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

StudyName = Annotated[str, typer.Argument(metavar="STUDY", help="A study file, or the name of a shipped study.")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="The directory of a run, or an archive of one.")]
Scoring = Annotated[
    int | None,
    typer.Option(
        "--scoring", metavar="N", help="The N-th scoring that `affectlab score` made; the latest if not given."
    ),
]
Seed = Annotated[int | None, typer.Option(metavar="N", min=0, help="Seed, instead of the study's own.")]
Replicates = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Replicates of each cell, instead of the study's own.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Large = Annotated[bool, typer.Option("--large", help="Allow more than a million sessions.")]
Quick = Annotated[bool, typer.Option("--quick", help="The study's short form, which its file describes under `quick`.")]


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
