"""What is done to a participant, and what is read from it, beside what is said and asked."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from affectlab.conversation import Conversation, Intervention
from affectlab.design.load import load_study
from affectlab.errors import CapabilityError
from affectlab.materials.instrument import Instrument
from affectlab.materials.tasks import Task
from affectlab.materials.truth import Truth
from affectlab.observations import Observation, Probe
from affectlab.participants.base import Capabilities, worded
from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.export import export
from affectlab.report.export.psychds import problems
from affectlab.report.sections.design import design
from affectlab.report.sections.methods import methods
from affectlab.requests import Answer, Ask, Read, Reading, Reply, Speak
from affectlab.run import Run
from affectlab.session import session
from affectlab.session.branch import Branch
from affectlab.store.store import Store
from tests.conftest import HEAD, Called, Lab, laboratory, planted, run

TOLD = Conversation.begin("System.").user("Hello.").assistant("Okay.")
STEERED = TOLD.intervened(Intervention("steering", "5c1d", 2.0)).user("How are you?")
QUANTITIES = ("layer 1", "layer 2")


class Closed(Simulated):
    """Reached by words alone."""

    capabilities = Capabilities(distribution=True, opening=True, seed=True, identical=True, context=0)


def looked(
    form: Instrument | Task, conversation: Conversation, point: str, seed: int, generated: Sequence[str] = ()
) -> Branch:
    """What is given is read from the participant after something was done to it."""
    read = Read(conversation.intervened(Intervention("steering", "5c1d", 1.0)), QUANTITIES)
    (response,) = yield [read]
    return [Observation(Probe(point, form, "now", "read", read), response)]


def test_a_dose_of_nothing_shares_every_request_with_no_link_at_all() -> None:
    none = TOLD.intervened(Intervention("steering", "5c1d", 0.0)).user("How are you?")
    plain = TOLD.user("How are you?")
    assert Ask(none, "I am", (" a",)).content == Ask(plain, "I am", (" a",)).content
    assert Read(none, QUANTITIES).content == Read(plain, QUANTITIES).content
    assert none.interventions == ()


def test_an_intervention_is_part_of_everything_after_it() -> None:
    other = TOLD.intervened(Intervention("steering", "5c1d", 1.0)).user("How are you?")
    said = TOLD.user("How are you?")
    assert len({said.id, other.id, STEERED.id}) == 3
    assert STEERED.turns[-1].text == "How are you?"
    assert STEERED.messages == said.messages
    assert [link.intervention is not None for link in STEERED.links] == [False, False, False, True, False]


def test_what_was_said_and_asked_before_keeps_its_identity() -> None:
    assert TOLD.id == "7816756f9296c8fefd1889894a62a8d5ebcfa480bf5791da223ae565bed73cc7"
    assert Ask(TOLD, "I am", (" a", " b")).content.startswith("1770446b92a9bfb70eacb5b7ffee123b")
    assert Speak(TOLD, 7).content.startswith("e50bec568dd89beda784904fc1592720")


def test_readings_and_interventions_come_back_as_they_were_kept(tmp_path: Path) -> None:
    store, reading = Store(tmp_path / "s.sqlite"), Reading((0.5, math.nan))
    store.keep("a", "p", Read(STEERED, QUANTITIES), reading, 0)
    store.close()
    again = Store(tmp_path / "s.sqlite")
    assert dict(again.responses()) == {"a": reading}
    assert again.turns(STEERED.id)[3] == ("intervention", "steering with 5c1d, dose 2")
    _, rows = again.query("SELECT text FROM turns WHERE role = 'intervention'")
    assert [Intervention.of(text) for (text,) in rows] == [Intervention("steering", "5c1d", 2.0)]


@pytest.mark.parametrize(
    ("request_", "name"), [(Read(TOLD, QUANTITIES), "reads"), (Ask(STEERED, "I am", (" a",)), "intervenes")]
)
def test_a_participant_that_only_words_reach_says_so(lab: Lab, request_: Ask | Read, name: str) -> None:
    with pytest.raises(CapabilityError, match=f"simulated lacks what the study requires: {name}"):
        worded(Closed(planted(), lab.load().catalogue), [request_])


def test_a_participant_with_a_truth_refuses_what_it_has_no_truth_for(lab: Lab) -> None:
    participant = Simulated(planted(), lab.load().catalogue)
    requests = [Read(TOLD, QUANTITIES), Ask(STEERED, "I am", (" a", " b")), Speak(STEERED, 7)]
    (_, reading), (_, answer), (_, reply) = participant.respond(requests)
    assert reading == Reading((math.nan, math.nan))
    assert isinstance(answer, Answer)
    assert (answer.coverage, answer.refused) == (0.0, 1.0)
    assert isinstance(reply, Reply)
    assert reply.finish == "refused"


def test_a_study_that_looks_inside_is_stopped_before_anything_is_asked(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "branched", looked)
    study = lab.load()
    with pytest.raises(CapabilityError, match=r"simulated lacks what the study requires: (reads|intervenes)"):
        run(study, Closed(planted(), study.catalogue), tmp_path / "run")
    assert not list(tmp_path.rglob("answers.sqlite"))
    with pytest.raises(CapabilityError, match=r"words.yaml:1: `words`: the truth `planted` has no material `5c1d`"):
        run(study, Simulated(planted(), study.catalogue), tmp_path / "run")
    done = run(study, Simulated(planted(doses={"5c1d": {}}), study.catalogue))
    assert {"reply"} == set(done.scores().query("measure == 'words'")["scale"])


DOSES = {"steer-none": 0.0, "steer-low": 1.0, "steer-high": 2.0}


def arm(lab: Lab, id: str, dose: float, **other: str) -> None:
    """Write a regulation that steers."""
    lab.write(
        f"regulations/any/{id}.yaml",
        kind="regulation",
        id=id,
        family="inside",
        technique=id,
        role="technique" if dose else "control",
        scripts=[{"id": f"{id}-1", "intervention": {"kind": "steering", "material": "5c1d", "dose": dose, **other}}],
        **HEAD,
    )


@pytest.fixture(scope="module")
def steered(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A study that steers in three doses beside a text and nothing, and someone whom a dose of 1 moves by -0.5."""
    lab = laboratory(tmp_path_factory.mktemp("steered"))
    for id, dose in DOSES.items():
        arm(lab, id, dose)
    truth = {"shifts": {"fear": {"fear": 2.0}}, "doses": {"5c1d": {"fear": -0.5}}}
    lab.write("truths/known.yaml", kind="truth", id="known", **truth, **HEAD)
    lab.study_with(regulations=["none", "reading", *DOSES], tasks=[], models=["simulated:known"])
    return lab


