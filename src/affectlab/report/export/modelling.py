"""The contrasts of a run with the scores they rest on, and a script by which R computes them again; tables for JASP."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pandas as pd

from affectlab.effects.contrast import Contrast, Levels
from affectlab.effects.effect import FIRST, SECOND, Effect
from affectlab.effects.population import ITEM
from affectlab.report.evidence import Evidence
from affectlab.report.export.layout import ANALYSIS, RESULTS, write_table, write_text
from affectlab.results.summary import Summary

_NO_NUMBER = "reply"
"""The scale of a reply in the participant's own words."""
_LEFT_OUT = ("value", "coverage", "entropy", "obtained", "refused", "text", "attempt", "key", "seed", "text_number")
SCRIPT = "models.R"


def write_analysis(evidence: Evidence, scores: pd.DataFrame, folder: Path) -> None:
    """Write the long and the wide table, the contrasts (as findings too) and their units, and the script that reads
    these."""
    long = long_table(scores)
    write_table(long, folder / ANALYSIS / "long.csv")
    write_table(wide_table(long), folder / ANALYSIS / "wide.csv")
    found = usable_effects(evidence.summary)
    write_table(contrast_table(found), folder / ANALYSIS / "contrasts.csv")
    write_table(contrast_table(found), folder / RESULTS / "findings.csv")
    write_table(units(found), folder / ANALYSIS / "units.csv")
    write_table(items(found), folder / ANALYSIS / "items.csv")
    write_text(folder / ANALYSIS / SCRIPT, script())


def script() -> str:
    """What R computes the contrasts again with."""
    return files("affectlab.report.export").joinpath(SCRIPT).read_text("utf-8")


def usable_effects(summary: Summary) -> list[Effect]:
    """Every contrast of the run, on measures that their model can use: the same that all tables take theirs from."""

    return [one for one in summary.effects if summary.rests(one.contrast)]


def contrast_table(found: Sequence[Effect]) -> pd.DataFrame:
    """One row for each contrast: what is asked, and its estimate."""
    return pd.DataFrame([_asked(one) for one in found])


def _asked(one: Effect) -> dict[str, object]:
    contrast, found = one.contrast, one.estimate
    start, end = contrast.change or ("", contrast.cell.get("point", ""))
    return {
        "contrast": contrast.id,
        "kind": contrast.kind,
        "measure": contrast.outcome.measure,
        "scale": contrast.outcome.scale,
        "unit": contrast.outcome.unit,
        "first": _levels(contrast.first),
        "second": _levels(contrast.second) if contrast.second is not None else "baseline",
        "cell": _levels(contrast.cell),
        "from": start,
        "to": end,
        "design": _design(contrast),
        "method": found.method,
        "population": str(found.population),
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "se": found.se,
        "df": found.df,
        "p": found.p,
        "low_these_items": found.these_items.low if found.these_items else "",
        "high_these_items": found.these_items.high if found.these_items else "",
        "n": found.units,
        "n_second": found.n_second.get(contrast.unit, 0),
        "items": found.population.items,
        "gap": found.gap,
    }


def _design(contrast: Contrast) -> str:
    if contrast.second is None:
        return "one sample"
    return "pairs" if contrast.paired else "two samples"


def _levels(levels: Levels) -> str:
    return "; ".join(f"{factor} {level}" for factor, level in levels.items() if level)


def units(found: Sequence[Effect]) -> pd.DataFrame:
    """The scores of each contrast: one row for each unit and condition, pairs in the same order."""
    rows = [
        (one.contrast.id, condition, str(unit), value)
        for one in found
        for condition, scores in ((FIRST, one.first), (SECOND, one.second))
        if scores is not None
        for unit, value in scores.items()
    ]
    return pd.DataFrame(rows, columns=["contrast", "condition", "unit", "value"])


def items(found: Sequence[Effect]) -> pd.DataFrame:
    """The scores of each contrast with the items apart, of those whose interval is over items too."""
    parts = [one.items.assign(contrast=one.contrast.id) for one in found if ITEM in one.estimate.population.sampled]
    columns = ["contrast", "condition", "unit", "item", "value"]
    return pd.concat([part[columns] for part in parts]) if parts else pd.DataFrame(columns=columns)


def long_table(scores: pd.DataFrame) -> pd.DataFrame:
    """One row for each number, with its item's value at baseline beside it: for mixed models and JASP."""
    read = scores[scores["scale"] != _NO_NUMBER]
    factors = [name for name in read if name not in _LEFT_OUT]
    long = read[[*factors, "value", "coverage"]].copy()
    long["target"] = (long["state"] == long["scale"]).astype("int64")
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
