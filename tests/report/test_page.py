"""The page stands alone, says what the run says, and can be read by everyone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from affectlab.errors import DataError, StoreError
from affectlab.report.check import Noted
from affectlab.report.conversations import Branch, conversations
from affectlab.report.document import document
from affectlab.report.evidence import Evidence
from affectlab.report.write import report, report_html
from affectlab.run import Run
from affectlab.store.store import Store
from tests.conftest import Lab
from tests.report.conftest import Mumbling
from tests.report.markup import Element, parsed

Reported = Callable[..., Run]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The page of the planted run, once it is made."""
    return {}


@pytest.fixture
def tree(reported: Reported, pages: dict[str, str]) -> Element:
    if not pages:
        pages["planted"] = report_html(reported())
    return parsed(pages["planted"])


def part(tree: Element, id: str) -> Element:
    """A section of the page."""
    (found,) = [one for one in tree.all("section") if one.attributes["id"] == id]
    return found


def test_the_page_is_written_into_the_directory_of_the_run(reported: Reported, tmp_path: Path) -> None:
    made = reported(measures=["words"], tasks=[])
    assert report(made) == tmp_path / "run" / "report.html"
    other = report(made, tmp_path / "deep" / "other.html")
    assert other.read_bytes() == (tmp_path / "run" / "report.html").read_bytes()


@pytest.mark.usefixtures("drawn_anew")
def test_the_same_run_gives_the_same_page(reported: Reported, tmp_path: Path) -> None:
    """Also where it is opened anew, and every figure drawn again."""
    made = reported()
    assert report_html(made) == report_html(Run.open(tmp_path / "run"))


@pytest.mark.parametrize("changes", [{}, {"states": ["fear", "neutral"]}], ids=["two states", "one state"])
def test_the_store_is_read_once_whatever_is_told_of_it(reported: Reported, changes: dict[str, object]) -> None:
    made = reported(measures=["words"], **changes)
    asked: list[str] = []
    made.store._db.set_trace_callback(asked.append)
    report_html(made)
    made.store._db.set_trace_callback(None)
    through_scores = [sql for sql in asked if re.search(r"FROM score_rows\b", sql)]
    assert sum(sql.startswith("SELECT place, session") for sql in through_scores) == 1, "the numbers"
    assert len(through_scores) == 3, "beside the numbers, the free replies and the transcript"
    assert sum(sql.startswith("SELECT cell FROM sessions") for sql in asked) == 1


def test_nothing_is_loaded_and_nothing_runs(tree: Element) -> None:
    assert not list(tree.all("script", "iframe", "object", "embed", "img"))
    for element in tree.all():
        for name, value in element.attributes.items():
            if name in ("href", "src"):
                assert value.startswith(("#", "data:")), value
            assert not name.startswith("on")
    style = "".join(element.text() for element in tree.all("style"))
    assert "url(" not in style
    assert "@import" not in style


