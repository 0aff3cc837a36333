"""The way of a vignette's text from its file to the model: which functions it is handed to, one by one."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from affectlab.conversation import Conversation
from affectlab.design.steps import Procedure
from affectlab.materials.document import Document
from affectlab.materials.file import MaterialFile
from affectlab.participants.base import Participant
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.participants.remote import Policy
from tests import house
from tests.conftest import SCENES, Lab, run
from tests.participants.remote.conftest import opened
from tests.participants.remote.endpoint import Endpoint

MOST = 8
TEXT = SCENES["fear"][:30]
"""As much of it as stands on one line of its file."""
WHOLE = (Conversation, Document, MaterialFile, Procedure)
"""What holds the text among others, and is handed on as a whole."""
TINY: dict[str, Any] = {
    "states": ["fear", "neutral"],
    "induction": {"techniques": ["scene"], "grades": ["moderate"], "texts": 1},
    "regulations": ["none"],
    "tasks": [],
}
BESIDE = {
    "its characters and words": {"unfit", "_count", "count_words", "words_of", "unspaced"},
    "what a plan needs, and whether it fits": {"_all", "_talks", "_said", "_Room.holds", "EmbeddedParticipant.tokens"},
    "whether a number can be computed with": {"Part._can_be_computed_with"},
    "its link of the conversation": {"Conversation.__init__"},
    "where the control signs are": {"Wording._last_sign", "Wording._begin"},
    "what a call may cost": {"EndpointClient._one_try", "EndpointClient.reserve", "_letters"},
    "how its reply is read": {
        *("_Reader.__init__", "ConnectionPool._received", "EndpointClient.read", "EndpointClient.checked"),
        *("OpenAI.honoured", "sent_sampling", "question_record"),
    },
    "the store": {"Checksums._changing.<locals>.change", "checksum"},
}
"""Who is handed the text and only looks at it, or keeps it: it would reach the model without them."""


def test_the_text_passes_few_functions_on_its_way_to_the_network(lab: Lab, tmp_path: Path) -> None:
    with handed() as met, Endpoint() as endpoint, opened(endpoint.url, policy=Policy(way="bounded")) as participant:
        _run(lab, participant, tmp_path)
    assert _way(met) == _named("To a model behind an interface")


@pytest.mark.long
def test_the_text_passes_few_functions_on_its_way_to_the_embedded_engine(lab: Lab, tmp_path: Path) -> None:
    participant = EmbeddedParticipant(threads=1)
    try:
        with handed() as met:
            _run(lab, participant, tmp_path)
    finally:
        participant.close()
    way, named = _way(met), _named("To the embedded model")
    # the texts are tokenised before the run as well, to know whether they fit
    assert (sorted(way), way[0]) == (sorted(named), named[0])


def test_one_who_is_handed_the_text_is_seen() -> None:
    with handed() as met:
        Conversation.begin().user(TEXT)
    assert met == ["Conversation.user", "Conversation.say", "Conversation.__init__"]


def _run(lab: Lab, participant: Participant, folder: Path) -> None:
    run(lab.load(**TINY), participant, folder / "run")


def _way(met: list[str]) -> list[str]:
    return [one for one in met if one not in set[str]().union(*BESIDE.values())]


def _named(where: str) -> list[str]:
    """The functions that the docs name."""
    page = (house.ROOT / "docs/explanation/architecture.md").read_text("utf-8")
    found = re.search(rf"^- {where}: (.*?)\.$", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    named = re.findall(r"`([\w.]+)`", found[1])
    assert len(named) <= MOST
    return named


@contextmanager
def handed() -> Iterator[list[str]]:
    """The functions of affectlab that are handed the text in an argument, in the order in which they first are."""
    met: dict[str, None] = {}

    def called(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(str(house.SOURCE)) or code.co_name.startswith("<"):
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(_is_text(frame.f_locals[name]) for name in names if name != "self" and name in frame.f_locals):
            met.setdefault(code.co_qualname)

    threading.setprofile(called)
    sys.setprofile(called)
    found: list[str] = []
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        found += met


def _is_text(value: object, *, inside: bool = False) -> bool:
    """Whether a value is the text: a string, some among which it is, or what was made to hold it."""
    if isinstance(value, str):
        return TEXT in value
    if isinstance(value, Mapping):
        return any(_is_text(one, inside=inside) for one in value.values())
    if isinstance(value, (list, tuple)):
        return any(_is_text(one, inside=inside) for one in value)
    if inside or isinstance(value, WHOLE) or not type(value).__module__.startswith("affectlab"):
        return False
    slots = [name for one in type(value).__mro__ for name in getattr(one, "__slots__", ()) if name != "__dict__"]
    fields = [*getattr(value, "__dict__", {}).values(), *(getattr(value, name, None) for name in slots)]
    return any(_is_text(one, inside=True) for one in fields)
