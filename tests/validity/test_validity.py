"""Each validity check finds the defect that was planted for it, and passes a participant without one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from typer.testing import CliRunner

from affectlab.cli.app import app
from affectlab.design.load import load_study
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.errors import DataError, InputError
from affectlab.materials.checks import Check, Statistic
from affectlab.participants.simulated import Simulated
from affectlab.requests import Answer, Request, Response
from affectlab.run import Run
from affectlab.session.count import added, count
from affectlab.validity import READINGS, Checked, CheckValue, Unmeasured, validity
from tests.conftest import Lab, planted, run
from tests.report.test_sentences import overclaims
from tests.test_catalogue_commands import Words

BROAD: dict[str, Any] = {
    "id": "broad",
    "version": 1,
    "title": "A study of which every check can be made",
    "tests": "The checks.",
    "against": "A defect that is not found.",
    "frames": ["human-plain"],
    "states": ["fear", "sadness", "neutral"],
    "induction": {"grades": ["mild", "severe"], "arms": ["induction-text", "demand-reversed"], "texts": 3},
    "stabilisation": None,
    "measures": ["affect-cloze", "ratings", "deq"],
    "measure_at": ["baseline", "induced"],
    "tasks": [{"task": "sentence-completion", "at": "induced", "generate": False}],
}
TRUTH: dict[str, Any] = {
    "shifts": {"fear": {"fear": 2.0, "anxiety": 1.0, "sadness": -0.5}, "sadness": {"sadness": 2.0, "fear": -0.5}},
    "grades": {"mild": 0.6, "severe": 1.4},
    "arms": {"demand-reversed": 0.8},
    "tasks": {"sentence-completion": {"sadness": 1.0, "fear": 0.1}},
    "points": 1.5,
    "noise": {"text": 0.2, "task": 0.1, "item": 0.1},
}
CLOZE, RATINGS, DEQ = ({"measures": [id], "tasks": []} for id in ("affect-cloze", "ratings", "deq"))


def study(folder: Path, **changes: Any) -> Study:
    """The broad study with some keys changed."""
    path = folder / "broad.yaml"
    path.write_text(yaml.safe_dump({**BROAD, **changes}, sort_keys=False), "utf-8")
    return load_study(path)


def checked(made: Run) -> dict[str, Checked]:
    return {one.id: one for one in validity(made)}


def simulate(loaded: Study, kind: type[Simulated] = Simulated, **truth: Any) -> Run:
    return run(loaded, kind(planted(**{**TRUTH, **truth}), loaded.catalogue, seed=5))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run in which every check can be made, on a participant without a defect."""
    return simulate(study(tmp_path_factory.mktemp("clean")))


def test_a_participant_without_a_defect_passes_every_check(clean: Run) -> None:
    found = checked(clean)
    assert len(found) >= 18
    assert {id: one.says for id, one in found.items() if one.verdict != "passes"} == {}


def defects() -> Iterator[Any]:
    """Per check, the defect that it is to find: what is planted, and the study on which it shows."""

    def one(check: str, changes: dict[str, Any], **truth: Any) -> Any:
        return pytest.param(check, changes, truth, id=check)

    answering = [
        ("acquiescence", CLOZE, {"agrees": 0.6}),
        ("carry-over", RATINGS, {"carries": 0.3}),
        ("drift", CLOZE, {"drifts": 0.05}),
        ("entropy", RATINGS, {"even": 0.98}),
        ("evaluation-awareness", CLOZE, {"holds": {"evaluation-awareness": 0.9}}),
        ("greedy", RATINGS, {"even": 0.6}),
        ("hypothesis-guessing", CLOZE, {"chooses": {"hypothesis-guessing": {"state": 0.8}}}),
        ("meaning-flip", CLOZE, {"agrees": -0.9}),
        ("option-labels", RATINGS, {"labels": 0.3}),
        ("option-order", RATINGS, {"order": -0.2}),
        ("paraphrase", CLOZE, {"wording": {"wording": -1.0}}),
        ("position-prior", CLOZE, {"chooses": {"position-prior": {"fourth": 0.7}}}),
        ("recitation", DEQ, {"chooses": {"recitation": {"next": 0.8}}}),
        ("refusals", RATINGS, {"refuses": {"fear": 0.3}}),
        ("reverse-keyed", CLOZE, {"agrees": 0.95}),
        ("scale-name", DEQ, {"chooses": {"scale-name": {"own": 0.9}}}),
        ("selective-coverage", RATINGS, {"coverage": {"fear": 0.6}}),
        ("coverage", RATINGS, {"coverage": {"fear": 0.1, "sadness": 0.1, "neutral": 0.1}}),
    ]
    for check, changes, how in answering:
        yield one(check, changes, answering=how)
    yield one("range-used", RATINGS, points=0.01)
    yield one("variance", RATINGS, noise={"text": 0.0, "item": 0.0})
    yield one("consistency", CLOZE, shifts={}, noise={"text": 0.1, "item": 2.0})
    yield one("split-half", CLOZE, shifts={}, noise={"text": 1.0})
    yield one("specificity", CLOZE, shifts={"fear": {"sadness": 2.0}, "sadness": {"fear": 2.0}})
    yield one("dose-response", CLOZE, grades={"mild": 1.4, "severe": 0.6})
    yield one("demand", CLOZE, arms={"demand-reversed": 0.1})
    yield one("report-behaviour", {"measures": ["affect-cloze"]}, tasks={"sentence-completion": {"sadness": -1.0}})


