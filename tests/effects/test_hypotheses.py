"""Hypotheses of a study file: what is wrong with one is said, and what was planted decides the verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats as distributions

from affectlab.design.check import file_mistakes
from affectlab.design.load import load_study, shipped
from affectlab.design.plan import Plan
from affectlab.design.preregistration import freeze, load, write
from affectlab.effects.judgement import Judgement, Verdict
from affectlab.participants.simulated import Simulated
from affectlab.report.evidence import Evidence
from affectlab.report.glance import glance, legend, verdict_records
from affectlab.report.sections import preregistration
from affectlab.report.write import report
from affectlab.results.deviations import deviations
from affectlab.results.hypotheses import judgements
from affectlab.results.summary import summarise
from affectlab.run import Run
from tests.conftest import HEAD, Called, Lab, run
from tests.golden.values import simulated as shortened
from tests.report.conftest import numbers
from tests.report.test_sentences import overclaims

SUPPORTED, NOT, OPEN, NONE = Verdict.SUPPORTED, Verdict.NOT_SUPPORTED, Verdict.OPEN, Verdict.NONE
NOISE = {"text": 0.1, "regulation": 0.05, "task": 0.05, "item": 0.02}

INDUCTION: dict[str, Any] = {
    "primary": True,
    "outcome": "words",
    "direction": "higher",
    "exceeds": ["neutral"],
    "states": {"each": ["fear"]},
    "smallest": 0.5,
}
REGULATION: dict[str, Any] = {
    "outcome": "words",
    "technique": "breathing",
    "direction": "lower",
    "exceeds": ["reading", "none"],
    "states": {"each": ["fear"]},
    "smallest": 0.2,
}
ERROR: dict[str, Any] = {
    "outcome": {"endings": "negativity"},
    "direction": "higher",
    "exceeds": ["neutral"],
    "states": {"each": ["sadness"]},
    "smallest": 0.2,
}
CLAIMS = {"induction": INDUCTION, "regulation": REGULATION, "error": ERROR}
Made = Callable[..., dict[str, Judgement]]


@pytest.fixture
def judged(lab: Lab, simulated: Callable[..., Simulated]) -> Made:
    """The verdicts on claims about the small study, by a participant with a truth."""

    def make(claims: dict[str, Any], *, changes: dict[str, Any] | None = None, **truth: Any) -> dict[str, Judgement]:
        study = lab.load(hypotheses=claims, **(changes or {}))
        done = run(study, simulated(study, seed=3, **{"noise": NOISE, **truth}))
        return {one.claim.name: one for one in judgements(done)}

    return make


def test_a_planted_effect_supports_its_claim(judged: Made) -> None:
    truth = {
        "shifts": {"fear": {"fear": 2.0}, "sadness": {"sadness": 2.0}},
        "removes": {"breathing": 0.8, "reading": 0.1},
    }
    found = judged(CLAIMS, **truth, tasks={"endings": {"sadness": 1.5}})
    assert {name: one.verdict for name, one in found.items()} == dict.fromkeys(CLAIMS, SUPPORTED)
    # the simulated reading removes a little, nothing said does not
    assert list(found["regulation"].controls) == ["reading", "none"]


def test_an_absent_effect_does_not(judged: Made) -> None:
    found = judged(CLAIMS, removes={"breathing": 0.0, "reading": 0.0})
    assert {name: one.verdict for name, one in found.items()} == dict.fromkeys(CLAIMS, NOT)
    assert not any(one.reversed for one in found.values())
    assert "a difference beyond 0.5\N{NO-BREAK SPACE}nats is excluded" in glance(found["induction"]).sentences[0]


def test_a_reversed_effect_is_called_so(judged: Made) -> None:
    found = judged({"induction": INDUCTION}, shifts={"fear": {"fear": -2.0}})["induction"]
    assert (found.verdict, found.reversed) == (NOT, True)
    assert glance(found).title == "Induction (primary): not supported, reversed"
    assert "reversed" in glance(found).sentences[0]


def test_an_effect_of_nothing_is_shown_within_a_margin(judged: Made) -> None:
    within = {**INDUCTION, "direction": "within"}
    assert judged({"same": within})["same"].verdict is SUPPORTED
    found = judged({"same": within}, shifts={"fear": {"fear": 2.0}})["same"]
    assert found.verdict is NOT
    none = {**INDUCTION, "direction": "not higher"}
    assert judged({"none": none})["none"].verdict is SUPPORTED


def test_two_texts_leave_every_claim_open(judged: Made) -> None:
    texts = {"induction": {"techniques": ["scene"], "grades": ["moderate"], "texts": 2}}
    found = judged({"induction": INDUCTION}, changes=texts, shifts={"fear": {"fear": 2.0}})["induction"]
    assert found.verdict is OPEN
    assert "two texts give no interval" in glance(found).sentences[0]


def test_what_other_states_do_stands_beside_a_claim(judged: Made) -> None:
    claim = {**INDUCTION, "rivals": {"among": ["states"]}}
    truth = {"shifts": {"fear": {"fear": 2.0}, "sadness": {"fear": 3.0, "sadness": 1.0}}}
    found = judged({"induction": claim}, **truth)["induction"]
    assert found.verdict is SUPPORTED, "a rival decides nothing"
    assert "the texts of another state move the scale as much or more in 1 of 1: fear" in " ".join(
        glance(found).sentences
    )


def test_the_largest_among_states_is_a_claim_too(judged: Made) -> None:
    largest = {"primary": True, "outcome": "words", "among": "states", "states": {"each": ["fear"]}, "smallest": 0.5}
    assert judged({"largest": largest}, shifts={"fear": {"fear": 2.0}})["largest"].verdict is SUPPORTED
    beaten = {"fear": {"fear": 1.0}, "sadness": {"fear": 2.0}}
    assert judged({"largest": largest}, shifts=beaten)["largest"].reversed


def test_a_claim_about_an_own_instrument(lab: Lab, judged: Made) -> None:
    """``words`` is one already; here another, of one scale, with a name of its own."""
    lab.write(
        "instruments/gloom.yaml",
        kind="instrument",
        id="gloom",
        form="cloze",
        question="Go on.",
        minimum_coverage=0.0,
        stems=[{"id": "one", "text": "All is"}, {"id": "two", "text": "This is"}],
        words={"sadness": ["bleak", "drear"]},
        **HEAD,
    )
    claim = {**INDUCTION, "outcome": {"gloom": "sadness"}, "states": {"each": ["sadness"]}}
    changes = {"measures": ["gloom"], "tasks": []}
    found = judged({"own": claim}, changes=changes, shifts={"sadness": {"sadness": 2.0}})["own"]
    assert found.verdict is SUPPORTED


def test_a_measure_that_the_model_cannot_use_gives_no_verdict(lab: Lab, judged: Made) -> None:
    text = (lab.materials / "instruments/words.yaml").read_text("utf-8")
    (lab.materials / "instruments/words.yaml").write_text(
        text.replace("minimum_coverage: 0.0", "minimum_coverage: 0.9")
    )
    found = judged(CLAIMS, shifts={"fear": {"fear": 2.0}})
    assert found["induction"].verdict is NONE
    assert "90% needed" in glance(found["induction"]).sentences[0]
    assert found["error"].verdict is not NONE


def test_without_a_control_there_is_no_verdict(judged: Made) -> None:
    found = judged({"bare": {**INDUCTION, "exceeds": ["baseline"]}}, shifts={"fear": {"fear": 2.0}})["bare"]
    assert found.verdict is NONE
    assert "no control is declared" in glance(found).sentences[0]
    assert judged({"bare": {**INDUCTION, "exceeds": []}})["bare"].verdict is NONE


def test_sentences_are_read_as_sentences(judged: Made) -> None:
    found = judged(["Fear rises.", "Sadness too."])  # type: ignore[arg-type]
    assert [(one.claim.claim, one.verdict) for one in found.values()] == [("Fear rises.", NONE), ("Sadness too.", NONE)]
    assert glance(found["1"]).title == "Hypothesis 1: no verdict"


@pytest.mark.parametrize(
    ("hypothesis", "says", "remedy"),
    [
        ({"outcome": "ratings"}, "`ratings` is not measured in this study", "words, endings"),
        ({"outcome": {"words": "anger"}}, "`words` has no scale `anger`", "fear, sadness"),
        ({"exceeds": ["sham"]}, "`sham` is no control of this study", "neutral, baseline"),
        ({"exceeds": ["reading"]}, "`reading` is a control of regulation", "name a technique"),
        ({"technique": "juggling", "exceeds": ["reading"]}, "`juggling` is no technique", "breathing"),
        ({"technique": "reading", "exceeds": ["none"]}, "`reading` is no technique", "breathing"),
        ({"change": {"from": "baseline", "to": "later-5"}}, "nothing is measured at `later-5`", "baseline, induced"),
        ({"outcome": "endings", "at": "induced"}, "`endings` is not given at `induced`", "at: stabilised"),
        ({"outcome": "endings", "change": {"from": "baseline", "to": "induced"}}, "given once", "at: stabilised"),
        ({"states": {"each": ["worry"]}}, "`worry` is not induced in this study", "fear, sadness"),
        ({"states": {"mean": "random"}}, "2 states are no sample", "in each state"),
        ({"direction": "within", "smallest": None}, "`within` needs a smallest effect", "smallest:"),
        ({"where": {"grade": "severe"}}, "no grade `severe`", "moderate"),
        ({"exceeds": [], "over": {"grade": ["moderate", "severe"]}}, "no grade `severe`", "moderate"),
        ({"primary": False}, "no hypothesis is primary", "primary: true"),
        ({"rivals": {"same_on": ["deq"]}}, "`deq` is not measured here", "words, endings"),
        ({"direction": "up"}, "`hypotheses.one.direction`", "`higher`"),
        ({"exceed": ["neutral"]}, "unknown key `exceed`", "did you mean `exceeds`?"),
        ({"states": {}}, "says both `each` and `mean`, or neither", "write one of them"),
        ({"outcome": None}, "is a sentence only", "outcome"),
    ],
)
def test_what_a_study_cannot_answer_is_one_line_with_a_remedy(
    lab: Lab, hypothesis: dict[str, Any], says: str, remedy: str
) -> None:
    claim = {"claim": "It rises.", **INDUCTION, **hypothesis}
    written = {name: value for name, value in claim.items() if value is not None}
    path = lab.study_with(hypotheses={"one": written})
    found = [str(one) for one in file_mistakes(path)]
    assert len(found) == 1
    assert says in found[0]
    assert remedy in found[0]
    line = int(found[0].split("study.yaml:")[1].split(":")[0])
    start = next(
        at for at, text in enumerate(path.read_text("utf-8").splitlines(), 1) if text.startswith("hypotheses:")
    )
    assert line >= start


def test_one_claim_is_primary(lab: Lab) -> None:
    (found,) = file_mistakes(lab.study_with(hypotheses={"one": INDUCTION, "two": INDUCTION}))
    assert "`one` and `two` are both primary" in str(found)


def test_a_trial_has_one_primary_outcome(lab: Lab) -> None:
    clinical_trial = {"primary": {"measure": "words", "before": "induced", "point": "regulated"}, "sessions": 3}
    (found,) = file_mistakes(
        lab.study_with(clinical_trial=clinical_trial, hypotheses={"one": {**ERROR, "primary": True}})
    )
    assert "not about the trial's primary outcome `words`" in str(found)


def test_what_is_expected_does_not_make_another_plan(lab: Lab) -> None:
    plain = Plan.of(lab.load()).hash
    assert Plan.of(lab.load(hypotheses=CLAIMS)).hash == plain
    assert Plan.of(lab.load(hypotheses=["Fear rises."])).hash == plain


def test_a_run_keeps_its_hypotheses(lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path) -> None:
    study = lab.load(hypotheses=CLAIMS)
    run(study, simulated(study, noise=NOISE), tmp_path / "done").store.close()
    assert Run.open(tmp_path / "done").study.hypotheses == study.hypotheses


def test_both_forms_are_frozen_and_what_deviates_is_named(
    lab: Lab, simulated: Callable[..., Simulated], tmp_path: Path
) -> None:
    smallest = {"words": 0.5, "endings": 0.2}
    claims = {**CLAIMS, "sentence": "Something else rises."}
    frozen = freeze(Plan.of(lab.load(hypotheses=claims, smallest_effect=smallest)))
    write(frozen, tmp_path / "study.prereg.yaml")
    assert load(tmp_path / "study.prereg.yaml")["hypotheses"]["sentence"] == {"claim": "Something else rises."}
    assert frozen["hypotheses"]["induction"]["exceeds"] == ["neutral"]
    assert "Holm" in frozen["analysis"]["verdicts"]
    changed = {**claims, "induction": {**INDUCTION, "direction": "lower", "exceeds": ["baseline"]}}
    study = lab.load(hypotheses=changed, smallest_effect=smallest)
    done = run(study, simulated(study, noise=NOISE), tmp_path / "done")
    found = {one.what: (one.planned, one.done) for one in deviations(done, frozen)}
    assert found == {
        "hypotheses.induction.direction": ("higher", "lower"),
        "hypotheses.induction.exceeds": ("neutral", "baseline"),
    }
    done.store.describe("preregistration", frozen)
    made = preregistration.section(Evidence.of(done))
    assert made is not None
    rows = numbers(made, "Preregistered hypotheses")
    assert list(rows["rank"]) == ["primary", "secondary", "secondary", "sentence, no verdict"]


def test_a_run_that_was_described_with_sentences_has_them(lab: Lab, simulated: Callable[..., Simulated]) -> None:
    """Runs of earlier versions have a list of sentences in the description of their study."""
    study = lab.load()
    done = run(study, simulated(study, noise=NOISE))
    done.store.describe("study", {**done.store.described("study"), "hypotheses": ["Fear rises.", "Sadness too."]})
    found = judgements(Run(done.store))
    assert [(one.verdict, one.claim.claim) for one in found] == [(NONE, "Fear rises."), (NONE, "Sadness too.")]
    assert legend(found) == ()


def test_of_two_models_each_has_its_verdict(lab: Lab, simulated: Callable[..., Simulated]) -> None:
    study = lab.load(hypotheses={"induction": INDUCTION})
    both = {
        "moved": simulated(study, seed=1, noise=NOISE, shifts={"fear": {"fear": 2.0}}),
        "still": simulated(study, seed=2, noise=NOISE),
    }
    found = judgements(run(study, both))
    assert [(one.claim.model, one.verdict, one.family_size) for one in found] == [
        ("moved", SUPPORTED, 1),
        ("still", NOT, 1),
    ]
    assert glance(found[1], several=True).title == "Induction (primary, still): not supported"


def test_each_frame_is_a_part_unless_one_is_named(lab: Lab, judged: Made) -> None:
    lab.write("frames/other.yaml", kind="frame", id="other", announces=False, text="Here are some texts.", **HEAD)
    frames = {"frames": ["plain", "other"]}
    found = judged({"induction": INDUCTION}, changes=frames, shifts={"fear": {"fear": 2.0}})["induction"]
    assert dict(found.parts) == {"fear, plain": SUPPORTED, "fear, other": SUPPORTED}
    named = {**INDUCTION, "where": {"frame": "other"}}
    assert list(judged({"induction": named}, changes=frames)["induction"].parts) == ["fear"]


@cache
def verdicts(name: str) -> list[Judgement]:
    return judgements(shortened(name))


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_shipped_study_has_one_primary_hypothesis(name: str) -> None:
    claims = load_study(name).hypotheses.values()
    assert [one.computable for one in claims] == [True] * len(claims)
    assert sum(one.primary for one in claims) == 1


LARGE = ("errors", "regulation-screen")


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.long) if one in LARGE else one for one in sorted(shipped())]
)
def test_the_short_form_of_a_shipped_study_is_judged(name: str) -> None:
    study = load_study(name)
    found = verdicts(name)
    assert found[0].claim.primary
    assert found[0].verdict is not NONE, "the short form measures the primary outcome"
    assert {one.claim.name for one in found} == set(study.hypotheses)
    said = [text for one in found for text in (glance(one).title, glance(one).claim, *glance(one).sentences)]
    assert [word for text in (*said, *legend(found)) for word in overclaims(text)] == []
    assert not [text for text in said if "nan" in text.split()]


FOUND = ("context-effects", "controls", "null-benchmarks", "prophylaxis", "sadness-bias", "therapy-trial")
"""Studies all of whose claims are about contrasts that the tables of a run have too."""


@pytest.mark.parametrize("name", FOUND)
def test_a_claim_has_the_estimate_that_stands_in_the_tables(name: str) -> None:
    done = shortened(name)
    known = summarise(done).effects
    contrasts = [one.excess for judged in verdicts(name) for one in judged.contrasts]
    assert contrasts
    for one in contrasts:
        found = known.estimate(one.contrast)
        assert found.difference == pytest.approx(one.difference, abs=0.0)
        assert [found.low, found.high] == pytest.approx([one.low, one.high], nan_ok=True, abs=0.0)


def test_the_steps_of_a_dose_are_those_of_the_exported_table() -> None:
    """Recomputed by plain formulas: the texts' mean change in one grade less another, over texts and items."""
    done = shortened("dose-response")
    scores = done.scores()
    own = scores[(scores["state"] == scores["scale"]) & (scores["measure"] == "affect-cloze")]
    keys = ["state", "grade", "vignette", "item"]
    wide = own.pivot_table(index=keys, columns="point", values="value")
    shift = (wide["induced"] - wide["baseline"]).unstack("grade")
    for judged in verdicts("dose-response")[0].contrasts:
        one = judged.excess
        higher = {"mild": "moderate", "moderate": "severe"}[one.against]
        steps = (shift.loc[one.part, higher] - shift.loc[one.part, one.against]).unstack("item").to_numpy()
        texts, items = steps.mean(axis=1), steps.mean(axis=0)
        parts = [(texts.var(ddof=1) / len(texts), len(texts) - 1), (items.var(ddof=1) / len(items), len(items) - 1)]
        rest = np.sum((steps - texts[:, None] - items + steps.mean()) ** 2) / (parts[0][1] * parts[1][1]) / steps.size
        if min(parts)[0] > rest:
            both = [*parts, (-rest, parts[0][1] * parts[1][1])]
            total = sum(value for value, _ in both)
            df = total**2 / sum(value**2 / df for value, df in both)
            parts.append((total, max(df, min(parts[0][1], parts[1][1]))))
        half = max(float(distributions.t.ppf(0.975, df)) * value**0.5 for value, df in parts)
        assert [one.difference, one.low, one.high] == pytest.approx([mean := steps.mean(), mean - half, mean + half])


