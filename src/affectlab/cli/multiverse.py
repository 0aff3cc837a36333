"""The command that asks each finding of a run in every way in which the run can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from affectlab.cli.app import Json, RunName, Scoring, app, emit, print_columns

if TYPE_CHECKING:
    from affectlab.analysis.multiverse import Curve

_COLUMNS = ("finding", "ways", "lowest", "median", "highest", "same sign", "apart from 0", "p")


@app.command()
def multiverse(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Show each finding over frame, wording, measure and context: how far it depends on a choice."""
    from affectlab.analysis.multiverse import multiverse as curves
    from affectlab.report.manner import FEW
    from affectlab.run import Run

    found = curves(Run.open(run, scoring=scoring))
    if as_json:
        emit({"curves": [curve.row() for curve in found]})
        return
    if not found:
        print("no finding of this run can be asked in more than one way")
        return
    many = len({curve.question.regulation for curve in found} - {""}) > FEW
    print("Standardised differences over every specification; p: the conditions rearranged over units")
    rows = [_row(curve) for curve in found if not (many and curve.question.regulation)]
    if rows:
        print_columns(_COLUMNS, rows)
    if many:
        print("\nRegulation, of the medians over technique and state; --json has every curve")
        print_columns(("minus", "curves", *_COLUMNS[2:-1]), list(_controls(found)))


def _row(curve: Curve) -> tuple[str, ...]:
    from affectlab.report.numbers import number

    return (
        curve.question.label,
        str(len(curve.specifications)),
        number(curve.low, sign=True),
        number(curve.median, sign=True),
        number(curve.high, sign=True),
        f"{curve.same_sign:.0%}",
        f"{curve.apart:.0%}",
        number(curve.p_median, 3),
    )


def _controls(found: Sequence[Curve]) -> Iterator[tuple[str, ...]]:
    """Many techniques, control by control: where the medians lie, and how many curves have one sign, or lie apart."""
    from statistics import mean, median

    from affectlab.report.numbers import number

    for against in dict.fromkeys(curve.question.against for curve in found if curve.question.regulation):
        curves = [one for one in found if one.question.regulation and one.question.against == against]
        medians = [one.median for one in curves]
        numbers = (number(value, sign=True) for value in (min(medians), median(medians), max(medians)))
        one_sign = mean(one.same_sign == 1.0 for one in curves)
        apart = mean(one.apart == 1.0 for one in curves)
        yield (against, str(len(curves)), *numbers, f"{one_sign:.0%}", f"{apart:.0%}")
