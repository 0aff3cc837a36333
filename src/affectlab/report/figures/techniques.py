"""Many techniques of regulation as a map: what each did in each state, against one control."""

from __future__ import annotations

from collections.abc import Sequence

from affectlab.analysis.findings import Finding
from affectlab.materials.schema import Instrument
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel
from affectlab.report.figures.forest import rows, told
from affectlab.report.figures.heatmap import cells
from affectlab.report.manner import Manner, arm_label, foremost
from affectlab.report.numbers import counted, listed, sample
from affectlab.report.setting import Setting


def technique_map(evidence: Evidence, setting: Setting, instrument: Instrument, found: Sequence[Finding]) -> Figure:
    """Techniques by state, against the first control: findings of one manner."""
    first, manner = foremost(found), Manner.of(found[0])
    control, start = arm_label(first[0].against), evidence.summary.begins_of(first[0])
    data = rows(first, [arm_label(str(one.regulation)) for one in first]).rename(columns={"comparison": "technique"})
    data["apart"] = data["low"] * data["high"] > 0.0
    states = [state for state in evidence.states if state in set(data["state"])]
    others = [arm_label(one) for one in dict.fromkeys(one.against for one in found) if one != first[0].against]
    further, less = manner.fell
    caption = (
        f"Change from {start} to regulated on each state's own scale under each technique minus that under {control} "
        f"({instrument.unit}){manner.words}; cool cells {further} under the technique, warm cells {less}; outlined "
        f"cells, {int(data['apart'].sum())} of {len(data)}, have a 95 % interval over texts and items that holds no "
        f"zero, each for one comparison; {sample(min(one.n for one in first), 'vignette')} per state."
        f"{f' Against {listed(others)}: in the file of findings.' if others else ''}"
    )
    title = f"{instrument.title}: {counted(data['technique'].nunique(), 'technique')} against {control}"
    label = f"Heat map of {title}, techniques in rows, states in columns. {told(data, 'technique')}"
    spec = cells(data, "technique", "state", "difference", "apart", list(dict.fromkeys(data["technique"])), states)
    id = f"regulation-{instrument.id}-{manner.order}-{manner.guidance}-{setting.id}"
    return Figure(id, title, caption, (Panel(label, spec),), data)
