"""A task of single items, each on a branch of its own: what choices, recalls and ratings share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

from pydantic import model_validator

from affectlab.conversation import Conversation
from affectlab.generators import Session
from affectlab.materials.document import Misplaced
from affectlab.materials.form import Asked, FormScore, Shown, together
from affectlab.materials.schema import places, unique
from affectlab.materials.tasks import Task
from affectlab.materials.template import fill
from affectlab.requests import Ask, Request
from affectlab.tasks.estimates import Estimate
from affectlab.tasks.item import ScoredItem, TaskItem, TaskQuestion


class Itemised(Task):
    """Items that are filled into the templates of the task. A form gives its items and the questions made of them."""

    text: str = ""
    """The text of items that have none of their own, a template of their ``fields``."""
    layout: str = "{text}"
    """The turn in which an item is asked: its ``{text}``, and where options are shown, ``{first}``, ``{second}`` …"""
    opening: str
    """How the participant's turn begins; may hold ``{text}``."""
    estimates: tuple[Estimate, ...] = ()

    @property
    @abstractmethod
    def listed(self) -> Sequence[TaskItem]:
        """The items, in the order of the file."""

    @abstractmethod
    def questions(self) -> Iterator[TaskQuestion]:
        """Everything that is asked, in the order of the file."""

    @model_validator(mode="after")
    def _outcomes(self) -> Self:
        unique("item", places("items", (item.id for item in self.listed)))
        for index, estimate in enumerate(self.estimates):
            for name in (*estimate.names, estimate.of):
                if name not in self.units:
                    raise Misplaced(f"`{name}` has no unit; add it to `units`", "estimates", index)
        return self

    @property
    def item_count(self) -> int:
        return len(self.listed)

    def shortened(self, items: int) -> Self:
        """The first items of the file, and half as many controls."""
        kept = [item for item in self.listed if not item.control][:items]
        kept += [item for item in self.listed if item.control][: max(2, items // 2)]
        return self.model_copy(update={"items": tuple(kept)})

    def filled(self, item: TaskItem) -> dict[str, str]:
        """What fills the templates of an item."""
        fields = {name: field_text(value) for name, value in item.fields.items()}
        return fields | {"text": fill(item.text or self.text, fields)}

    @cached_property
    def every_question(self) -> tuple[TaskQuestion, ...]:
        """All questions, made once: who answers looks for the one that is asked, again and again."""
        return tuple(self.questions())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("every_question", None)  # a copy has other items, and so other questions
        return copied

    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        asked = self.every_question
        return (yield from together([one.probe for one in asked], [one.after(conversation) for one in asked]))

    def shown(self) -> Iterator[Shown]:
        items = {item.id: item for item in self.listed}
        for question in self.every_question:
            if not question.turned:
                item = items[question.item]
                whole = f"{question.say} {question.opening}".strip()
                yield Shown(self.filled(item)["text"], whole, item.control, item.condition)

    def summarised(self, scored: Sequence[ScoredItem]) -> Iterator[FormScore]:
        """The items' rows, each also under its condition where that is an outcome; then what is estimated over them."""
        for item, values, at in scored:
            for outcome, value in values.items():
                yield FormScore(item.id, outcome + item.suffix, value, at)
            if item.condition in self.units and values:
                yield FormScore(item.id, item.condition + item.suffix, next(iter(values.values())), at)
        for control in (False, True):
            part = [one for one in scored if one.item.control is control]
            for estimate in self.estimates if part else ():
                for one in estimate.scores(part):
                    yield one._replace(scale=one.scale + part[0].item.suffix)

    def recognised(self, request: Request) -> tuple[TaskQuestion, TaskItem] | None:
        """The question that a request asks, and its item."""
        if not isinstance(request, Ask):
            return None
        question = next((one for one in self.every_question if one.asks(request)), None)
        if question is None:
            return None
        return question, next(item for item in self.listed if item.id == question.item)

    def _fits(self, index: int, question: Callable[[], TaskQuestion]) -> None:
        """Refuse an item that does not fill the templates."""
        try:
            question()
        except (KeyError, IndexError, ValueError) as error:
            name = error.args[0]
            remedy = f"add it to `fields`, or write `{{{{{name}}}}}` for braces that are text"
            raise Misplaced(f"does not fill `{{{name}}}`; {remedy}", "items", index) from None


def field_text(value: float | str) -> str:
    """A field as it is read: whole numbers without a point."""
    return f"{value:g}" if isinstance(value, float | int) else value


def wordings(option: str | tuple[str, ...], fields: Mapping[str, str]) -> tuple[str, ...]:
    """The wordings of an option, filled with an item's fields."""
    options = (option,) if isinstance(option, str) else option
    return tuple(fill(word, fields) for word in options)
