"""The batch interface: the same table as one by one, and nothing paid twice, wherever the process is killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from affectlab.errors import CapabilityError, EngineError, ParticipantError
from affectlab.participants.remote import Budget, BudgetError, Patience, Policy
from affectlab.participants.remote.batch_log import BatchLog
from affectlab.participants.remote.batch_participant import BatchParticipant
from affectlab.participants.remote.exchange import EndpointClient
from affectlab.run import Run
from tests.conftest import Called, Lab
from tests.participants.remote.batch_server import BatchServer
from tests.participants.remote.conftest import HASTY, asks, mixed, opened
from tests.participants.remote.endpoint import KEY, Endpoint

SHORT = Policy(least_draws=4, most_draws=4)
COUNT = 4


class Killed(BaseException):
    """What no code of ours catches, as it catches no SIGKILL."""


@contextmanager
def batched(server: Endpoint, log: Path | None = None, **settings: Any) -> Iterator[BatchParticipant]:
    more = {"patience": replace(HASTY, poll=0.001), "policy": SHORT, "draw_log": log, **settings}
    with opened(server.url, batches=True, **more) as participant:
        assert isinstance(participant, BatchParticipant)
        yield participant


@pytest.fixture(scope="module")
def expected() -> dict[int, Any]:
    with Endpoint() as sound, opened(sound.url, policy=SHORT) as participant:
        return dict(participant.respond(mixed(COUNT)))


@pytest.mark.parametrize("trouble", [{}, {"failing": 0.3}, {"expiring": 0.3}, {"failing": 0.2, "expiring": 0.2}])
def test_the_table_is_that_of_requests_sent_one_by_one(expected: dict[int, Any], trouble: dict[str, float]) -> None:
    with BatchServer(**trouble) as server, batched(server) as participant:
        _ = participant.capabilities
        asked = server.asked
        assert dict(participant.respond(mixed(COUNT))) == expected
        assert server.asked == asked, "something went the usual way"
        assert max(server.paid.values()) == 1
        told = {incident.kind for incident in participant.incidents}
        assert told <= {"expired", "rate limited", "server error"}
        assert bool(told) is bool(trouble)


def test_what_a_batch_costs_is_counted_once() -> None:
    with BatchServer() as server, batched(server) as participant:
        _ = participant.capabilities
        before = participant.spent
        list(participant.respond(asks(6)))
        assert participant.spent.calls - before.calls == 6
        assert participant.spent.tokens > before.tokens
    with BatchServer() as server, batched(server, budget=Budget(tokens=1500)) as participant:
        with pytest.raises(BudgetError, match="1,500 tokens"):
            list(participant.respond(asks(100)))
        assert not server.batches, "a batch was made that the budget does not cover"


def killed_at(moment: int, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], Callable[[], None]]:
    """Kill the process before or after its nth message, word to its log or stored answer; counts these moments."""
    met = [0]

    def passed() -> None:
        met[0] += 1
        if met[0] == moment:
            raise Killed

    send, put = EndpointClient.send, BatchLog._put

    async def sent(self: EndpointClient, *given: Any, **more: Any) -> Any:
        passed()
        got = await send(self, *given, **more)
        passed()
        return got

    def written(self: BatchLog, record: dict[str, object]) -> None:
        passed()
        put(self, record)
        passed()

    monkeypatch.setattr(EndpointClient, "send", sent)
    monkeypatch.setattr(BatchLog, "_put", written)
    return met, passed


def test_killed_in_every_phase_the_table_is_the_same_and_nothing_is_paid_twice(
    expected: dict[int, Any], tmp_path: Path
) -> None:
    with BatchServer(failing=0.2) as server:
        with batched(server) as participant:
            abilities = participant.abilities
        moment, met = 0, 0
        while met >= moment:
            moment += 1
            server.paid.clear()
            server.batches.clear()
            log, stored = tmp_path / f"draws-{moment}.jsonl", {}
            for kill in (moment, 0):
                with pytest.MonkeyPatch.context() as patch, batched(server, log) as participant:
                    participant._abilities = abilities
                    counted, passed = killed_at(kill, patch)
                    left = [at for at in range(COUNT) if at not in stored]
                    try:
                        for at, response in participant.respond([mixed(COUNT)[at] for at in left]):
                            passed()
                            stored[left[at]] = response
                    except Killed:
                        pass
                met = counted[0] if kill else met
            assert stored == expected, f"killed at moment {moment}"
            assert max(server.paid.values()) == 1, f"paid twice when killed at moment {moment}"
    assert moment > 30, "the moments were not met"


def test_a_batch_that_was_made_although_no_answer_came_is_found_again(expected: dict[int, Any]) -> None:
    class Silent(BatchServer):
        def _made(self, asked: dict[str, Any], writer: Any) -> bool:
            super()._made(asked, type("Nowhere", (), {"write": lambda self, data: None})())
            return False

    with Silent() as server, batched(server) as participant:
        assert dict(participant.respond(mixed(COUNT))) == expected
        assert max(server.paid.values()) == 1


def test_a_batch_that_is_refused_whole_is_one_line_and_is_made_anew_the_next_time(tmp_path: Path) -> None:
    with BatchServer(refuses="too many tokens are waiting") as server:
        with (
            batched(server, tmp_path / "draws-x.jsonl") as participant,
            pytest.raises(EngineError, match="too many") as told,
        ):
            list(participant.respond(asks(3)))
        assert "\n" not in str(told.value)
        server.refuses = ""
        with batched(server, tmp_path / "draws-x.jsonl") as participant:
            assert len(dict(participant.respond(asks(3)))) == 3
        assert len(server.batches) == 2


def test_where_there_is_no_such_interface_it_is_told_before_anything_is_asked() -> None:
    with Endpoint() as endpoint, batched(endpoint) as participant:
        _ = participant.capabilities
        asked = endpoint.asked
        with pytest.raises(CapabilityError, match="no batch interface"):
            list(participant.respond(asks(3)))
        assert endpoint.asked == asked


def test_a_run_in_batches_asks_all_sessions_together_and_goes_on(
    lab: Lab, tmp_path: Path, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.load(
        states=["fear", "neutral"],
        induction={"techniques": ["scene"], "grades": ["moderate"], "texts": 2},
        regulations=["breathing", "none"],
        measures=["ratings"],
    )
    monkeypatch.setattr("affectlab.participants.remote.make.Patience", partial(Patience, poll=0.001))
    monkeypatch.setenv("MY_KEY", KEY)
    with BatchServer(key=KEY, failing=0.1) as server:
        where = ["--model", f"openai:synthetic-1@{server.url}", "--key-env", "MY_KEY", "--way", "bounded"]
        out = tmp_path / "run"
        code, _, told = called("run", str(lab.study), *where, "--batch", "--out", str(out))
        assert code == 0, told
        assert len(server.batches) < 12, "blocks were asked one after another"
        assert max(server.paid.values()) == 1
        assert list(out.glob("batches-*.jsonl"))
        assert not [file for file in out.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
    assert Run.open(out).complete


def test_a_batch_goes_to_one_address() -> None:
    from affectlab.participants.remote.setup import Setup

    setup = Setup(base_url="http://127.0.0.1:1/v1,http://127.0.0.1:2/v1", batches=True)
    with pytest.raises(ParticipantError, match="one address"):
        setup.participant("openai:x")
