"""The command that does a run again, and compares every answer and every number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from affectlab.cli.app import Json, RunName, app, emit

if TYPE_CHECKING:
    from affectlab.experiment.replay import Replayed

SHOWN = 20
"""Differences that are shown, those of answers and of numbers together."""


@app.command()
def replay(run: RunName, as_json: Json = False) -> None:
    """Do a run again in the same way, compare every answer and number, and say identical or where not."""
    from affectlab.cli.progress import live
    from affectlab.experiment import Results
    from affectlab.shown import line

    results = Results.open(run)
    with live() as watch:
        found = results.replay(watch)
    if as_json:
        emit(found.record())
    elif found.identical:
        print(f"identical: {found.answers:,} answers, bit for bit, and {found.numbers:,} numbers made of them")
    else:
        told = list(_lines(found))
        for one in told[:SHOWN]:
            print(f"  {line(one)}")
        if len(told) > SHOWN:
            print(f"  and {len(told) - SHOWN:,} more, which --json has")
        answers = f"{len(found.differences):,} of {found.answers:,} answers"
        print(f"not identical: {answers}, {len(found.unlike):,} of {found.numbers:,} numbers")
    if not found.identical:
        raise typer.Exit(1)


def _lines(found: Replayed) -> Iterator[str]:
    """Each difference with its place; numbers that follow from answers come after them."""
    for one in found.differences:
        largest = "another response" if one["largest"] is None else f"largest difference {one['largest']:.3g}"
        where = ", ".join(part for part in (one["state"], one["regulation"]) if part)
        yield f"{_place(one)}{f' ({where})' if where else ''}: {largest}, answer {one['key'][:12]}"
    for one in found.unlike:
        yield f"{_place(one)}, scale {one['scale']}: {_number(one['first'])}, then {_number(one['second'])}"


def _place(one: dict[str, Any]) -> str:
    session = "in no session" if one["session"] is None or one["session"] < 0 else f"session {one['session']}"
    item = f", item {one['item']}" if one["item"] else ""
    return f"{session}, {one['point']}, {one['measure']}{item}" if one["measure"] else session


def _number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "none"