def test_a_mean_over_states_takes_the_states_as_its_sample() -> None:
    done = shortened("dresden")
    scores = done.scores()
    own = scores[
        (scores["state"] == scores["scale"])
        & (scores["measure"] == "affect-cloze")
        & (scores["arm"] == "induction-text")
    ]
    keys = ["state", "vignette", "regulation", "item"]
    wide = own.pivot_table(index=keys, columns="point", values="value")
    taken = (wide["regulated"] - wide["induced"]).groupby(["state", "vignette", "regulation"]).mean()
    states = taken.groupby(["state", "regulation"]).mean().unstack("regulation")
    excess = states["mindfulness-breathing"] - states["neutral-reading"]
    of_item = (
        (wide["regulated"] - wide["induced"]).groupby(["state", "item", "regulation"]).mean().unstack("regulation")
    )
    table = (of_item["mindfulness-breathing"] - of_item["neutral-reading"]).unstack("item").to_numpy()
    half = max(float(distributions.t.ppf(0.975, 6)) * excess.std(ddof=1) / 7**0.5, both_sampled(table))
    (judged,) = next(one for one in verdicts("dresden") if one.claim.name == "regulation").contrasts
    found = [judged.excess.difference, judged.excess.low, judged.excess.high]
    assert found == pytest.approx([mean := excess.mean(), mean - half, mean + half])
    assert (judged.excess.n, judged.excess.sampled) == (7, "state")


