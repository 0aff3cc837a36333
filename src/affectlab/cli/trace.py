"""The command that leads from a number to the exact text that was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from affectlab.cli.app import Json, RunName, Scoring, app, emit

if TYPE_CHECKING:
    from affectlab.records.trace import Trace, TracedQuestion
    from affectlab.report.section import Section

AnswerName = Annotated[
    str,
    typer.Argument(metavar="ANSWER", help="The `key` of an exported row, or the beginning of it.", show_default=False),
]


@app.command()
def trace(run: RunName, answer: AnswerName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Show the exact text that was sent for an answer, who gave it, and every number that rests on it."""
    from affectlab.experiment import Results
    from affectlab.report.render.terminal import show

    found = Results.open(run, scoring=scoring).trace(answer)
    if as_json:
        emit(found.row())
        return
    show(_section(found))


def _section(found: Trace) -> Section:
    """The answer, where it was asked, what was said before it, and what rests on it."""
    from affectlab.report.quote import Passage, Quote
    from affectlab.report.section import Section

    given = f"given by {found.participant} ({found.obtained}, start {found.start} of the run)"
    after = (f"after {found.seconds:.3g} seconds",) if found.seconds is not None else ()
    said = [Passage(role, text) for role, text in found.turns]
    quotes = [Quote("said before it", tuple(said))]
    if found.opening:
        quotes.append(Quote("its turn was begun with", (Passage("", found.opening),)))
    if found.reply is not None:
        quotes.append(Quote(f"reply (ended by {found.finish})", (Passage("", found.reply),)))
    return Section(
        "answer",
        f"answer {found.key}",
        (given, *after, *(line for one in found.asked for line in _asked(one))),
        quotes=tuple(quotes),
        parts=(*_options(found), _numbers(found)),
    )


def _options(found: Trace) -> Iterator[Section]:
    """Every option with its probability, or every quantity that was read."""
    from affectlab.report.section import Section
    from affectlab.report.table import Table

    if found.reply is None and found.options:
        caption = "read" if found.obtained == "read" else f"options, together {found.coverage:.6g}"
        rows = tuple((name, f"{value:.6g}") for name, value in found.options)
        yield Section("options", "", tables=(Table(caption, ("", ""), rows, quoted=True),))


def _asked(one: TracedQuestion) -> Iterator[str]:
    where = "in no session" if one.session < 0 else f"in session {one.session}"
    yield f"asked {where}, at {one.point}, for {one.purpose}{f' `{one.check}`' if one.check else ''}"
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


def _numbers(found: Trace) -> Section:
    """Every number that rests on the answer, and the other answers on which it rests."""
    from affectlab.report.section import Section
    from affectlab.report.table import Table

    head = ("value", "measure", "scale", "item", "point", "session", "with")
    rows = tuple(
        (
            "missing" if one.value is None else f"{one.value:.6g}",
            one.measure,
            one.scale,
            one.item or "-",
            one.point,
            str(one.session),
            " ".join(one.rests_on) if len(one.rests_on) > 1 else "",
        )
        for one in found.numbers
    )
    caption = f"numbers that rest on it, scoring {found.scoring}"
    return Section("numbers", "", tables=(Table(caption, head, rows, frozenset({"value", "session"})),))