@pytest.mark.parametrize(("check", "changes", "truth"), list(defects()))
def test_each_check_finds_its_defect(
    check: str, changes: dict[str, Any], truth: dict[str, Any], tmp_path: Path
) -> None:
    made = simulate(study(tmp_path, **changes, validity=[check]), **truth)
    (found,) = validity(made)
    assert (found.verdict, found.id) == ("fails", check), found.says
    assert found.means
    assert found.says.endswith(".")


class Mixing(Simulated):
    """Half of its answers are drawn, the others read off."""

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for position, response in super().respond(requests):
            drawn = isinstance(response, Answer) and position % 2
            yield position, replace(response, obtained="sampled") if drawn else response  # type: ignore[type-var]


def test_answers_obtained_in_two_ways_are_found(tmp_path: Path) -> None:
    found = checked(simulate(study(tmp_path, **CLOZE, validity=["one-way-of-answering", "drift"]), kind=Mixing))
    assert (found["one-way-of-answering"].verdict, found["one-way-of-answering"].value) == ("fails", 1.0)
    # what is drawn differs by chance, which is no drift
    assert found["drift"].says.startswith("Not measurable: answers were drawn")


def test_a_run_that_is_not_one_run_is_found(tmp_path: Path) -> None:
    made = simulate(study(tmp_path, **CLOZE, validity=["sessions-complete", "identical-answers"]))
    made.store.query("DELETE FROM sessions WHERE id = 3 RETURNING id")
    made.store.incident("differs", "an answer")
    found = checked(made)
    assert found["sessions-complete"].verdict == "fails"
    assert found["identical-answers"].verdict == "fails"


def test_texts_that_give_it_away_are_found(lab: Lab) -> None:
    path = lab.materials / "inductions/scene/fear.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    for text in content["texts"]:
        said = f"{text['grades']['moderate']['text']} You are afraid, and then you stand there and look and look."
        text["grades"]["moderate"] = {"text": said, "words": len(said.split())}
    path.write_text(yaml.safe_dump(content), "utf-8")
    loaded = lab.load(validity=["length-matched", "unprimed"])
    found = checked(run(loaded, Simulated(planted(), loaded.catalogue)))
    assert found["length-matched"].verdict == "fails"
    assert found["unprimed"].verdict == "fails"
    assert "afraid" in found["unprimed"].says


def test_every_check_has_its_defect(clean: Run) -> None:
    tested = {str(one.id) for one in defects()}
    tested |= {"one-way-of-answering", "sessions-complete", "identical-answers", "length-matched", "unprimed"}
    assert tested == {check.id for check in clean.study.checks}


def test_every_statistic_is_read() -> None:
    assert set(READINGS) == set(get_args(Statistic))


