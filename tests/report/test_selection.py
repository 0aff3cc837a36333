"""A figure of some rows: the drawing has them and no others, keeps their colours, and is as large as they need."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from affectlab.report.figure import Figure, Panel
from affectlab.report.figures.forest import forest
from affectlab.report.selection import selectable, selected
from affectlab.report.theme import looks

ROWS = [(state, against, 1.0, 0.5, 1.5, 4) for state in ("fear", "anger", "worry") for against in ("sham", "neutral")]
DATA = pd.DataFrame(ROWS, columns=["state", "comparison", "difference", "low", "high", "n"])
LOOKS = looks(["sham", "neutral"])


@pytest.fixture
def figure() -> Figure:
    """A forest of three states against two controls."""
    spec = forest(DATA, LOOKS, ("fear", "anger", "worry"), "difference")
    ids = tuple(f"c{number}" for number in range(len(DATA)))
    return Figure("forest", "Forest", "A caption.", (Panel("label", spec),), DATA, tuple(LOOKS), 1, ids)


def test_what_can_be_chosen_is_what_tells_rows_apart(figure: Figure) -> None:
    assert selectable(figure) == {"state": ["fear", "anger", "worry"], "comparison": ["sham", "neutral"]}


def test_the_drawing_has_the_chosen_rows_and_no_others(figure: Figure) -> None:
    found = selected(figure, {"state": ["anger", "fear"], "comparison": ["neutral"]})
    assert found.data[["state", "comparison"]].to_numpy().tolist() == [["fear", "neutral"], ["anger", "neutral"]]
    assert found.contrasts == ("c1", "c3")
    assert [look.label for look in found.legend] == ["neutral"]
    (panel,) = found.panels
    assert [row["state"] for row in panel.spec["data"]["values"]] == ["fear", "anger"]
    assert panel.spec["height"] < figure.panels[0].spec["height"]
    assert "anger" in panel.label
    # the line at zero stays, and so does the colour of the control that is left
    line, _, points = panel.spec["layer"]
    assert line["data"]["values"] == [{"zero": 0}]
    assert points["encoding"]["color"] == figure.panels[0].spec["layer"][2]["encoding"]["color"]
    assert panel.spec["layer"][1]["encoding"]["y"]["sort"] == ["fear", "anger"]


def test_a_figure_of_panels_keeps_those_that_are_chosen(figure: Figure) -> None:
    (panel,) = figure.panels
    apart = replace(figure, panels=tuple(replace(panel, title=state) for state in ("fear", "anger", "worry")))
    assert [one.title for one in selected(apart, {"state": ["worry"]}).panels] == ["worry"]


@pytest.mark.parametrize("chosen", [{}, {"state": []}, {"state": ["no-such-state"]}, {"no-such-column": ["fear"]}])
def test_what_chooses_nothing_leaves_the_figure_whole(figure: Figure, chosen: dict[str, list[str]]) -> None:
    assert selected(figure, chosen) is figure