@pytest.fixture(scope="module")
def ran(steered: Lab) -> Run:
    study = load_study(steered.study)
    return run(study, Simulated(study.catalogue.get(Truth, "known"), study.catalogue), steered.folder / "ran")


def test_a_study_file_gives_interventions_and_their_doses_are_found_again(steered: Lab, called: Called) -> None:
    study, out = str(steered.study), str(steered.folder / "run")
    assert called("check", study)[0] == 0
    assert called("plan", study, "--model", "simulated:known")[0] == 0
    code, said, error = called("run", study, "--model", "simulated:known", "--out", out, "--json")
    assert code == 0, error
    found = {
        (one["regulation"], one["against"]): one["estimate"]
        for one in json.loads(said)["findings"]
        if (one["claim"], one["state"], one["measure"]) == ("regulation", "fear", "words")
    }
    doses = {"steer-low": -0.5, "steer-high": -1.0}
    assert found == {
        (id, control): pytest.approx(shift, abs=1e-9)
        for id, shift in doses.items()
        for control in ("none", "reading", "steer-none")
    }
    assert called("replay", out)[0] == 0
    assert called("report", out, "--format", "md")[0] == 0


def test_what_is_steered_with_no_dose_shares_every_answer_with_what_is_not_steered(ran: Run) -> None:
    keys = {
        id: list(part.sort_values(["state", "vignette", "point", "item"])["key"])
        for id, part in ran.scores().query("point == 'regulated'").groupby("regulation")
    }
    assert keys["steer-none"] == keys["none"]
    assert not set(keys["steer-low"]) & set(keys["none"])


def test_an_answer_under_an_intervention_is_traced_to_it(ran: Run, steered: Lab, called: Called) -> None:
    (key,) = ran.scores().query("regulation == 'steer-high' and point == 'regulated' and state == 'fear'")["key"][:1]
    told = called("trace", str(steered.folder / "ran"), key)[1]
    assert re.search(r"intervention:?\s+steering with 5c1d, dose 2\n", told)