def both_sampled(table: np.ndarray) -> float:
    """Half of the interval with rows and columns both a sample, after Satterthwaite, or over columns alone."""
    n, m = table.shape
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    rest = ((table - rows[:, None] - columns + table.mean()) ** 2).sum() / ((n - 1) * (m - 1)) / (n * m)
    row, column = rows.var(ddof=1) / n, columns.var(ddof=1) / m
    alone = float(distributions.t.ppf(0.975, m - 1)) * column**0.5
    if min(row, column) <= rest:
        return alone
    total = row + column - rest
    df = total**2 / (row**2 / (n - 1) + column**2 / (m - 1) + rest**2 / ((n - 1) * (m - 1)))
    return max(alone, float(distributions.t.ppf(0.975, max(df, min(n, m) - 1))) * total**0.5)


@pytest.mark.usefixtures("blank_figures")
def test_verdicts_stand_in_the_report_and_in_the_terminal(
    lab: Lab, simulated: Callable[..., Simulated], called: Called, tmp_path: Path
) -> None:
    study = lab.load(hypotheses=CLAIMS)
    done = run(study, simulated(study, noise=NOISE, shifts={"fear": {"fear": 2.0}}), tmp_path / "done")
    title = "Induction (primary): supported against neutral texts"
    kept = {
        form: report(done, tmp_path / f"report.{form}", form=form).read_text("utf-8") for form in ("html", "md", "json")
    }
    assert all(title in text for text in kept.values())
    assert kept["html"].index("Results at a glance") < kept["html"].index('id="findings"')
    assert kept["md"].index("Results at a glance") < kept["md"].index("## Findings")
    done.store.close()
    code, out, _ = called("hypotheses", str(tmp_path / "done"))
    assert code == 0
    assert title in out
    code, out, _ = called("hypotheses", str(tmp_path / "done"), "--json")
    assert json.loads(out) == verdict_records(judgements(Run.open(tmp_path / "done")))
