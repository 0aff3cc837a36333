"""What a remote participant costs its own machine: processor time per request, requests per second, memory.

A server that answers at once runs in a second process; 16 requests are under way. Beside it stands what aiohttp alone
costs for the same requests, their replies parsed. Run it as ``python benchmarks/remote_overhead.py [REQUESTS]``; it
prints one JSON object.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

import aiohttp

from affectlab.conversation import Conversation
from affectlab.participants.remote import remote
from affectlab.requests import Ask

CONCURRENCY = 16
WINDOW = 500

_TOP = [{"token": str(i), "logprob": -2.4 - i / 10, "bytes": [48 + i % 10]} for i in range(20)]
_CHOICE = {
    "index": 0,
    "finish_reason": "stop",
    "message": {"role": "assistant", "content": "7"},
    "logprobs": {"content": [{"token": "7", "logprob": -0.1, "bytes": [55], "top_logprobs": _TOP}]},
}
_BODY = json.dumps(
    {
        "id": "x",
        "object": "chat.completion",
        "model": "null",
        "system_fingerprint": "fp",
        "choices": [_CHOICE],
        "usage": {"prompt_tokens": 10, "completion_tokens": 1},
    }
).encode()


class NullServer(asyncio.Protocol):
    """Answers every request with the same reply, as soon as it is whole."""

    reply = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(_BODY) + _BODY

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.pending = b""

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while (end := self.pending.find(b"\r\n\r\n")) >= 0:
            head = self.pending[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n")[0]) if at >= 0 else 0
            if len(self.pending) < end + 4 + length:
                return
            self.pending = self.pending[end + 4 + length :]
            self.transport.write(self.reply)  # type: ignore[attr-defined]


async def serve() -> None:
    """Print the port and serve until killed."""
    server = await asyncio.get_running_loop().create_server(NullServer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def asks(count: int) -> Iterator[Ask]:
    """Questions that differ, after a conversation of ordinary length."""
    told = Conversation.begin("You take part in a study.").user("Picture a kettle. " * 40).assistant("Okay.")
    options = tuple(str(rating) for rating in range(11))
    for index in range(count):
        yield Ask(told.user(f"Case {index}. How do you feel, from 0 to 10?"), "", options)


def memory() -> float:
    """The resident memory now, in megabytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def measure(url: str, requests: int) -> dict[str, object]:
    """The participant: blocks of requests, as a runner hands them over, processor time per window."""
    windows: list[float] = []
    memories: list[float] = []
    with remote("openai:null", base_url=url, concurrency=CONCURRENCY) as participant:
        participant.abilities  # noqa: B018
        list(participant.respond(list(asks(1000))))
        gc.collect()
        started, answered, cpu = time.perf_counter(), 0, time.process_time()
        while answered < requests:
            block = list(asks(min(10_000, requests - answered)))
            cpu = time.process_time()
            for _ in participant.respond(block):
                answered += 1
                if answered % WINDOW == 0:
                    now = time.process_time()
                    windows.append((now - cpu) / WINDOW * 1e3)
                    cpu = now
            gc.collect()
            memories.append(round(memory(), 1))
        seconds = time.perf_counter() - started
        spent = participant.spent
    return {
        "requests": spent.calls,
        "cpu_ms_per_request_median": round(statistics.median(windows), 3),
        "requests_per_second": round(requests / seconds),
        "memory_mb_per_10000": memories,
    }


async def bare_client(url: str, requests: int) -> float:
    """aiohttp alone: processor time in ms per request, with the same bodies and the replies parsed."""
    todo = asks(requests)
    async with aiohttp.ClientSession() as client:

        async def work() -> None:
            for ask in todo:
                body = {
                    "model": "null",
                    "messages": ask.conversation.messages,
                    "max_tokens": 1,
                    "temperature": 1.0,
                    "top_p": 1.0,
                    "logprobs": True,
                    "top_logprobs": 20,
                }
                async with client.post(f"{url}/chat/completions", json=body) as response:
                    await response.json()

        started = time.process_time()
        await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
        return (time.process_time() - started) / requests * 1e3


def main(requests: int) -> None:
    """Print what was measured."""
    server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        bare = asyncio.run(bare_client(url, min(requests, 5000)))
        print(json.dumps({**measure(url, requests), "aiohttp_alone_cpu_ms_per_request": round(bare, 3)}))
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
