"""What happens when things go wrong: the table is the same, nothing is asked twice, every incident stands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from affectlab.errors import EngineError, ParticipantError, StoreError
from affectlab.participants.remote import Budget, BudgetError, Patience, Policy, Prices
from affectlab.requests import Answer, Reply
from tests.participants.remote.conftest import asks, mixed, opened
from tests.participants.remote.endpoint import FAULTS, Endpoint

SHORT = Policy(least_draws=4, most_draws=8)


def table(endpoint: Endpoint, count: int = 240, **settings: Any) -> dict[int, Any]:
    with opened(endpoint.url, policy=SHORT, **settings) as participant:
        _ = participant.capabilities
        endpoint.quiet = False
        endpoint.answered.clear()
        return dict(participant.respond(mixed(count)))


def test_twenty_kinds_of_faults_at_thirty_percent_leave_the_same_table() -> None:
    with Endpoint() as sound:
        expected = table(sound)
    told: list[tuple[str, str]] = []
    with Endpoint(faults=0.3) as broken, opened(broken.url, policy=SHORT) as participant:
        _ = participant.capabilities
        broken.quiet = False
        broken.answered.clear()
        participant.on_incident(lambda kind, detail: told.append((kind, detail)))
        got = dict(participant.respond(mixed(240)))
        assert got == expected
        assert len(got) == 240
        assert len(FAULTS) >= 12
        assert set(broken.injected) == set(FAULTS)
        assert max(broken.answered.values()) == 1, "something was asked again that had been answered"
        faults = [detail for kind, detail in told if kind != "paused"]
        assert len(faults) == broken.injected.total(), "an incident is missing"
        assert all("asked again" in detail for detail in faults)
        assert participant.spent.calls >= broken.answered.total()


@pytest.mark.parametrize("kind", FAULTS)
def test_every_kind_of_fault_is_named(kind: str) -> None:
    with Endpoint(faults=0.5, kinds=(kind,)) as endpoint, opened(endpoint.url) as participant:
        _ = participant.capabilities
        endpoint.quiet = False
        assert len(dict(participant.respond(asks(6)))) == 6
        assert endpoint.injected[kind] == sum(i.kind != "paused" for i in participant.incidents)


def test_a_refusal_is_data() -> None:
    with Endpoint() as endpoint, opened(endpoint.url) as participant:
        answers = dict(participant.respond(mixed(4)))
        reply = answers[3]
        assert isinstance(reply, Reply)
        assert (reply.finish, reply.text) == ("refused", "")
        sampled = answers[1]
        assert isinstance(sampled, Answer)
        assert 0.0 < sampled.refused < 0.5
        assert sampled.honoured["replies"]["refused"] == round(sampled.refused * sampled.honoured["draws"])
        assert not participant.incidents.counts


def test_a_filtered_prompt_is_a_refusal_too() -> None:
    def filtered(asked: dict[str, Any], number: int) -> dict[str, Any] | None:
        if "Case 1." in str(asked):
            return {"status": 400, "error": {"code": "content_filter", "message": "stopped by the policy"}}
        return None

    with Endpoint(answer=filtered) as endpoint, opened(endpoint.url) as participant:
        answers = dict(participant.respond(asks(3)))
        assert [answers[index].refused for index in range(3)] == [0.0, 1.0, 0.0]  # type: ignore[union-attr]


def test_the_endpoint_asks_to_wait() -> None:
    with (
        Endpoint(faults=1.0, kinds=("429 with Retry-After",)) as endpoint,
        opened(endpoint.url) as participant,
    ):
        _ = participant.capabilities
        endpoint.quiet = False
        with pytest.raises(ParticipantError):
            list(participant.respond(asks(1)))
        again = [incident for incident in participant.incidents if incident.then == "asked again"]
        assert len(again) > 10
        assert {incident.waited for incident in again} == {0.01}
        assert list(participant.incidents)[-1].then in ("gave up", "stopped")


def test_an_endpoint_that_goes_down_is_given_up_after_what_was_answered_is_handed_over() -> None:
    with Endpoint(delay=0.002) as endpoint, opened(endpoint.url, concurrency=4) as participant:
        got = []
        with pytest.raises(EngineError, match="answered nothing") as told:  # noqa: PT012
            for index, _ in participant.respond(asks(500)):
                got.append(index)
                endpoint.down = len(got) >= 50
        assert told.value.exit_code == 3
        assert 50 <= len(got) < 100
        assert participant.incidents.counts["paused"] >= 1
        endpoint.down = False
        assert len(dict(participant.respond(asks(5)))) == 5, "it is not to be used again"


def test_a_model_that_vanishes_stops_the_run() -> None:
    def gone(asked: dict[str, Any], number: int) -> dict[str, Any] | None:
        return {"status": 404, "error": {"message": "model not found"}} if number > 60 else None

    with Endpoint(answer=gone) as endpoint, opened(endpoint.url) as participant:
        got = []
        with pytest.raises(EngineError, match="model gone: model not found"):
            got.extend(participant.respond(asks(200)))
        assert 20 < len(got) < 60


def test_a_model_that_changes_stops_the_run_and_its_answers_are_kept_out() -> None:
    def other(asked: dict[str, Any], number: int) -> dict[str, Any] | None:
        return {"model": "synthetic-2"} if number > 60 else None

    with Endpoint(answer=other) as endpoint, opened(endpoint.url) as participant:
        got = []
        with pytest.raises(EngineError, match="synthetic-1 became synthetic-2"):
            got.extend(participant.respond(asks(200)))
        assert 20 < len(got) < 60
        assert participant.incidents.counts["model changed"] >= 1


def test_one_request_that_cannot_be_answered_does_not_stop_the_others() -> None:
    def too_long(asked: dict[str, Any], number: int) -> dict[str, Any] | None:
        bad = "Case 7." in str(asked)
        return {"status": 400, "error": {"message": "context length exceeded"}} if bad else None

    with Endpoint(answer=too_long) as endpoint, opened(endpoint.url) as participant:
        got = []
        with pytest.raises(ParticipantError, match="context length exceeded"):
            got.extend(index for index, _ in participant.respond(asks(30)))
        assert sorted(got) == [index for index in range(30) if index != 7]


def test_a_budget_is_never_overrun_and_what_it_paid_for_is_handed_over() -> None:
    with Endpoint() as endpoint, opened(endpoint.url, budget=Budget(tokens=3000)) as participant:
        got = []
        with pytest.raises(BudgetError, match=r"budget of 3,000 tokens is spent") as told:
            got.extend(participant.respond(asks(500)))
        assert told.value.exit_code == 3
        assert 2000 < participant.spent.tokens <= 3000
        assert len(got) > 20
        assert participant.spent.calls - len(got) <= 20, "more than the probes was paid for and not handed over"


def test_a_budget_in_money() -> None:
    listed = {"synthetic-1": {"input": 1.0, "output": 4.0}}
    prices = Prices.model_validate({"currency": "USD", "date": "2026-11-01", "models": listed})
    with Endpoint() as endpoint, opened(endpoint.url, budget=Budget(money=0.003), prices=prices) as participant:
        with pytest.raises(BudgetError, match=r"0\.003 USD"):
            list(participant.respond(asks(500)))
        assert 0.002 < (participant.spent.money or 0) <= 0.003


def test_a_caller_who_stops_leaves_nothing_running() -> None:
    with Endpoint(delay=0.01) as endpoint, opened(endpoint.url, concurrency=4) as participant:
        answers = participant.respond(asks(1000))
        for _ in range(10):
            next(answers)
        answers.close()  # type: ignore[attr-defined]
        time.sleep(0.05)
        asked = endpoint.asked
        time.sleep(0.1)
        assert endpoint.asked == asked


def test_concurrency_grows_to_its_limit_and_shrinks_under_overload() -> None:
    with Endpoint(delay=0.03) as endpoint, opened(endpoint.url, concurrency=12) as participant:
        list(participant.respond(asks(200)))
        assert endpoint.peak == 12
        assert participant._exchange is not None
        high = participant._exchange.limiter.limit
        endpoint.quiet, endpoint.rate, endpoint.kinds = False, 0.5, ("429 without",)
        list(participant.respond(asks(40, "Once more?")))
        assert participant._exchange.limiter.limit < high


def test_draws_survive_a_kill(tmp_path: Path) -> None:
    """The process is killed in the middle of its draws, and the next one asks for none that had arrived."""
    program = [sys.executable, "-m", "tests.participants.remote.draw_slowly"]
    root = Path(__file__).parents[3]
    draw_log = tmp_path / "draws.jsonl"
    with Endpoint(delay=0.004, logprobs=False) as endpoint:
        for _ in range(3):
            process = subprocess.Popen([*program, endpoint.url, str(draw_log)], cwd=root, env={**os.environ})
            wanted = endpoint.asked + 45
            while endpoint.asked < wanted and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
        kept = len(draw_log.read_text().splitlines())
        assert kept > 30
        endpoint.quiet = False
        with opened(endpoint.url, policy=Policy(way="sampled"), draw_log=draw_log, concurrency=4) as participant:
            resumed = dict(participant.respond(asks(12)))
        repeated = sum(count - 1 for mark, count in endpoint.answered.items() if count > 1)
    with Endpoint(logprobs=False) as endpoint, opened(endpoint.url, policy=Policy(way="sampled")) as participant:
        assert resumed == dict(participant.respond(asks(12)))
    probes_and_flight = 3 * (8 + 4 * 8)
    assert repeated <= probes_and_flight


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_error() -> None:
    with (
        Endpoint(logprobs=False) as endpoint,
        opened(endpoint.url, policy=Policy(way="sampled"), draw_log=Path("/dev/full")) as participant,
        pytest.raises(StoreError, match="cannot be written"),
    ):
        list(participant.respond(asks(3)))


def test_a_timeout_is_not_longer_than_patience() -> None:
    patient = Patience(timeout=0.2, tries=2, first_wait=0.001, longest_wait=0.01, failures=50, closed=5)
    with (
        Endpoint(faults=1.0, kinds=("stalled",)) as endpoint,
        opened(endpoint.url, patience=patient) as participant,
    ):
        _ = participant.capabilities
        endpoint.quiet = False
        with pytest.raises(ParticipantError, match="timeout 2 times"):
            list(participant.respond(asks(1)))
