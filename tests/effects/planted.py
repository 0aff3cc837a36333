"""Contrasts of planted scores."""

from __future__ import annotations

import pandas as pd

from affectlab.effects.contrast import Contrast, ContrastOutcome
from affectlab.effects.effect import Effect
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.materials.schema import NEUTRAL


def made_of(rows: pd.DataFrame, *, frame: str = "a", paired: bool = False, unit: str = "nats") -> Effect:
    """A contrast of rows: condition (first, second), unit, item and value."""
    means = rows.groupby(["condition", "unit"], sort=False)["value"].mean()
    cell = {**dict.fromkeys(DESIGN_CELL, "-"), "frame": frame}
    arms = ({"regulation": "breathing"}, {"regulation": "reading"})
    states = ({"state": "fear"}, {"state": NEUTRAL})
    contrast = Contrast(
        "regulation" if paired else "induction",
        ContrastOutcome("words", "fear", unit),
        *(arms if paired else states),
        {**cell, "state": "fear"} if paired else cell,
        ("baseline", "induced"),
        paired,
    )
    return Effect(contrast, means["first"], means["second"], lambda: rows)
