"""A model behind an interface, as a participant."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from affectlab.errors import CapabilityError, EngineError
from affectlab.participants.base import Capabilities, worded
from affectlab.participants.remote import answers
from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.async_runner import AsyncRunner, Unanswered
from affectlab.participants.remote.calls import Call, ModelTurn, Rejected, Unusable
from affectlab.participants.remote.connection_pool import ConnectionPool
from affectlab.participants.remote.dialect import Dialect
from affectlab.participants.remote.draw_log import DrawLog
from affectlab.participants.remote.exchange import NEXT, EndpointClient, ModelChanged
from affectlab.participants.remote.incidents import Incident, Incidents
from affectlab.participants.remote.model import ModelFile
from affectlab.participants.remote.order import by_prefix
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.probe import probe
from affectlab.participants.remote.rate_limiter import Patience, RateLimiter
from affectlab.participants.remote.request_builder import RequestBuilder
from affectlab.participants.remote.secret import Key, cleaner, is_local, plain_address, scrub
from affectlab.participants.remote.sentinel import STRAY, STRAY_SHARE, first_words
from affectlab.participants.remote.spending import Account, Spent
from affectlab.participants.remote.token_ids import TokenIds
from affectlab.participants.remote.vllm import NextTokens, TokenServer
from affectlab.participants.resolution import ServiceResolution
from affectlab.requests import Ask, Request, Response, Worded


class RemoteParticipant:
    """A model behind an interface.

    Nothing is sent before something is asked of it: reading ``capabilities``, ``revision`` or ``card`` finds out
    what the endpoint can do, ``respond`` answers. Made by :func:`affectlab.participants.remote.remote`.
    """

    def __init__(
        self,
        name: str,
        model: ModelFile,
        dialect: Dialect,
        key: Key,
        *,
        policy: Policy,
        account: Account,
        patience: Patience,
        concurrency: int,
        draw_log: Path | None,
    ) -> None:
        self.name = name
        self.model = model
        self.policy = policy
        self.incidents = Incidents()
        self.account = account
        self._base_url = plain_address(model.base_url)
        self._dialect = dialect
        self._key = key
        self._patience = patience
        self._concurrency = concurrency
        self._draw_file = draw_log
        self._abilities: Abilities | None = None
        self._runner: AsyncRunner | None = None
        self._exchange: EndpointClient | None = None
        self._builder: RequestBuilder | None = None
        self._letters, self._tokens = 0, 0
        self._fingerprints: set[str] = set()
        self._moved = ServiceResolution()
        _ = key.value  # a missing key is told at once, not at the first request

    @property
    def abilities(self) -> Abilities:
        """What the endpoint was found to be able to do.

        Raises:
            ParticipantError: it cannot be reached, refuses the key, or has no such model.
        """
        if self._abilities is None:
            self._open()
        assert self._abilities is not None
        return self._abilities

    @property
    def revision(self) -> str:
        """The model as the endpoint resolved it, and where; marked where the way to an answer was changed."""
        found = self.abilities
        where = found.server or "local" if is_local(self._base_url) else urlsplit(self._base_url).hostname or ""
        build = f" {found.build}" if found.build and found.server == "llama.cpp" else ""
        if found.server == "vllm" and found.fingerprint:
            build = f" {found.fingerprint}"  # the same name in another format has another one
        reasoning = self.model.quirks.reasoning or (self.model.quirks.reasoning_tokens or "")
        marks = [mark for mark in (self.policy.mark, str(reasoning)) if mark]
        return f"{_bare(found.model or self.model.model)} @ {where}{build}" + "".join(f" ·{mark}" for mark in marks)

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, as found out."""
        found = self.abilities
        distribution = bool(found.tokens or found.token_ids or found.alternatives)
        if self.policy.way in ("sampled", "constrained"):
            distribution = False
        return Capabilities(
            distribution=distribution,
            opening=bool(found.continuation),
            seed=found.seed,
            identical=False,
            context=found.context,
        )

    @property
    def card(self) -> Mapping[str, Any]:
        """Everything that describes it, without the key."""
        found = self.abilities
        return {
            "kind": "remote",
            "model": _bare(self.model.model),
            "resolved": _bare(found.model),
            "title": self.model.title,
            "maker": self.model.maker,
            "dialect": self.model.dialect,
            "address": self._base_url if not is_local(self._base_url) else "this machine",
            "key": self._key.variable,
            "abilities": {
                **found.record(),
                "model": _bare(found.model),
                "sampling": list(found.sampling),
                "reasoning_ends": list(found.reasoning_ends),
            },
            "policy": {field: getattr(self.policy, field) for field in self.policy.__dataclass_fields__},
            "quirks": self.model.quirks.model_dump(mode="json"),
            "concurrency": self._concurrency,
        }

    @property
    def circumstances(self) -> frozenset[str]:
        """What its file says about it, how it is reached, and what the endpoint was found to be able to do."""
        return frozenset(("title", "maker", "address", "key", "abilities", "concurrency"))

    @property
    def spent(self) -> Spent:
        """What has been spent so far, probing included."""
        return self.account.spent

    def resolution(self) -> Mapping[str, Any]:
        """How far its answers move between cold and warm, alone and in company; nothing where they are not exact."""
        if not self.abilities.named or self.policy.way not in ("best", "exact"):
            return {}
        return self._moved.measure(self)

    def on_incident(self, told: Callable[[str, str], None]) -> None:
        """Have the kind and the detail of every incident handed on, on the thread that calls ``respond``."""
        self.incidents.on_incident = lambda incident: told(incident.kind, str(incident))
        self.incidents.tell()

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer every request once, those with a common beginning close together.

        Raises:
            ParticipantError: after all that was answered has been handed over.
            CapabilityError: it is to be looked into, or something is to be done to it that is not said.
        """
        said = worded(self, requests)
        self._open()
        assert self._runner is not None
        assert self._exchange is not None
        self._runner.call(self._exchange.begin())
        self._watch()
        order = by_prefix(requests)

        async def job(rank: int) -> Response:
            return await self._answered(said[order[rank]], rank)

        for rank, response in self._runner.run(len(requests), job, self._concurrency, self.incidents.tell):
            yield order[rank], response
        self._watch()

    def reset(self) -> None:
        """Nothing to forget: what an endpoint keeps for speed is its own, and changes no more than rounding."""

    def tokens(self, text: str) -> int:
        """How many tokens a text is: by the ratio seen so far, or a token per four letters."""
        ratio = self._tokens / self._letters if self._letters > 1000 else 0.25
        return max(1, round(len(text) * ratio)) if text else 0

    def close(self) -> None:
        """Close all connections."""
        if self._runner is not None and self._exchange is not None:
            self._runner.call(self._exchange.pool.close())
            self._runner.close()
            self._runner = self._exchange = None
        if self._builder is not None and isinstance(self._builder.ledger, DrawLog):
            self._builder.ledger.close()

    def __enter__(self) -> RemoteParticipant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<RemoteParticipant {self.name}>"

    def _open(self) -> None:
        if self._runner is not None:
            return
        pool = ConnectionPool(self._base_url, self._headers, cleaner(self._key))
        runner = AsyncRunner()
        limiter = RateLimiter(self._concurrency, self._patience)
        exchange = EndpointClient(
            pool,
            limiter,
            self.account,
            self.incidents,
            self._patience,
            scrub=lambda text: scrub(text, [self._key]),
            refusal=self._dialect.refusal,
        )
        limiter.closed_for = self._paused
        self._runner, self._exchange = runner, exchange
        try:
            if self._abilities is None:
                self._abilities = runner.call(self._probed(exchange))
        except BaseException:
            self.close()
            raise
        self._check_way(self._abilities)
        exchange.expected = self._changed
        ledger = DrawLog(self._draw_file, self.revision) if self._draw_file else None
        found = self._abilities
        tokens = TokenIds(TokenServer(self.model.model, found.sentinel)) if found.token_ids else None
        self._builder = RequestBuilder(self._dialect, found, self.policy, ledger, tokens=tokens, note=exchange.note)

    async def _probed(self, exchange: EndpointClient) -> Abilities:
        steps = probe(self._dialect, self.model)
        try:
            calls = next(steps)
            while True:
                calls = steps.send([await self._tried(exchange, call) for call in calls])
        except StopIteration as stop:
            found: Abilities = stop.value
            return found

    async def _tried(self, exchange: EndpointClient, call: Call) -> Any:
        """A probe's reply, or the Rejected it met. A connection that cannot be made is told at once."""
        try:
            return await exchange.send(call, tries=3)
        except Rejected as rejected:
            if not rejected.status:
                where = urlsplit(self._base_url).netloc
                hint = "check --base-url, and that the server is running"
                raise EngineError(f"{where} cannot be reached: {rejected}", hint=hint) from None
            return rejected

    async def _answered(self, request: Worded, rank: int) -> Response:
        """Go a way to an answer; its calls go out together."""
        assert self._exchange is not None
        steps = self._steps(request)
        try:
            calls = next(steps)
            while True:
                try:
                    replies = await _together([self._exchange.send(call, rank) for call in calls])
                except Unusable as unusable:
                    calls = steps.throw(unusable)
                else:
                    calls = steps.send(replies)
        except StopIteration as stop:
            response: Response = stop.value
            return response
        except Rejected as rejected:
            hint = "all other answers are stored"
            raise Unanswered(f"{self.name} left a request unanswered: {rejected}", hint=hint) from None

    def _steps(self, request: Worded) -> Generator[list[Call], list[Any], Response]:
        """The way to an answer."""
        assert self._builder is not None
        if isinstance(request, Ask):
            return answers.answer(request, self._builder)
        return answers.free_reply(request, self._builder)

    def _headers(self) -> Mapping[str, str]:
        return {"user-agent": "affectlab", **self._dialect.headers(self._key.value)}

    def _changed(self, read: Any) -> str:
        """In what a reply shows another model than the one that was opened; empty where the run may go on."""
        found = self._abilities
        if found is None:
            return ""
        if isinstance(read, ModelTurn):
            self._count(read)
        if isinstance(read, NextTokens) and read.moved > STRAY:
            return f"what is asked along with every question moved by {read.moved:.2f} nats"
        model = str(getattr(read, "model", ""))
        if model and found.model and model != found.model:
            return f"{_bare(found.model)} became {_bare(model)}"
        return self._exchanged(str(getattr(read, "fingerprint", "")), found)

    def _exchanged(self, fingerprint: str, found: Abilities) -> str:
        """Whether another fingerprint means another model: at a server of one's own it does.

        A provider serves one model from many machines, whose fingerprints differ; there each new one is told.
        """
        if not fingerprint or not found.fingerprint or fingerprint in (found.fingerprint, *self._fingerprints):
            return ""
        change = f"fingerprint {found.fingerprint} became {fingerprint}"
        if found.server or is_local(self._base_url):
            return change
        self._fingerprints.add(fingerprint)
        if self._exchange is not None:
            self._exchange.note("fingerprint changed", "all requests", change, "recorded with each answer")
        return ""

    def _watch(self) -> None:
        """Ask the sentinel where replies carry nothing by which another model would be known.

        Raises:
            EngineError: another model answers under the same name.
        """
        found = self.abilities
        if found.fingerprint or not (found.sentinel or found.first_words):
            return
        assert self._runner is not None
        assert self._exchange is not None
        assert self._builder is not None
        tokens = self._builder.tokens
        if found.sentinel is not None and tokens is not None:
            call = tokens.server.named([], found.sentinel.ids)
        else:
            call = self._dialect.turn(first_words(found.alternatives), found)
        with contextlib.suppress(Rejected):  # what the endpoint does not take now is told where the study is asked
            self._runner.call(self._exchange.send(replace(call, then=self._still_says)))

    def _still_says(self, read: Any) -> Any:
        """What was read of a request for first words; another model is told, or at a provider noted."""
        found = self._abilities
        if found is None or found.first_words is None or not isinstance(read, ModelTurn) or not read.positions:
            return read
        moved = found.first_words.moved(read.positions[0])
        if moved > STRAY_SHARE:
            change = f"the first words of a reply moved by {moved:.2f} in probability"
            if found.server or is_local(self._base_url):
                raise ModelChanged(f"the model changed in mid-run: {change}", hint=NEXT)
            if self._exchange is not None:
                self._exchange.note("replies changed", "all requests", change, "noted")
        return read

    def _count(self, turn: ModelTurn) -> None:
        """Learn how long tokens are, from what was said."""
        if turn.usage is not None and turn.usage.output and len(turn.text) > 20:
            self._letters += len(turn.text)
            self._tokens += turn.usage.output - turn.usage.reasoning

    def _paused(self, seconds: float) -> None:
        message = f"too many failures in a row; trying again in {seconds:.1f} s"
        self.incidents.add(Incident("paused", "all requests", 1, message, "waited", round(seconds, 3)))

    def _check_way(self, found: Abilities) -> None:
        """A way that was asked for and is not there is told before anything is spent on it."""
        exact = found.tokens or found.named
        there = {
            "exact": exact or bool(found.alternatives),
            "bounded": found.tokens or found.token_ids or bool(found.alternatives),
            "constrained": bool(found.constraint),
        }
        if not there.get(self.policy.way, True):
            raise CapabilityError(
                f"{self.name} gives no {self.policy.way} answers", hint="leave the way to affectlab, or use sampled"
            )


async def _together(sent: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    """What was read of each of several calls, when all are through; the worst of their failures, if there is one."""
    if len(sent) == 1:
        return [await sent[0]]
    replies = list(await asyncio.gather(*sent, return_exceptions=True))
    failures = [reply for reply in replies if isinstance(reply, BaseException)]
    if failures:
        raise next((failure for failure in failures if not isinstance(failure, Unusable)), failures[0])
    return replies


def _bare(name: str) -> str:
    """A model's name without a path of the machine that serves it."""
    return name.rsplit("/", 1)[-1] if name.startswith("/") or "\\" in name else name
