"""A run whose replies, titles, labels and model's name would act: nothing of it acts in anything that is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from affectlab.participants.simulated import Simulated
from affectlab.requests import Reply, Request, Response
from affectlab.run import Run
from tests.conftest import Called, Lab, laboratory, planted, run
from tests.test_shown import ACTING, hostile

TITLE = "<script>alert(1)</script> & [here](javascript:alert(1)) =1+1 | **x** [/b]"
NAME = "model\x1b[2J\n\u202e<b>=1"


class Hostile(Simulated):
    """Answers as planted, and says whatever would act."""

    name = NAME

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Each reply another text."""
        for index, response in super().respond(requests):
            said = isinstance(response, Reply)
            yield index, Reply("=" + hostile(len(requests) + index), tokens=3) if said else response


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A laboratory with a run in it."""
    lab = laboratory(tmp_path_factory.mktemp("hostile"))
    lab.rating(
        "mood",
        "Rate <img src=x onerror=alert(1)>.",
        items=[
            {"id": "a", "text": "=HYPERLINK(1) <b>", "scale": "fear"},
            {"id": "b", "text": "{x: 1} %s", "scale": "sadness"},
        ],
        title=TITLE,
    )
    study = lab.load(title=TITLE, measures=["words", "mood"], hypotheses=[TITLE], models=["simulated"])
    participant = Hostile(planted(shifts={"fear": {"fear": 2.0}}, noise={"text": 0.5}), study.catalogue)
    run(study, {"model": participant}, lab.folder / "run").store.close()
    return lab


COMMANDS: list[tuple[str, ...]] = [
    *(("report", "RUN", "--format", form, "--out", f"OUT/report.{form}") for form in ("html", "md", "json", "csv")),
    ("report", "RUN", "--figure", "coverage", "--out", "OUT/figure.svg"),
    ("export", "RUN", "--to", "OUT/export"),
    ("validity", "RUN"),
    ("validity", "RUN", "--json"),
    ("tables", "RUN"),
    ("tables", "RUN", "--json"),
    ("multiverse", "RUN"),
    ("incidents", "RUN"),
    ("verify", "RUN"),
    ("hypotheses", "RUN"),
    ("archive", "RUN", "--to", "OUT/run.zip"),
    ("score", "RUN"),
    ("list", "instruments", "--study", "STUDY"),
    ("show", "instrument", "mood", "--study", "STUDY"),
    ("check", "STUDY"),
    ("plan", "STUDY", "--cells"),
    ("freeze", "STUDY", "--out", "OUT/frozen.yaml"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(one) for one in COMMANDS])
def test_nothing_that_a_command_shows_acts(done: Lab, called: Called, tmp_path: Path, words: tuple[str, ...]) -> None:
    places = {"RUN": str(done.folder / "run"), "STUDY": str(done.study)}
    given = [places.get(word, word.replace("OUT", str(tmp_path))) for word in words]
    code, out, err = called(*given)
    assert code in (0, 2), err
    assert code == 0 or len(err.strip().splitlines()) == 1
    assert ACTING.search(out + err) is None
    if "--json" in words and code == 0:
        json.loads(out)
    for path in (path for path in tmp_path.rglob("*") if path.suffix not in (".zip", ".R") and path.is_file()):
        text = path.read_bytes().decode("utf-8")
        # the end of a line in a cell is quoted there
        assert ACTING.search(text.replace("\r", "")) is None, path
        if path.suffix == ".json":
            json.loads(text)


def test_the_page_and_the_markdown_hold_no_markup_of_others(done: Lab, called: Called, tmp_path: Path) -> None:
    for form in ("html", "md"):
        called("report", str(done.folder / "run"), "--format", form, "--out", str(tmp_path / f"r.{form}"))
    html, md = ((tmp_path / f"r.{form}").read_text("utf-8") for form in ("html", "md"))
    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"<script|<img[^>]*onerror|href=[\"']?javascript", html)
    assert not re.search(r"<[A-Za-z/!]", md)
    assert "](javascript" not in md


def test_replies_are_kept_without_what_cannot_be_kept(done: Lab) -> None:
    opened = Run.open(done.folder / "run")
    replies = opened.scores()["text"].dropna()
    assert len(replies) > 3
    for one in replies:
        one.encode("utf-8")
        assert not {"\x00", "\x1b", "\x9b"} & set(one)


def test_affectlab_analyses_its_own_export(done: Lab, called: Called, tmp_path: Path) -> None:
    assert called("export", str(done.folder / "run"), "--to", str(tmp_path / "export"))[0] == 0
    (scores,) = (tmp_path / "export").rglob("*scores*_data.csv")
    for table in (scores, tmp_path / "export" / "analysis" / "long.csv"):
        where = (
            "--where",
            "measure=mood",
            "--where",
            "scale=fear",
            "--where",
            "point=induced",
            "--where",
            "regulation=none",
        )
        columns = ("--outcome", "value", "--condition", "state", "--unit", "vignette")
        code, out, err = called("analyse", str(table), *columns, *where)
        assert code == 0, err
        assert "fear" in out


def test_a_model_whose_name_would_act_stands_under_one_that_does_not(tmp_path: Path) -> None:
    from affectlab.participants.registry import model_label

    assert model_label("a\x1b[2J\n.gguf") == "a\\u001b[2J\\u000a"
