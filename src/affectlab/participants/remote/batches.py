"""OpenAI's batch interface: a file of requests, answered within a day, at half the price.

Written from its documentation (https://platform.openai.com/docs/guides/batch), and tried on a server of our own that
keeps to it. A batch is announced in a file of the run before it is made, and carries a mark by which it is found again:
so it is never made twice, at whatever moment the process is killed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from affectlab.errors import EngineError
from affectlab.participants.remote.batch_log import BatchLog
from affectlab.participants.remote.calls import Call, Rejected, Usage
from affectlab.participants.remote.connection_pool import HttpReply
from affectlab.participants.remote.exchange import FEW, EndpointClient
from affectlab.participants.remote.faults import Fault

MOST_LINES = 50_000
"""Requests in a batch, as the documentation has it."""
MOST_BYTES = 100 << 20
"""Of its file; half of what is allowed."""
LARGEST_REPLY = 1 << 16
"""Bytes of one line of what comes back, on which the ceiling of a file of replies rests."""
ENDED = ("completed", "expired", "cancelled", "failed")
"""The states of a batch in which nothing more comes."""


@dataclass(frozen=True)
class _Line:
    """A request of a batch: its name there, and what is sent."""

    name: str
    call: Call
    reserved: Usage | None
    """What is set aside for it; nothing where it was paid for before."""


class Batches:
    """Sends calls in batches, and reads what came back as if each had been sent alone."""

    def __init__(self, client: EndpointClient, base_url: str, revision: str, log: BatchLog, poll: float) -> None:
        self._client = client
        self._path = urlsplit(base_url).path
        self._revision = revision
        self._log = log
        self._poll = poll
        self._lines: dict[str, dict[str, Any]] = {}
        """Of the batches that have ended, what came back, by the name of the request."""

    async def available(self) -> bool:
        """Whether there is such an interface."""
        try:
            await self._client.send(replace(_listing(), optional=True), tries=FEW)
        except Rejected:
            return False
        return True

    async def send(self, calls: Sequence[Call]) -> list[Any]:
        """What was read of each call, or the :class:`Rejected` that it met. What failed goes into another batch.

        Raises:
            ParticipantError: a batch was not taken, the endpoint is not to be had, or the budget does not cover it.
        """
        outcomes: dict[int, Any] = {}
        attempts = [0] * len(calls)
        while left := [at for at in range(len(calls)) if at not in outcomes]:
            lines = dict(zip(left, await self._submitted([calls[at] for at in left], left, attempts), strict=True))
            for at, line in lines.items():
                outcome = await self._outcome(line)
                if not isinstance(outcome, Fault):
                    outcomes[at] = self._client.checked(outcome, line.call)
                    continue
                attempts[at] += 1
                try:
                    self._client.wait_after(outcome, line.call, attempts[at])
                except Rejected as rejected:
                    outcomes[at] = rejected
        return [outcomes[at] for at in range(len(calls))]

    async def _submitted(self, calls: Sequence[Call], left: Sequence[int], attempts: Sequence[int]) -> list[_Line]:
        """The calls as lines, each in a batch: in one that was made before, if there is such, else in a new one."""
        names = self._names(calls, [attempts[at] for at in left])
        for mark in dict.fromkeys(filter(None, map(self._log.mark_of, names))):
            if not self._log.id_of(mark):
                await self._recover(mark)
        lines = [
            _Line(name, call, Usage() if self._log.mark_of(name) else self._client.reserve(call))
            for name, call in zip(names, calls, strict=True)
        ]
        for part in _parts([one for one in lines if not self._log.mark_of(one.name)], self._body):
            await self._make(part)
        return lines

    def _names(self, calls: Sequence[Call], attempts: Sequence[int]) -> list[str]:
        """A name for each call: the same whenever it is asked again of this model, another at every try."""
        met: Counter[str] = Counter()
        names = []
        for call, attempt in zip(calls, attempts, strict=True):
            content = json.dumps([self._revision, call.path, call.body, call.purpose, attempt], sort_keys=True)
            digest = hashlib.sha256(content.encode()).hexdigest()[:40]
            names.append(f"{digest}-{met[digest]}")
            met[digest] += 1
        return names

    def _body(self, line: _Line) -> bytes:
        url = self._path + line.call.path
        request = {"custom_id": line.name, "method": "POST", "url": url, "body": line.call.body}
        return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    async def _make(self, part: Sequence[_Line]) -> None:
        names = [one.name for one in part]
        mark = hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]
        file = await self._sent(
            Call(
                "/files",
                None,
                lambda payload: str(payload["id"]),
                "file of a batch",
                free=True,
                form={"purpose": "batch", "file": b"".join(map(self._body, part))},
            )
        )
        self._log.announce(mark, names)
        body = {
            "input_file_id": file,
            "endpoint": self._path + part[0].call.path,
            "completion_window": "24h",
            "metadata": {"affectlab": mark},
        }
        create = Call("/batches", body, lambda payload: str(payload["id"]), "batch", free=True)
        for attempt in range(FEW):
            try:
                self._log.made(mark, await self._client.send(create, tries=1))
                return
            except Rejected as rejected:
                # it may have been made nevertheless
                found = "" if 400 <= rejected.status < 500 else await self._found(mark)
                if found:
                    self._log.made(mark, found)
                    return
                if attempt + 1 == FEW or 400 <= rejected.status < 500:
                    self._log.void(mark)
                    raise EngineError(f"a batch was not taken: {rejected}", hint=_KEPT) from None

    async def _recover(self, mark: str) -> None:
        """Find out what became of a batch that was announced when the process was killed."""
        found = await self._found(mark)
        if found:
            self._log.made(mark, found)
        else:
            self._log.void(mark)

    async def _found(self, mark: str) -> str:
        """The id of the batch that carries a mark; empty where there is none."""
        after = ""
        while True:
            page = await self._sent(_listing(after))
            for one in page["data"]:
                if (one.get("metadata") or {}).get("affectlab") == mark:
                    return str(one["id"])
            if not page.get("has_more") or not page["data"]:
                return ""
            after = str(page["data"][-1]["id"])

    async def _outcome(self, line: _Line) -> Any:
        """What was read of a line, or its fault; and what it cost."""
        mark = self._log.mark_of(line.name)
        if mark not in self._lines:
            self._lines[mark] = await self._results(mark)
        reply = _reply(self._lines[mark].get(line.name))
        return self._client.settled(self._client.read(reply, line.call), line.reserved)

    async def _results(self, mark: str) -> dict[str, Any]:
        """All lines of a batch, when it has ended, by name."""
        id = self._log.id_of(mark)
        status = Call(f"/batches/{id}", None, dict, "batch", free=True)
        while (batch := await self._sent(status)).get("status") not in ENDED:
            await asyncio.sleep(self._poll)
        if batch["status"] == "failed":
            self._log.void(mark)
            told = ((batch.get("errors") or {}).get("data") or [{}])[0].get("message", "it does not say why")
            raise EngineError(f"batch {id} failed: {told}", hint=_KEPT)
        lines: dict[str, Any] = {}
        many = sum((batch.get("request_counts") or {}).values()) or MOST_LINES
        for file in (batch.get("output_file_id"), batch.get("error_file_id")):
            if file:
                largest = (8 << 20) + LARGEST_REPLY * many
                path = f"/files/{file}/content"
                read = Call(path, None, list, "results of a batch", free=True, lines=True, largest=largest)
                lines |= {str(one["custom_id"]): one for one in await self._sent(read)}
        return lines

    async def _sent(self, call: Call) -> Any:
        try:
            return await self._client.send(call)
        except Rejected as rejected:
            raise EngineError(f"the batch interface does not answer: {rejected}", hint=_KEPT) from None


_KEPT = "what was answered is stored, and what was submitted is found again: run the same command to go on"


def _listing(after: str = "") -> Call:
    path = "/batches?limit=100" + (f"&after={after}" if after else "")
    return Call(path, None, dict, "list of batches", free=True)


def _reply(line: Mapping[str, Any] | None) -> HttpReply | Fault:
    """A line of what came back, as the reply that it would have been."""
    if line is None:
        return Fault("missing in the batch", "the batch has ended without this request", paid=True)
    response, error = line.get("response"), line.get("error")
    if isinstance(response, Mapping):
        return HttpReply(int(response.get("status_code") or 0), response.get("body"))
    code = str(error.get("code") or "") if isinstance(error, Mapping) else ""
    message = str(error.get("message") or code) if isinstance(error, Mapping) else "neither reply nor error"
    return Fault("expired" if code == "batch_expired" else "failed in the batch", message)


def _parts(lines: Sequence[_Line], body: Any) -> Iterator[list[_Line]]:
    """The lines in files that are not too large."""
    part: list[_Line] = []
    size = 0
    for line in lines:
        length = len(body(line))
        if part and (len(part) == MOST_LINES or size + length > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(line)
        size += length
    if part:
        yield part
