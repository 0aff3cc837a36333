"""A synthetic endpoint on raw sockets: a model with a known distribution, and every fault there is.

What it says is a function of the request alone, so that a run with faults can be held against one without.
It counts what it answered, by the request's content, so that a test can say that nothing was asked twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

FAULTS = (
    "429 with Retry-After",
    "429 without",
    "500",
    "502 with HTML",
    "503",
    "529",
    "408",
    "dropped before the reply",
    "reset",
    "dropped in the headers",
    "truncated body",
    "truncated chunks",
    "malformed JSON",
    "HTML with 200",
    "empty body",
    "empty choices",
    "no log probabilities",
    "error with 200",
    "not HTTP",
    "stalled",
)

KEY = "sk-test-7d1f0c2ab4e9planted"


class Model:
    """Ratings from 0 to 10 with a known distribution, and some words."""

    name = "synthetic-1"
    fingerprint = "fp_1"

    def shares(self, text: str) -> dict[str, float]:
        """The probability of each thing it may say to a text."""
        chance = random.Random(hashlib.sha256(text.encode()).hexdigest())
        weights = {str(rating): chance.random() ** 3 for rating in range(11)} | {
            " Well": 0.3,
            "I'm sorry, but I can't": 0.1,
        }
        total = sum(weights.values())
        return {word: weight / total for word, weight in weights.items()}

    def drawn(self, text: str, seed: int | None) -> str:
        """One draw."""
        shares = self.shares(text)
        chance = random.Random(seed)
        return chance.choices(list(shares), list(shares.values()))[0]


class Endpoint:
    """Serves a model on a free port, in a thread of its own."""

    def __init__(
        self,
        *,
        faults: float = 0.0,
        kinds: tuple[str, ...] = FAULTS,
        model: Model | None = None,
        logprobs: bool = True,
        key: str = "",
        answer: Callable[[dict[str, Any], int], dict[str, Any] | None] | None = None,
        delay: float = 0.0,
    ) -> None:
        self.model = model or Model()
        self.rate = faults
        self.kinds = kinds
        self.logprobs = logprobs
        self.key = key
        self.answer = answer
        self.delay = delay
        self.answered: Counter[str] = Counter()
        self.asked = 0
        self.injected: Counter[str] = Counter()
        self.quiet = True
        """Whether faults are held back; a test opens the participant first."""
        self.down = False
        self.busy = 0
        self.peak = 0
        self._tries: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._client, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    (
                        int(line.split(":")[1])
                        for line in head.lower().split("\r\n")
                        if line.startswith("content-length")
                    ),
                    0,
                )
                body = await reader.readexactly(length)
                self.busy += 1
                self.peak = max(self.peak, self.busy)
                try:
                    if self.delay:
                        await asyncio.sleep(self.delay)
                    goes_on = await self._reply(head, body, writer)
                finally:
                    self.busy -= 1
                if not goes_on:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _reply(self, head: str, body: bytes, writer: asyncio.StreamWriter) -> bool:
        path = head.split(" ")[1]
        if self.down:
            return False
        if self.key and f"bearer {self.key}".lower() not in head.lower():
            message = f"Incorrect API key provided: {head.lower().split('bearer ')[-1][:12]}"
            return self._send(writer, 401, {"error": {"message": message}})
        if path == "/v1/models":
            return self._send(writer, 200, {"data": [{"id": self.model.name, "owned_by": "us"}, {"id": "other"}]})
        if path != "/v1/chat/completions":
            return self._send(writer, 404, {"error": {"message": "no such path"}})
        self.asked += 1
        asked = json.loads(body)
        mark = hashlib.sha256(body).hexdigest()
        self._tries[mark] += 1
        if not self.quiet:
            kind = self._fault(mark, asked)
            if kind:
                self.injected[kind] += 1
                return await self._broken(kind, asked, writer)
        status, payload = 200, self._said(asked)
        if self.answer is not None:
            other = self.answer(asked, self.asked)
            if other is not None and "raw" in other:
                return self._send(writer, 200, other["raw"], **other.get("headers", {}))
            if other is not None:
                status, payload = other.pop("status", 200), {**({} if other.get("error") else payload), **other}
        if status == 200:
            self.answered[mark] += 1
        return self._send(writer, status, payload)

    def _fault(self, mark: str, asked: dict[str, Any]) -> str:
        chance = random.Random(f"{mark} {self._tries[mark]}")
        if chance.random() >= self.rate:
            return ""
        kinds = [kind for kind in self.kinds if kind != "no log probabilities" or asked.get("logprobs")]
        return chance.choice(kinds) if kinds else ""

    def _said(self, asked: dict[str, Any]) -> dict[str, Any]:
        messages = asked["messages"]
        text = "\n".join(message["content"] for message in messages)
        shares = self.model.shares(text)
        word = self.model.drawn(text, asked.get("seed"))
        finish = "stop"
        if "random words" in text or "Tell" in text:
            chance = random.Random(f"{text} {asked.get('seed')}")
            word = " ".join(chance.choice(("one", "two", "three", "four")) for _ in range(8))
        if "forbidden" in text:
            word, finish = "", "content_filter"
        choice: dict[str, Any] = {
            "index": 0,
            "finish_reason": finish,
            "message": {"role": "assistant", "content": word},
        }
        if asked.get("logprobs") and self.logprobs:
            shown = {} if "hidden" in text else shares
            top = sorted(shown.items(), key=lambda item: -item[1])[: asked["top_logprobs"]]
            tokens = [
                {"token": token, "logprob": math.log(share), "bytes": list(token.encode())} for token, share in top
            ]
            tokens = tokens or [{"token": "Hm", "logprob": math.log(0.1), "bytes": list(b"Hm")}]
            choice["logprobs"] = {"content": [{"token": word, "logprob": -1.0, "top_logprobs": tokens}]}
        usage = {"prompt_tokens": len(text) // 4 + 4, "completion_tokens": len(word) // 4 + 1}
        return {
            "id": "x",
            "model": self.model.name,
            "system_fingerprint": self.model.fingerprint,
            "choices": [choice],
            "usage": usage,
        }

    def _send(self, writer: asyncio.StreamWriter, status: int, payload: Any, **headers: str) -> bool:
        content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n{more}\r\n"
        writer.write(head.encode() + content)
        return True

    async def _broken(self, kind: str, asked: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        whole = json.dumps(self._said(asked)).encode()
        error = {"error": {"message": f"injected: {kind}"}}
        if kind == "429 with Retry-After":
            return self._send(writer, 429, error, retry_after="0.01")
        if kind == "429 without":
            return self._send(writer, 429, error)
        if kind == "502 with HTML":
            return self._send(writer, 502, b"<html>bad gateway</html>")
        if kind.isdigit():
            return self._send(writer, int(kind), error)
        if kind == "malformed JSON":
            return self._send(writer, 200, whole[:-7] + b"}}")
        if kind == "HTML with 200":
            return self._send(writer, 200, b"<html>welcome</html>")
        if kind == "empty body":
            return self._send(writer, 200, b"")
        if kind == "empty choices":
            return self._send(writer, 200, {**self._said(asked), "choices": []})
        if kind == "no log probabilities":
            said = self._said(asked)
            said["choices"][0]["logprobs"] = None
            return self._send(writer, 200, said)
        if kind == "error with 200":
            return self._send(writer, 200, {"error": {"message": "upstream failed", "code": 502}})
        if kind == "truncated body":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(whole) + whole[: len(whole) // 2])
        if kind == "truncated chunks":
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n" + whole[:16] + b"\r\n")
        if kind == "dropped in the headers":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-le")
        if kind == "not HTTP":
            writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        if kind == "stalled":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
            await asyncio.sleep(5)
        if kind == "reset":
            writer.transport.abort()
        return False
