"""Tables as mixed models and JASP want them, and a short script for R."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd

from affectlab.report.export.layout import ANALYSIS, write_table, write_text

_NO_NUMBER = "text"
"""The scale of a reply in the participant's own words."""
_LEFT_OUT = ("value", "coverage", "entropy", "obtained", "refused", "text", "attempt", "key", "seed", "text_number")
SCRIPT = "models.R"


def write_analysis(trials: pd.DataFrame, folder: Path) -> None:
    """Write the long and the wide table, and the script that reads the long one."""
    long = long_table(trials)
    write_table(long, folder / ANALYSIS / "long.csv")
    write_table(wide_table(long), folder / ANALYSIS / "wide.csv")
    script = files("affectlab.report.export").joinpath(SCRIPT).read_text("utf-8")
    write_text(folder / ANALYSIS / SCRIPT, script)


def long_table(trials: pd.DataFrame) -> pd.DataFrame:
    """One row for each number, with its item's value at baseline beside it: for lme4 and JASP."""
    read = trials[trials["scale"] != _NO_NUMBER]
    factors = [name for name in read if name not in _LEFT_OUT]
    long = read[[*factors, "value", "coverage"]].copy()
    long["own"] = (long["state"] == long["scale"]).astype("int64")
    same = ["session", "measure", "scale", "item"]
    before = long[long["point"] == "baseline"].drop_duplicates(same).set_index(same)["value"].rename("baseline")
    long = long.join(before, on=same)
    return long.assign(shift=long["value"] - long["baseline"])


def wide_table(long: pd.DataFrame) -> pd.DataFrame:
    """One row for each session and scale, items averaged, a column for each point: for repeated measures in JASP."""
    among = {"point", "item", "value", "coverage", "baseline", "shift"}
    keys = [name for name in long if name not in among]
    points = list(dict.fromkeys(long["point"]))
    wide = long.pivot_table(index=keys, columns="point", values="value", aggfunc="mean", observed=True, sort=False)
    return wide[[point for point in points if point in wide]].reset_index()
