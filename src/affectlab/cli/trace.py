"""The command that leads from a number to the exact text that was sent."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent
from typing import TYPE_CHECKING, Annotated

import typer

from affectlab.cli.app import Json, RunName, Scoring, app, emit

if TYPE_CHECKING:
    from affectlab.records.trace import Asked, Number, Trace

AnswerName = Annotated[
    str, typer.Argument(metavar="ANSWER", help="The `key` of an exported row, or how it begins.", show_default=False)
]


@app.command()
def trace(run: RunName, answer: AnswerName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Show the exact text that was sent for an answer, who gave it, and every number that rests on it."""
    from affectlab.records.trace import trace as follow
    from affectlab.run import Run

    found = follow(Run.open(run, scoring=scoring), answer)
    if as_json:
        emit(found.row())
        return
    print("\n".join(_lines(found)))


def _lines(found: Trace) -> Iterator[str]:
    yield f"answer {found.key}"
    yield f"given by {found.participant} ({found.obtained}, start {found.start} of the run)"
    if found.seconds is not None:
        yield f"after {found.seconds:.3g} seconds"
    for one in found.asked:
        yield from _asked(one)
    yield "\nsaid before it"
    for role, text in found.turns:
        yield f"  {role}:"
        yield indent(text, "    ")
    if found.opening:
        yield f"\nits turn was begun with\n{indent(found.opening, '    ')}"
    if found.reply is not None:
        yield f"\nreply (ended by {found.finish})\n{indent(found.reply, '    ')}"
    elif found.options:
        yield "\nread" if found.obtained == "read" else f"\noptions, together {found.coverage:.6g}"
        yield from (f"  {value:<12.6g}{name}" for name, value in found.options)
    yield f"\nnumbers that rest on it, scoring {found.scoring}"
    yield from map(_number, found.numbers)


def _asked(one: Asked) -> Iterator[str]:
    where = "in no session" if one.session < 0 else f"in session {one.session}"
    yield f"\nasked {where}, at {one.point}, for {one.purpose}{f' `{one.check}`' if one.check else ''}"
    if one.cell:
        told = {name: value for name, value in one.cell.items() if name not in ("index", "seed")}
        yield "  " + ", ".join(f"{name} {value}" for name, value in told.items())
    named = f"`{one.measure}`, item `{one.item}`" if one.item else f"`{one.measure}`"
    yield f"  {one.material.get('kind', 'material')} {named}{f', reworded: {one.variant}' if one.variant else ''}"
    if one.material:
        yield f"  {one.material['title']}: {one.material['file']}, SHA-256 {one.material['hash']}"
    if one.observer:
        yield f"  observed by {one.observer}"
    if one.about:
        yield f"  about {one.about}"
    yield f"  observation {one.key}"


def _number(one: Number) -> str:
    value = "missing" if one.value is None else f"{one.value:.6g}"
    line = f"  {value}  {one.measure}, {one.scale}, item {one.item or '-'}, at {one.point}, session {one.session}"
    if len(one.rests_on) == 1:
        return line
    return f"{line}\n    with {len(one.rests_on)} answers:\n" + indent("\n".join(one.rests_on), "      ")
