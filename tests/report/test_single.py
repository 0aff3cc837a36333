"""One figure of a report as a file of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from affectlab.errors import InputError
from affectlab.report.alone import single
from affectlab.run import Run


def test_a_figure_is_written_with_its_key_its_specification_and_its_data(
    reported: Callable[..., Run], tmp_path: Path
) -> None:
    made = reported()
    drawn = ElementTree.fromstring(single(made, "heat-map").read_text("utf-8"))
    assert (tmp_path / "run" / "heat-map-words-simulated-plain-scene-moderate-user-branched.svg").exists()
    assert {"fear", "sadness"} <= {one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")}
    spec = json.loads(single(made, "induction", tmp_path / "forest.json").read_text("utf-8"))
    key, _ = spec["vconcat"]
    assert "contrast with neutral texts" in [row["label"] for row in key["data"]["values"]]
    data = pd.read_csv(single(made, "coverage", tmp_path / "coverage.csv"))
    assert len(data) == 3


def test_a_name_that_no_figure_has_is_refused_with_those_that_there_are(
    reported: Callable[..., Run], tmp_path: Path
) -> None:
    made = reported()
    with pytest.raises(InputError, match="no figure `heatmap`") as caught:
        single(made, "heatmap", tmp_path / "out.svg")
    assert "heat-map-words" in str(caught.value.hint)
    with pytest.raises(InputError, match=r"out\.png"):
        single(made, "heat-map", tmp_path / "out.png")
