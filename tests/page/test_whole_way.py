"""The whole way in Chromium, by clicks and keys alone: from an empty folder to two runs compared, and their files."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from affectlab.experiment import Experiment
from affectlab.page.process import RUNNING
from tests.page.browsing import READ, Person, launched, served

pytestmark = pytest.mark.browser
EVENT = (
    "The lift stops between two floors and the lamp goes out. You press every button and none of them answers. "
    "Somewhere above you a cable creaks, then the floor drops by the width of a hand and catches again. Your fingers "
    "hold the rail, your mouth is dry, and you count the seconds until the cabin moves again under you, slowly."
)
OTHER = (
    "The path along the cliff has broken away where you stand, and small stones roll over the edge and make no sound "
    "for a long while. You lean against the rock with your arms spread. The wind pulls at your coat, your knees shake, "
    "and the next step that would bring you back to the others is further than your leg can reach."
)
"""Two events of sixty words, give or take three."""
ABOUT = {"licence": "CC0-1.0", "source": "Own wording."}


@pytest.fixture(autouse=True)
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs are done by processes of this tree, with a cache of the test's own, and are over before the test is."""
    monkeypatch.setenv("AFFECTLAB_CACHE", str(tmp_path / "cache"))
    here = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (here / "held", here.parents[1] / "src"))))
    monkeypatch.setenv("HELD_UNTIL", str(tmp_path / "go"))
    yield
    for one in RUNNING:
        one.wait()
    RUNNING.clear()


@pytest.mark.parametrize(
    ("model", "replicates"),
    [("simulated", "8"), pytest.param("smollm2", "4", marks=[pytest.mark.long, pytest.mark.model])],
)
def test_a_study_is_written_checked_run_read_compared_and_exported(tmp_path: Path, model: str, replicates: str) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    with launched() as browser, served(folder) as address:
        person = Person(browser, address)
        write(person)
        assert (folder / "lifts.yaml").read_text("utf-8") == person.file
        assert Experiment.check(folder / "lifts.yaml").errors == []
        run(person, model, replicates, held=tmp_path / "go")
        read(person)
        run(person, "simulated:nothing", "")
        compare(person)
        export(person, tmp_path)
        person.close()


def write(person: Person) -> None:
    """From an empty folder: the study, a scale with a reversed item, two vignettes; a slip of the pen; a preview."""
    view = person.view
    person.follow("New study")
    person.write(
        {
            "id": "lifts",
            "title": "Do lifts frighten a model?",
            "tests": "Whether two events raise the ratings of fear.",
            "against": "A neutral text that raises them as much.",
        }
    )
    view.get_by_label("File name").fill("lifts")
    person.press("Save")
    view.wait_for_url("**/build/lifts.yaml")

    view.get_by_text("Own texts, scales and tasks").click()
    person.follow("instrument: rating")
    person.write({"id": "own-scale", "title": "Alarm, two items", **ABOUT, "options-to": "4", "minimum_coverage": "0"})
    person.write({"question": "How far is each true right now?", "items-0-id": "run", "items-0-text": "I could run"})
    person.write({"items-0-scale": "fear"})
    person.click("Add: Items")
    person.write({"items-1-id": "sit", "items-1-text": "I could sit still for an hour", "items-1-scale": "fear"})
    person.tick("items-1-reverse")
    view.get_by_text("No mistake found.").wait_for()
    person.click("Save")
    person.follow("lifts.yaml")

    view.get_by_text("Own texts, scales and tasks").click()
    person.follow("vignettes")
    person.write({"id": "imagery-fear", "title": "Two events", **ABOUT, "technique": "imagery", "state": "fear"})
    person.write({"texts-0-id": "own-lift", "texts-0-topic": "lift"})
    person.click("Add: moderate")
    # too short at first
    person.write({"texts-0-grades-moderate-text": "The lift stops."})
    assert "3 words" in view.locator(".msg").first.inner_text()
    person.write({"texts-0-grades-moderate-text": EVENT})
    person.click("Add: Vignettes")
    person.write({"texts-1-id": "own-cliff", "texts-1-topic": "cliff"})
    person.click("Add: moderate")
    person.write({"texts-1-grades-moderate-text": OTHER})
    view.get_by_text("No mistake found.").wait_for()
    person.click("Save")
    person.follow("lifts.yaml")

    # the study names them; a mistake in the file is shown at its field, and mended by a click
    person.tick("states-fear", "states-neutral", "measures-own-scale")
    person.write({"induction-texts": "2"})
    view.locator("#text").fill(person.file.replace("own-scale", "own-scal"))
    wrong = view.locator("#f-measures .msg")
    wrong.wait_for()
    assert "unknown instrument `own-scal`; did you mean `own-scale`?" in wrong.inner_text()
    person.settled()
    person.click("Use own-scale")
    view.get_by_text("No mistake found.").wait_for()
    view.locator("#cost dl").wait_for()

    # one session as it will be sent, before any model is loaded
    person.press("Show a session")
    view.locator("#previewed").get_by_text("The lift stops between two floors").wait_for()
    view.locator("#level-vignette").select_option("own-cliff")
    view.locator("#previewed").get_by_text("The path along the cliff").wait_for()
    person.click("Save")
    view.get_by_text("Saved: lifts.yaml").wait_for()


