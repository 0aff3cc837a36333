"""A conversation: an immutable list of turns, linked to its parent.

Forking is free, because a fork is just another child. The id is the hash of everything said so far, so two
sessions in which the same was said share their conversation, and with it every answer to the same question.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Literal

Role = Literal["system", "user", "assistant"]


class Conversation:
    """A turn and the conversation before it.

    >>> start = Conversation.begin("You take part in a study.")
    >>> told = start.user("Picture a kettle.").assistant("Okay.")
    >>> told.user("How are you?").parent is told
    True
    >>> [turn.role for turn in told.turns]
    ['system', 'user', 'assistant']
    >>> told.id == start.user("Picture a kettle.").assistant("Okay.").id
    True
    """

    __slots__ = ("__dict__", "parent", "role", "text")

    def __init__(self, role: Role | None, text: str, parent: Conversation | None) -> None:
        self.role = role
        self.text = text
        self.parent = parent

    @classmethod
    def begin(cls, system: str = "") -> Conversation:
        """An empty conversation, or one that opens with a system turn."""
        root = cls(None, "", None)
        return root.say("system", system) if system else root

    def say(self, role: Role, text: str) -> Conversation:
        """The conversation in which ``role`` says ``text`` next. This one stays as it is."""
        return Conversation(role, text, self)

    def user(self, text: str) -> Conversation:
        """The experimenter speaks."""
        return self.say("user", text)

    def assistant(self, text: str) -> Conversation:
        """The participant speaks."""
        return self.say("assistant", text)

    @cached_property
    def id(self) -> str:
        """SHA-256, in hex, of every role and text from the beginning."""
        if self.parent is None:
            return hashlib.sha256(b"affectlab conversation 1").hexdigest()
        content = f"{self.parent.id}\0{self.role}\0{self.text}"
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def turns(self) -> tuple[Conversation, ...]:
        """The turns in the order they were said; each is the conversation up to there."""
        if self.parent is None:
            return ()
        return (*self.parent.turns, self)

    @property
    def messages(self) -> list[dict[str, str]]:
        """The turns as ``[{"role": …, "content": …}]``, the form that chat templates and endpoints take."""
        return [{"role": str(turn.role), "content": turn.text} for turn in self.turns]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Conversation) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<Conversation {self.id[:8]}, {len(self.turns)} turns>"
