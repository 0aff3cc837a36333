"""The command that asks each finding of a run in every way in which the run can be asked."""

from __future__ import annotations

from affectlab.cli.app import Json, RunName, app, emit, print_columns


@app.command()
def multiverse(run: RunName, as_json: Json = False) -> None:
    """Show each finding over frame, wording, measure and context: how far it depends on a choice."""
    from affectlab.analysis.multiverse import multiverse as curves
    from affectlab.report.numbers import number
    from affectlab.run import Run

    found = curves(Run.open(run))
    if as_json:
        emit({"curves": [curve.row() for curve in found]})
        return
    if not found:
        print("no finding of this run can be asked in more than one way")
        return
    head = ("finding", "ways", "lowest", "median", "highest", "same sign", "apart from 0", "p")
    print("Standardised differences over every specification; p: the conditions rearranged over units")
    print_columns(
        head,
        [
            (
                curve.question.label,
                str(len(curve.specifications)),
                number(curve.low, sign=True),
                number(curve.median, sign=True),
                number(curve.high, sign=True),
                f"{curve.same_sign:.0%}",
                f"{curve.apart:.0%}",
                number(curve.p_median, 3),
            )
            for curve in found
        ],
    )
