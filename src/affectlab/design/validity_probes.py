"""Where the validity checks ask: in few sessions, spread evenly over the states, at stated points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from affectlab.design.cell import Cell
from affectlab.design.steps import Measure, Perform, Procedure, Step, ValidityProbe
from affectlab.design.study import Study
from affectlab.design.validity import instruments, obstacle, published, sequential
from affectlab.materials.checks import Check, Occasion
from affectlab.materials.instrument import Changed
from affectlab.materials.schema import INDUCTION_TEXT, Line

SESSIONS = 4
"""How many sessions per model are sampled at most: enough to see a bias of wording, few enough to cost little."""
ONE_IN = 24
"""Of so many sessions one is sampled; but two at least, so that there are two states."""
LATER = ("induced", "arithmetic", "stabilised", "regulated")
"""The points of which the first that is measured counts as the one after the induction."""


def sampled_cells(study: Study, cells: Iterable[Cell]) -> list[int]:
    """The sampled ones of a model's cells: another text in each of some induced states, first and last among them.

    Of a state's cells the first one with the text itself, asked on branches where there are such.
    """
    planned = list(cells)
    most = max(2, min(SESSIONS, len(planned) // ONE_IN))
    given = [cell for cell in planned if cell.arm == INDUCTION_TEXT]
    given = [cell for cell in given if cell.context == "branched"] or given
    chosen: list[int] = []
    induced = study.induced or study.states
    for number, state in enumerate(spread(induced, most)):
        own = [cell for cell in given if cell.state == state]
        wanted = [cell for cell in own if cell.text == number % study.induction.texts] or own
        chosen += [cell.index for cell in wanted[:1]]
    return chosen


def spread(values: tuple[str, ...], most: int) -> tuple[str, ...]:
    """So many of the values, evenly spread.

    >>> spread(("a", "b", "c", "d", "e", "f", "g", "h"), 4)
    ('a', 'c', 'f', 'h')
    >>> spread(("a", "b"), 4)
    ('a', 'b')
    """
    if len(values) <= most:
        return values
    last = len(values) - 1
    return tuple(values[round(number * last / (most - 1))] for number in range(most))


def with_validity_probes(study: Study, procedure: Procedure, number: int) -> Procedure:
    """A sampled session's procedure with the questions of the checks in it.

    Args:
        number: the session's place in the sample: the first one also asks what needs no session, and what is
            changed in an instrument takes turns.
    """
    checks = [check for check in study.checks if check.asked and obstacle(study, check) is None]
    return replace(procedure, steps=tuple(_steps(study, procedure.steps, checks, number)))


def _steps(study: Study, steps: tuple[Step, ...], checks: list[Check], number: int) -> Iterator[Step]:
    points = [step.point for step in steps if isinstance(step, Measure | Perform)]
    occasions: dict[str, Occasion] = {"baseline": "baseline"}
    occasions |= dict.fromkeys([point for point in LATER if point in points][:1], "induced")
    if number == 0:
        yield from _asked(study, checks, number, "fresh", "fresh")
    for step in steps:
        if isinstance(step, Measure | Perform) and step.point in occasions:
            yield from _asked(study, checks, number, occasions.pop(step.point), step.point)
        yield step
    yield from _asked(study, checks, number, "end", "end")


def _asked(study: Study, checks: list[Check], number: int, occasion: Occasion, point: str) -> Iterator[ValidityProbe]:
    for check in (check for check in checks if occasion in check.at):
        if check.questions:
            yield ValidityProbe(point, check.only(number) if check.turns else check)
        elif check.varies == "sequence":
            yield ValidityProbe(
                point, check, sequential(study)[0], "sequence", (study.catalogue.get(Line, "next-item"),)
            )
        elif check.varies is not None:
            yield from _changed(study, check, check.varies, number, point)
        else:
            yield from (ValidityProbe(point, check, instrument) for instrument in published(study))


def _changed(study: Study, check: Check, changes: Changed, number: int, point: str) -> Iterator[ValidityProbe]:
    """The instruments again: in other words in every sampled session, in another order or with labels in turns."""
    turns: Mapping[Changed, bool] = {"wording": True, "order": number % 2 == 0, "labels": number % 2 == 1}
    for instrument in instruments(study):
        variants = instrument.variants(changes)
        if variants and turns[changes]:
            variant = variants[number % len(variants)]
            yield ValidityProbe(point, check, instrument.reworded(variant), variant)