def test_a_wording_that_neither_says_nor_does_anything_is_refused_at_its_line(lab: Lab, called: Called) -> None:
    lab.write(
        "regulations/any/idle.yaml",
        kind="regulation",
        id="idle",
        family="inside",
        technique="idle",
        role="technique",
        scripts=[{"id": "idle-1"}],
        **HEAD,
    )
    code, said, _ = called("check", str(lab.study_with(regulations=["none", "idle"])))
    assert code == 2
    assert "idle.yaml:7: `scripts.0`: neither `text` nor `intervention`; write what is said or what is done" in said


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (
            {"material": "5c1e"},
            "the truth `known` has no material `5c1e` under `doses:`; add it to the truth, or correct it; "
            "did you mean `5c1d`?",
        ),
        (
            {"kind": "steeering"},
            "the truth `known` has no kind `steeering` under `interventions:`; add it to the truth, or correct it; "
            "did you mean `steering`?",
        ),
    ],
)
def test_what_a_truth_says_nothing_of_is_refused_before_anything_is_asked(
    lab: Lab, called: Called, done: dict[str, str], said: str
) -> None:
    arm(lab, "steer-low", 1.0, **done)
    lab.write("truths/known.yaml", kind="truth", id="known", doses={"5c1d": {"fear": -0.5}}, **HEAD)
    study, out = str(lab.study_with(regulations=["none", "steer-low"])), lab.folder / "run"
    code, _, error = called("run", study, "--model", "simulated:known", "--out", str(out))
    assert code == 3
    assert error.endswith(f"steer-low.yaml:8: `steer-low`: {said}\n")
    assert error.count("\n") == 1
    assert not list(lab.folder.rglob("answers.sqlite"))


def test_check_and_plan_say_what_the_models_of_a_study_cannot_do(lab: Lab, called: Called) -> None:
    arm(lab, "steer-none", 0.0)
    arm(lab, "steer-low", 1.0)
    lab.write("truths/known.yaml", kind="truth", id="known", doses={"5c1e": {"fear": -0.5}}, **HEAD)
    models = ["smollm2", "simulated:known", "openai:any"]
    study = str(lab.study_with(regulations=["none", "steer-low", "steer-none"], models=models))
    place = str(lab.materials / "regulations" / "any" / "steer-low.yaml:8")
    lacks = "lacks what the study requires: intervenes; nothing but words reaches it"
    truth = "the truth `known` has no material `5c1d` under `doses:`"
    code, said, _ = called("check", study)
    assert code == 2
    for line, begin in zip(said.splitlines(), (f"smollm2 {lacks}", truth, f"openai-any {lacks}"), strict=True):
        assert line.startswith(f"{place}: `steer-low`: {begin}")
    planned = called("plan", study, "--model", "simulated:known")[1]
    whole = "".join(planned.split())
    assert "".join(f"A run would be refused: {place}: `steer-low`: {truth}".split()) in whole
    (unable,) = json.loads(called("plan", study, "--model", "smollm2", "--json")[1])["unable"]
    assert unable.startswith(f"{place}: `steer-low`: smollm2 {lacks}")
    lab.study_with(regulations=["none", "steer-none"], models=models)
    assert called("check", study)[0] == 0


@pytest.mark.parametrize(
    ("truth", "line", "said"),
    [
        ({"doses": {"5c1d": {"feer": -0.5}}}, 5, "unknown scale `feer`; did you mean `fear`?"),
        ({"shifts": {"fear": {"fear": 1.0, "sadnes": 0.5}}}, 6, "unknown scale `sadnes`; did you mean `sadness`?"),
        ({"shifts": {"feer": {"fear": 1.0}}}, 4, "unknown state `feer`; did you mean `fear`?"),
        ({"removes": {"breating": 0.5}}, 4, "unknown regulation `breating`; did you mean `breathing`?"),
        ({"prevents": {"breating": 0.5}}, 4, "unknown regulation `breating`; did you mean `breathing`?"),
        ({"prefers": {"breating": 0.5}}, 4, "unknown regulation `breating`; did you mean `breathing`?"),
        ({"arms": {"scrambeld": 0.5}}, 4, "unknown control `scrambeld`; did you mean `scrambled`?"),
        ({"tasks": {"ending": {"fear": 1.0}}}, 4, "unknown task `ending`; did you mean `endings`?"),
        ({"nulls": ["ending"]}, 4, "unknown task `ending`; did you mean `endings`?"),
        ({"agents": {"balloons": {"caution": 1.0}}}, 4, "unknown task `balloons`; did you mean `balloon`?"),
        ({"answering": {"holds": {"meaning-flop": 0.9}}}, 5, "unknown check `meaning-flop`; did you mean"),
    ],
)
def test_what_a_truth_names_that_there_is_not_is_told_by_check_and_run(
    lab: Lab, called: Called, truth: dict[str, object], line: int, said: str
) -> None:
    file = lab.write("truths/known.yaml", kind="truth", id="known", **truth, **HEAD)
    study = str(lab.study_with(models=["simulated:known"]))
    for command in ("check", "run"):
        code, shown, error = called(command, study, *(("--out", str(lab.folder / "run")) if command == "run" else ()))
        assert code == 2
        (told,) = (shown + error).splitlines()
        assert told.removeprefix("affectlab: ").startswith(f"{file}:{line}: {said}")


