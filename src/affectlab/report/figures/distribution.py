"""Single answers: the whole distribution over the options, as it was read, before anything is averaged or scored."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from affectlab.effects.shifts import induced
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL
from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, ordinal, plain_rows, values
from affectlab.report.numbers import listed, sample_size
from affectlab.report.theme import INK, SERIES, Look
from affectlab.report.theme import NEUTRAL as GREY

WIDTH, HEIGHT = 232, 130
FAINTEST = 1e-8
"""Smaller probabilities are drawn as this."""
BASELINE, OWN, CONTROL = "at baseline", "after a vignette of the state", "after a neutral vignette"
LEGEND = (
    Look(BASELINE, INK.light, "diamond", (2, 2)),
    Look(OWN, SERIES[1].light, "circle", ()),
    Look(CONTROL, GREY.light, "stroke", (5, 3)),
)

_SHOWN = {BASELINE: BASELINE, OWN: "after each vignette of the state", CONTROL: "after each neutral vignette"}

_READ = """
SELECT responses.id, texts.text, responses.logprobs FROM responses JOIN texts ON texts.id = responses.options
WHERE responses.id IN (SELECT value FROM json_each(?))"""


def distributions(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> Figure | None:
    """One panel per state: single answers on its target scale. None where no answer has a distribution."""
    data = option_probabilities(evidence, design_cell, instrument)
    if not (data["series"] == OWN).any():
        return None
    powers = _powers(data["probability"].clip(FAINTEST))
    panels = tuple(
        Panel(_told(str(state), part), _spec(part, instrument, powers), str(state))
        for state, part in data.groupby("state", sort=False)
    )
    legend = tuple(look for look in LEGEND if look.label in set(data["series"]))
    shown = [look.label for look in legend]
    least = int(data.loc[data["series"] == OWN].groupby("state")["vignette"].nunique().min())
    what = "the words of the state" if instrument.faint else "the options"
    caption = (
        f"The probability of {what} in single answers, each line one answer to the first question on the state's own "
        f"scale: {listed([_SHOWN[one] for one in shown])}; as read, before "
        f"scoring; {sample_size(least, 'answer')} after the vignettes of each state."
    )
    title = f"{instrument.title}: single answers"
    return Figure(f"answers-{instrument.id}-{design_cell.id}", title, caption, panels, data, legend)


def option_probabilities(evidence: Evidence, design_cell: DesignCell, instrument: Instrument) -> pd.DataFrame:
    """Per state, series and vignette: the probability of each option, in the order in which they were offered."""
    cells = evidence.sessions_of(design_cell)
    cells = cells[cells["arm"] == INDUCTION_TEXT].drop_duplicates(["state", "vignette"]).set_index("session")
    scores, points = evidence.scores, ("baseline", induced(evidence.points))
    told = scores["session"].isin(cells.index) & (scores["measure"] == instrument.id) & scores["point"].isin(points)
    asked = scores[told]
    rows = [
        row
        for state in evidence.states
        if state in instrument.scales
        for row in _state(evidence, asked[asked["scale"] == state], cells, instrument, state)
    ]
    return pd.DataFrame(rows, columns=["state", "series", "vignette", "item", "option", "probability"])


def _state(
    evidence: Evidence, asked: pd.DataFrame, cells: pd.DataFrame, instrument: Instrument, state: str
) -> Iterator[tuple[object, ...]]:
    asked = asked[asked["session"].map(cells["state"]).isin((state, NEUTRAL))]
    asked = asked[asked["item"] == asked["item"].iloc[0]] if len(asked) else asked
    _, rows = evidence.run.store.query(_READ, (json.dumps(asked["response"].tolist()),))
    read = {id: (options, logprobs) for id, options, logprobs in rows}
    wanted = instrument.belonging(state)
    seen = set()
    for session, point, item, response in plain_rows(asked, "session", "point", "item", "response"):
        place = BASELINE if point == "baseline" else OWN if cells.at[session, "state"] == state else CONTROL
        vignette = "" if place == BASELINE else str(cells.at[session, "vignette"])
        options, logprobs = read.get(response, ("", None))
        if logprobs is None or (place, vignette) in seen:
            continue
        seen.add((place, vignette))
        chances = np.exp(np.frombuffer(logprobs, dtype=np.float64))
        for option, chance in zip(json.loads(options), chances, strict=True):
            if wanted is None or option.strip() in wanted:
                yield state, place, vignette, item, option.strip(), float(chance)


def _told(state: str, part: pd.DataFrame) -> str:
    means = part.groupby(["series", "option"], sort=False)["probability"].mean().reset_index()
    likeliest = means.loc[means.groupby("series", sort=False)["probability"].idxmax()]
    said = [f"{series} {option}" for series, option in plain_rows(likeliest, "series", "option")]
    return f"{state}: distributions of single answers; the likeliest option is {listed(said)}."


def _powers(chances: pd.Series[float]) -> list[float]:
    """The powers of ten between which all probabilities lie."""
    low, high = math.floor(math.log10(chances.min())), math.ceil(math.log10(chances.max()))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]


def _spec(part: pd.DataFrame, instrument: Instrument, powers: list[float]) -> Spec:
    order: Sequence[str] = list(dict.fromkeys(part["option"]))
    shown = part.assign(
        line=part["series"] + part["vignette"],
        probability=part["probability"].clip(FAINTEST),
        order=part["series"].map([look.label for look in LEGEND].index),
    ).sort_values("order", ascending=False, kind="stable")
    faint = instrument.faint
    x = {
        "field": "option",
        "type": "nominal",
        "sort": order,
        "title": None,
        "scale": {"type": "point", "padding": 0.4},
        "axis": {"labelAngle": -35 if faint else 0, "labelFontSize": 11, "labelOverlap": False},
    }
    y = {
        "field": "probability",
        "type": "quantitative",
        "title": "probability",
        "scale": {"type": "log", "domain": [powers[0], powers[-1]]} if faint else {"domainMin": 0},
        "axis": {"values": powers, "format": "~g"} if faint else {"tickCount": 4, "format": ".2~f"},
    }
    dash = {"domain": [look.label for look in LEGEND], "range": [list(look.dash) or [1, 0] for look in LEGEND]}
    marks = [look._replace(shape="circle") for look in LEGEND]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "data": values(shown[["option", "probability", "series", "line"]]),
        "encoding": {
            "x": x,
            "y": y,
            "detail": {"field": "line", "type": "nominal"},
            "color": ordinal("series", LEGEND, "colour"),
        },
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 1.3},
                "encoding": {"strokeDash": {"field": "series", "type": "nominal", "scale": dash, "legend": None}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 16, "opacity": 1},
                "encoding": {"shape": ordinal("series", marks, "shape")},
            },
        ],
    }
