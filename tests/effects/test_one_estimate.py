"""One contrast has one estimate and one interval, wherever a number of it stands, to the last bit before rounding."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from affectlab.effects.contrast import Contrast
from affectlab.errors import DataError
from affectlab.report.document import ReportDocument, document
from affectlab.report.export.modelling import write_analysis
from affectlab.report.numbers import bracket, decimals, number_shown
from affectlab.report.render.html import page as html
from affectlab.report.render.markdown import markdown
from affectlab.report.write import as_json
from affectlab.results.human import compare_tasks
from affectlab.results.labelled import of_run
from affectlab.results.manipulation import manipulation
from affectlab.results.multiverse import ALL, claims, curves, specified_questions
from affectlab.results.regulation import regulation_table
from affectlab.results.separation import separate
from affectlab.stats.crossed import INCOMPLETE
from tests.effects.conftest import DOSES, EVERY, SHORT, STUDIES, WITH_DOSES, evidence_of
from tests.needs import needs_r

NAMES = {"estimate": ("estimate", "difference", "shift", "mean", "change"), "low": ("low",), "high": ("high",)}

Number = tuple[float, float, float]


@pytest.mark.long
def test_the_studies_of_the_short_form_have_every_kind_of_contrast() -> None:
    kinds = {study: {one.contrast.kind for one in evidence_of(study).effects} for study in STUDIES}
    assert set().union(*(kinds[study] for study in (*SHORT, DOSES))) == set().union(*kinds.values())


@pytest.mark.parametrize("study", EVERY)
def test_every_place_has_the_estimate_of_its_contrast(study: str) -> None:
    evidence = evidence_of(study)
    found = seen(study)
    assert found
    for contrast, places in found.items():
        different = {value: place for place, value in places}
        assert len(different) == 1, f"{contrast} stands with {different}"
    for contrast, places in found.items():
        if contrast in evidence.effects.by_id:
            one = evidence.effects.estimate(contrast)
            assert places[0][1] == plain(one.difference, one.low, one.high)


@cache
def seen(study: str) -> Mapping[str, list[tuple[str, Number]]]:
    """Per contrast, every place where its numbers stand in full, and what stands there."""
    found: dict[str, list[tuple[str, Number]]] = {}
    for place, rows in places(study):
        for row in rows:
            for contrast, value in numbers(row):
                found.setdefault(contrast, []).append((place, value))
    return found


def places(study: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Everything of a run that holds numbers of contrasts, as rows."""
    evidence = evidence_of(study)
    run = evidence.run
    said = json.loads(as_json(evidence))
    yield "findings in JSON", said["findings"]
    for section in parted(said["sections"]):
        for caption, rows in section["tables"].items():
            yield f"JSON, {section['id']}: {caption}", rows
    for figure in report_of(study).figures:
        yield f"figure {figure.id}", figure.data.to_dict("records")
    for name, table in manipulation(evidence.effects, evidence.scores).tables().items():
        yield f"affectlab manipulation: {name}", table.to_dict("records")
    yield "affectlab regulation", regulation_table(run, evidence.summary).to_dict("records")
    for curve in curves(specified_questions(evidence.summary)):
        rows = curve.specifications[curve.specifications["item"] == ALL]
        yield f"multiverse: {curve.question.label}", rows.to_dict("records")
    yield "human comparison", [one.row() for one in compare_tasks(evidence.scores, evidence.study, evidence.effects)]
    yield "separation", [one.row() for one in separate(evidence.scores, evidence.study, evidence.effects)]
    try:
        tables = of_run(run)
    except DataError:  # nothing was measured before and after an induction
        return
    for name, table in tables.items():
        yield f"affectlab tables: {name}", table.to_dict("records")


