"""Whether each state's texts raise its own scale, which others they raise, and for how long."""

from __future__ import annotations

from affectlab.analysis.manipulation import course, discrimination
from affectlab.materials.schema import NEUTRAL
from affectlab.report.checked import readable, tally
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted
from affectlab.report.sections import Section


def section(evidence: Evidence) -> Section | None:
    """Discrimination with intervals, and the time course."""
    matrix = readable(evidence, discrimination(evidence.induced))
    if matrix.empty:
        return None
    path = readable(evidence, course(evidence.points, evidence.study.points))
    held = path[path["against"] == (NEUTRAL if (path["against"] == NEUTRAL).any() else "baseline")]
    own = matrix[matrix["own"]]
    row, column = int(own["highest_in_row"].sum()), int(own["highest_in_column"].sum())
    prose = (
        f"Of {counted(len(own), 'own scale')}, {row} moved more than every other scale under the same texts, and "
        f"{column} more than under the texts of any other state.",
        tally(own, "own scale"),
    )
    tables = {
        "Discrimination: state by scale, change from baseline minus that of the neutral condition": matrix,
        "Time course: the own scale at each point, change from baseline minus that of the neutral condition": held,
    }
    return Section("manipulation-checks", "Manipulation checks", prose, tables=tables)
