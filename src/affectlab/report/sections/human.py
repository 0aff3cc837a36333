"""A model's errors beside those of people: a forest with a verdict in every row, nulls included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from affectlab.effects.effect import LEAST_STANDARDISED, few_to_standardise
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, Spec, ordinal, values, zero
from affectlab.report.numbers import LEVEL, bracket, counted, listed
from affectlab.report.section import Section
from affectlab.report.tabled import tabled
from affectlab.report.theme import SERIES, Look
from affectlab.results.columns import constant_columns
from affectlab.results.human import Comparison, Likeness, by_design_cell, compare_tasks, likeness
from affectlab.results.verdict import standardised

EDGE = 2.0
"""In standard deviations; what lies beyond is drawn here."""
WIDTH, STEP = 260, 26

LOOKS = (Look("people", SERIES[1].light, "diamond", ()), Look("model", SERIES[0].light, "circle", ()))

CAPTION = "Effects of states on tasks: the model's compared with the human one, with verdict"
_MODEL = ["task", "effect", "outcome", "unit", "estimate", "low", "high", "g", "g_low", "g_high", "margin"]
_PEOPLE = ["direction", "human", "human_low", "human_high", "population", "bias_corrected", "verified", "counts"]
_COLUMNS = [*_MODEL, "vignettes", "items", *_PEOPLE, "verdict", "reason", "doi"]


def section(evidence: Evidence) -> Section | None:
    """Every effect of the registry on a task of the run, in every design cell."""
    found = compare_tasks(evidence.scores, evidence.study, evidence.effects) if evidence.study.tasks else []
    if not found:
        return None
    parts = list(by_design_cell(found))
    told = tuple(_summed(likeness(part), _named(design_cell, parts)) for design_cell, part in parts)
    figures = tuple(_figure(index, part, _named(design_cell, parts)) for index, (design_cell, part) in enumerate(parts))
    rows = pd.DataFrame([one.row() for one in found])
    factors = list(parts[0][0])
    table = rows[[*factors, *_COLUMNS]].drop(columns=constant_columns(rows, factors))
    return Section(
        "human",
        "Compared with human effects",
        told,
        (tabled(evidence.titles, table, CAPTION),),
        figures,
        (READING, *evidence.left_out),
    )


READING = (
    "An estimate is the outcome after a state's texts minus that after neutral texts, over vignettes, as in the "
    "findings; for an effect of a task itself, such as framing, it is the outcome after neutral texts. In "
    "standard deviations it is divided by the spread between vignettes, which stand where a study of people has "
    "persons: such sizes are comparable in kind, not person by person. “Nothing” is an interval of 90 % within the "
    "margin; “undetermined” an interval that holds zero and more than the margin; “human size” an interval within 0.2 "
    "standard deviations of the human one. Entries that are recalled, or that a bias-corrected one replaces, are "
    "shown "
    "and not counted."
)


def _summed(found: Likeness, where: str) -> str:
    effects, nulls = found.reproduced, found.respected
    return (
        f"{where}Human effects, verified and measurable: {effects.count} of {effects.of} in the human direction"
        f"{_interval(effects.row())}. Human nulls: {nulls.count} of {nulls.of} respected{_interval(nulls.row())}. "
        f"Verdicts on all that count: {listed([f'{count} {name}' for name, count in found.verdicts.items()])}."
    )


def _interval(share: Mapping[str, object]) -> str:
    """The share with its Wilson interval; nothing where nothing was counted."""
    if share["share"] is None:
        return ""
    low, high = float(str(share["low"])), float(str(share["high"]))
    return f" ({float(str(share['share'])):.0%}, {LEVEL} {bracket(low, high)})"


def _named(design_cell: Mapping[str, str], parts: Sequence[tuple[Mapping[str, str], object]]) -> str:
    """The levels by which a design cell differs from the others of the run; nothing if it is the only one."""
    differ = [name for name in design_cell if len({other[name] for other, _ in parts}) > 1]
    return ", ".join(design_cell[name] for name in differ) + ": " if differ else ""


def _figure(index: int, found: Sequence[Comparison], where: str) -> Figure:
    data = _points(found)
    caption = (
        f"{where}Standardised difference of the state's texts and neutral ones (model) beside the human effect "
        f"(people), with 95 % intervals; a human effect without a published size has no mark, its direction is in the "
        f"label, and the model has none below {LEAST_STANDARDISED} texts per condition. What lies beyond {EDGE:g} is "
        f"drawn at the edge; entries in brackets are not counted; "
        f"{counted(len(found), 'effect')}."
    )
    told = "; ".join(f"{one.reference.id}: {one.verdict}" for one in found)
    label = f"Forest of the model's effects compared with human effects. {told}."
    panel = Panel(label, _drawn(data, found))
    return Figure(f"human-{index}", "The model compared with human effects", caption, (panel,), data, LOOKS)


def _points(found: Sequence[Comparison]) -> pd.DataFrame:
    """Two rows per effect: people's size and the model's, in standard deviations, in the sense of the outcome."""
    lines = []
    for one in found:
        model = one.difference if one.verdict != "not measurable" else None
        sizes = {
            "people": (one.human, one.human_low, one.human_high),
            "model": (None, None, None) if model is None or few_to_standardise(model) else standardised(model),
        }
        lines += [(_label(one), who, *size, one.verdict) for who, size in sizes.items()]
    return pd.DataFrame(lines, columns=["effect", "who", "d", "low", "high", "verdict"])


def _label(one: Comparison) -> str:
    sign = {1: "+", -1: "\N{MINUS SIGN}", 0: "0"}[one.sign]
    name = one.reference.id.replace("-", " ")
    return f"{name} {sign}" if one.reference.counts else f"[{name} {sign}]"


def _drawn(data: pd.DataFrame, found: Sequence[Comparison]) -> Spec:
    order = [_label(one) for one in found]
    y = {
        "field": "effect",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": {"grid": False, "ticks": False, "domain": False, "labelLimit": 300, "labelFontSize": 11},
    }
    who = {"field": "who", "type": "nominal", "sort": [look.label for look in LOOKS]}
    scale = {"domain": [-EDGE, EDGE], "clamp": True, "nice": False}
    x = {"field": "d", "type": "quantitative", "title": "difference (SD)", "scale": scale, "axis": {"tickCount": 5}}
    place = {"y": y, "yOffset": who, "color": ordinal("who", LOOKS, "colour")}
    verdicts = pd.DataFrame({"effect": order, "verdict": [one.verdict for one in found]})
    return {
        "width": WIDTH,
        "height": STEP * len(order),
        "layer": [
            zero("x"),
            {
                "data": values(data[data["low"].notna() & data["high"].notna()]),
                "mark": {"type": "rule", "strokeWidth": 1.8},
                "encoding": {**place, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "data": values(data[data["d"].notna()]),
                "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
                "encoding": {**place, "x": x, "shape": ordinal("who", LOOKS, "shape")},
            },
            {
                "data": values(verdicts),
                "mark": {"type": "text", "align": "left", "fontSize": 11},
                "encoding": {"y": y, "x": {"value": WIDTH + 8}, "text": {"field": "verdict", "type": "nominal"}},
            },
        ],
    }
