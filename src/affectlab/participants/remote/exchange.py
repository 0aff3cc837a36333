"""One request, until it is answered or known to be unanswerable: the budget, the limiter, the tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from affectlab.errors import EngineError, ParticipantError
from affectlab.participants.remote.calls import Call, Malformed, ModelTurn, Rejected, Unusable, Usage
from affectlab.participants.remote.connection_pool import ConnectionPool, HttpReply
from affectlab.participants.remote.faults import Fault, of_status
from affectlab.participants.remote.incidents import Incident, Incidents
from affectlab.participants.remote.logprobs import UNUSABLE, WRONG
from affectlab.participants.remote.rate_limiter import Patience, RateLimiter
from affectlab.participants.remote.spending import Account

FEW = 3
"""Tries of what came whole and cannot be used; more would bring the same."""


NEXT = "what was answered is stored; run again to ask the new one as a model of its own"


class ModelChanged(EngineError):
    """Another model answers under the same name."""


@dataclass
class _Try:
    """One try of a call."""

    outcome: Any = None
    """What was read, or the fault."""


class EndpointClient:
    """Sends calls to one endpoint, and stands between them and everything that can happen on the way."""

    def __init__(
        self,
        pool: ConnectionPool,
        limiter: RateLimiter,
        account: Account,
        incidents: Incidents,
        patience: Patience,
        *,
        scrub: Callable[[str], str],
        refusal: Callable[[int, Any], ModelTurn | None],
        seed: int = 0,
    ) -> None:
        self.pool = pool
        self.limiter = limiter
        self.account = account
        self.incidents = incidents
        self.patience = patience
        self.expected: Callable[[Any], str] | None = None
        """Says in what a reply shows another model than the one that was opened; empty where it does not."""
        self._scrub = scrub
        self._refusal = refusal
        self._chance = Random(seed)
        self._started: float | None = None

    async def begin(self) -> None:
        """Try afresh, whatever happened before."""
        self.limiter.begin()

    async def send(self, call: Call, rank: int = 0, *, tries: int | None = None) -> Any:
        """What ``call.read`` makes of the reply.

        Raises:
            Rejected: the endpoint will not take this request, or fails on it again and again.
            ParticipantError: the endpoint is not to be had any more, or the budget is spent.
        """
        attempt = 0
        while True:
            async with self._one_try(call, rank) as done:
                outcome = done.outcome = self.read(await self.pool.post(call, self.patience.timeout), call)
            if not isinstance(outcome, Fault):
                return self.checked(outcome, call)
            attempt += 1
            wait = self.wait_after(outcome, call, attempt, tries)
            if wait:
                await asyncio.sleep(wait)

    @asynccontextmanager
    async def _one_try(self, call: Call, rank: int) -> AsyncIterator[_Try]:
        """A place among the requests under way, and what the call may cost set aside; both are given back after it."""
        await self.limiter.enter(rank)
        try:
            reserved = self.reserve(call)
        except ParticipantError:
            self.limiter.leave_unused()
            raise
        done = _Try()
        try:
            yield done
        except BaseException:
            self.limiter.leave_unused()
            if reserved is not None:
                self.account.settle(reserved, None)
            raise
        self.settled(done.outcome, reserved)
        fault = done.outcome if isinstance(done.outcome, Fault) else None
        healthy = fault is None or fault.remedy in ("leave", "stop") or fault.kind in UNUSABLE
        self.limiter.leave(
            good=healthy, slower=bool(fault and fault.remedy == "slower"), wait=fault.wait if fault else None
        )

    def reserve(self, call: Call) -> Usage | None:
        """Set aside what a call may cost at most; nothing for one that is free.

        Raises:
            BudgetError: the budget does not cover it.
        """
        if call.free:
            return None
        return self.account.reserve(0 if call.body is None else _letters(call.body), call.output)

    def settled(self, outcome: Any, reserved: Usage | None) -> Any:
        """The outcome; what it cost takes the place of what was set aside for it."""
        if reserved is not None:
            usage = getattr(outcome, "usage", None)
            paid = not isinstance(outcome, Fault) or outcome.paid
            self.account.settle(reserved, usage if isinstance(usage, Usage) else None, sent=paid)
        return outcome

    def read(self, reply: HttpReply | Fault, call: Call) -> Any:
        """What a reply says, or the fault that it is."""
        if isinstance(reply, Fault):
            return reply
        if reply.status != 200:
            refused = self._refusal(reply.status, reply.payload)
            if refused is not None:
                return refused
            return of_status(reply.status, reply.payload, reply.headers)
        if isinstance(reply.payload, dict) and reply.payload.get("error"):
            code = reply.payload["error"].get("code") if isinstance(reply.payload["error"], dict) else None
            status = code if isinstance(code, int) and 400 <= code < 600 else 502
            return of_status(status, reply.payload, reply.headers)
        try:
            return call.read(reply.payload)
        except Malformed as error:
            return Fault(error.kind, str(error), paid=True, status=200)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            kind = WRONG if call.scores else "malformed"
            return Fault(kind, f"unexpected content ({type(error).__name__})", paid=True, status=200)

    def checked(self, outcome: Any, call: Call) -> Any:
        """The outcome, unless another model gave it: its answers must not stand under the first one's name."""
        if self.expected is not None:
            change = self.expected(outcome)
            if change:
                self._note("model changed", call, 1, change, "stopped")
                raise ModelChanged(f"the model changed in mid-run: {change}", hint=NEXT)
        return outcome if call.then is None else call.then(outcome)

    def wait_after(self, fault: Fault, call: Call, attempt: int, tries: int | None = None) -> float:
        """The seconds to wait before the next try.

        Raises:
            Rejected: there is none.
            ParticipantError: nor is there anything else to be had.
        """
        tries = tries or self.patience.tries
        message = self._scrub(fault.message)
        if call.optional and 400 <= fault.status < 600 and fault.status not in (401, 402, 403, 429, 503, 529):
            raise Rejected(message, fault.status)
        if call.optional and fault.status == 200:
            if fault.kind == WRONG:
                self._note(fault.kind, call, attempt, message, "taken as not given")
            raise Rejected(message, fault.status)
        if fault.kind in UNUSABLE and attempt >= FEW:
            self._note(fault.kind, call, attempt, message, "answered in another way")
            raise Unusable(message, fault.status)
        if fault.remedy == "stop" and not (fault.kind == "model gone" and attempt < 3):
            self._note(fault.kind, call, attempt, message, "stopped")
            raise _fatal(fault, message)
        if fault.remedy == "leave":
            self._note(fault.kind, call, attempt, message, "left unanswered")
            raise Rejected(message, fault.status)
        why = self.limiter.given_up(asyncio.get_running_loop().time())
        if why:
            self._note(fault.kind, call, attempt, message, "stopped")
            raise EngineError(why, hint="what was answered is stored; run again to go on")
        tries = min(tries, FEW) if fault.hopeless else tries
        if attempt >= (tries * 4 if fault.remedy == "slower" else tries):
            self._note(fault.kind, call, attempt, message, "gave up")
            raise Rejected(f"{fault.kind} {attempt} times ({message})", fault.status)
        wait = self.patience.wait(min(attempt, 10), self._chance)
        if fault.wait is not None:
            wait = min(fault.wait, self.patience.closed)
        self._note(fault.kind, call, attempt, message, "asked again", wait)
        return wait

    def note(self, kind: str, purpose: str, message: str, then: str) -> None:
        """Note what was met in what came back, after it had been read."""
        self._incident(kind, purpose, 1, self._scrub(message), then)

    def _note(self, kind: str, call: Call, attempt: int, message: str, then: str, waited: float = 0.0) -> None:
        self._incident(kind, call.purpose, attempt, message, then, waited)

    def _incident(self, kind: str, purpose: str, attempt: int, message: str, then: str, waited: float = 0.0) -> None:
        now = asyncio.get_running_loop().time()
        self._started = self._started if self._started is not None else now
        at = round(now - self._started, 3)
        self.incidents.add(Incident(kind, purpose, attempt, message, then, round(waited, 3), at))


def _fatal(fault: Fault, message: str) -> ParticipantError:
    hints = {
        "key refused": "check the key in the environment variable",
        "not allowed": "the key has no access to this model",
        "no credit": "add credit at the provider; what was answered is stored",
        "model gone": "check the model's name; what was answered is stored",
        "moved": "give the address it points to",
    }
    return EngineError(f"{fault.kind}: {message}", hint=hints.get(fault.kind, ""))


def _letters(body: Any) -> int:
    """How long the texts are that are sent, for the estimate of their tokens."""
    if isinstance(body, str):
        return len(body)
    if isinstance(body, dict):
        return sum(_letters(value) for value in body.values())
    if isinstance(body, (list, tuple)):
        return sum(4 if isinstance(part, int) else _letters(part) for part in body)
    return 0