def test_names_are_not_doubted_where_a_measure_that_may_have_them_cannot_be_read(lab: Lab) -> None:
    lab.write("instruments/other.yaml", kind="instrument", id="other", form="cloze", **HEAD)
    lab.write("truths/known.yaml", kind="truth", id="known", shifts={"fear": {"of-the-other": 1.0}}, **HEAD)
    assert lab.load().catalogue.get(Truth, "known").shifts == {"fear": {"of-the-other": 1.0}}


def test_a_report_and_a_preregistration_say_what_is_done_in_an_arm(ran: Run, steered: Lab, called: Called) -> None:
    told = methods(Evidence.of(ran))[1]
    assert "steer low (steering with 5c1d, dose 1) and steer high (steering with 5c1d, dose 2)" in told
    assert "What is done to the participant is not said, and lasts to the end of the session." in told
    rows = dict(design(Evidence.of(ran)).rows)
    assert (
        "steer-none (control: steering with 5c1d, dose 0), steer-low (technique: steering with 5c1d, dose 1)"
        in (rows["regulation arms"])
    )
    beside = Lab(steered.folder)
    beside.study = steered.folder / "frozen.yaml"
    beside.study_with(
        regulations=["none", *DOSES],
        tasks=[],
        models=["simulated:known"],
        hypotheses={"h": "Fear falls."},
        smallest_effect={"words": 0.1},
    )
    code, frozen, error = called("freeze", str(beside.study), "--json", "--out", str(steered.folder / "own.yaml"))
    assert code == 0, error
    done = {"kind": "steering", "material": "5c1d"}
    assert json.loads(frozen)["interventions"] == {id: {**done, "dose": dose} for id, dose in DOSES.items()}


def test_methods_claim_no_measurement_where_nothing_was_measured(lab: Lab) -> None:
    study = lab.load(regulations=["none"], measure_at=["baseline", "induced"], tasks=[])
    told = methods(Evidence.of(run(study, Simulated(planted(), study.catalogue))))[1]
    assert "A session ran through baseline and induction, and was measured at baseline and induced." in told
    study = lab.load()
    evidence = Evidence.of(run(study, Simulated(planted(), study.catalogue)))
    assert "measured at baseline, induced, stabilised and regulated." in methods(evidence)[1]
    assert dict(design(evidence).rows)["measured at"] == "baseline, induced, stabilised and regulated"


def test_an_export_describes_what_was_said_and_done(ran: Run, tmp_path: Path) -> None:
    folder = export(ran, tmp_path / "export")
    with (folder / "documentation/codebook.csv").open(encoding="utf-8", newline="") as file:
        told = {row["variable"]: row for row in csv.DictReader(file) if row["table"] == "turns"}
    with (folder / "materials/turns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(told) == list(rows[0])
    assert {row["role"] for row in rows} <= set(told["role"]["levels"].split("; "))
    assert "kind, material and dose as a JSON array" in told["text"]["meaning"]
    done = {row["text"] for row in rows if row["role"] == "intervention"}
    assert sorted(map(json.loads, done)) == [["steering", "5c1d", 1.0], ["steering", "5c1d", 2.0]]
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert "materials/turns.csv" in [one["path"] for one in package["resources"]]
    assert problems(folder) == []


def test_a_replay_that_is_not_identical_says_where_in_at_most_twenty_lines(lab: Lab, called: Called) -> None:
    arm(lab, "steer-low", 1.0)
    lab.write("truths/known.yaml", kind="truth", id="known", doses={"5c1d": {"fear": -0.5}}, **HEAD)
    study, out = str(lab.study_with(regulations=["none", "steer-low"], tasks=[])), str(lab.folder / "run")
    assert called("run", study, "--model", "simulated:known", "--out", out)[0] == 0
    with closing(Run.open(out).store) as store:
        card = store.described("participants")
        card["simulated-known"]["truth"]["doses"] = {"5c1d": {"fear": 0.5}}
        store.describe("participants", card)
    code, said, _ = called("replay", out)
    *lines, more, count = said.splitlines()
    assert code == 1
    assert len(lines) == 20
    assert re.fullmatch(
        r"  session \d+, regulated, words, item now \(\w+, steer-low\): largest difference 0\.\d+, answer \w{12}",
        lines[0],
    )
    assert re.fullmatch(r"  and \d+ more, which --json has", more)
    found = json.loads(called("replay", out, "--json")[1])
    answers, numbers = len(found["differences"]), len(found["unlike"])
    assert f"not identical: {answers} of {found['answers']} answers, {numbers} of {found['numbers']} numbers" == count
    assert int(more.split()[1]) == answers + numbers - 20
    assert {one["regulation"] for one in found["differences"]} == {"steer-low"}
