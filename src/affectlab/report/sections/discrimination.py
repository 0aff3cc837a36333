"""Whether each state's texts raise its target scale, which others they raise, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from affectlab.effects.shifts import DESIGN_CELL
from affectlab.materials.schema import NEUTRAL
from affectlab.report.checked import counted_intervals, readable
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.results.manipulation import course


def section(evidence: Evidence) -> Section | None:
    """Discrimination, with the intervals of the target scales, and the time course."""
    matrix = readable(evidence, evidence.discrimination)
    if matrix.empty:
        return None
    path = readable(evidence, course(evidence.effects))
    held = path[path["against"] == (NEUTRAL if (path["against"] == NEUTRAL).any() else "baseline")]
    own = foremost(matrix)
    prose: tuple[str, ...] = (*_foremost(own), counted_intervals(own, "target scale"))
    if own.empty:
        prose = ("No scale here belongs to a state, so none can be said to have moved most under its own texts.",)
    against = ", contrast with the neutral condition" if NEUTRAL in evidence.study.states else ""
    tables: dict[str, pd.DataFrame] = {
        "Discrimination: each state's target scale, and the other scale that rose most under its texts": own,
        f"Discrimination: state by scale, change from baseline{against}": across(matrix),
    }
    tables = {caption: table for caption, table in tables.items() if len(table)}
    if held["point"].nunique() > 1:
        tables[f"{COURSE}{against}"] = held
    return Section("discrimination", "Discrimination and time course", prose, all_tabled(evidence.titles, tables))


def _foremost(own: pd.DataFrame) -> Iterator[str]:
    """How many target scales are the highest of their rows and columns, as far as these have something to compare."""
    rows, columns = (own[f"highest_in_{line}"].dropna().astype(bool) for line in ("row", "column"))
    if len(rows):
        several = (
            f"Of {counted(len(rows), 'target scale')}, {int(rows.sum())} moved more than the scale of every other state"
        )
        yield f"{several} under the same texts."
    if len(columns):
        both = int((rows.reindex(columns.index, fill_value=False) & columns).sum())
        yield (
            f"Of {counted(len(columns), 'target scale')}, {int(columns.sum())} moved more than under the texts of any "
            f"other state, and {both} did both."
        )


COURSE = "Time course: the target scale at each point, change from baseline"


def foremost(matrix: pd.DataFrame) -> pd.DataFrame:
    """The target scale of each state, beside the highest of the others."""
    place = [name for name in (*DESIGN_CELL, "measure", "state") if name in matrix]
    others = matrix[~matrix["target"]].sort_values("estimate", ascending=False, kind="stable").drop_duplicates(place)
    named = others[[*place, "scale", "estimate"]].rename(columns={"scale": "other_scale", "estimate": "other"})
    own = matrix[matrix["target"]].drop(columns=["scale", "target"])
    return own.merge(named, on=place, how="left")


def across(matrix: pd.DataFrame) -> pd.DataFrame:
    """A line for each state, a column for each scale."""
    place = [name for name in (*DESIGN_CELL, "measure", "state") if name in matrix]
    return matrix.pivot_table(index=place, columns="scale", values="estimate", sort=False, observed=True).reset_index()