def run(person: Person, model: str, replicates: str, *, held: Path | None = None) -> None:
    """Run the study to its end; where it is held until a file is there, with a pause in between."""
    view = person.view
    if held is not None:
        person.follow("Run")
    else:
        person.follow("affectlab")
        view.get_by_role("link", name="Run lifts.yaml").click()
    view.get_by_label("Models names").fill(model)
    if replicates:
        view.get_by_text("Further options").click()
        view.get_by_label("Replicates").fill(replicates)
    person.press("Run it")
    if held is not None:
        person.press("Pause")
        view.get_by_text("interrupted", exact=True).first.wait_for()
        held.touch()
        person.press("Go on")
    view.get_by_text("complete", exact=True).wait_for()


def read(person: Person) -> None:
    """From a number to its answers and the text that was sent; and a conversation by a word in it."""
    view = person.view
    view.get_by_role("navigation", name="Views of this run").get_by_role("link", name="Results").click()
    view.wait_for_function(READ)
    view.get_by_role("heading", name="Findings", exact=True).wait_for()
    view.locator("summary", has_text="Every finding").first.click()
    view.locator('th a[href^="answers?"]:visible').first.click()
    view.get_by_role("link", name="text sent").first.click()
    view.get_by_role("heading", name="The text sent", exact=True).wait_for()

    person.follow("Results")
    view.get_by_role("navigation", name="Views of this run").get_by_role("link", name="Conversations").click()
    view.wait_for_url("**/conversations")
    view.keyboard.press("/")
    view.keyboard.type("creaks")
    view.keyboard.press("Enter")
    view.locator(".hits mark", has_text="creaks").first.wait_for()
    here = view.url
    view.locator("body").press("j")
    view.wait_for_url(lambda url: url != here)
    view.locator("[data-question]").first.click()
    view.get_by_text("outside the options", exact=True).first.wait_for()
    view.get_by_text("Beside another conversation").click()
    view.locator("details[open] ul a").first.click()
    view.get_by_role("heading", name="Two conversations beside each other").wait_for()


def compare(person: Person) -> None:
    """Both runs beside each other."""
    view = person.view
    person.follow("Compare")
    # a list of what is there waits for nothing
    view.wait_for_url("**/compare")
    for box in view.get_by_role("checkbox").all():
        box.check()
    person.press("Compare")
    view.get_by_role("heading", name="What tells the runs apart").wait_for()


def export(person: Person, folder: Path) -> None:
    """A run as plain files; and the other into the trash."""
    view = person.view
    person.follow("affectlab")
    view.get_by_label("Search studies and runs").fill("nothing")
    found = view.locator(".runs [data-row]", has_text="simulated-nothing")
    # the list may be seen before the script that narrows it is there
    view.locator(".runs [data-row]").filter(has_not_text="simulated-nothing").wait_for(state="hidden")
    found.locator(".menu summary").click()
    found.get_by_role("button", name="Move to trash").click()
    view.locator(".runs [data-row]").nth(1).wait_for(state="detached")
    view.locator(".runs [data-row] a").first.click()
    with view.expect_download() as given:
        person.follow("Everything as plain files")
    given.value.save_as(folder / "run.zip")
    with zipfile.ZipFile(folder / "run.zip") as packed:
        said = [packed.read(one).decode("utf-8", "replace") for one in packed.namelist()]
    assert any("a cable creaks" in one for one in said)
    assert view.locator(".menu").count() == 0
    person.follow("affectlab")
    view.wait_for_url(f"{person.address}/")
    assert view.locator(".runs [data-row]").count() == 1