def numbers(row: Mapping[str, Any]) -> Iterator[tuple[str, Number]]:
    """The contrasts of a row with their numbers: one without a name, or several that are named."""
    for key in (key for key in row if key == "contrast" or key.endswith("_contrast")):
        prefix = key.removesuffix("contrast")
        columns = [next((prefix + name for name in names if prefix + name in row), "") for names in NAMES.values()]
        if row[key] and all(columns):
            yield str(row[key]), plain(*(row[column] for column in columns))


def plain(*values: Any) -> Number:
    """Numbers of which those that are missing are equal."""
    low, middle, high = (math.inf if value is None or math.isnan(value) else float(value) for value in values)
    return low, middle, high


def parted(sections: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sections and their parts."""
    for one in sections:
        yield one
        yield from parted(one["parts"])


@cache
def report_of(study: str) -> ReportDocument:
    """What the page and Markdown are rendered from."""
    return document(evidence_of(study))


class Rows(HTMLParser):
    """The cells of the rows of a page that are of a contrast."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag == "tr":
            contrast = dict(attrs).get("data-contrast")
            self.inside = contrast is not None
            if contrast is not None:
                self.found.append((contrast, []))
        elif tag in ("td", "th") and self.inside:
            self.found[-1][1].append("")

    def handle_data(self, data: str) -> None:
        """Add to a cell."""
        if self.inside and self.found[-1][1]:
            self.found[-1][1][-1] += data


@pytest.mark.parametrize("study", EVERY)
def test_the_page_and_markdown_print_the_estimate_of_each_finding(study: str) -> None:
    evidence = evidence_of(study)
    page = Rows()
    page.feed(html(report_of(study)))
    findings = {one.contrast: one for one in evidence.summary.findings}
    text = markdown(report_of(study))
    words = re.sub(r"[^\S\n]+", " ", text)
    shown = set()
    for contrast, cells in page.found:
        if contrast in findings:
            one = findings[contrast]
            places = decimals(one.estimate, one.low, one.high)
            interval = bracket(one.low, one.high, places)
            pair = [number_shown(one.estimate, places), interval]
            if pair[0] in cells and interval in cells:
                shown.add(contrast)
                assert re.sub(r"\s", " ", interval) in words
    assert shown or not findings


@pytest.mark.parametrize("study", WITH_DOSES)
def test_power_rests_on_the_scores_of_the_findings(study: str) -> None:
    evidence = evidence_of(study)
    findings = {one.contrast: one for one in evidence.summary.findings}
    for one in claims(evidence.effects):
        assert one.contrast.id in findings
        means = one.items.groupby(["condition", "unit"])["value"].mean()
        first = means["first"].reindex(one.first.index.astype(str))
        assert first.to_numpy() == pytest.approx(one.first.to_numpy(float), abs=1e-12)


BY_R = ("context-effects", "dresden")
"""Those that R computes in the default run: between them they have contrasts of all kinds but steps of a dose."""


@pytest.mark.parametrize(
    "study", [*BY_R, *(pytest.param(one, marks=pytest.mark.long) for one in STUDIES if one not in BY_R)]
)
def test_r_computes_every_exported_contrast_again(study: str, tmp_path: Path) -> None:
    evidence = evidence_of(study)
    write_analysis(evidence, evidence.run.scores(), tmp_path)
    table = pd.read_csv(tmp_path / "analysis" / "contrasts.csv", dtype={"contrast": str})
    usable = [one for one in evidence.effects if evidence.usable(*_model_and_measure(one.contrast))]
    assert [one.contrast.id for one in usable] == list(table["contrast"])
    for row in table.to_dict("records"):
        one = evidence.effects.estimate(row["contrast"])
        assert plain(row["difference"], row["low"], row["high"]) == plain(one.difference, one.low, one.high)
    command = [needs_r(), "models.R"]
    said = subprocess.run(command, cwd=tmp_path / "analysis", capture_output=True, text=True, check=True)
    lines = said.stdout.splitlines()
    assert len(lines) == len(table)
    for line in lines:
        found = evidence.effects.estimate(line.split()[0])
        said = re.findall(r", (\S+) \[(\S+), (\S+)\], df (\S+), p (\S+); for these items \[(\S+), (\S+)\]", line)[0]
        estimate, low, high, df, p, low_these, high_these = (math.nan if one == "NA" else float(one) for one in said)
        exact = {"rel": 1e-4, "abs": 1e-6} if found.method == INCOMPLETE else {"rel": 1e-6, "abs": 1e-9}
        assert estimate == pytest.approx(found.difference, rel=1e-9, abs=1e-12)
        assert (low, high, df, p) == pytest.approx((found.low, found.high, found.df, found.p), nan_ok=True, **exact)
        of = found.these_items
        these = (math.nan, math.nan) if of is None else (of.low, of.high)
        assert (low_these, high_these) == pytest.approx(these, nan_ok=True, rel=1e-6, abs=1e-9)


def _model_and_measure(contrast: Contrast) -> tuple[str, str]:
    return {**contrast.cell, **contrast.first}["model"], contrast.outcome.measure


# --- twenty of them from the exported table, by plain formulas


def exported(study: str) -> pd.DataFrame:
    """The scores table as it is exported, read as anybody would."""
    text = evidence_of(study).run.scores().to_csv(index=False)
    return pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])


