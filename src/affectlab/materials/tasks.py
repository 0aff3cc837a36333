"""What a task file may say: the paradigms in which people in a state err, as data of a few forms.

A completion reads words after a stem; a choice reads options, a rating numbers, and a recall choices about a
list that was studied before; an interactive task is a game of several steps (``materials/games``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Literal, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from affectlab.materials.document import Misplaced, Place
from affectlab.materials.estimates import Estimate
from affectlab.materials.schema import Id, Material, Part, Scale, places, unique

ACCURACY = "accuracy"
"""The outcome of tasks whose items have a right answer."""
CONTROL = "-control"
"""What is added to an outcome's name for the items that are controls."""

PLACES = ("first", "second", "third", "fourth")
"""How a layout names the displayed options."""


class Question(NamedTuple):
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


class Task(Material):
    """A paradigm in which people in a state err in a known way. Each form is a subclass."""

    kind: Literal["task"]
    form: str
    question: str
    """What the items share, said before them."""
    minimum_coverage: float = Field(ge=0.0, le=1.0)
    """Below this coverage the task is not usable with a participant."""
    primary: str
    """The outcome that findings are about."""
    units: dict[str, str] = Field(min_length=1)
    """Every outcome, with its unit. One that is named like a condition is the items' outcome in it."""
    floor: float | None = None
    """What guessing scores on the primary outcome, where there is something to get right."""
    states: tuple[Id, ...] = ()
    """The states in which people are said to err; none given, all."""
    control: str = ""
    """What the control items share with the others, and what they lack."""
    forbidden: tuple[str, ...] = ()
    """Words no induction or regulation may contain, ``*`` for any ending."""
    scoring: str = ""

    forms: ClassVar[dict[str, type[Task]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for form in getattr(cls.model_fields["form"].annotation, "__args__", ()):
            Task.forms[form] = cls

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The task of some content, as the class of its form."""
        form = Task.forms.get(str(obj.get("form")), cls) if cls is Task and isinstance(obj, Mapping) else cls
        if form is cls:
            return super().model_validate(obj, **options)
        return form.model_validate(obj, **options)  # type: ignore[return-value]

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.primary not in self.units:
            raise Misplaced(f"no outcome is called `{self.primary}`; `units` has {', '.join(self.units)}", "primary")
        return self

    def states_named(self) -> Iterator[tuple[Place, str]]:
        yield from ((("states", index), state) for index, state in enumerate(self.states))

    @property
    def unit(self) -> str:
        """The unit of the primary outcome."""
        return self.units[self.primary]

    @property
    def said(self) -> tuple[str, ...]:
        """Every wording of the question: by it the task is recognised."""
        return (self.question,)

    @property
    def spoken(self) -> tuple[str, ...]:
        """The items that can also be answered freely."""
        return ()

    @property
    def trials(self) -> int:
        """How many trials or rounds it has."""
        return len(getattr(self, "items", getattr(self, "blocks", ())))

    @property
    def scored(self) -> tuple[str, ...]:
        """The words that no induction may contain, because the task reads their probability."""
        return self.forbidden

    def shortened(self, trials: int) -> Self:
        """The task with fewer trials, for a quick run."""
        return self


class Stem(Part):
    """A sentence to be completed; self and other versions of one sentence share their ``pair``."""

    id: Id
    pair: Id
    who: Literal["self", "other"]
    domain: str
    text: str


class CompletionWords(Part):
    """Matched completions; which list is which is the key of the task."""

    negative: tuple[str, ...] = Field(min_length=1)
    positive: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        if len(self.negative) != len(self.positive):
            raise ValueError("the word lists differ in length; give every word its counterpart")
        unique("word", places("negative", self.negative) | places("positive", self.positive))
        return self


class Generation(Part):
    """How a free reply is drawn."""

    max_tokens: int = Field(gt=0)
    temperature: float = Field(ge=0.0)
    stop: tuple[str, ...] = ()


class Completion(Task):
    """Stems, and the probability of negative against positive words after them."""

    form: Literal["completion"]
    primary: str = "negativity"
    units: dict[str, str] = Field(default={"negativity": "log odds"}, min_length=1)
    items: tuple[Stem, ...] = Field(min_length=1)
    words: CompletionWords
    generation: Generation | None = None

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        unique("item", places("items", (item.id for item in self.items)))
        return self

    @property
    def options(self) -> tuple[str, ...]:
        """What may follow a stem: the negative words, then the positive ones."""
        return tuple(f" {word}" for word in (*self.words.negative, *self.words.positive))

    @property
    def spoken(self) -> tuple[str, ...]:
        return tuple(item.id for item in self.items) if self.generation is not None else ()

    @property
    def scored(self) -> tuple[str, ...]:
        return (*self.forbidden, *self.words.negative, *self.words.positive)

    def shortened(self, trials: int) -> Self:
        return self.model_copy(update={"items": self.items[:trials]})


class Item(Part):
    """One trial of a task. Its ``fields`` fill the templates of the task."""

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


class Itemised(Task):
    """A task of single trials, each on a fork of its own."""

    text: str = ""
    """The text of items that have none of their own, a template of their ``fields``."""
    layout: str = "{text}"
    """The turn in which an item is asked: its ``{text}``, and where options are shown, ``{first}``, ``{second}`` …"""
    opening: str
    """How the participant's turn begins; may hold ``{text}``."""
    estimates: tuple[Estimate, ...] = ()

    @model_validator(mode="after")
    def _outcomes(self) -> Self:
        items: tuple[Item, ...] = self.items  # type: ignore[attr-defined]
        unique("item", places("items", (item.id for item in items)))
        for index, estimate in enumerate(self.estimates):
            for name in (*estimate.names, estimate.of):
                if name not in self.units:
                    raise Misplaced(f"`{name}` has no unit; add it to `units`", "estimates", index)
        return self

    def shortened(self, trials: int) -> Self:
        """The first trials of the file, and half as many controls."""
        items: tuple[Item, ...] = self.items  # type: ignore[attr-defined]
        kept = [item for item in items if not item.control][:trials]
        kept += [item for item in items if item.control][: max(2, trials // 2)]
        return self.model_copy(update={"items": tuple(kept)})

    def _fits(self, index: int, question: Callable[[], Question]) -> None:
        """Refuse an item that does not fill the templates."""
        try:
            question()
        except (KeyError, IndexError, ValueError) as error:
            raise Misplaced(f"does not fill `{{{error.args[0]}}}`; add it to `fields`", "items", index) from None

    def filled(self, item: Item) -> dict[str, str]:
        """What fills the templates of an item."""
        fields = {name: _shown(value) for name, value in item.fields.items()}
        return fields | {"text": (item.text or self.text).format_map(fields)}


class ChoiceItem(Item):
    """A trial with options, each under the role that it plays."""

    options: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    key: str | None = None
    """The role of the right answer."""


class Options(Itemised):
    """Trials with options, each with its value for every outcome; both orders are asked where they are displayed."""

    labels: tuple[str, ...] = ()
    """Where an answer is the label of a position (``A``, ``B``); else it is the option itself."""
    options: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """The options of items that have none of their own; templates of their ``fields``."""
    values: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per outcome, what each role counts. Read as log odds of 1 against 0 where that is the outcome's unit."""
    items: tuple[ChoiceItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        roles = tuple(self.options or self.items[0].options)
        for index, item in enumerate(self.items):
            options = self.optional(item)
            if len(options) != len(roles) or len(roles) < 2:
                message = f"has {len(options)} options where the task has {len(roles)}; give every item as many"
                raise Misplaced(message, "items", index)
            if set(options) != set(roles):
                raise Misplaced(f"has {', '.join(options)}; every item has {', '.join(roles)}", "items", index)
            if ACCURACY in self.units and item.key not in roles:
                said = "has no key" if item.key is None else f"has the key `{item.key}`"
                raise Misplaced(f"{said}; write `key:` with one of {', '.join(roles)}", "items", index)
            self._fits(index, partial(self._question, item, False))
        for outcome, values in self.values.items():
            if outcome not in self.units:
                raise Misplaced(f"`{outcome}` has no unit; add it to `units`", "values", outcome)
            if set(values) != set(roles):
                raise Misplaced(f"needs a value for each of {', '.join(roles)}; add it", "values", outcome)
        if self.labels and len(self.labels) != len(roles):
            raise Misplaced(f"{len(self.labels)} labels for {len(roles)} options; give each position one", "labels")
        return self

    def optional(self, item: ChoiceItem) -> dict[str, str | tuple[str, ...]]:
        """The options of an item, by role."""
        return item.options or self.options

    @property
    def displayed(self) -> bool:
        """Whether the participant is shown the options before it answers."""
        return "{first}" in self.layout + self.opening

    def questions(self) -> Iterator[Question]:
        """Everything that is asked, in the order of the file."""
        for item in self.items:
            for turned in (False, True) if self._both else (False,):
                yield self._question(item, turned)

    @property
    def _both(self) -> bool:
        return self.displayed

    def _shared(self, turned: bool) -> str:
        return self.question

    def _question(self, item: ChoiceItem, turned: bool) -> Question:
        fields = self.filled(item)
        roles = tuple(self.optional(item))[:: -1 if turned and self.displayed else 1]
        wordings = [_wordings(self.optional(item)[role], fields) for role in roles]
        shown = fields | {place: " or ".join(words) for place, words in zip(PLACES, wordings, strict=False)}
        if self.labels:
            answers = [(role, f" {label}") for role, label in zip(roles, self.labels, strict=True)]
        else:
            answers = [(role, f" {word}") for role, words in zip(roles, wordings, strict=True) for word in words]
        return Question(
            item.id,
            turned,
            self._shared(turned),
            self.layout.format_map(shown),
            self.opening.format_map(shown),
            tuple(answer for _, answer in answers),
            tuple(role for role, _ in answers),
        )


class Choice(Options):
    """Options after a question."""

    form: Literal["choice"]


class Recall(Options):
    """Options about a list of words that was studied before, asked after both orders of the list."""

    form: Literal["recall"]
    studied: tuple[str, ...] = Field(min_length=4)
    """The words; ``{list}`` in the question stands for them."""

    @field_validator("question")
    @classmethod
    def _shown_list(cls, question: str) -> str:
        if "{list}" not in question:
            raise ValueError("the list is not shown; write `{list}` where the words go")
        return question

    @property
    def said(self) -> tuple[str, ...]:
        return (self._shared(False), self._shared(True))

    @property
    def _both(self) -> bool:
        return True

    def _shared(self, turned: bool) -> str:
        return self.question.format(list=", ".join(self.studied[:: -1 if turned else 1]))


class Rating(Itemised):
    """Numbers: prices, offers, likelihoods, severities; read as an expected value."""

    form: Literal["rating"]
    scale: Scale
    outcome: str
    """What the number is."""
    items: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rated(self) -> Self:
        if self.outcome not in self.units:
            raise Misplaced(f"`{self.outcome}` has no unit; add it to `units`", "outcome")
        for index, item in enumerate(self.items):
            self._fits(index, partial(self._question, item))
        return self

    def questions(self) -> Iterator[Question]:
        """Everything that is asked, in the order of the file."""
        yield from map(self._question, self.items)

    def _question(self, item: Item) -> Question:
        fields = self.filled(item)
        say, opening = self.layout.format_map(fields), self.opening.format_map(fields)
        roles = tuple(map(str, self.scale.values))
        return Question(item.id, False, self.question, say, opening, self.scale.options, roles)


class Block(Part):
    """One round of a game: its own words and numbers, in its own order of options."""

    id: Id
    options: tuple[str, ...] = Field(min_length=2)
    control: bool = False
    fields: dict[str, float | str] = Field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """What is added to the names of its outcomes."""
        return CONTROL if self.control else ""


class Interactive(Task):
    """A game in several rounds: what is asked next depends on what was chosen before."""

    form: Literal["interactive"]
    protocol: Id
    """The rules, as code."""
    steps: int = Field(ge=2)
    numbers: dict[str, float] = Field(default_factory=dict)
    """The parameters of the game."""
    lines: dict[str, str]
    """What is said in it; templates."""
    opening: str
    blocks: tuple[Block, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _blocked(self) -> Self:
        unique("block", places("blocks", (block.id for block in self.blocks)))
        counts = {len(block.options) for block in self.blocks}
        if len(counts) > 1:
            index = next(i for i, one in enumerate(self.blocks) if len(one.options) != len(self.blocks[0].options))
            message = f"has {len(self.blocks[index].options)} options where the first block has "
            message += f"{len(self.blocks[0].options)}; give every block as many"
            raise Misplaced(message, "blocks", index)
        return self

    def shortened(self, trials: int) -> Self:
        """The first round and the first control round, of three steps for every trial."""
        kept = [*[one for one in self.blocks if not one.control][:1], *[one for one in self.blocks if one.control][:1]]
        return self.model_copy(update={"blocks": tuple(kept), "steps": min(3 * trials, self.steps)})


def _wordings(option: str | tuple[str, ...], fields: Mapping[str, str]) -> tuple[str, ...]:
    options = (option,) if isinstance(option, str) else option
    return tuple(word.format_map(fields) for word in options)


def _shown(value: float | str) -> str:
    """A field as it is read: whole numbers without a point."""
    return f"{value:g}" if isinstance(value, float | int) else value
