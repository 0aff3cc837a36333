"""What the tests share: a small laboratory of its own, and a participant with a planted truth."""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from affectlab.cli import main
from affectlab.design.load import load_study
from affectlab.design.study import Study
from affectlab.experiment import Experiment
from affectlab.materials.truth import Truth
from affectlab.participants.base import Participant
from affectlab.participants.simulated import Simulated
from affectlab.report import engine
from affectlab.requests import SessionRole
from affectlab.run import Run

collect_ignore = [
    *("execution/outside", "forms/outside", "importers/outside", "page/held", "report/outside"),
    *("execution/visited.py", "importers/imported_outside.py", "report/shown_outside.py"),
]
"""Packages outside the tree, which only the processes that they are installed for may see, and these programs."""

Called = Callable[..., tuple[int, str, str]]

HEAD = {"version": 1, "title": "For a test", "licence": "Apache-2.0", "source": "None"}
SCENES = {
    "fear": "A dog without a leash runs at you, teeth showing, and the gate behind you is locked",
    "sadness": "You fold the coat of an old friend for the last time and close the box on the bed",
    "neutral": "You wait for the kettle in the kitchen and sort the letters on the table by size",
}
STUDY: dict[str, Any] = {
    "id": "small",
    "version": 1,
    "title": "A small study",
    "tests": "The machinery.",
    "against": "A red test.",
    "seed": 7,
    "models": ["simulated"],
    "frames": ["plain"],
    "states": ["fear", "sadness", "neutral"],
    "induction": {"techniques": ["scene"], "grades": ["moderate"], "texts": 4},
    "stabilisation": None,
    "regulations": ["breathing", "reading", "none"],
    "measures": ["words"],
    "tasks": [{"task": "endings", "at": "stabilised"}],
    "validity": "none",
}


class Lab:
    """A folder with a study and its own materials, which a test may spoil."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.study = folder / "study.yaml"
        self.materials = folder / "materials"

    def write(self, path: Path | str, **content: Any) -> Path:
        """Write a material below ``materials/``."""
        file = self.materials / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")
        return file

    def rating(self, id: str, question: str, items: list[dict[str, Any]], **more: Any) -> Path:
        """Write an instrument whose items are rated, from 0 to 10 if nothing else is said."""
        common = {"kind": "instrument", "id": id, "form": "rating", "question": question, "minimum_coverage": 0.0}
        return self.write(
            f"instruments/{id}.yaml", **{**common, "options": {"from": 0, "to": 10}, "items": items, **HEAD, **more}
        )

    def study_with(self, **changes: Any) -> Path:
        """Write the study with some keys changed."""
        self.study.write_text(yaml.safe_dump({**STUDY, **changes}, sort_keys=False), "utf-8")
        return self.study

    def load(self, **changes: Any) -> Study:
        """The study with some keys changed."""
        return load_study(self.study_with(**changes))


def run(
    study: Study,
    participant: Participant | Mapping[str, Participant],
    out: Path | str | None = None,
    *,
    others: Mapping[SessionRole, Participant] | None = None,
    replicates: int | None = None,
) -> Run:
    """A study done by the service, with a participant or several by the names of their rows.

    Args:
        out: the run's directory; one that is gone when the run is if None.
    """
    models = participant if isinstance(participant, Mapping) else [participant]
    folder = tempfile.mkdtemp() if out is None else out
    experiment = Experiment(study, models=models, others=others, out=folder, replicates=replicates)
    for _ in experiment.run():
        pass
    done = experiment.results().run
    if out is None:
        weakref.finalize(done.store, shutil.rmtree, folder, ignore_errors=True)
    return done


class DrawnOnce:
    """The engine that draws figures, which draws the same figure once; the last thousand are kept."""

    def __init__(self, whole: Callable[[Any], Any]) -> None:
        self.whole = whole
        self._kept: dict[str, Any] = {}

    def __call__(self, asked: Any) -> Any:
        """A figure."""
        key = json.dumps(asked)
        if key not in self._kept:
            if len(self._kept) == 1000:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self.whole(asked)
        return self._kept[key]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)


class BlankEngine:
    """An engine that draws nothing."""

    over = ""

    def __call__(self, asked: Any) -> str:
        """An empty frame, or an empty file."""
        return '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" viewBox="0 0 9 9"></svg>'


@pytest.fixture(scope="session", autouse=True)
def drawn_once() -> Iterator[DrawnOnce]:
    """Tests share their figures: many reports are of the same run."""
    with pytest.MonkeyPatch.context() as changed:
        once = DrawnOnce(engine._ENGINE)
        changed.setattr(engine, "_ENGINE", once)
        yield once


@pytest.fixture
def blank_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are empty frames, for tests that look at everything else of a report."""
    monkeypatch.setattr(engine, "_ENGINE", BlankEngine())


