"""A section is a module with one function; the page finds it."""

from __future__ import annotations

import pandas as pd
import pytest

from affectlab.errors import InputError
from affectlab.report.document import document
from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure, Panel, values
from affectlab.report.registry import OWN, SECTIONS, sections
from affectlab.report.render.html import section_html
from affectlab.report.render.markdown import section_markdown
from affectlab.report.render.plain import section_record
from affectlab.report.section import Section
from affectlab.report.sections import multiverse
from affectlab.report.table import Table


def test_every_heading_of_a_run_has_an_address_of_its_own(evidence: Evidence) -> None:
    ids = [one.id for section in sections(evidence) for one in section.whole()]
    assert len(ids) == len(set(ids))


def test_every_form_shows_what_a_section_holds(evidence: Evidence) -> None:
    data = pd.DataFrame({"state": ["fear"], "estimate": [0.123456789]})
    spec = {"data": values(data), "mark": "bar", "encoding": {"x": {"field": "estimate", "type": "quantitative"}}}
    figure = Figure("extra-figure", "Bars", "One bar; n = 1.", (Panel("A bar.", spec),), data)
    part = Section("deeper", "Deeper", ("Another sentence.",))
    table = Table.of(data, "The bars")
    made = Section("extra", "Something else", ("A `typed` one.",), (table,), (figure,), ("A note.",), parts=(part,))
    shown, text, plain = section_html(made), section_markdown(made), section_record(made)
    for said in ("Something else", "The bars", "Bars", "One bar; n = 1.", "A note.", "Deeper", "Another sentence."):
        assert said in shown
        assert said in text
        assert said in str(plain)
    assert "<code>typed</code>" in shown
    assert "| fear | 0.123 |" in text
    assert '<td class="n" data-label="estimate">0.123</td>' in shown
    assert "0.123456789" in shown, "the file beside it"
    assert plain["tables"]["The bars"] == [{"state": "fear", "estimate": 0.123456789}]


def test_figures_are_numbered_through_the_whole_report(evidence: Evidence) -> None:
    numbers = [one.number for one in document(evidence).figures]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_section_is_found_under_its_own_name(evidence: Evidence) -> None:
    for name in OWN:
        made = SECTIONS[name](evidence)
        assert made is None or made.id == name


def test_a_section_that_is_not_there_is_refused_with_those_that_are(evidence: Evidence) -> None:
    with pytest.raises(InputError, match="no section `finding`; its sections are hypotheses, findings"):
        list(sections(evidence, ["finding"]))


def test_curves_share_an_axis_and_what_reaches_beyond_it_ends_in_an_arrow(evidence: Evidence) -> None:
    found = multiverse.section(evidence)
    assert found is not None
    for figure in found.figures:
        least, most = multiverse.domain(figure.data)
        assert least <= 0.0 <= most
        inside = figure.data["value"].between(least, most)
        assert inside.mean() >= 0.9, "of the differences at most every tenth lies outside"
        drawn = [panel.spec.get("vconcat", [panel.spec])[0] for panel in figure.panels]
        axes = {tuple(layer["encoding"]["y"]["scale"]["domain"]) for spec in drawn for layer in spec["layer"][1:]}
        assert axes == {(least, most)}
        points = pd.concat([pd.DataFrame(spec["data"]["values"]) for spec in drawn], ignore_index=True)
        assert points["low"].min() >= least
        assert points["high"].max() <= most
        assert points["above"].notna().sum() == (figure.data["value_high"] > most).sum()
        assert points["below"].notna().sum() == (figure.data["value_low"] < least).sum()
        assert points["shown"].notna().sum() == inside.sum()


def test_a_single_wide_interval_does_not_flatten_the_others() -> None:
    narrow = pd.DataFrame({"value": [1.0] * 39, "value_low": [0.5] * 39, "value_high": [1.5] * 39})
    wide = pd.DataFrame({"value": [30.0], "value_low": [-5.0], "value_high": [90.0]})
    assert multiverse.domain(pd.concat([narrow, wide])) == pytest.approx((-0.5, 1.5))