def test_an_interval_that_reaches_beyond_the_threshold_is_borderline(clean: Run) -> None:
    check = next(one for one in clean.study.checks if one.id == "option-order")

    def verdict(value: float, low: float, high: float) -> str:
        return Checked(check, "a", CheckValue(value, "It moved.", low, high)).verdict

    assert verdict(0.05, 0.01, 0.09) == "passes"
    assert verdict(0.05, -0.01, 0.11) == "borderline"
    assert verdict(0.11, 0.09, 0.13) == "fails"
    assert verdict(0.05, math.nan, math.nan) == "passes"
    assert Checked(check, "a", Unmeasured("it was not asked")).verdict == "not measurable"


def test_values_are_those_that_were_planted(tmp_path: Path) -> None:
    made = simulate(
        study(tmp_path, **RATINGS),
        noise={},
        answering={
            "agrees": 0.4,
            "order": -0.2,
            "chooses": {"position-prior": {"second": 0.55}},
            "holds": {"evaluation-awareness": 0.7, "meaning-flip": 0.9},
        },
    )
    found = checked(made)
    assert found["option-order"].value == pytest.approx(0.2)
    assert found["position-prior"].value == pytest.approx(0.3)
    assert found["acquiescence"].value == pytest.approx(0.4)
    # what leans to yes in both of a pair cancels
    assert found["evaluation-awareness"].value == pytest.approx(0.5 + 0.6 * 0.2)
    assert found["meaning-flip"].value == pytest.approx(0.6 * 0.8)


def test_what_cannot_be_checked_says_why(lab: Lab) -> None:
    loaded = lab.load(validity="default")
    found = checked(run(loaded, Simulated(planted(), loaded.catalogue)))
    assert found["dose-response"].verdict == "not measurable"
    assert found["dose-response"].says == "Not measurable: there is one grade only."
    assert found["option-order"].says == "Not measurable: no measure names its scale in another order."
    assert all(math.isnan(one.value) for one in found.values() if one.verdict == "not measurable")


def test_of_a_finished_run_nothing_is_asked(tmp_path: Path) -> None:
    """Not even the sentinels, which every start of an unfinished one asks."""
    loaded = study(tmp_path, **CLOZE, validity=["drift"])
    truth = planted(**TRUTH)
    counts = [run(loaded, Simulated(truth, loaded.catalogue), tmp_path / "run").store.count() for _ in range(2)]
    assert counts[0] == counts[1]


def test_findings_do_not_hang_on_what_the_checks_ask(tmp_path: Path) -> None:
    asked, alone = (
        simulate(study(tmp_path, **RATINGS, validity=validity)).scores() for validity in ("default", "none")
    )
    assert asked.drop(columns="attempt").equals(alone.drop(columns="attempt"))


def test_no_check_says_more_than_was_measured(clean: Run) -> None:
    for one in validity(clean):
        assert not overclaims(f"{one.name} {one.says} {one.check.means}")


@pytest.mark.parametrize(("quick", "share"), [(False, 0.1), (True, 0.13)])
def test_the_checks_cost_about_a_tenth_of_dresden(quick: bool, share: float) -> None:
    plan = Plan.of(load_study("dresden", quick=quick))
    words = Words()
    more = added(plan, words)
    assert 0 < more.distinct_tokens < share * (count(plan, words).distinct_tokens - more.distinct_tokens)


def test_the_command_and_the_run_print_them(tmp_path: Path) -> None:
    loaded = study(tmp_path, **RATINGS)
    directory = tmp_path / "run"
    out = CliRunner().invoke(
        app,
        [
            "run",
            str(loaded.document.path if loaded.document else ""),
            "--model",
            "simulated",
            "--out",
            str(directory),
            "--json",
        ],
    )
    assert out.exit_code == 0, out.output
    kept = yaml.safe_load(out.stdout)["validity"]
    told = CliRunner().invoke(app, ["validity", str(directory), "--json"])
    assert yaml.safe_load(told.stdout) == kept
    assert {"check", "verdict", "value", "low", "high", "threshold", "source", "says"} <= set(kept[0])
    plain = CliRunner().invoke(app, ["validity", str(directory)]).stdout
    assert "Scale-direction" in plain, "the words of a cell may stand in several lines"
    assert max(map(len, plain.splitlines())) <= 100


