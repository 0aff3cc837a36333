"""The command that prints the validity checks of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import indent, wrap
from typing import TYPE_CHECKING

from affectlab.cli.app import Json, RunName, Scoring, app, emit

if TYPE_CHECKING:
    from affectlab.validity import Checked


@app.command()
def validity(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """What of a run may be believed: every validity check with its value, threshold, verdict and source."""
    from affectlab.run import Run
    from affectlab.validity import validity as check

    checked = check(Run.open(run, scoring=scoring))
    if as_json:
        emit([one.row() for one in checked])
        return
    _print(checked)


def _print(checked: Sequence[Checked]) -> None:
    if not checked:
        print("The study asks for no validity check.")
    for verdict in ("fails", "warns", "passes", "not measurable"):
        for one in (one for one in checked if one.verdict == verdict):
            value = "" if math.isnan(one.value) else f" ({one.value:.3g}, {one.threshold})"
            print("\n".join(wrap(f"{verdict}: {one.name}{value}", _WIDTH)))
            print(indent("\n".join(wrap(f"{one.says} {one.means}".strip(), _WIDTH - 2)), "  "))


_WIDTH = 80
