"""The view of people's data: it says what the command says, computes what was confirmed, and keeps what is opened."""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import Path

import pytest

from affectlab.experiment.table import TableAnalysis, analyse_table
from affectlab.page.data import keep_table
from affectlab.page.folder import Folder
from affectlab.page.guard import LARGEST
from affectlab.page.words import page_words
from affectlab.report.factorial import found_section
from affectlab.report.overview import values_shown
from affectlab.tabular.overview import overview
from affectlab.tabular.prepared import Preparation
from tests.page.conftest import Browser, opened
from tests.tabular.test_wide import people

WORDS = page_words("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = people()
    made["code"] = [99 if at == 3 else at % 5 for at in range(16)]
    made["comment"] = ["<b>it</b>", *(f"it was {at}" for at in range(1, 16))]
    made["free"] = ""
    made.to_csv(tmp_path / "wide.csv", index=False)
    long = made.melt(["vp", "group"], ["sad_pre", "sad_post"], "time", "sad")
    long.to_csv(tmp_path / "long.csv", index=False)
    return tmp_path


def text_of(page: str) -> str:
    """What a reader sees of a page, as one line; what is to be typed stands between no signs."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?code>", "", page))).split())


def chosen(page: str, role: str) -> list[str]:
    """The columns that are chosen for a role."""
    (fields) = re.findall(rf'<select name="{role}">(.*?)</select>', page, re.DOTALL)
    return [html.unescape(one) for field in fields for one in re.findall(r'value="([^"]+)" selected', field)]


def test_a_file_is_shown_as_it_was_understood_before_anything_is_computed(folder: Path) -> None:
    page = opened(folder)
    assert "long.csv" in page.get("/data").text
    for name in ("wide.csv", "long.csv"):
        found, shown = overview(folder / name), page.get(f"/data/{name}").text
        rows = [text_of(row) for row in re.findall(r"<tr><th.*?</tr>", shown, re.DOTALL)]
        for one, row in zip(found.columns, rows[1:], strict=True):
            said = (one.name, WORDS(f"data.kind.{one.kind}"), " ".join(values_shown(one).split()), str(one.missing))
            assert all(part in row for part in said), (said, row)
        guess = {role: value for role, value in found.guess if value}
        for role in ("outcome", "condition", "unit", "within"):
            assert chosen(shown, role) == [guess[role]] if role in guess else [], role
        assert found.command.replace(str(folder / name), name) in text_of(shown)
        assert "What the conditions show" not in shown
    assert "<b>it</b>" not in page.get("/data/wide.csv").text


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (
            "wide.csv?wide=sad_%7Btime%7D&outcome=sad&condition=group&unit=vp&within=time",
            TableAnalysis("sad", ("group",), "vp", ("time",), reading=Preparation(wide="sad_{time}")),
        ),
        (
            "long.csv?outcome=sad&condition=group&unit=vp&within=&where=time%3Dsad_post&smallest-effect=0,5",
            TableAnalysis("sad", ("group",), "vp", smallest=0.5, reading=Preparation(where=("time=sad_post",))),
        ),
    ],
)
def test_what_is_confirmed_gives_the_numbers_of_the_command(folder: Path, address: str, asked: TableAnalysis) -> None:
    page, name = opened(folder), address.partition("?")[0]
    shown = page.get(f"/data/{address}").text
    said = text_of(shown)
    section = found_section(analyse_table(folder / name, asked))
    cells = [cell for one in section.whole() for table in one.tables for row in table.rows for cell in row]
    sentences = [sentence for one in section.whole() for sentence in one.sentences]
    assert sentences
    for one in (*cells, *sentences):
        assert " ".join(one.replace("`", "").split()) in said, one
    assert "<figure" in shown
    (script,) = re.findall(r'href="(/data/[^"]+/R\.zip[^"]+)"', shown)
    with zipfile.ZipFile(io.BytesIO(page.get(html.unescape(script)).content)) as packed:
        stem = name.removesuffix(".csv")
        assert packed.namelist() == [f"{stem}-scores.csv", f"{stem}.R"]


def test_what_cannot_be_compared_is_said_and_the_choices_stay(folder: Path) -> None:
    page = opened(folder)
    shown = page.get("/data/long.csv?outcome=group&condition=time&unit=vp").text
    assert 'class="fault"' in shown
    assert (chosen(shown, "outcome"), chosen(shown, "condition")) == (["group"], ["time"])
    for wrong in ("header=x", "smallest-effect=-1&outcome=sad", "instrument=../x&outcome=sad", "wide=%7B"):
        answer = page.get(f"/data/long.csv?{wrong}")
        assert (answer.status_code, 'class="fault"' in answer.text) == (200, True), wrong
    # to be read otherwise: what columns are is guessed anew
    shown = page.get("/data/wide.csv?wide=sad_%7Btime%7D&outcome=code&read=1").text
    assert chosen(shown, "outcome") == ["sad"]
    assert "What the conditions show" not in shown


def test_a_file_that_is_opened_is_kept_once_and_replaces_no_other(folder: Path) -> None:
    page = opened(folder)
    content = (folder / "long.csv").read_bytes()
    for _ in range(2):
        answer = page.post("/data", params={"name": "mood.csv"}, content=content)
        assert (answer.status_code, answer.text) == (200, "/data/data~1mood.csv")
    assert page.get(answer.text).status_code == 200
    assert page.post("/data", params={"name": "mood.csv"}, content=b"a,b\n1,2\n").status_code == 400
    assert (folder / "data" / "mood.csv").read_bytes() == content
    assert page.post("/data", params={"name": "large.csv"}, content=b"x" * (LARGEST + 1)).status_code == 413


@pytest.mark.parametrize("name", ["", "../out.csv", "a/b.csv", ".csv", "study.yaml", "x\0.csv", "a" * 200 + ".csv"])
def test_only_a_name_of_a_table_is_kept(tmp_path: Path, page: Browser, name: str) -> None:
    assert page.post("/data", params={"name": name}, content=b"a,b\n1,2\n").status_code == 400
    assert list(tmp_path.rglob("*")) == []


def test_no_file_outside_of_the_folder_is_opened(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "out.csv").write_text("a,b\n1,2\n", "utf-8")
    (inside / "link.csv").symlink_to(tmp_path / "out.csv")
    (inside / "notes.md").write_text("a,b\n1,2\n", "utf-8")
    page = opened(inside)
    assert Folder.at(inside).tables() == []
    for name in ("..~1out.csv", "link.csv", "notes.md", "none.csv"):
        assert page.get(f"/data/{name}").status_code == 404, name
    assert keep_table(Folder.at(inside), "own.csv", b"a,b\n1,2\n") == "data~1own.csv"
