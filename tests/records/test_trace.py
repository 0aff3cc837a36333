"""From a number to the exact text that was sent, from the run alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from affectlab.conversation import Conversation
from affectlab.design.load import load_study
from affectlab.errors import DataError
from affectlab.materials.instrument import Instrument
from affectlab.observations import Observation, Probe
from affectlab.participants.registry import participant
from affectlab.records.trace import trace
from affectlab.report.export import export
from affectlab.requests import Answer, Ask, Reply, Speak
from affectlab.store.store import Finished, Store
from tests.conftest import Called, Lab
from tests.conftest import run as do
from tests.records.conftest import opened


def test_every_exported_key_leads_to_what_was_sent(copied: Lab, tmp_path: Path, called: Called) -> None:
    run, _ = opened(copied.folder / "run")
    table = next(export(run, tmp_path / "export").rglob("*scores*.csv"))
    rows = pd.read_csv(table).query("point == 'induced' and state == 'fear'")
    run.store.close()
    shutil.rmtree(copied.materials)
    row = rows[rows["item"] == "afraid"].iloc[0]
    code, said, complaint = called("trace", str(copied.folder / "run"), row["key"], "--json")
    assert (code, complaint) == (0, "")
    found = json.loads(said)
    assert found["opening"] == "My fear is strong:"
    assert found["turns"][-1] == {"role": "user", "text": "How is it for you just now, from 0 to 4?"}
    assert any("teeth showing" in turn["text"] for turn in found["turns"])
    assert [one["option"] for one in found["options"]] == [" 0", " 1", " 2", " 3", " 4"]
    assert sum(one["probability"] for one in found["options"]) == pytest.approx(found["coverage"])
    asked = next(one for one in found["asked"] if (one["session"], one["check"]) == (row["session"], ""))
    assert (asked["measure"], asked["item"], asked["material"]["file"]) == ("mood", "afraid", "instruments/mood.yaml")
    values = [one["value"] for one in found["numbers"] if (one["session"], one["point"]) == (row["session"], "induced")]
    assert values[0] == pytest.approx(row["value"])
    # an observation's own key leads to the same answer, and so does how a key begins
    for name in (asked["key"], row["key"][:16]):
        assert json.loads(called("trace", str(copied.folder / "run"), name, "--json")[1])["key"] == row["key"]
    assert "My fear is strong:" in called("trace", str(copied.folder / "run"), row["key"])[1]


def test_a_number_that_rests_on_many_lists_them() -> None:
    """The rounds of a game: one number for a round, and every answer in it leads to the number."""
    study = load_study("errors", quick=True)
    short = study.model_copy(update={"tasks": tuple(one for one in study.tasks if one.task == "decks")})
    run = do(short, participant("simulated", short.catalogue, seed=1))
    number = run.scores().query("measure == 'decks' and scale == 'net_good'").iloc[0]
    (rests,) = {
        one.rests_on
        for one in trace(run, str(number["key"])).numbers
        if (one.session, one.scale) == (number["session"], "net_good")
    }
    assert len(rests) > 3
    last = trace(run, rests[-1])
    assert next(one.rests_on for one in last.numbers if one.scale == "net_good") == rests
    assert len(last.turns) > len(trace(run, rests[0]).turns)


def test_a_key_that_is_not_there_is_named(finished: Path) -> None:
    run, _ = opened(finished / "run")
    with pytest.raises(DataError, match="no answer of the run has the key `zz`"):
        trace(run, "zz")
    with pytest.raises(DataError, match="several answers"):
        trace(run, "a")


def test_what_a_rater_says_of_a_reply_is_kept_as_what_it_is(finished: Path) -> None:
    """Observations about observations: each has its observer, and leads to the reply that it is about."""
    run, _ = opened(finished / "run")
    material = run.study.catalogue.get(Instrument, "mood")
    store, said = Store(None), Conversation.begin().user("Speak.")
    spoken = Probe("end", material, "reply", "spoken", Speak(said, 7))
    observed: list[tuple[Observation, int]] = []
    for number, probe in enumerate([spoken, *(_rating(spoken, rater) for rater in ("anna", "bela"))]):
        response = Answer((-1.0, -1.0)) if number else Reply("Well.")
        observed.append((Observation(probe, response), store.keep(str(number), "p", probe.request, response, 0).id))
    store.finish([Finished(0, {"model": "p"}, said, observed, ())])
    _, rows = store.query(
        "SELECT observer, of FROM observations JOIN probes ON probes.id = observations.probe ORDER BY observations.id"
    )
    assert rows == [("", None), ("anna", 1), ("bela", 1)]


def _rating(about: Probe, rater: str) -> Probe:
    ask = Ask(Conversation.begin().user(f"{rater}: how sad is it?"), "It is", (" 1", " 2"))
    return Probe("end", about.material, "sad", "read", ask, observer=rater, of=about, purpose="process")
