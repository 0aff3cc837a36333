"""What regulation did: techniques against every control and compared with human effects, courses, talks, and the flow
of a trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from affectlab.effects.contrast import ALL
from affectlab.effects.effect import LEAST_STANDARDISED
from affectlab.effects.shifts import DESIGN_CELL
from affectlab.errors import DataError
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, values, zero
from affectlab.report.numbers import counted, number_shown, sample_size
from affectlab.report.section import Section
from affectlab.report.tabled import all_tabled
from affectlab.report.theme import INK, MUTED, SERIES
from affectlab.results.columns import constant_columns
from affectlab.results.ranking import Order
from affectlab.results.regulated import TITLES, Regulated
from affectlab.results.talks import talk_turns

WIDTH, STEP = 360, 17
_IDLE = (
    *DESIGN_CELL,
    "order",
    "guidance",
    "measure",
    "state",
    "note",
    "usable",
    "role",
    "point",
    "comparison",
    "n_unit",
)
"""Columns that are left out where they tell nothing."""
TALKS = "The talks, turn by turn, as they were said"


def section(evidence: Evidence) -> Section | None:
    """Everything that ``affectlab regulation`` tells, with the talks; None where nothing was regulated."""
    if len(evidence.study.regulations) < 2:
        return None
    try:
        found = evidence.regulation
    except DataError:  # nothing was said that could be compared
        return None
    tables = dict(_compact(found)) | {TITLES[name]: _shown(table) for name, table in found.tables.items()}
    talks = talk_turns(evidence.run)
    if len(talks):
        tables[TALKS] = talks
    return Section(
        "techniques",
        "Techniques of regulation",
        tuple(_prose(found, talks)),
        all_tabled(evidence.titles, tables, {TALKS, TITLES["choices"]}),
        tuple(_figures(found)),
    )


def _prose(found: Regulated, talks: pd.DataFrame) -> Iterator[str]:
    several = [name for name in ("model", "frame", "order") if len({getattr(one, name) for one in found.orders}) > 1]
    for one in found.orders:
        if one.sentence:
            over = " over states" if one.state == ALL else ""
            place = ", ".join(getattr(one, name) for name in (*several, "measure", "guidance"))
            yield f"{place}{over}: {one.sentence}{_larger(one)}"
    if "screen" in found.tables:
        yield (
            "A difference below zero means that the target scale fell further under the technique than under "
            "what it is compared with. "
            "Relief is the same difference in standard deviations between vignettes within states, with the sign that "
            "effects in people have in the registry; where it stands beside a near technique, that is said. It is told "
            f"where these are known as well as from {LEAST_STANDARDISED} vignettes. Intervals "
            f"are over {_sampled(found)} and, where a measure has several, items. A technique is one script here: "
            "nothing is said of other scripts of the same technique."
        )
    if len(talks):
        yield (
            f"The talks took {counted(len(talks), 'turn')}. Measures were asked on branches of the client's "
            f"conversation; "
            "neither conversation holds one. The reader was told neither arm nor state."
        )
    yield from found.notes


def _sampled(found: Regulated) -> str:
    """Of what the screen takes the levels for a sample."""
    over = (found.tables["screen"]["state"] == ALL).all()
    return "states, texts" if over else "texts, state by state"


def _larger(one: Order) -> str:
    return (
        f" Median of the effect here over that in people: {number_shown(one.ratio, 1)}."
        if one.ratio == one.ratio
        else ""
    )


def _compact(found: Regulated) -> Iterator[tuple[str, pd.DataFrame]]:
    """Several techniques against several controls beside each other, for each measure and manner."""
    table = found.tables.get("screen", pd.DataFrame())
    if table.empty or table["regulation"].nunique() < 2 or table["against"].nunique() < 2:
        return
    keys = [*DESIGN_CELL, "measure", "order", "guidance", "state"]
    varied = [name for name in keys if table[name].nunique() > 1]
    for _, part in table.groupby(keys, observed=True, sort=False):
        cells = part.assign(cell=[_marked(*map(float, row)) for row in part[["estimate", "low", "high"]].to_numpy()])
        order = list(part[part["against"] == part["against"].iloc[0]].sort_values("estimate")["regulation"])
        wide = cells.pivot(index="regulation", columns="against", values="cell")[list(part["against"].unique())]
        rows = [*order, *(one for one in dict.fromkeys(part["regulation"]) if one not in order)]
        named = ", ".join(str(part[name].iloc[0]) for name in dict.fromkeys((*varied, "measure")))
        where = f"{named}, {part['unit'].iloc[0]}"
        yield f"Each technique minus each control ({where}); * {HOLDS}", wide.loc[rows].fillna("").reset_index()


HOLDS = "the 95 % interval holds no zero; below zero, the target scale fell further under the technique"


def _marked(estimate: float, low: float, high: float) -> str:
    return f"{number_shown(estimate, sign=True)}{'*' if low * high > 0.0 else ''}"


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """A table without the columns that tell nothing."""
    return table.drop(columns=constant_columns(table, _IDLE))


def _figures(found: Regulated) -> Iterator[Figure]:
    """A forest for each measure and manner, against the first control; and the flow of a trial."""
    if "screen" in found.tables:
        table = found.tables["screen"]
        keys = ["model", "frame", "measure", "guidance", "order", "state"]
        for number_, (_, part) in enumerate(table.groupby(keys, observed=True, sort=False)):
            yield _forest(part, str(number_))
    if "flow" in found.tables:
        yield _flow(found.tables["flow"])


def _forest(part: pd.DataFrame, id: str) -> Figure:
    """Techniques in the order of what they did against the first control of the study."""
    control = str(part["against"].iloc[0])
    data = part.loc[part["against"] == control, ["regulation", "estimate", "low", "high", "n", "relief", "human"]]
    data = data.sort_values("estimate", kind="stable").reset_index(drop=True)
    unit, measure = str(part["unit"].iloc[0]), str(part["measure"].iloc[0])
    words = control.replace("-", " ")
    over = str(part["state"].iloc[0]) == ALL
    state = "" if over else f", {part['state'].iloc[0]}"
    title = f"{measure}{state}, {part['guidance'].iloc[0]}: every technique against {words}"
    caption = (
        f"Change of the target scale under each technique's script minus under {words} ({unit}), with 95 % intervals "
        f"over {'states, texts' if over else 'texts'} and items; left of the line, the target scale fell further under "
        f"the technique. {sample_size(int(data['n'].min()), str(part['n_unit'].iloc[0]))}."
    )
    told = "; ".join(f"{row.regulation} {number_shown(row.estimate)}" for row in data.itertuples())  # type: ignore[arg-type]
    label = f"Forest of {title}: {told}."
    return Figure(f"techniques-{id}", title, caption, (Panel(label, _spec(data, unit)),), data)


def _spec(data: pd.DataFrame, unit: str) -> Spec:
    rows = {"field": "regulation", "type": "nominal", "sort": list(data["regulation"]), "axis": {"title": None}}
    axis = {"title": f"difference in change ({unit})", "tickCount": 5}
    across = {"field": "low", "type": "quantitative", "axis": axis, "scale": {"zero": False}}
    colour = SERIES[0].light
    return {
        "width": WIDTH,
        "height": STEP * len(data),
        "data": values(data),
        "layer": [
            zero("x"),
            {"mark": {"type": "rule", "color": colour}, "encoding": {"y": rows, "x": across, "x2": {"field": "high"}}},
            {
                "mark": {"type": "point", "filled": True, "opacity": 1, "color": colour, "size": 45},
                "encoding": {"y": rows, "x": {**across, "field": "estimate"}},
            },
        ],
    }


def _flow(table: pd.DataFrame) -> Figure:
    """The boxes of a trial: per arm, what became of its sessions."""
    arms = [
        f"{row['model']}: {row['arm']}" if table["model"].nunique() > 1 else row["arm"] for _, row in table.iterrows()
    ]
    data = table.assign(arm=arms)
    boxes = pd.DataFrame([box for _, row in data.iterrows() for box in _boxes(row)])
    planned = int(table["planned"].sum())
    lost = f"{int(table['refused'].sum()):,} refused, {int(table['unusable'].sum()):,} unusable"
    caption = (
        f"{counted(planned, 'session')} planned, {int(table['run'].sum()):,} run, {lost}; "
        f"{sample_size(int(table['analysed'].sum()), 'session')} analysed. They were allocated by chance, in blocks "
        f"within "
        "states. The analysis set was fixed before: every session with a legal answer on the primary outcome before "
        "and after."
    )
    told = "; ".join(" ".join([str(row["arm"]), *_told(row)]) for _, row in data.iterrows())
    return Figure(
        "flow", TITLES["flow"], caption, (Panel(f"Flow of the trial: {told}.", _flow_spec(boxes, arms)),), data
    )


def _boxes(row: pd.Series[int]) -> Iterator[dict[str, object]]:
    lost = int(row["refused"]) + int(row["unusable"])
    texts = (
        f"allocated {row['planned']}",
        f"run {row['run']}",
        f"left out {lost}: refused {row['refused']}, unusable {row['unusable']}",
        f"analysed {row['analysed']}",
    )
    for place, text in enumerate(texts):
        yield {"arm": row["arm"], "step": place, "next": min(place + 1, len(texts) - 1), "text": text}


def _told(row: pd.Series[int]) -> Sequence[str]:
    return [f"{name} {row[name]}" for name in ("planned", "run", "refused", "unusable", "analysed")]


def _flow_spec(boxes: pd.DataFrame, arms: Sequence[str]) -> Spec:
    """Arms down, steps across, a line from step to step."""
    down = {"field": "arm", "type": "nominal", "sort": list(arms), "axis": {"title": None}}
    across = {"field": "step", "type": "quantitative", "axis": None, "scale": {"domain": [-0.45, 3.5], "nice": False}}
    text = {"type": "text", "color": INK.light, "fontSize": 11, "dy": -9}
    return {
        "width": 560,
        "height": 44 * len(arms),
        "data": values(boxes),
        "layer": [
            {
                "mark": {"type": "rule", "color": MUTED.light, "strokeWidth": 1.2},
                "encoding": {"y": down, "x": across, "x2": {"field": "next"}},
            },
            {
                "mark": {"type": "point", "filled": True, "opacity": 1, "color": SERIES[0].light, "size": 50},
                "encoding": {"y": down, "x": across},
            },
            {"mark": text, "encoding": {"y": down, "x": across, "text": {"field": "text"}}},
        ],
    }
