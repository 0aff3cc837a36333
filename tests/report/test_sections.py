"""A section is a module with one function; the page finds it."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import pandas as pd
import pytest

from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, values
from affectlab.report.page import content
from affectlab.report.sections import EARLY, LATER, OPENING, Section, multiverse, sections


def test_every_section_of_a_run_has_a_name_of_its_own(evidence: Evidence) -> None:
    ids = [one.id for one in sections(evidence)]
    assert len(ids) == len(set(ids))


def test_the_page_shows_what_a_section_holds(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pd.DataFrame({"state": ["fear"], "estimate": [0.123456789]})
    spec = {"data": values(data), "mark": "bar", "encoding": {"x": {"field": "estimate", "type": "quantitative"}}}
    figure = Figure("extra-figure", "Bars", "One bar; n = 1.", (Panel("A bar.", spec),), data)
    made = Section("extra", "Something else", ("A sentence.",), (figure,), {"The bars": data})
    monkeypatch.setattr(sys.modules["affectlab.report.page"], "sections", lambda _: iter([made]))
    (shown,) = content(evidence)["later"]
    ((table, csv, quoted),) = shown["tables"]
    assert shown["figures"][0].number > 1
    assert not quoted
    assert table.caption == "The bars"
    assert table.rows == (("fear", "0.123"),)
    assert "0.123456789" in csv


def test_the_order_of_reading_is_kept() -> None:
    modules = [
        name for _, name, _ in pkgutil.iter_modules(importlib.import_module("affectlab.report.sections").__path__)
    ]
    assert len({*OPENING, *EARLY, *LATER}) == len(OPENING) + len(EARLY) + len(LATER)
    assert {*modules} <= {*OPENING, *EARLY, *LATER}


def test_curves_share_an_axis_and_what_reaches_beyond_it_ends_in_an_arrow(evidence: Evidence) -> None:
    found = multiverse.section(evidence)
    assert found is not None
    for figure in found.figures:
        least, most = multiverse.domain(figure.data)
        assert least <= 0.0 <= most
        inside = figure.data["d"].between(least, most)
        assert inside.mean() >= 0.9, "of the differences at most every tenth lies outside"
        drawn = [panel.spec.get("vconcat", [panel.spec])[0] for panel in figure.panels]
        axes = {tuple(layer["encoding"]["y"]["scale"]["domain"]) for spec in drawn for layer in spec["layer"][1:]}
        assert axes == {(least, most)}
        points = pd.concat([pd.DataFrame(spec["data"]["values"]) for spec in drawn], ignore_index=True)
        assert points["low"].min() >= least
        assert points["high"].max() <= most
        assert points["above"].notna().sum() == (figure.data["d_high"] > most).sum()
        assert points["below"].notna().sum() == (figure.data["d_low"] < least).sum()
        assert points["shown"].notna().sum() == inside.sum()


def test_a_single_wide_interval_does_not_flatten_the_others() -> None:
    narrow = pd.DataFrame({"d": [1.0] * 39, "d_low": [0.5] * 39, "d_high": [1.5] * 39})
    wide = pd.DataFrame({"d": [30.0], "d_low": [-5.0], "d_high": [90.0]})
    assert multiverse.domain(pd.concat([narrow, wide])) == pytest.approx((-0.5, 1.5))
