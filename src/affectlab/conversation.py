"""A conversation: an immutable chain of links, each to its parent. A link is a turn that is said, or an intervention.

Branching is free, because a branch is just another child. The id is the hash of everything said so far, and of
everything done to the participant, so two sessions in which the same was said and done share their conversation, and
with it every answer to the same question.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Role = Literal["system", "user", "assistant"]
INTERVENTION = "intervention"
"""What stands in place of a role where something was done and not said."""


@dataclass(frozen=True)
class Intervention:
    """Something that is done to the participant and not said. It lasts from its place in the conversation on."""

    kind: str
    """The way in which it is done: ``steering``."""
    material: str
    """The content hash of what is applied."""
    dose: float
    """How much of it; 0 is none at all."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.dose):
            raise ValueError(f"a dose is a finite number, not {self.dose}")

    @property
    def content(self) -> str:
        """What it is, as one string: the same for the same intervention."""
        return json.dumps([self.kind, self.material, float(self.dose)], ensure_ascii=False)

    def __str__(self) -> str:
        return f"{self.kind} with {self.material}, dose {self.dose:g}"

    @classmethod
    def of(cls, content: str) -> Intervention:
        """The intervention whose ``content`` this is."""
        return cls(*json.loads(content))


class Conversation:
    """A link and the conversation before it.

    >>> start = Conversation.begin("You take part in a study.")
    >>> told = start.user("Picture a kettle.").assistant("Okay.")
    >>> told.user("How are you?").parent is told
    True
    >>> [turn.role for turn in told.turns]
    ['system', 'user', 'assistant']
    >>> told.id == start.user("Picture a kettle.").assistant("Okay.").id
    True
    >>> told.intervened(Intervention("steering", "5c1d", 0.0)) is told
    True
    >>> told.intervened(Intervention("steering", "5c1d", 2.0)).user("How are you?").interventions
    (Intervention(kind='steering', material='5c1d', dose=2.0),)
    """

    __slots__ = ("__dict__", "intervention", "parent", "role", "text")

    def __init__(
        self, role: Role | None, text: str, parent: Conversation | None, intervention: Intervention | None = None
    ) -> None:
        self.role = role
        self.text = text
        self.parent = parent
        self.intervention = intervention

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

    def intervened(self, intervention: Intervention) -> Conversation:
        """The conversation from which on an intervention lasts; with a dose of 0, this one."""
        return self if intervention.dose == 0.0 else Conversation(None, "", self, intervention)

    @cached_property
    def id(self) -> str:
        """SHA-256, in hex, of every role and text from the beginning, and of every intervention."""
        if self.parent is None:
            return hashlib.sha256(b"affectlab conversation 1").hexdigest()
        if self.intervention is not None:
            # no role is called so: what is done is never taken for something said
            return hashlib.sha256(f"{self.parent.id}\0{INTERVENTION}\0{self.intervention.content}".encode()).hexdigest()
        content = f"{self.parent.id}\0{self.role}\0{self.text}"
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def links(self) -> tuple[Conversation, ...]:
        """The turns and interventions in order; each is the conversation up to there."""
        if self.parent is None:
            return ()
        return (*self.parent.links, self)

    @cached_property
    def turns(self) -> tuple[Conversation, ...]:
        """The turns in the order they were said; each is the conversation up to there."""
        if self.parent is None:
            return ()
        return self.parent.turns if self.intervention is not None else (*self.parent.turns, self)

    @cached_property
    def interventions(self) -> tuple[Intervention, ...]:
        """Everything that is done to the participant by now, in order."""
        before = () if self.parent is None else self.parent.interventions
        return before if self.intervention is None else (*before, self.intervention)

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
