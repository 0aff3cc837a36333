"""The form in which something is asked: as it stands, with the turn begun, or with a request to continue.

An endpoint that cannot be made to continue a turn is asked to. That is another question, so the form is part
of every answer's record, and forms are never mixed in one contrast.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import yaml

from affectlab.conversation import Conversation
from affectlab.participants.remote.abilities import System

Form = Literal["as asked", "continued", "asked to continue"]


class Posed(NamedTuple):
    """A question in the form in which it is sent."""

    messages: list[dict[str, str]]
    opening: str
    form: Form
    moved: str = ""
    """How what the experimenter said as the system was said instead; empty where it was said as it stands."""


def posed(conversation: Conversation, opening: str, *, can_continue: bool, system: System = "anywhere") -> Posed:
    """A conversation and an opening, put so that the endpoint can take it.

    >>> asked = posed(Conversation.begin().user("How are you?"), "I feel", can_continue=False)
    >>> asked.form, asked.opening
    ('asked to continue', '')
    """
    messages, moved = conversation.messages, ""
    if system != "anywhere":
        messages, moved = placed(messages, system)
    if not opening:
        return Posed(messages, "", "as asked", moved)
    if can_continue:
        return Posed(messages, opening, "continued", moved)
    request = request_to_continue(opening)
    if messages and messages[-1]["role"] == "user":
        messages[-1] = {"role": "user", "content": f"{messages[-1]['content']}\n\n{request}"}
    else:
        messages.append({"role": "user", "content": request})
    return Posed(messages, "", "asked to continue", moved)


def request_to_continue(opening: str) -> str:
    """What is said to a participant whose turn cannot be begun for it."""
    return str(_forms()["continue"]).format(opening=opening)


def placed(messages: list[dict[str, str]], system: System) -> tuple[list[dict[str, str]], str]:
    """The messages with every system turn that the endpoint cannot hold said as a user turn, and a word on that.

    Such a turn is joined with the user turn next to it, because endpoints of this kind want the two to take turns.

    >>> placed([{"role": "system", "content": "A."}, {"role": "user", "content": "B?"}], "")
    ([{'role': 'user', 'content': 'A.\\n\\nB?'}], 'as a user turn')
    """
    kept = 1 if system == "first" else 0
    if system == "anywhere" or all(message["role"] != "system" for message in messages[kept:]):
        return messages, ""
    said: list[dict[str, str]] = []
    joins = False
    for at, message in enumerate(messages):
        moves = message["role"] == "system" and at >= kept
        role = "user" if moves else message["role"]
        if said and role == "user" == said[-1]["role"] and (moves or joins):
            said[-1] = {"role": "user", "content": f"{said[-1]['content']}\n\n{message['content']}"}
        else:
            said.append({"role": role, "content": message["content"]})
        joins = moves
    return said, "as a user turn" if system == "" else "a later one as a user turn"


def refuses(text: str) -> bool:
    """Whether a text begins as refusals do. A rule of thumb, used only where no option was named.

    >>> refuses("I'm sorry, but I can't rate feelings."), refuses("7")
    (True, False)
    """
    return text.lstrip(" \n\"'“*").casefold().startswith(_refusals())


def wording_version() -> int:
    """The version of the wording."""
    return int(_forms()["version"])


@cache
def _refusals() -> tuple[str, ...]:
    return tuple(str(line).casefold() for line in _forms()["refusals"])


@cache
def _forms() -> Mapping[str, Any]:
    text = files(__package__).joinpath("forms.yaml").read_text(encoding="utf-8")
    data: Mapping[str, Any] = yaml.safe_load(text)
    return data
