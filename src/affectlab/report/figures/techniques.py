"""Many techniques of regulation as a map: what each did in each state, against one control."""

from __future__ import annotations

from collections.abc import Sequence

from affectlab.materials.instrument import Instrument
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel
from affectlab.report.figures.forest import forest_rows, forest_told
from affectlab.report.figures.heatmap import number_map
from affectlab.report.manner import Manner, against_first_control, arm_label
from affectlab.report.numbers import counted, listed, sample_size
from affectlab.results.findings import Finding


def technique_map(
    evidence: Evidence, design_cell: DesignCell, instrument: Instrument, found: Sequence[Finding]
) -> Figure:
    """Techniques by state, against the first control: findings of one manner."""
    first, manner = against_first_control(found), Manner.of(found[0])
    control, start = arm_label(first[0].against), evidence.summary.begins_of(first[0])
    data = forest_rows(first, [arm_label(str(one.regulation)) for one in first]).rename(
        columns={"comparison": "technique"}
    )
    data["apart"] = data["low"] * data["high"] > 0.0
    states = [state for state in evidence.states if state in set(data["state"])]
    others = [arm_label(one) for one in dict.fromkeys(one.against for one in found) if one != first[0].against]
    further, less = manner.fell
    caption = (
        f"Change from {start} to regulated on each state's target scale under each technique minus that under "
        f"{control} "
        f"({instrument.unit}){manner.words}; cool cells {further} under the technique, warm cells {less}; outlined "
        f"cells, {int(data['apart'].sum())} of {len(data)}, have a 95 % interval over texts and items that holds no "
        f"zero, each for one comparison; {sample_size(min(one.n for one in first), 'vignette')} per state."
        f"{f' Against {listed(others)}: in the file of findings.' if others else ''}"
    )
    title = f"{instrument.title}: {counted(data['technique'].nunique(), 'technique')} against {control}"
    label = f"Heat map of {title}, techniques in rows, states in columns. {forest_told(data, 'technique')}"
    spec = number_map(data, "technique", "state", "difference", "apart", list(dict.fromkeys(data["technique"])), states)
    id = f"regulation-{instrument.id}-{manner.order}-{manner.guidance}-{design_cell.id}"
    contrasts = tuple(one.contrast for one in first)
    return Figure(id, title, caption, (Panel(label, spec),), data, contrasts=contrasts)