def interval(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any] | None, *, paired: bool) -> Number:
    """Difference and 95 % interval, written out."""
    if second is not None and not paired:
        a, b = first.var(ddof=1) / len(first), second.var(ddof=1) / len(second)
        df = (a + b) ** 2 / (a**2 / (len(first) - 1) + b**2 / (len(second) - 1))
        difference, se = first.mean() - second.mean(), math.sqrt(a + b)
    else:
        x = first if second is None else first - second
        difference, se, df = x.mean(), x.std(ddof=1) / math.sqrt(len(x)), len(x) - 1
    half = stats.t.ppf(0.975, df) * se
    return float(difference), float(difference - half), float(difference + half)


def induction(rows: pd.DataFrame, state: str, scale: str, arm: str) -> pd.Series[float]:
    """The change of a scale by vignette: items of the mean reads, then the mean over items, then over arms."""
    rows = rows[(rows["scale"] == scale) & (rows["state"] == state) & (rows["arm"] == arm)]
    keys = ["vignette", "regulation", "item"]
    wide = rows.pivot_table(index=keys, columns="point", values="value", aggfunc="mean")
    change = (wide["induced"] - wide["baseline"]).dropna()
    return change.groupby(["vignette", "regulation"]).mean().groupby("vignette").mean()


def test_twenty_contrasts_from_the_exported_table_by_plain_formulas() -> None:
    checked = 0
    for study in ("dresden", "dose-response", "controls"):
        table = exported(study)
        for one in evidence_of(study).summary.findings:
            if one.claim != "induction" or math.isnan(one.low) or checked >= 40:
                continue
            cell = (table[["model", "frame", "technique", "grade", "delivery", "context"]] == [
                one.model, one.frame, one.technique, one.grade, one.delivery, one.context
            ]).all(axis=1) & (table["measure"] == one.measure)  # fmt: skip
            own = induction(table[cell], one.state, one.state, "induction-text")
            if one.against == "baseline":
                expected = interval(own.to_numpy(), None, paired=False)
            elif one.against == "neutral":
                neutral = induction(table[cell], "neutral", one.state, "induction-text")
                expected = interval(own.to_numpy(), neutral.to_numpy(), paired=False)
            else:
                both = pd.concat([own, induction(table[cell], one.state, one.state, one.against)], axis=1).dropna()
                expected = interval(both.iloc[:, 0].to_numpy(), both.iloc[:, 1].to_numpy(), paired=True)
            these = (one.estimate, one.low_these_items, one.high_these_items)
            assert these == pytest.approx(expected, rel=1e-9, abs=1e-9)
            checked += 1
    assert checked >= 20
