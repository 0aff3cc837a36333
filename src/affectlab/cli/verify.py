"""The command that looks at everything that a run holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from affectlab.cli.app import Json, RunName, app, emit
from affectlab.shown import line

if TYPE_CHECKING:
    from affectlab.records.verification import Verified


@app.command()
def verify(run: RunName, as_json: Json = False) -> None:
    """Look at everything that a run holds, whether it is what was stored; what is damaged is named in one line."""
    from affectlab.experiment import Results

    found = Results.open(run).verify()
    if as_json:
        emit({"run": run, "whole": True, **found.row()})
        return
    print(
        f"{run} is whole: {found.sessions:,} sessions, {found.answers:,} answers, {found.observations:,} observations, "
        f"{found.numbers:,} numbers, {found.materials:,} materials"
    )
    for said in _otherwise(found):
        print(said)
    if found.not_derived:
        print(f"Not derived again, because the material is not there: {', '.join(found.not_derived)}.")


def _otherwise(found: Verified) -> Iterator[str]:
    """What it means that numbers come out otherwise: each is still what was stored, as its checksum says."""
    if found.rounded:
        yield (
            f"{found.rounded:,} of the numbers come out otherwise here by less than one part in ten thousand: that is "
            "rounding, as of numbers that are fitted on another processor, and no damage."
        )
    if more := found.otherwise - found.rounded:
        yield (
            f"{more:,} of the numbers come out otherwise here by more: they are as they were stored, by affectlab "
            f"{line(found.made_by)}, and another version makes others. `affectlab score` records those beside these."
        )