def test_a_run_of_nothing_has_no_checks(tmp_path: Path) -> None:
    made = simulate(study(tmp_path, **CLOZE))
    made.store.query("DELETE FROM sessions RETURNING id")
    with pytest.raises(DataError, match="no session"):
        validity(made)
    assert validity(simulate(study(tmp_path, **CLOZE, validity="none"))) == []


MISTAKES = [
    ({"validity": ["option-ordr"]}, r"broad\.yaml:\d+: unknown check `option-ordr`"),
    ({"validity": ["carry-over"], **CLOZE}, r"broad\.yaml:\d+: `carry-over` cannot be checked here: no rating"),
    ({"validity": ["coverage", "coverage"]}, r"broad\.yaml:\d+: .*stands twice"),
    ({"validity": 3}, r"broad\.yaml:\d+: .*write `default`"),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_mistake_is_one_line_with_its_place(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message) as error:
        study(tmp_path, **changes)
    assert "\n" not in str(error.value)
    assert ";" in str(error.value)


QUESTION = {"id": "one", "pair": "one", "opening": "- Ice is cold:", "options": {"yes": " yes", "no": " no"}}
CHECK: dict[str, Any] = {
    "kind": "check",
    "id": "mine",
    "version": 1,
    "title": "A check of one's own",
    "licence": "Apache-2.0",
    "source": "None",
    "verified": "seen",
    "asks": "two statements",
    "statistic": "pair-difference",
    "reads": "their difference",
    "bound": "at least",
    "threshold": 0.2,
    "means": "Nothing.",
    "at": ["baseline"],
    "introduction": "Say yes or no.",
    "questions": [QUESTION, {**QUESTION, "id": "two", "side": "reversed", "opening": "- Ice is hot:"}],
}
SPOILT = [
    ({"statistic": "pair-sums"}, "statistic"),
    ({"questions": [QUESTION]}, "`one` has no counterpart that is reversed"),
    ({"questions": []}, "is read from pairs of questions"),
    ({"questions": [{**QUESTION, "opening": ""}]}, "`one` asks nothing"),
    ({"at": []}, "does not say when"),
    ({"threshold": "low"}, "threshold"),
]


@pytest.mark.parametrize(("changes", "message"), SPOILT)
def test_a_spoilt_check_is_one_line_with_its_place(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    own(tmp_path, **changes)
    with pytest.raises(InputError, match=message) as error:
        study(tmp_path, validity=["mine"])
    assert "mine.yaml:" in str(error.value)


def test_a_check_of_ones_own_is_asked_and_read(tmp_path: Path) -> None:
    own(tmp_path)
    (found,) = validity(simulate(study(tmp_path, **CLOZE, validity=["mine"]), answering={"holds": {"mine": 0.8}}))
    assert found.verdict == "passes"
    assert found.value == pytest.approx(0.6)


def own(folder: Path, **changes: Any) -> None:
    """Write a check beside the study."""
    file = folder / "materials/checks/mine.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump({**CHECK, **changes}, sort_keys=False), "utf-8")


def test_the_catalogue_in_the_docs_is_that_of_the_checks(clean: Run) -> None:
    text = (Path(__file__).parents[2] / "docs/reference/validity.md").read_text("utf-8")
    for check in clean.study.checks:
        assert row(check) in text, check.id


def row(check: Check) -> str:
    """The check's line in docs/reference/validity.md."""
    source = check.source.strip() + (" (recalled)" if check.verified == "recalled" else "")
    limit = f"{check.limit} ({check.convention})"
    return f"| `{check.id}`: {check.title} | {limit} | {check.asks} | {check.reads} | {source} |"


def test_each_model_is_checked_for_itself(tmp_path: Path) -> None:
    loaded = study(tmp_path, **CLOZE, validity=["position-prior"])
    leaning = {**TRUTH, "id": "leaning", "answering": {"chooses": {"position-prior": {"first": 0.9}}}}
    made = run(
        loaded,
        {
            "one": Simulated(planted(**TRUTH), loaded.catalogue),
            "other": Simulated(planted(**leaning), loaded.catalogue),
        },
    )
    assert [(found.name, found.verdict) for found in validity(made)] == [
        ("Position bias (one)", "passes"),
        ("Position bias (other)", "fails"),
    ]
