"""A run that is started again has the participants and the materials with which it began, or is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from affectlab.errors import StoreError
from affectlab.materials.state import State
from affectlab.materials.truth import Truth
from affectlab.participants.simulated import Simulated
from affectlab.run import Run
from tests.conftest import HEAD, Called, Lab, planted, run


def known(lab: Lab, fear: float, **more: Any) -> None:
    lab.write("truths/known.yaml", kind="truth", id="known", shifts={"fear": {"fear": fear}}, **more, **HEAD)


def test_a_truth_edited_under_its_old_version_does_not_touch_a_finished_run(lab: Lab, called: Called) -> None:
    out = str(lab.folder / "run")
    command = ("run", str(lab.study), "--model", "simulated:known", "--out", out)
    known(lab, 2.0)
    assert called(*command)[0] == 0
    before = Run.open(out).participants
    assert called(*command)[0] == 0
    known(lab, 1.0, points=2.0, decay=0.1)
    code, _, error = called(*command)
    assert code == 2
    assert error == (
        f"affectlab: {out}/answers.sqlite holds answers of `simulated-known` as it was: its `truth.shifts.fear.fear` "
        "was 2.0 and is 1.0, `truth.decay` was 0.0 and is 0.1, and 1 more now; name another --out, or put it back\n"
    )
    assert Run.open(out).participants == before
    assert called("replay", out)[0] == 0


class Elsewhere(Simulated):
    """Notes where it runs on its card, and may have been told to answer in a way of its own."""

    threads = 1
    template = "plain"
    circumstances = frozenset(("threads",))

    @property
    def card(self) -> dict[str, Any]:
        return {**super().card, "threads": self.threads, "options": {"template": self.template}}


def test_any_participant_that_is_another_one_under_the_same_name_is_refused(lab: Lab) -> None:
    study = lab.load()
    first, other = Elsewhere(planted(), study.catalogue), Elsewhere(planted(), study.catalogue)
    out = lab.folder / "run"
    run(study, first, out)
    other.template = "chat"
    with pytest.raises(StoreError, match=r"its `options.template` was plain and is chat now; name another --out"):
        run(study, other, out)
    by_role = lab.folder / "seated"
    run(study, first, by_role, others={"therapist": first})
    with pytest.raises(StoreError, match="holds answers of `therapist` as it was"):
        run(study, first, by_role, others={"therapist": other})


def test_where_a_participant_runs_may_change_and_is_told(lab: Lab) -> None:
    study = lab.load()
    first, other = Elsewhere(planted(), study.catalogue), Elsewhere(planted(), study.catalogue)
    out = lab.folder / "run"
    run(study, first, out)
    other.threads = 4
    again = run(study, other, out)
    assert again.participants["simulated"]["threads"] == 1
    assert again.store.incidents() == [(2, "resumed elsewhere", "simulated: `threads` was 1 and is 4")]


def test_a_card_of_an_earlier_version_says_less_and_is_the_same(lab: Lab) -> None:
    study, out = lab.load(), lab.folder / "run"
    participant = Simulated(planted(), study.catalogue)
    first = run(study, participant, out)
    card = first.participants["simulated"]
    truth = {key: value for key, value in card["truth"].items() if key not in ("doses", "interventions")}
    first.store.describe("participants", {"simulated": {**card, "truth": truth}})
    run(study, participant, out)
    other = Simulated(planted(doses={"5c1d": {"fear": 1.0}}), study.catalogue)
    with pytest.raises(StoreError, match=r"`truth.doses.5c1d` was not there and is \{'fear': 1.0\}"):
        run(study, other, out)


def test_materials_edited_in_the_middle_of_a_run_are_refused_and_after_it_are_not_used(lab: Lab) -> None:
    shipped = Path(lab.load().catalogue.document(State, "fear").path)
    own = lab.materials / "states" / "fear.yaml"
    own.parent.mkdir()
    shutil.copy(shipped, own)
    study, out = lab.load(), lab.folder / "run"
    participant = Simulated(Truth.model_validate({**planted().model_dump(), "unnamed": "default"}), study.catalogue)
    before, done = study.catalogue.get(State, "fear"), run(study, participant, out)
    content = yaml.safe_load(own.read_text("utf-8"))
    own.write_text(yaml.safe_dump({**content, "planted": {"scale": 0.25}}), "utf-8")
    edited = lab.load()
    run(edited, participant, out)
    assert done.store.catalogue().get(State, "fear") == before
    done.store.change("DELETE FROM sessions WHERE id = ?", [(3,)])
    with pytest.raises(StoreError, match=r"with other materials: `states/fear.yaml` changed since; name another --out"):
        run(edited, participant, out)
    own.write_text(f"# a note\n{shipped.read_text('utf-8')}", "utf-8")
    assert run(lab.load(), participant, out).complete
