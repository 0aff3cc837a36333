"""Means and standard deviations of every condition, at every point: what all differences are made of."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import NEUTRAL, NOTHING
from affectlab.materials.tasks import Task
from affectlab.report.by_cell import part_for_each_cell
from affectlab.report.design_cell import DesignCell, GroupedTable
from affectlab.report.evidence import Evidence
from affectlab.report.figures.trajectory import PARTED
from affectlab.report.section import Section
from affectlab.report.tabled import tabled

READ = "Means (M), standard deviations (SD) and numbers (n) of vignettes, each the mean of its items."
CONDITION = ["scale", "state", "arm", "regulation", "order", "guidance", "point"]
_TOLD = ("arm", "regulation", "order", "guidance")
"""Left out where every row says the same."""


def section(evidence: Evidence) -> Section | None:
    """A table for each measure."""
    apart = GroupedTable(evidence.every)

    def fill(design_cell: DesignCell, part: Section) -> Section:
        rows = apart.of(design_cell)
        probes: tuple[Instrument | Task, ...] = (*evidence.readable(design_cell), *evidence.performed(design_cell))
        tables = tuple(
            tabled(evidence.titles, found.drop(columns=_repeated(found)), f"{probe.title} ({probe.unit}): {CAPTION}")
            for probe in probes
            if len(found := conditions(rows, probe, evidence.study.points))
        )
        return replace(part, tables=tables)

    return part_for_each_cell(evidence, Section("means", "Means and standard deviations", (_read(evidence),)), fill)


def _read(evidence: Evidence) -> str:
    """How the tables are read, of what the study has."""
    study = evidence.study
    controls = " and controls" if len(study.induction.arms) > 1 else ""
    neutral = ", neutral texts on each" if NEUTRAL in study.states else ""
    task = "; of a task the primary outcome" if study.tasks else ""
    arms = " Before a regulation its arms are one condition." if study.regulations != (NOTHING,) else ""
    return f"{READ} A state's texts{controls} stand on the state's target scale{neutral}{task}.{arms}"


CAPTION = "each condition"


def conditions(rows: pd.DataFrame, probe: Instrument | Task, points: tuple[str, ...]) -> pd.DataFrame:
    """M, SD and n over vignettes of each condition of one measure, in one cell of the design.

    Args:
        rows: as ``evidence.every`` has them.
        probe: the measure or task.
        points: of a session, in their order.
    """
    of = rows[rows["measure"] == probe.id]
    told = of["scale"] == probe.primary if isinstance(probe, Task) else _own(of, probe)
    found = [_at(of[told], point) for point in points if point in of and of.loc[told, point].notna().any()]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _own(rows: pd.DataFrame, instrument: Instrument) -> pd.Series[bool]:
    """Whether a row is on the target scale of its state; neutral texts are told on each state's scale."""
    induced = set(rows["state"]) - {NEUTRAL}
    neutral = (rows["state"] == NEUTRAL) & rows["scale"].isin([one for one in instrument.scales if one in induced])
    return (rows["scale"] == rows["state"]) | neutral


def _at(rows: pd.DataFrame, point: str) -> pd.DataFrame:
    manner = ["regulation", "order", "guidance"]
    rows = rows.assign(point=point)
    if not point.startswith(PARTED) and (rows["order"] != "before").all():
        rows = rows.assign(**dict.fromkeys(manner, ""))
    vignettes = rows.groupby([*CONDITION, "vignette"], observed=True, sort=False)[point].mean()
    grouped = vignettes.groupby(CONDITION, observed=True, sort=False)
    found = grouped.agg(M="mean", SD="std", n="count").reset_index()
    return found[found["n"] > 0]


def _repeated(found: pd.DataFrame) -> list[str]:
    """Columns that say the same wherever they say something."""
    return [name for name in _TOLD if len(set(found[name]) - {""}) < 2]