@pytest.fixture
def drawn_anew(drawn_once: DrawnOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure is drawn, for tests of drawing itself."""
    monkeypatch.setattr(engine, "_ENGINE", drawn_once.whole)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A laboratory with two states, neutral, one technique and one control."""
    return laboratory(tmp_path)


def laboratory(folder: Path) -> Lab:
    """The laboratory of ``lab`` in a folder, for fixtures that several tests share."""
    made = Lab(folder)
    made.write(
        "inductions/scene/technique.yaml",
        kind="technique",
        id="scene",
        instruction="Picture the scene.",
        length={"words": 22, "tolerance": 0.2},
        **HEAD,
    )
    endings = ("this morning at home", "on a grey Monday", "in the late evening", "once more today")
    for state, scene in SCENES.items():
        texts = [
            {"id": f"{state}-{number}", "topic": state, "grades": {"moderate": _counted(f"{scene} {ending}.")}}
            for number, ending in enumerate(endings)
        ]
        made.write(
            f"inductions/scene/{state}.yaml",
            kind="induction",
            id=f"scene-{state}",
            technique="scene",
            state=state,
            texts=texts,
            **HEAD,
        )
    for id, role, text in (
        ("breathing", "technique", "Follow your breath as it goes in and out, and notice where it moves the body."),
        ("reading", "control", "Paper is made from wood that is cut, soaked in water, pressed flat and then dried."),
    ):
        made.write(
            f"regulations/any/{id}.yaml",
            kind="regulation",
            id=id,
            family="attention",
            technique=id,
            role=role,
            scripts=[{"id": f"{id}-1", **_counted(text)}],
            length={"words": 15, "tolerance": 0.1},
            **HEAD,
        )
    made.write("frames/plain.yaml", kind="frame", id="plain", announces=False, text="You take part in a study.", **HEAD)
    made.write("scripts/baseline.yaml", kind="script", id="baseline", text="We begin now.", reply="Okay.", **HEAD)
    made.write(
        "instruments/words.yaml",
        kind="instrument",
        id="words",
        form="cloze",
        question="Finish the line.",
        minimum_coverage=0.0,
        stems=[{"id": "now", "text": "Now I am"}, {"id": "today", "text": "Today I am"}],
        words={"fear": ["afraid", "scared"], "sadness": ["sad", "gloomy"]},
        **HEAD,
    )
    pairs = [("work", "My work is", "Her work is"), ("plans", "My plans are", "His plans are")]
    items = [
        {"id": f"{id}-{who}", "pair": id, "who": who, "domain": "future", "text": text}
        for id, own, others in pairs
        for who, text in (("self", own), ("other", others))
    ]
    made.write(
        "tasks/endings.yaml",
        kind="task",
        id="endings",
        form="completion",
        question="Finish the sentence.",
        minimum_coverage=0.0,
        items=items,
        words={"negative": ["drab", "shoddy"], "positive": ["dandy", "splendid"]},
        generation={"max_tokens": 5, "temperature": 1.0, "stop": ["."]},
        **HEAD,
    )
    made.study_with()
    return made


def _counted(text: str) -> dict[str, Any]:
    return {"words": len(text.split()), "text": text}


@pytest.fixture
def simulated() -> Callable[..., Simulated]:
    """Make a simulated participant for a study, with a planted truth."""

    def make(study: Study, *, seed: int = 0, **truth: Any) -> Simulated:
        return Simulated(planted(**truth), study.catalogue, seed=seed)

    return make


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Called:
    """Call the program; its exit code, what it printed, and what it complained of."""

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["affectlab", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return (int(end.value.code or 0), *capsys.readouterr())

    return call


def planted(**truth: Any) -> Truth:
    """A truth; without arguments, one in which nothing has an effect and nothing is noisy."""
    return Truth.model_validate({**HEAD, "kind": "truth", "id": "planted", **truth})
