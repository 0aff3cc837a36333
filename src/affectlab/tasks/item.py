"""An item of a task, how it is asked, and what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import Field

from affectlab.conversation import Conversation
from affectlab.materials.schema import Id, Part
from affectlab.requests import Ask

CONTROL = "-control"
"""What is added to an outcome's name for the items that are controls."""
ACCURACY = "accuracy"
"""The outcome of tasks whose items have a right answer."""
ALL = "all"
"""The item of an outcome that is estimated over all items."""
ACKNOWLEDGED = "Okay."
"""What the participant is given as its reply to what the items of a task share."""


class TaskItem(Part):
    """One item of a task. Its ``fields`` fill the templates of the task."""

    id: Id
    text: str = ""
    condition: str = ""
    pair: str = ""
    """Items that are compared with each other share it."""
    control: bool = False
    fields: dict[str, float | str] = Field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """What is added to the names of its outcomes."""
        return CONTROL if self.control else ""


class TaskQuestion(NamedTuple):
    """One thing that is asked, and what each option stands for."""

    item: str
    turned: bool
    """Whether the options, and a studied list, stand in reverse order."""
    shared: str
    """What is said first, and acknowledged: what the items of the task have in common."""
    say: str
    """The item's own turn; nothing where the item only begins the participant's turn."""
    opening: str
    options: tuple[str, ...]
    roles: tuple[str, ...]
    """What each option stands for."""

    @property
    def probe(self) -> str:
        """What tells the question from the others of its task."""
        return f"{self.item}:turned" if self.turned else self.item

    def after(self, conversation: Conversation) -> Ask:
        """The question after a conversation: what all share is said and acknowledged, so that it lies in the prefix."""
        branch = conversation.user(self.shared)
        if self.say:
            branch = branch.assistant(ACKNOWLEDGED).user(self.say)
        return Ask(branch, self.opening, self.options)

    def asks(self, ask: Ask) -> bool:
        """Whether a request asks this question."""
        said = ask.conversation.text if self.say else ""
        shared = ask.conversation
        if self.say and shared.parent is not None and shared.parent.parent is not None:
            shared = shared.parent.parent
        same = (self.say, self.opening, self.options) == (said, ask.opening, ask.options)
        return same and self.shared == shared.text


class ScoredItem(NamedTuple):
    """An item and what it gave: its outcomes, nan where there was no legal answer."""

    item: TaskItem
    outcomes: Mapping[str, float]
    places: tuple[int, ...]
    """The places of what was asked for it."""
