"""The command that puts a model's errors beside those of people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from affectlab.cli.app import Json, RunName, Scoring, app, emit

if TYPE_CHECKING:
    from affectlab.analysis.human import Comparison, Likeness
    from affectlab.analysis.separation import Separation
    from affectlab.analysis.together import Together


@app.command()
def humans(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Put a run's tasks beside the human effects: estimate, human figure and verdict, and what the error needs."""
    from affectlab.analysis.human import compare, likeness, settings
    from affectlab.analysis.separation import separate
    from affectlab.analysis.summary import effects_of
    from affectlab.analysis.together import relate
    from affectlab.errors import DataError
    from affectlab.run import Run

    opened = Run.open(run, scoring=scoring)
    trials, study = opened.numbers(), opened.study
    if not study.tasks:
        raise DataError("the run has no tasks", hint="run a study that has some, such as `errors`")
    effects = effects_of(opened)
    found, apart, moves = compare(trials, study, effects), separate(trials, study, effects), relate(trials, study)
    if as_json:
        summaries = [{**setting, **likeness(part).row()} for setting, part in settings(found)]
        rows = {
            "comparisons": [one.row() for one in found],
            "separations": [one.row() for one in apart],
            "together": [one.row() for one in moves],
        }
        emit({"summary": summaries, **rows})
        return
    console = Console(markup=False)
    # a task may have no human effect beside it, and still be separated from its controls
    every = [*(one.setting for one in found), *(one.setting for one in apart), *(one.setting for one in moves)]
    for setting in {tuple(one.values()): one for one in every}.values():
        part = [one for one in found if one.setting == setting]
        console.print(f"\n{' · '.join(setting.values())}", style="bold", highlight=False)
        if part:
            _comparisons(console, part)
            _summarise(console, likeness(part))
        _separations(console, [one for one in apart if one.setting == setting])
        _together(console, [one for one in moves if one.setting == setting])


def _comparisons(console: Console, found: Sequence[Comparison]) -> None:
    """One line per effect, the tasks in the order of the study."""
    task = ""
    for one in found:
        if one.task != task:
            task = one.task
            console.print(f"{task}", style="bold", highlight=False)
        console.print(f"  {_line(one)}", highlight=False, soft_wrap=True)


def _line(one: Comparison) -> str:
    from affectlab.analysis.verdict import standardised

    reference, model = one.reference, one.difference
    people = {1: "+", -1: "-", 0: "0"}[one.sign] + ("" if math.isnan(one.human) else f" {abs(one.human):.2f} SD")
    counted = "" if reference.counts else ", not counted"
    said = one.verdict.upper() + (f" ({one.reason})" if one.reason else "")
    if model is None or math.isnan(model.difference):
        return f"{reference.id}: people {people} ({reference.population}{counted}): {said}"
    interval = "" if math.isnan(model.low) else f" [{model.low:+.3f}, {model.high:+.3f}]"
    g = standardised(model)[0]
    standard = "" if math.isnan(g) else f", {g:+.2f} SD"
    estimate = f"{one.outcome} {model.difference:+.3f}{interval} {one.unit}{standard}"
    return f"{reference.id}: people {people} ({reference.population}{counted}); {estimate}: {said}"


def _summarise(console: Console, found: Likeness) -> None:
    effects, nulls = found.reproduced, found.respected
    console.print(
        f"{effects.count} of {effects.of} measurable human effects in the human direction; "
        f"{nulls.count} of {nulls.of} measurable human nulls respected; {found.not_measurable} not measurable.",
        highlight=False,
    )


def _separations(console: Console, found: Sequence[Separation]) -> None:
    shown = [one for one in found if one.part not in ("not measurable", "no effect of the text")]
    if not found:
        return
    console.print(f"\nWhat the errors need ({len(found) - len(shown)} without an effect to separate)", style="bold")
    for one in shown:
        console.print(f"{one.task} · {one.state}: {one.sentence}", highlight=False)


def _together(console: Console, found: Sequence[Together]) -> None:
    shown = [one for one in found if not math.isnan(one.low)]
    if shown:
        console.print("\nSelf-report and behaviour across vignettes, within states (rank correlation)", style="bold")
    for one in shown:
        line = f"{one.task} · {one.measure}: {one.r:+.2f} [{one.low:+.2f}, {one.high:+.2f}], {one.vignettes} vignettes"
        console.print(line, highlight=False)
