"""Language as a factor: crossed, kept, scored and reported, and whether the languages are equivalent."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from affectlab.design.check import checked_study
from affectlab.design.load import load_study
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.participants.registry import participant
from affectlab.participants.simulated import Simulated
from affectlab.records.derived import compare_with_stored
from affectlab.report.evidence import Evidence
from affectlab.report.registry import sections
from affectlab.requests import Answer, Request, Response
from affectlab.results.languages import measurement_equivalence
from affectlab.results.summary import summarise
from affectlab.run import Run
from affectlab.validity import validity
from tests.conftest import run
from tests.house import ROOT

FEAR = ("kracht das Eis laut", "großer brauner Hund")
"""What two of the German texts of fear say."""
GERMAN = ("Wie geht es dir", "Vervollständige diesen Satz")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The study in two languages that lies in ``examples``, with its materials."""
    return Path(shutil.copytree(ROOT / "examples" / "german", tmp_path / "german"))


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(ROOT / "examples" / "german" / "study.yaml")


@pytest.fixture(scope="module")
def done(study: Study) -> Run:
    """The study done by the simulated participant, which answers in every language alike."""
    return run(study, participant("simulated", study.catalogue, seed=study.seed))


def test_languages_are_crossed_on_the_same_texts_with_the_same_seeds(study: Study) -> None:
    cells = Plan.of(study, models=["simulated"]).cells
    both = [
        [(one.state, one.arm, one.vignette, one.seed) for one in cells if one.language == language]
        for language in study.languages
    ]
    assert both[0] == both[1]
    assert len(cells) == 2 * len(both[0])


def test_a_session_says_and_asks_everything_in_its_language(study: Study) -> None:
    plan = Plan.of(study, models=["simulated"])
    for cell in plan.cells:
        procedure = plan.procedure(cell)
        spoken = [procedure.frame, *(material for step in procedure.steps for material in step.materials)]
        assert {one.language for one in spoken} == {cell.language}, cell


def test_a_study_that_names_no_languages_is_kept_and_hashed_without_them() -> None:
    plain = load_study("dresden", quick=True)
    assert "languages" not in plain.model_dump()
    assert all("language" not in cell.levels for cell in Plan.of(plain).cells)


def test_what_was_observed_is_read_and_scored_in_its_language(done: Run) -> None:
    assert compare_with_stored(done).differing == 0
    _, rows = done.store.query(
        "SELECT DISTINCT place FROM probes JOIN materials ON materials.id = probes.material WHERE measure = 'ratings'"
    )
    assert {place for (place,) in rows} == {"instruments/ratings.yaml", "de/instruments/ratings.yaml"}
    assert set(done.scores()["language"]) == {"en", "de"}
    assert {one.language for one in summarise(done).findings} == {"en", "de"}
    assert done.plan.hash == done.plan_hash


def test_the_simulated_participant_is_equivalent_with_itself_up_to_its_noise(done: Run) -> None:
    found = measurement_equivalence(summarise(done), done.study.smallest_effect)
    assert len(found.shifts) == 4  # two states on two measures, German minus English
    assert (found.shifts["low"] < 0).all()
    assert (found.shifts["high"] > 0).all()
    assert len(found.items) == 8  # four stems of the cloze in each state; a rating has one item a scale
    assert (found.items["p_holm"] > 0.05).all()
    (section,) = sections(Evidence.of(done), ["languages"])
    assert "Of 4 shifts in two languages" in section.sentences[0].replace("\N{NO-BREAK SPACE}", " ")


class Monolingual:
    """Answers as another participant, and gives German questions next to no probability."""

    def __init__(self, other: Simulated) -> None:
        self._other = other

    def __getattr__(self, name: str) -> object:
        return getattr(self._other, name)

    def respond(self, requests: list[Request]) -> object:
        for at, response in self._other.respond(requests):
            yield at, _faint(requests[at], response)


def _faint(request: Request, response: Response) -> Response:
    if not isinstance(response, Answer) or not any(said in request.conversation.text for said in GERMAN):
        return response
    return replace(response, logprobs=tuple(one - 12.0 for one in response.logprobs))


def test_a_model_that_does_not_know_a_language_is_told_so_and_its_findings_there_are_withheld(study: Study) -> None:
    made = participant("simulated", study.catalogue, seed=study.seed)
    assert isinstance(made, Simulated)
    done = run(study, Monolingual(made))  # type: ignore[arg-type]
    summary = summarise(done)
    assert {one.language for one in summary.findings if summary.usable(one)} == {"en"}
    failed = {one.model for one in validity(done, summary) if one.id == "coverage" and one.verdict == "fails"}
    assert failed == {"simulated in de"}
    assert measurement_equivalence(summary, study.smallest_effect).shifts.empty
    evidence = Evidence.of(done, summary)
    (section,) = sections(evidence, ["languages"])
    assert "No measure can be used in two languages" in section.sentences[0]
    assert {str(one.verdict) for one in evidence.judgements} == {"no verdict"}


def test_an_item_that_moves_in_one_language_alone_is_found(study: Study) -> None:
    """One stem of the German cloze is planted to answer otherwise after texts of fear."""
    made = participant("simulated", study.catalogue, seed=study.seed)
    assert isinstance(made, Simulated)
    done = run(study, _Turning(made))  # type: ignore[arg-type]
    items = measurement_equivalence(summarise(done), study.smallest_effect).items
    worst = items.loc[items["estimate"].abs().idxmax()]
    assert (worst["state"], worst["item"]) == ("fear", "honest")
    assert abs(worst["estimate"]) > 1.0


class _Turning(Monolingual):
    """After a German text of fear, one stem gives the words of fear nothing more."""

    def respond(self, requests: list[Request]) -> object:
        for at, response in self._other.respond(requests):
            said = " ".join(turn.text for turn in requests[at].conversation.turns)
            stem = getattr(requests[at], "opening", "")
            turned = stem.startswith("Wenn ich ehrlich") and any(one in said for one in FEAR)
            yield at, _lowered(response) if turned else response


def _lowered(response: Response) -> Response:
    assert isinstance(response, Answer)
    return replace(response, logprobs=tuple(one - 6.0 if at < 4 else one for at, one in enumerate(response.logprobs)))


def test_what_is_not_there_in_a_language_is_named_with_its_file(folder: Path) -> None:
    (folder / "materials" / "de" / "scripts" / "baseline.yaml").unlink()
    (error, *_) = checked_study(folder / "study.yaml").errors
    assert "the script `baseline` is in `en`, and the study is done in `de` too" in str(error)
    assert "`de/scripts/baseline.yaml`" in str(error.hint)


def test_a_twin_with_another_item_is_refused_with_its_place(folder: Path) -> None:
    file = folder / "materials" / "de" / "instruments" / "ratings.yaml"
    file.write_text(file.read_text("utf-8").replace("id: calm,", "id: quiet,"), "utf-8")
    told = [str(one) for one in checked_study(folder / "study.yaml").errors]
    assert any("ratings.yaml" in one and "has other items than in `en`: calm, quiet" in one for one in told)


def test_more_texts_than_there_are_in_each_language_are_refused(folder: Path) -> None:
    file = folder / "study.yaml"
    file.write_text(file.read_text("utf-8").replace("texts: 3", "texts: 4"), "utf-8")
    told = [str(one) for one in checked_study(file).errors]
    assert any("which has 3 in each language" in one for one in told)
