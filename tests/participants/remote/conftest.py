"""A participant at a synthetic endpoint, and a real server with a real model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from affectlab.conversation import Conversation
from affectlab.participants.remote import Patience, RemoteParticipant, remote
from affectlab.requests import Ask, Request, Speak

HASTY = Patience(timeout=0.9, tries=12, first_wait=0.002, longest_wait=0.02, failures=10, closed=1.5)
RATINGS = tuple(str(rating) for rating in range(11))


def opened(url: str, *, name: str = "synthetic-1", **settings: Any) -> RemoteParticipant:
    """A participant at a synthetic endpoint, with little patience."""
    return remote(f"openai:{name}", base_url=url, **{"patience": HASTY, **settings})


def asks(count: int, text: str = "How much, from 0 to 10?") -> list[Request]:
    """Questions that differ."""
    start = Conversation.begin("A study.")
    return [Ask(start.user(f"Case {index}. {text}"), "", RATINGS) for index in range(count)]


def mixed(count: int) -> list[Request]:
    """Bounded and sampled asks, replies, and what a filter stops."""
    start = Conversation.begin("A study.")
    requests: list[Request] = []
    for index in range(count):
        told = start.user(f"Case {index}.").assistant("Okay.")
        kinds: tuple[Request, ...] = (
            Ask(told.user("How much?"), "", RATINGS),
            Ask(told.user("How much, hidden?"), "", RATINGS),
            Speak(told.user("Tell me."), seed=index),
            Speak(told.user("Tell me what is forbidden."), seed=index),
        )
        requests.append(kinds[index % 4])
    return requests


@pytest.fixture(scope="session")
def llama_server() -> Iterator[str]:
    """The address of llama.cpp's server with the embedded model, its weights as 32-bit numbers."""
    pytest.importorskip("xllamacpp")
    script = Path(__file__).with_name("llama_server.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(weights()), "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address, "the server did not start"
        yield f"{address}/v1"
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


def weights() -> Path:
    """The embedded model's weights as 32-bit numbers, in which an answer does not depend on who shares the batch."""
    from affectlab.errors import ParticipantError
    from affectlab.participants.weights import weights as encoded

    try:
        return encoded().path
    except ParticipantError:
        pytest.skip("the embedded model is not installed")
