"""A state of one's own, by YAML alone: induced, measured, regulated, and answered with a known effect."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import affectlab
from affectlab.design.check import file_mistakes
from affectlab.design.load import load_study
from affectlab.design.plan import Plan
from affectlab.design.preregistration import described_plan
from affectlab.design.steps import Say
from affectlab.errors import InputError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.state import State
from affectlab.materials.tasks import Task
from affectlab.materials.truth import Truth
from affectlab.participants.planted import planted as moved
from affectlab.participants.registry import participant
from affectlab.report.export import export
from affectlab.report.write import report
from affectlab.results.findings import Finding
from affectlab.results.summary import summarise
from affectlab.run import Run
from tests.conftest import HEAD, Called, Lab, laboratory, planted, run

SHIPPED = Catalogue()
SCENE = "You told a friend that you had posted the letter, and it lies in the drawer still"
ENDINGS = ("this morning at home", "on a grey Monday", "in the late evening", "once more today")
SHARE = 0.4
"""What the own regulation takes away of a state."""
GUILT: dict[str, Any] = {
    "kind": "state",
    "id": "guilt",
    **HEAD,
    "label": {"noun": "pangs of guilt", "adjective": "guilty"},
    "norms": {"valence": 2.29, "arousal": 4.48, "source": "Warriner, Kuperman and Brysbaert (2013)"},
    "words": ["guilt*", "culpab*"],
    "errors": ["endings"],
    "references": ["induction-overall-joseph-2020"],
}


def guilty(lab: Lab) -> Lab:
    """A laboratory to which guilt was added: the files that a researcher writes, and nothing else."""
    lab.write("states/guilt.yaml", **GUILT)
    texts = [
        {"id": f"guilt-{at}", "topic": "a letter", "grades": {"moderate": counted(f"{SCENE} {ending}.")}}
        for at, ending in enumerate(ENDINGS)
    ]
    lab.write(
        "inductions/scene/guilt.yaml",
        kind="induction",
        id="scene-guilt",
        technique="scene",
        state="guilt",
        texts=texts,
        **HEAD,
    )
    lab.rating(
        "conscience",
        "How is it right now, from 0 to 10?",
        subscales={
            "guilt": {"title": "Guilt", "state": "guilt"},
            "remorse": {"title": "Remorse", "state": "guilt"},
            "fear": {"title": "Fear", "state": "fear"},
        },
        items=[
            {"id": "blame", "text": "at fault", "scale": "guilt"},
            {"id": "undo", "text": "wanting to undo it", "scale": "remorse"},
            {"id": "danger", "text": "in danger", "scale": "fear"},
        ],
    )
    lab.write(
        "instruments/endings-of-guilt.yaml",
        kind="instrument",
        id="endings-of-guilt",
        form="cloze",
        question="Finish the sentence in one word.",
        minimum_coverage=0.0,
        stems=[{"id": "now", "text": "Right now I am"}],
        words={"guilt": ["guilty", "remorseful"], "fear": ["afraid", "scared"]},
        **HEAD,
    )
    amends = "You write down what you would say to the friend now, and when you will say it to them."
    lab.write(
        "regulations/any/amends.yaml",
        kind="regulation",
        id="amends",
        family="situation-modification",
        technique="amends",
        role="technique",
        scripts=[{"id": "amends-1", **counted(amends)}],
        length={"words": 18, "tolerance": 0.1},
        **HEAD,
    )
    lab.write(
        "truths/own.yaml",
        kind="truth",
        id="own",
        unnamed="default",
        shifts={"fear": {"fear": 1.0}},
        removes={"amends": SHARE},
        noise={"text": 0.1, "item": 0.02},
        points=1.25,
        **HEAD,
    )
    lab.study_with(
        states=["guilt", "fear", "neutral"],
        models=["simulated:own"],
        regulations=["amends", "reading", "none"],
        measures=["endings-of-guilt", "conscience"],
        smallest_effect={"conscience": 0.5},
        induction={
            "techniques": ["scene"],
            "grades": ["moderate"],
            "texts": 4,
            "arms": ["induction-text", "sham"],
            "control_measures": ["conscience"],
        },
    )
    return lab


def counted(text: str) -> dict[str, Any]:
    return {"words": len(text.split()), "text": text}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return guilty(laboratory(tmp_path_factory.mktemp("guilt")))


@pytest.fixture(scope="module")
def done(folder: Lab) -> Run:
    study = load_study(folder.study)
    return run(study, participant("simulated:own", study.catalogue, seed=study.seed), folder.folder / "run")


@pytest.fixture(scope="module")
def findings(done: Run) -> tuple[Finding, ...]:
    return summarise(done).findings


def one(found: tuple[Finding, ...], **wanted: Any) -> Finding:
    (match,) = [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]
    return match


class TestAnEighthState:
    def test_nothing_is_wrong_with_it(self, folder: Lab) -> None:
        assert [str(error) for error in file_mistakes(folder.study)] == []

    def test_it_is_listed_and_shown_beside_the_others(self, folder: Lab, called: Called) -> None:
        code, printed, _ = called("list", "states", "--study", str(folder.study), "--json")
        assert code == 0
        assert [row["id"] for row in json.loads(printed)][-2:] == ["neutral", "guilt"]
        code, printed, _ = called("show", "state", "guilt", "--study", str(folder.study))
        assert code == 0
        assert "adjective: guilty" in printed

    def test_it_is_planned_and_preregistered(self, folder: Lab, called: Called) -> None:
        code, printed, _ = called("plan", str(folder.study), "--json")
        assert code == 0
        assert json.loads(printed)["plan_hash"]
        assert described_plan(Plan.of(load_study(folder.study)))["states"] == ["guilt", "fear", "neutral"]

    @pytest.mark.parametrize(("measure", "shift"), [("endings-of-guilt", 2.0), ("conscience", 2.0 * 1.25)])
    def test_its_scale_moves_by_what_is_planted(
        self, measure: str, shift: float, findings: tuple[Finding, ...]
    ) -> None:
        induced = one(findings, claim="induction", state="guilt", measure=measure, against="neutral")
        assert induced.estimate == pytest.approx(shift, abs=0.35)
        assert induced.low > 0.0
        assert induced.largest

    def test_a_state_that_the_truth_names_moves_as_the_truth_says(self, findings: tuple[Finding, ...]) -> None:
        induced = one(findings, claim="induction", state="fear", measure="conscience", against="neutral")
        assert induced.estimate == pytest.approx(1.25, abs=0.35)

    def test_the_own_regulation_takes_its_share_of_it(self, findings: tuple[Finding, ...]) -> None:
        lowered = one(findings, claim="regulation", state="guilt", measure="conscience", against="none")
        assert lowered.estimate == pytest.approx(-SHARE * 2.0 * 1.25, abs=0.35)

    def test_people_in_it_err_in_the_task_that_its_file_names(self, findings: tuple[Finding, ...]) -> None:
        assert one(findings, claim="error", state="guilt").estimate == pytest.approx(0.8, abs=0.25)

    def test_another_scale_that_belongs_to_it_moves_with_it(self, done: Run) -> None:
        scores = done.scores()
        rows = scores[
            (scores["scale"] == "remorse") & (scores["arm"] == "induction-text") & (scores["point"] == "induced")
        ]
        means = rows.groupby("state", observed=True)["value"].mean()
        assert means["guilt"] - means["neutral"] == pytest.approx(2.0 * 1.25, abs=0.35)

    def test_its_word_alone_is_the_adjective_of_its_file(self, folder: Lab) -> None:
        procedures = Plan.of(load_study(folder.study)).procedures()
        said = {step.text for procedure, _ in procedures for step in procedure.steps if isinstance(step, Say)}
        assert {"You are guilty.", "You are afraid."} <= said

    def test_power_is_told_of_it(self, folder: Lab, done: Run, called: Called) -> None:
        code, printed, _ = called(
            "power", str(folder.study), "--from", str(folder.folder / "run"), "--draws", "100", "--json"
        )
        assert code == 0
        assert {row["measure"] for row in json.loads(printed)["power"]} >= {"conscience"}

    @pytest.mark.parametrize("form", ["html", "md", "json"])
    def test_it_is_in_the_report(self, form: str, done: Run, tmp_path: Path) -> None:
        text = report(done, tmp_path / f"report.{form}", form=form).read_text("utf-8")
        assert "guilt" in text
        assert "pangs of guilt" in text

    def test_a_run_keeps_it_as_it_was(self, done: Run, folder: Lab, tmp_path: Path) -> None:
        before = report(done, tmp_path / "before.md", form="md").read_bytes()
        shutil.copytree(folder.folder / "run", tmp_path / "run")
        found = report(Run.open(tmp_path / "run"), tmp_path / "after.md", form="md").read_bytes()
        assert found == before, "nothing lies beside it any more"

    def test_its_file_goes_with_the_export(self, done: Run, folder: Lab, tmp_path: Path) -> None:
        copied = export(done, tmp_path / "data") / "materials" / "states"
        assert (copied / "guilt.yaml").read_text("utf-8") == (folder.materials / "states/guilt.yaml").read_text("utf-8")
        assert sorted(path.stem for path in copied.iterdir()) == ["fear", "guilt", "neutral"]


MISTAKES: list[tuple[str, Callable[[Lab], Path], str]] = [
    (
        "a study with a state that no file names",
        lambda lab: lab.study_with(states=["gilt", "neutral"]),
        r"study\.yaml:\d+: unknown state `gilt`; did you mean `guilt`\?",
    ),
    (
        "a state without texts, its id of two words",
        lambda lab: (
            lab.write("states/moral-disgust.yaml", **{**GUILT, "id": "moral-disgust"}),
            lab.study_with(states=["moral-disgust", "neutral"]),
        )[1],
        r"study\.yaml:\d+: the technique `scene` has no texts for `moral-disgust`; add .+",
    ),
    (
        "texts for one",
        lambda lab: lab.write(
            "inductions/scene/fear.yaml",
            kind="induction",
            id="scene-fear",
            technique="scene",
            state="feer",
            texts=[{"id": "fear-0", "topic": "x", "grades": {"moderate": counted(f"{SCENE} today.")}}],
            **HEAD,
        ),
        r"fear\.yaml:\d+: unknown state `feer`; did you mean `fear`\?",
    ),
    (
        "a truth for one",
        lambda lab: lab.write("truths/own.yaml", kind="truth", id="own", shifts={"gilt": {"guilt": 1.0}}, **HEAD),
        r"own\.yaml:\d+: unknown state `gilt`; did you mean `guilt`\?",
    ),
    (
        "a scale of one",
        lambda lab: lab.rating(
            "conscience",
            "How is it?",
            [{"id": "blame", "text": "at fault", "scale": "guilt"}],
            subscales={"guilt": {"title": "Guilt", "state": "gilt"}},
        ),
        r"conscience\.yaml:\d+: unknown state `gilt`; did you mean `guilt`\?",
    ),
    (
        "two states with one label",
        lambda lab: lab.write(
            "states/remorse.yaml",
            **{**GUILT, "id": "remorse", "errors": [], "label": {"noun": "Pangs of guilt", "adjective": "sorry"}},
        ),
        r"remorse\.yaml:\d+: `pangs of guilt` is the noun of `guilt` too.*; give each state its own label",
    ),
    (
        "a second neutral condition",
        lambda lab: lab.write("states/guilt.yaml", **{**GUILT, "role": "neutral"}),
        r"guilt\.yaml:\d+: `role`: the neutral condition is `neutral`.*; give this another id or role",
    ),
    (
        "an error in a task that there is not",
        lambda lab: lab.write("states/guilt.yaml", **{**GUILT, "errors": ["endigns"]}),
        r"guilt\.yaml:\d+: unknown task `endigns`; did you mean `endings`\?",
    ),
    (
        "a scale that an instrument has not",
        lambda lab: lab.write("states/guilt.yaml", **{**GUILT, "scales": {"deq": ["guild"]}}),
        r"guilt\.yaml:\d+: `deq` has no scale `guild`; it has anger",
    ),
    (
        "an entry that the references have not",
        lambda lab: lab.write("states/guilt.yaml", **{**GUILT, "references": ["nobody-1900"]}),
        r"guilt\.yaml:\d+: no entry of the references is called `nobody-1900`; .+",
    ),
    (
        "a norm off its scale",
        lambda lab: lab.write(
            "states/guilt.yaml", **{**GUILT, "norms": {"valence": 0.2, "arousal": 4.0, "source": "x"}}
        ),
        r"guilt\.yaml:\d+: `norms\.valence` is 0\.2, and must be at least 1",
    ),
    (
        "a text that names it",
        lambda lab: lab.write(
            "inductions/scene/guilt.yaml",
            kind="induction",
            id="scene-guilt",
            technique="scene",
            state="guilt",
            texts=[
                {"id": f"guilt-{at}", "topic": "x", "grades": {"moderate": counted(f"{SCENE}, culpable, {ending}.")}}
                for at, ending in enumerate(ENDINGS)
            ],
            **HEAD,
        ),
        r"guilt\.yaml:\d+: contains `culpable`, which names the state `guilt`; .+",
    ),
]


@pytest.mark.parametrize(("spoil", "says"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_one_line_with_its_place_and_a_remedy(lab: Lab, spoil: Callable[[Lab], Path], says: str) -> None:
    spoil(guilty(lab))
    found = [str(error) for error in file_mistakes(lab.study)]
    assert any(re.search(says, line) for line in found), found


def test_a_truth_file_that_names_an_unknown_state_is_refused(lab: Lab) -> None:
    path = lab.write("truths/own.yaml", kind="truth", id="own", answering={"refuses": {"envy": 0.5}}, **HEAD)
    with pytest.raises(InputError, match=r"own\.yaml:\d+: unknown state `envy`"):
        participant(f"simulated:{path}", Catalogue())


class TestWhatIsPlanted:
    @pytest.mark.parametrize("id", [one.id for one in SHIPPED.all(Truth) if one.unnamed == "default"])
    def test_a_truth_with_defaults_names_every_shipped_state_and_task(self, id: str) -> None:
        truth = SHIPPED.get(Truth, id)
        assert set(truth.shifts) == {state.id for state in SHIPPED.states if not state.neutral}
        assert {*truth.tasks, *truth.nulls} == set(SHIPPED.ids(Task))

    def test_where_a_truth_says_nothing_nothing_moves(self, folder: Lab) -> None:
        catalogue = load_study(folder.study).catalogue
        assert moved(planted(), catalogue, "guilt") == {}
        assert moved(SHIPPED.get(Truth, "nothing"), catalogue, "guilt") == {}

    def test_a_truth_of_the_laboratory_answers_an_own_state_and_an_own_task(self, folder: Lab) -> None:
        catalogue = load_study(folder.study).catalogue
        sensible = catalogue.get(Truth, "sensible")
        assert moved(sensible, catalogue, "guilt") == {"guilt": 2.0, "remorse": 2.0, "endings": 0.8}
        assert moved(sensible, catalogue, "sadness")["endings"] == 0.8, "a task without states is for all"
        assert moved(sensible, catalogue, "neutral") == {}

    def test_a_state_may_plant_its_own_effect(self, lab: Lab) -> None:
        lab.write("states/guilt.yaml", **{**GUILT, "planted": {"scale": 1.5, "task": -0.4}})
        found = moved(SHIPPED.get(Truth, "sensible"), Catalogue([lab.materials]), "guilt")
        assert found == {"guilt": 1.5, "endings": -0.4}


def test_human_effects_are_looked_for_in_the_states_that_bear_on_them(folder: Lab) -> None:
    catalogue = load_study(folder.study).catalogue
    entries = {entry.id: entry for entry in catalogue.references}
    everything = tuple(state.id for state in catalogue.states if not state.neutral)
    assert everything[-1] == "guilt"
    assert entries["induction-overall-joseph-2020"].among(catalogue.states) == everything
    named = next(entry for entry in entries.values() if entry.state == "fear")
    assert named.among(catalogue.states) == ("fear",)
    other = named.model_copy(update={"state": "joy", "id": GUILT["references"][0]})
    assert other.among(catalogue.states) == ("guilt",), "its own file names the entry"
    assert other.among(SHIPPED.states) == ()


def test_the_shipped_states_are_listed_in_their_order() -> None:
    assert [state.id for state in SHIPPED.states][-1] == "neutral"
    assert [state.order for state in SHIPPED.states] == list(range(1, 9))
    assert all(state.norms is not None for state in SHIPPED.states)


def test_no_module_holds_a_list_of_the_states() -> None:
    known = set(SHIPPED.ids(State))
    kept: list[str] = []
    for path in sorted(Path(affectlab.__file__).parent.rglob("*.py")):
        if "importers" in path.parts:  # the names of another laboratory's folders
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            held = [part.value for part in ast.iter_child_nodes(node) if isinstance(part, ast.Constant)]
            states = [value for value in held if value in known]
            if len(states) > 2 and len(states) * 2 > len(held):
                kept.append(f"{path.name}:{getattr(node, 'lineno', 0)}")
    assert kept == []


def test_the_files_of_the_page_are_a_study(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "states.md").read_text("utf-8")
    for place, content in re.findall(r"```yaml\n# (\S+)\n(.+?)```", page, re.DOTALL):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    assert [str(error) for error in file_mistakes(tmp_path / "my-study.yaml")] == []
    study = load_study(tmp_path / "my-study.yaml")
    found = summarise(run(study, participant("simulated", study.catalogue, seed=study.seed))).findings
    for measure, shift in (("conscience", 3.0), ("conscience-cloze", 2.0)):
        induced = one(found, claim="induction", state="guilt", measure=measure, against="neutral")
        assert induced.estimate == pytest.approx(shift, abs=1.0)
    assert [name for name in State.model_fields if f"`{name}`" not in page and f"{name}:" not in page] == []