def test_landmarks_headings_and_links(tree: Element) -> None:
    for tag in ("h1", "main", "nav", "header", "footer", "title"):
        assert len(list(tree.all(tag))) == 1
    levels = [int(element.tag[1]) for element in tree.all("h1", "h2", "h3")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [element.attributes["id"] for element in tree.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    links = [element.attributes["href"] for element in tree.all("a")]
    assert links[0] == "#findings"
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    for element in tree.all("section"):
        assert element.attributes["aria-labelledby"] in ids
    (html,) = tree.all("html")
    assert html.attributes["lang"] == "en"


def test_every_figure_is_drawn_named_captioned_and_backed_by_its_data(reported: Reported, tree: Element) -> None:
    figures = list(document(Evidence.of(reported())).figures)
    elements = list(tree.all("figure"))
    assert len(elements) == len(figures) >= 9
    for number, (element, figure) in enumerate(zip(elements, figures, strict=True), start=1):
        images = [one for one in element.all("svg") if one.attributes.get("role") == "img"]
        assert len(images) == len(figure.panels)
        for image in images:
            assert len(image.attributes["aria-label"]) > 20
            assert sum(1 for _ in image.all("path", "rect", "line", "circle")) > 5
        (caption,) = element.all("figcaption")
        assert caption.text().startswith(f"Figure {number}. ")
        if not figure.id.startswith("multiverse"):  # a curve counts its specifications
            assert re.search(r"n\s=|sessions? planned", caption.text())
        spec, link = sorted(element.all("a"), key=lambda one: one.attributes["href"])
        drawn = json.loads(unquote(spec.attributes["href"].partition(",")[2]))
        assert drawn["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
        plot = drawn["vconcat"][1] if figure.legend else drawn
        assert len(plot.get("concat", [plot])) == len(figure.panels)
        data = pd.read_csv(io.StringIO(unquote(link.attributes["href"].partition(",")[2])))
        assert list(data.columns) == list(figure.data.columns)
        assert len(data) == len(figure.data) > 0
        (table,) = element.all("table")
        assert len(list(table.all("tr"))) == 1 + len(figure.data)


def test_a_measure_of_no_use_is_named_and_never_plotted(reported: Reported) -> None:
    made = reported(kind=Mumbling)
    evidence = Evidence.of(made)
    assert [one.id for one in evidence.readable(evidence.design_cells[0])] == ["words"]
    tree = parsed(report_html(made))
    assert "Ratings 0 to 10 cannot be read from this model" in part(tree, "findings").text()
    figures = [one.attributes["id"] for one in tree.all("figure")]
    assert figures
    assert not [id for id in figures if "ratings" in id]
    tables = [one for one in tree.all("table") if "Ratings 0 to 10 (" in next(one.all("caption")).text()]
    assert not [row for table in tables for row in table.all("tr") if "[" in row.text()]
    assert "Ratings 0 to 10 with" in part(tree, "withheld").text()


def test_refusals_are_counted_by_state_and_arm(reported: Reported) -> None:
    text = report_html(reported({"refusals": 0.2, "noise": {"text": 0.2, "item": 0.1}}, measures=["words"]))
    assert "Answers without a legal option, by state and arm" in text
    assert "none was dropped or replaced" not in text


def test_the_page_opens_with_what_the_checks_came_to(reported: Reported) -> None:
    bad = Noted("option order reversed", 0.4, "at most 0.1", "fails", "A source", "It moved.", "It depends on order.")
    text = report_html(reported(validity=["coverage", "variance"]), checks=[bad])
    said = part(parsed(text), "findings").text()
    assert "2 passed and 1 failed. Failed: option order reversed." in said
    assert "option order reversed. It moved. It depends on order." in said
    assert text.index('id="findings-h"') < text.index('id="against"') < text.index('id="validity-h"')


def test_a_simulated_run_says_so(tree: Element) -> None:
    assert "Simulated participant." in tree.text()


def test_checks_of_others_stand_first_in_the_table_of_checks(reported: Reported) -> None:
    mine = Noted("option order reversed", 0.02, "at most 0.1", "passes", "A source")
    text = report_html(reported(measures=["words"], tasks=[], validity=["sessions-complete"]), checks=[mine])
    assert 0 < text.index("option order reversed") < text.index("Sessions complete")


def test_a_measured_resolution_and_a_resumed_run_are_reported(reported: Reported) -> None:
    made = reported(measures=["words"], tasks=[])
    made.store.describe("resolution", {"batched": {"nats": 0.04}, "weights": "/srv/xyzzy/one.gguf"})
    made.store.attempt = 2
    made.store.incident("resumed", "3 answers asked again, 0 differ")
    text = report_html(made)
    assert "Resolution of the engine" in text
    assert "batched, nats" in text
    assert "one.gguf" in text
    assert "xyzzy" not in text
    assert "3 answers asked again, 0 differ" in text


def test_every_setting_has_its_paragraph(reported: Reported, lab: Lab) -> None:
    lab.write(
        "frames/bare.yaml",
        kind="frame",
        id="bare",
        announces=False,
        text="",
        version=1,
        title="None",
        licence="Apache-2.0",
        source="None",
    )
    tree = parsed(report_html(reported(frames=["plain", "bare"], measures=["words"], tasks=[])))
    design_cells = [one.text() for one in part(tree, "findings").all("h3")][:2]
    assert design_cells == ["plain", "bare"]


@pytest.mark.parametrize(
    "changes",
    [
        {"states": ["fear", "sadness"]},
        {"regulations": ["none"]},
        {"regulations": ["reading"]},
        {"tasks": []},
        {"measure_at": ["baseline", "induced"]},
        {"measure_at": ["baseline"]},
        {"measures": ["deq"]},
        {"induction": {"techniques": ["scene"], "grades": ["moderate"], "texts": 1}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_study_that_lacks_a_part_is_reported_without_it(reported: Reported, changes: dict[str, object]) -> None:
    tree = parsed(report_html(reported(**{"measures": ["words"], **changes})))
    found = [section.attributes["id"] for section in tree.all("section")]
    assert len(set(found)) == len(found) >= 8
    (contents,) = tree.all("nav")
    assert [link.attributes["href"][1:] for link in contents.all("a")] == found[1:]


def test_what_a_participant_says_cannot_break_the_page(reported: Reported, lab: Lab) -> None:
    made = reported(measures=["words"], tasks=[], title="<script>alert(1)</script> & co")
    text = report_html(made)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_there_is_nothing_to_report_before_a_session_is_complete(lab: Lab, reported: Reported) -> None:
    made = reported()
    empty = Store(None)
    for key in ("plan_hash", "study", "sessions"):
        empty.describe(key, made.store.described(key))
    with pytest.raises(DataError, match="no session"):
        report_html(Run(empty))


def test_a_run_in_memory_needs_a_file_to_be_named(reported: Reported) -> None:
    memory, made = Store(None), reported()
    for key in ("plan_hash", "study", "sessions"):
        memory.describe(key, made.store.described(key))
    with pytest.raises(StoreError, match="in memory"):
        report(Run(memory))


def test_every_conversation_can_be_read_and_what_is_shared_stands_once(reported: Reported, tree: Element) -> None:
    made = reported()
    grown = conversations(Evidence.of(made))
    assert grown is not None
    assert sum(one.sessions for one in grown) == len(made.store.done())

    def paths(branch: Branch, before: tuple[tuple[str, str], ...] = ()) -> Iterator[tuple[tuple[str, str], ...]]:
        said = (*before, *branch.turns)
        yield from [said] * len(branch.ends)
        for one in branch.branches:
            yield from paths(one, said)

    _, rows = made.store.query("SELECT conversation FROM sessions")
    stored = sorted(tuple(made.store.turns(conversation)) for (conversation,) in rows)
    assert sorted(path for one in grown for path in paths(one)) == stored
    assert tree.text().count("End of session") == len(stored)
