"""A model that is asked in batches: all questions of a step of the study at once, its answers hours later."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from affectlab.errors import CapabilityError
from affectlab.participants.base import worded
from affectlab.participants.remote.async_runner import Unanswered
from affectlab.participants.remote.batch_log import BatchLog
from affectlab.participants.remote.batches import Batches
from affectlab.participants.remote.calls import Call, Rejected, Unusable
from affectlab.participants.remote.participant import RemoteParticipant
from affectlab.requests import Request, Response

Steps = Generator[list[Call], list[Any], Response]


class BatchParticipant(RemoteParticipant):
    """A model behind OpenAI's batch interface. The probes of the endpoint go the usual way; all else is batched."""

    waits = True
    """All sessions are asked together (:class:`~affectlab.participants.base.Waiting`)."""

    def resolution(self) -> Mapping[str, Any]:
        """Nothing: what is asked in a batch is asked in whatever company the provider gives it."""
        return {}

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer every request once, in as many batches one after another as their ways have steps.

        Raises:
            ParticipantError: after all that was answered has been handed over.
            CapabilityError: the endpoint has no batch interface, or cannot be read by what goes into a batch.
        """
        said = worded(self, requests)
        if not said:
            return
        self._open()
        assert self._runner is not None
        batches = self._batches()
        self._watch()
        steps = [self._steps(one) for one in said]
        unanswered: list[Rejected] = []
        replies: dict[int, Any] = dict.fromkeys(range(len(said)))
        while replies:
            wanted: dict[int, list[Call]] = {}
            for at, reply in replies.items():
                try:
                    wanted[at] = _next(steps[at], reply)
                except StopIteration as stop:
                    yield at, stop.value
                except Rejected as rejected:
                    unanswered.append(rejected)
            outcomes = iter(self._runner.call(batches.send([call for calls in wanted.values() for call in calls])))
            self.incidents.tell()
            replies = {at: [next(outcomes) for _ in calls] for at, calls in wanted.items()}
        if unanswered:
            message = f"{self.name} left {len(unanswered)} requests unanswered: {unanswered[0]}"
            raise Unanswered(message, hint="all other answers are stored")

    def _batches(self) -> Batches:
        assert self._runner is not None
        assert self._exchange is not None
        found = self.abilities
        if self._dialect.name != "openai" or found.tokens or found.token_ids:
            raise CapabilityError(f"{self.name} is not behind OpenAI's batch interface", hint="leave --batch out")
        log = BatchLog(_beside(self._draw_file))
        batches = Batches(self._exchange, self._base_url, self.revision, log, self._patience.poll)
        if not self._runner.call(batches.available()):
            raise CapabilityError(f"the endpoint of {self.name} has no batch interface", hint="leave --batch out")
        return batches


def _next(steps: Steps, replies: list[Any] | None) -> list[Call]:
    """The calls that a way to an answer needs next.

    Raises:
        StopIteration: the answer is there.
        Rejected: a call was not taken.
    """
    if replies is None:
        return next(steps)
    failures = [reply for reply in replies if isinstance(reply, Rejected)]
    if failures:
        lasting = next((one for one in failures if not isinstance(one, Unusable)), failures[0])
        return steps.throw(lasting)
    return steps.send(replies)


def _beside(draws: Path | None) -> Path | None:
    """The file in which the batches of a run are kept."""
    return None if draws is None else draws.with_name(f"batches-{draws.name.removeprefix('draws-')}")
