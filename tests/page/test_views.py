"""Every view of a run and of the folder: there is something to read, and what others wrote is text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from affectlab.experiment import standing
from affectlab.page.folder import Folder, NotThereError, name_of, path_of
from affectlab.run import STORE
from affectlab.store.lock import Lock, holder
from tests.conftest import Lab, laboratory
from tests.page.conftest import Browser, opened
from tests.records.conftest import copied, finished
from tests.test_hostile import TITLE, done
from tests.test_shown import ACTING

__all__ = ["copied", "done", "finished"]

VIEWS = (
    "/",
    "/going",
    "/runs/run",
    "/runs/run/headline",
    "/runs/run/results",
    "/runs/run/results/opening",
    "/runs/run/results/rest",
    "/runs/run/conversations",
    "/runs/run/conversations?words=fear",
    "/runs/run/conversations?state=fear&point=induced&coverage=100",
    "/runs/run/conversations/0",
    "/runs/run/conversations/0/beside/run/1",
    "/runs/run/answers/1",
    "/compare",
    "/compare?run=run&run=run",
    "/compare/sections?run=run&run=run",
    "/begin/study",
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFFECTLAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(copied: Lab) -> Path:
    """A folder with a study and its run."""
    return copied.folder


def addresses(text: str) -> Iterator[str]:
    """Every address of ours to which a view leads."""
    for found in re.findall(r'(?:href|hx-get|data-events)="([^"#]+)', text):
        if found.startswith("/") and "/events" not in found:
            yield found.replace("&amp;", "&")


def test_every_view_is_there_and_leads_somewhere(finished: Path) -> None:
    page = opened(finished)
    leads: set[str] = set()
    for view in (one.replace("/begin/study", "/begin/" + next(iter(Folder.at(finished).studies()))) for one in VIEWS):
        answer = page.get(view)
        assert answer.status_code == 200, (view, answer.text[-500:])
        if answer.text.startswith("<!DOCTYPE"):
            assert answer.text.count("<h1") == 1, view
            assert 'href="/"' in answer.text, view
        leads |= set(addresses(answer.text))
    kinds = {re.sub(r"\d+", "0", one.partition("?")[0]): one for one in leads if not one.startswith("/build")}
    wrong = {one for one in kinds.values() if page.get(one).status_code != 200}
    assert wrong == set()


def test_every_number_leads_to_its_answers_and_every_answer_to_its_text(finished: Path) -> None:
    page = opened(finished)
    shown = page.get("/runs/run/results/opening").text + page.get("/runs/run/results/rest").text
    contrasts = re.findall(r'href="answers\?contrast=([^"]+)"', shown)
    assert len(contrasts) > 5
    for one in sorted(set(contrasts))[:5]:
        answers = page.get(f"/runs/run/answers?contrast={one}").text
        (first, *_) = re.findall(r'href="(/runs/run/answers/\d+)"', answers)
        assert page.get(first).status_code == 200


def test_a_figure_of_what_is_chosen_has_its_rows_its_drawing_and_its_link(finished: Path) -> None:
    page = opened(finished)
    shown = page.get("/runs/run/results/rest").text
    (heat, *_) = re.findall(r'href="(figures/heat-map-mood[^".]*)"', shown)
    (forest, *_) = re.findall(r'href="(figures/induction-mood[^".]*)"', shown)
    whole = page.get(f"/runs/run/{heat}").text
    assert re.findall(r'name="state" value="(\w+)" checked', whole) == ["fear", "sadness"]
    part = page.get(f"/runs/run/{heat}?state=fear&scale=fear&scale=sadness").text
    assert "Shown here" in part
    assert re.findall(r'name="state" value="(\w+)" checked', part) == ["fear"]
    (drawing,) = re.findall(r'href="([^"]+\.svg\?state=fear)" download', part)
    assert re.findall(r'href="([^"?]+)\?state=fear">Link', part) == [heat.removeprefix("figures/")]
    svg = page.get(f"/runs/run/figures/{drawing}").text
    assert svg.startswith("<svg")
    assert len(svg) < len(page.get(f"/runs/run/{heat}.svg").text)
    # its numbers lead to their answers
    (leads, *_) = re.findall(r'href="\.\./(answers\?contrast=[^"]+)"', page.get(f"/runs/run/{forest}").text)
    assert page.get(f"/runs/run/{leads}").status_code == 200
    assert page.get("/runs/run/figures/no-such-figure").status_code == 404


def test_findings_of_a_preregistered_run_are_hidden_until_somebody_asks(folder: Path) -> None:
    from affectlab.store.store import Store

    page, store = opened(folder), Store(folder / "run" / STORE)
    store.describe("preregistration", {"frozen": True})
    store.describe("sessions", store.described("sessions") + 1)
    store.close()
    addresses = ("results/opening", "results/rest", "report.html", "figures/coverage", "export.zip", "answers/1")
    addresses += ("conversations/0/questions/1", "conversations/0/beside/run/1")
    hidden = [page.get(f"/runs/run/{one}") for one in addresses] + [page.get("/compare/sections?run=run&run=run")]
    assert [one.status_code for one in hidden] == [400] * len(hidden)
    assert "Findings are hidden" in page.get("/runs/run/headline").text
    filters = ("", "/0", "?words=fear", "?coverage=50", "?refused=1")
    for view in ("/runs/run", "/runs/run/results", *(f"/runs/run/conversations{one}" for one in filters)):
        text = page.get(view).text
        assert "What was answered in it is hidden" in text, view
        assert not any(one in text for one in ("results/opening", "data-question", "data-conversations")), view
    study = {"kind": "study", "text": (folder / "study.yaml").read_text("utf-8"), "run": "run"}
    assert "is hidden until" in page.post("/build/power", data=study).text
    shown = page.post("/runs/run/look").text
    assert "was looked at before its end" in shown
    (question, *_) = re.findall(
        r'hx-get="(/runs/run/conversations/0/questions/\d+)"', page.get("/runs/run/conversations").text
    )
    for view in ("/runs/run/results/opening", "/runs/run/answers/1", question):
        assert page.get(view).status_code == 200, view
    assert "is hidden until" not in page.post("/build/power", data=study).text
    assert len((folder / "run" / "looks.jsonl").read_text().splitlines()) == 1


def test_titles_replies_ids_and_labels_are_text(done: Lab) -> None:
    page = opened(done.folder)
    for view in (one for one in VIEWS[:-1] if "compare/" not in one):
        text = page.get(view).text
        assert ACTING.search(text.replace("\r", "")) is None, view
        assert not re.search(r"<script(?! src=)|<img|onerror=[^&]*>|href=[\"']?javascript", text), view
    assert "&lt;script&gt;alert(1)" in page.get("/").text
    assert TITLE not in page.get("/runs/run").text


@pytest.mark.parametrize(
    "name", ["%2e%2e", "..~1..~1etc", "~1etc~1passwd", "%2e%2e%2f", "..%5c..", "run~1..~1x", "%00", "a" * 5000, "link"]
)
def test_names_lead_nowhere_outside(folder: Path, name: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(folder / "run", outside)
    (folder / "link").symlink_to(outside)
    page = opened(folder)
    for view in ("", "/results", "/conversations", "/report.html"):
        assert page.get(f"/runs/{name}{view}").status_code in (400, 404)
    assert page.post(f"/trash/{name}").status_code in (400, 404)
    assert (outside / STORE).exists()
    assert "link" not in Folder.at(folder).runs()


def test_names_in_addresses_come_back() -> None:
    for path in ("a", "a/b", "a~b", "a~1b", "~", "a/~0/b"):
        assert path_of(name_of(Path(path))) == path


def test_a_run_is_renamed_noted_and_thrown_away(folder: Path) -> None:
    page = opened(folder)
    page.post("/runs/run/notes", data={"notes": "look at <b>fear</b>"})
    page.post("/rename/run", data={"to": "second try"})
    assert (folder / "second try" / STORE).exists()
    home = page.get("/").text
    assert "look at &lt;b&gt;fear" in home
    for wrong in ("", "../x", "a/b", ".hidden", "x" * 200):
        assert page.post("/rename/second try", data={"to": wrong}).status_code == 400
    page.post("/trash/second try")
    assert (folder / "trash" / "second try" / STORE).exists()
    assert Folder.at(folder).runs() == []


def test_what_is_shipped_stays(folder: Path) -> None:
    page = opened(folder)
    assert page.post("/trash/dresden").status_code == 400
    assert page.post("/rename/dresden", data={"to": "mine"}).status_code == 400


def test_a_run_that_somebody_writes_is_going_on_and_cannot_be_moved(folder: Path) -> None:
    assert standing(folder / "run").state == "complete"
    lock = Lock(folder / "run" / STORE)
    lock.take()
    try:
        who = holder(folder / "run" / STORE)
        assert who is not None
        assert who.here
        assert standing(folder / "run").state == "running"
        assert opened(folder).post("/trash/run").status_code == 400
    finally:
        lock.give_back()
    assert holder(folder / "run" / STORE) is None


def test_a_damaged_run_is_told_and_hides_no_other(folder: Path) -> None:
    (folder / "spoiled").mkdir()
    (folder / "spoiled" / STORE).write_text("no database")
    page = opened(folder)
    assert "spoiled" in page.get("/").text
    assert page.get("/runs/spoiled").status_code == 400
    assert page.get("/runs/run").status_code == 200


def test_an_empty_folder_says_what_to_do(page: Browser) -> None:
    assert "No study has been run" in page.get("/").text
    assert "Two runs are needed" in page.get("/compare").text


def test_the_page_speaks_german(page: Browser) -> None:
    german = page.get("/", headers={"accept-language": "de-AT,de;q=0.9"}).text
    assert '<html lang="de">' in german
    assert "Durchläufe" in german
    page.post("/language", data={"language": "de"})
    assert "Durchläufe" in page.get("/").text


def test_files_are_given(finished: Path) -> None:
    page = opened(finished)
    report = page.get("/runs/run/report.html")
    assert "attachment" in report.headers["content-disposition"]
    assert page.get("/runs/run/export.zip").content[:2] == b"PK"
    figure = re.findall(r'href="(figures/[^"]+\.svg)"', page.get("/runs/run/results/rest").text)[0]
    assert page.get(f"/runs/run/{figure}").text.startswith("<svg")


def test_no_key_reaches_the_page(finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = opened(finished)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-that-nobody-may-see")
    views = [*(one for one in VIEWS[:-1] if "compare/" not in one), "/begin/dresden"]
    assert not any("sk-a-key" in page.get(view).text for view in views)

    lab = laboratory(tmp_path / "remote")
    lab.study_with(models=["openai:gpt"])
    begin = "/begin/study.yaml"
    assert "its key is set" in opened(lab.folder).get(begin).text
    monkeypatch.delenv("OPENAI_API_KEY")
    assert "its key is not set" in opened(lab.folder).get(begin).text


def test_the_laboratory_is_what_the_fixture_says(tmp_path: Path) -> None:
    """A folder's studies are found by what they say, and materials are none."""
    lab = laboratory(tmp_path)
    assert [path_of(one) for one in Folder.at(lab.folder).studies()] == [lab.study.relative_to(lab.folder).as_posix()]
    with pytest.raises(NotThereError):
        Folder.at(lab.folder).study("materials~1states~1fear.yaml")
