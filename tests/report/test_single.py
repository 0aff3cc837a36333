"""One figure of a report as a file of its own."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from affectlab.errors import InputError
from affectlab.report.alone import every, single
from affectlab.report.document import document
from affectlab.report.evidence import Evidence
from affectlab.report.export import export, problems
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
    made = reported(measures=["words"], tasks=[])
    with pytest.raises(InputError, match="no figure `heatmap`") as caught:
        single(made, "heatmap", tmp_path / "out.svg")
    assert "heat-map-words" in str(caught.value.hint)
    with pytest.raises(InputError, match=r"out\.gif"):
        single(made, "heat-map", tmp_path / "out.gif")
    with pytest.raises(InputError, match="cannot be written as gif"):
        every(made, "gif")


@pytest.mark.usefixtures("drawn_anew")
def test_a_figure_is_a_picture_and_a_page_of_print_that_show_what_its_drawing_shows(
    reported: Callable[..., Run], tmp_path: Path
) -> None:
    """A PNG begins with its size, twice that of the drawing; a PDF says its size in points."""
    made = reported(measures=["words"], tasks=[])
    drawn = ElementTree.fromstring(single(made, "coverage").read_text("utf-8"))
    size = [float(drawn.attrib[name]) for name in ("width", "height")]
    picture = single(made, "coverage", tmp_path / "coverage.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == tuple(pytest.approx(2.0 * one, abs=1.0) for one in size)
    page = single(made, "coverage", tmp_path / "coverage.pdf").read_bytes()
    assert page.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+)", page)
    assert box is not None
    assert [float(one) for one in box.groups()] == [pytest.approx(one, rel=0.26) for one in size]
    assert single(made, "coverage", tmp_path / "again.pdf").read_bytes() == page


def test_all_figures_lie_in_one_folder_of_a_run_or_of_its_export(reported: Callable[..., Run], tmp_path: Path) -> None:
    made = reported(measures=["words"])
    files = every(made, "svg")
    assert {one.parent for one in files} == {tmp_path / "run" / "figures"}
    assert [one.stem for one in files] == [one.id for one in document(Evidence.of(made)).figures]
    folder = export(made, tmp_path / "export", figures="svg")
    assert {one.name for one in (folder / "figures").iterdir()} == {one.name for one in files}
    assert not problems(folder)
