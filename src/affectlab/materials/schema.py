"""What a material file may say: the nouns of the laboratory as data, each with source, licence and version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from affectlab.conversation import Intervention
from affectlab.materials import words
from affectlab.materials.document import Misplaced, Place
from affectlab.materials.ought import ID
from affectlab.materials.template import advice, unknown

Id = Annotated[str, StringConstraints(pattern=ID)]
Grade = Literal["mild", "moderate", "severe"]
Prose = Annotated[str, "prose"]
"""A text of a sentence or more."""

LANGUAGE = "^[a-z]{2,3}$"
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
"""A language by its two letters, as ISO 639 has them: ``de``; three where it has no two."""

NEUTRAL = "neutral"
"""The id of the neutral condition. Which states there are, and which of them is neutral, the files of states say."""

NOTHING = "none"
"""The regulation arm in which nothing is said."""
CHOSEN = "chosen"
"""The regulation arm in which the participant chooses for itself."""
INDUCTION_TEXT = "induction-text"
"""The induction arm in which the text is given as it is; the other arms are its controls."""


class Name(NamedTuple):
    """That a file names something of another one."""

    what: Literal["state", "scale", "regulation", "control", "task", "check"]
    place: Place
    """Where in the file it is named."""
    name: str


class Of(NamedTuple):
    """What a text in a file names, so that a form can show what there is: it annotates the text's type."""

    kinds: tuple[str, ...] = ()
    """Of materials, as their files say it; ``model`` for models."""
    words: tuple[str, ...] = ()
    """That stand for something else than a material."""
    chosen: tuple[tuple[str, ...], ...] = ()
    """The places in the same file whose names can be named here once more."""


_LARGEST = 1e70
"""Beyond it a sum of fourth powers is no number."""


class Part(BaseModel):
    """A part of a material: frozen, and closed against misspelt keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _can_be_computed_with(cls, value: Any) -> Any:
        if isinstance(value, (int, float)) and abs(value) > _LARGEST:
            raise ValueError("is too large to be computed with; give it in another unit")
        for one in value.values() if isinstance(value, dict) else ():
            cls._can_be_computed_with(one)
        return value


class Material(Part):
    """What every material file says of itself."""

    kind: str
    id: Id
    version: int = Field(ge=1)
    title: str
    licence: str
    """The terms under which the text may be passed on."""
    source: Prose
    """Where the paradigm was published."""
    language: Language = "en"
    """Of what is said and asked, by its two letters."""

    concerns_estimates: ClassVar[tuple[str, ...]] = ()
    """Keys that change what is estimated and not what is asked: a plan is the same whatever they say."""

    @property
    def content(self) -> str:
        """What a plan's hash is taken over; the language is told by the texts themselves."""
        return self.model_dump_json(exclude={"language", *self.concerns_estimates})

    def names(self) -> Iterator[Name]:
        """What else the file names: each must be there."""
        return iter(())


class Length(Part):
    """The number of words that every text of a technique has, and how far it may be off."""

    words: int = Field(gt=0)
    tolerance: float = Field(default=0.05, ge=0.0, lt=1.0)

    def holds(self, words: int) -> bool:
        """Whether a text of this many words is within the tolerance."""
        return abs(words - self.words) <= self.tolerance * self.words + 1e-9


class Text(Part):
    """A text, with its number of words where a slip of the pen is to be seen."""

    words: Annotated[int, "counted"] = 0
    """Counted where the file does not say it."""
    text: Prose

    @model_validator(mode="after")
    def _counted(self) -> Self:
        _count(self)
        return self


class InductionText(Part):
    """One vignette: an event told in one or more grades of severity. The sampled unit of most studies."""

    id: Id
    topic: str
    grades: dict[Grade, Text] = Field(min_length=1)


class Induction(Material):
    """The texts by which one technique induces one state."""

    kind: Literal["induction"]
    technique: Annotated[Id, Of(("technique",))]
    state: Annotated[Id, Of(("state",))]
    texts: tuple[InductionText, ...] = Field(min_length=1)

    def names(self) -> Iterator[Name]:
        yield Name("state", ("state",), self.state)


class ScriptedTurn(Part):
    """What the experimenter says, and whether the participant answers it in its own words.

    Where it does not speak, its answer is the scripted acknowledgement, "Okay.".
    """

    say: str = Field(min_length=1)
    speaks: bool = False
    max_tokens: int = Field(default=120, gt=0)
    """The longest answer in its own words."""
    temperature: float = Field(default=1.0, ge=0.0)
    """At which its own words are drawn."""

    def filled(self, text: str) -> ScriptedTurn:
        """The turn with a text in the place of ``{text}``."""
        return self.model_copy(update={"say": self.say.replace("{text}", text)})


class Technique(Material):
    """What the texts of an induction technique share: what the experimenter says around each, and the length."""

    kind: Literal["technique"]
    instruction: str = ""
    """Said before every text where the technique is one scripted turn; the same for every state, neutral included."""
    length: Length
    turns: tuple[ScriptedTurn, ...] = ()
    """Where the technique takes several turns, or the participant speaks: each turn, ``{text}`` for the text."""

    @model_validator(mode="after")
    def _told(self) -> Self:
        if not self.turns and not self.instruction:
            raise ValueError("neither `instruction` nor `turns`; write what the experimenter says")
        if self.turns and self.instruction:
            raise Misplaced("both `instruction` and `turns`; put the instruction into the first turn", "instruction")
        if self.turns and not any("{text}" in turn.say for turn in self.turns):
            raise Misplaced("no turn has `{text}`; write where the text goes", "turns")
        return self

    def script(self, text: str) -> tuple[ScriptedTurn, ...]:
        """The turns of the technique with the text in them; of a single one the instruction, then the text."""
        if not self.turns:
            return (ScriptedTurn(say=f"{self.instruction}\n\n{text}"),)
        return tuple(turn.filled(text) for turn in self.turns)


class Intervening(Part):
    """What is done to the participant and not said: see ``conversation.Intervention``."""

    kind: str = Field(min_length=1)
    material: str = Field(min_length=1)
    dose: float

    @property
    def done(self) -> Intervention:
        """The intervention itself."""
        return Intervention(self.kind, self.material, self.dose)


class Script(Part):
    """One wording of a regulation technique, or an intervention; where it is both, what is done comes first."""

    id: Id
    words: Annotated[int, "counted"] = 0
    """Counted where the file does not say it."""
    text: str = ""
    steps: tuple[str, ...] = ()
    """The same text cut for guided delivery."""
    intervention: Intervening | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.text and self.intervention is None:
            raise ValueError("neither `text` nor `intervention`; write what is said or what is done")
        _count(self)
        if self.steps and " ".join(self.steps).split() != self.text.split():
            raise ValueError("the steps joined are not the text; cut the text without changing it")
        return self


FAMILIES = (
    "situation-modification",
    "attentional-deployment",
    "cognitive-change",
    "response-modulation",
    "acceptance",
    "support",
    "harm",
    "control",
)
"""The families of the shipped techniques: the process model (Gross, 1998) in its order, then what it leaves out."""


class Regulation(Material):
    """A technique of emotion regulation, or a control that could have done the same."""

    kind: Literal["regulation"]
    family: Annotated[str, Of(words=FAMILIES)]
    """Where it acts; those that come with affectlab are of ``FAMILIES``."""
    technique: Id
    role: Literal["technique", "control"]
    webb2012: str | None = None
    """The strategy that it is in the taxonomy of Webb, Miles and Sheeran (2012), where it is in it."""
    expected: Literal["relief", "none", "harm"] | None = None
    """What it is expected to do to a state in people, right after it; null where findings or theories disagree."""
    reference: dict[Id, Literal["same", "near"]] | None = None
    """Its effects in humans: ids of entries of the references, the nearest first; of the same technique or a near one.

    Null says that none was found.
    """
    menu: str | None = None
    """What the participant reads of it where it chooses for itself."""
    unmatched: str | None = None
    """Why its texts are not as long as those of the techniques, where they are not."""
    exempt: str | None = None
    """Why its texts may contain words that a measure scores, where they may."""
    scripts: tuple[Script, ...] = Field(min_length=1)
    length: Length | None = None
    """Of the texts; what is done and not said has none."""

    @property
    def scripts_with_text(self) -> tuple[Script, ...]:
        """The scripts that say a text."""
        return tuple(script for script in self.scripts if script.text)

    @property
    def done(self) -> Intervention | None:
        """What is done to the participant in it: the same in each of its scripts."""
        given = self.scripts[0].intervention
        return None if given is None else given.done

    @model_validator(mode="after")
    def _alike(self) -> Self:
        for index, script in enumerate(self.scripts):
            if script.intervention != self.scripts[0].intervention:
                message = "does not do what the first script does, and scripts take turns with the vignettes"
                raise Misplaced(f"{message}; write a file for each dose", "scripts", index)
        return self

    @model_validator(mode="after")
    def _measured(self) -> Self:
        if self.length is None and self.scripts_with_text:
            raise ValueError("no `length`; write how many words its texts have")
        return self


class Frame(Material):
    """Who the participant is asked to be, before anything else is said."""

    kind: Literal["frame"]
    announces: bool
    """Whether it says that feelings are studied."""
    role: Literal["system", "user"] = "system"
    persona: bool = False
    """Whether it gives the participant a biography; a study that says ``personas`` takes all that do."""
    text: str


class Line(Material):
    """A fixed line of the experimenter, and the participant's scripted acknowledgement."""

    kind: Literal["script"]
    text: str
    reply: str = ""
    max_tokens: int = Field(default=80, gt=0)
    """Where the participant answers in its own words: the longest answer."""
    temperature: float = Field(default=1.0, ge=0.0)
    """At which its own words are drawn."""


class ScriptedExchange(Part):
    """A line of the experimenter, and the participant's scripted acknowledgement."""

    text: str
    reply: str


class Lines(Material):
    """Lines that are said one after another, each acknowledged."""

    kind: Literal["lines"]
    lines: tuple[ScriptedExchange, ...] = Field(min_length=1)


Items = Literal["sampled", "fixed"]


def _count(part: Text | Script) -> None:
    """Note how many words a text has where the file does not say it, and refuse another number than it has."""
    found = words.count_words(part.text)
    if "words" not in part.model_fields_set:
        object.__setattr__(part, "words", found)  # it is frozen, and not made yet
    elif part.words != found:
        message = f"says {part.words} words and has {found}, {words.way_of_counting(part.text)}"
        raise ValueError(f"{message}; correct `words` or leave it out, or correct the text")


def filled_by(template: str, names: Sequence[str], *place: str | int) -> None:
    """Refuse a template with a name in braces that stands for nothing."""
    name = unknown(template, names)
    if name:
        raise Misplaced(f"nothing stands for `{{{name}}}`; {advice(name, names)}", *place)


def unique(what: str, ids: Mapping[Place, str]) -> None:
    """Refuse an id that stands twice, pointing at its second place."""
    seen: set[str] = set()
    for place, id in ids.items():
        if id in seen:
            raise Misplaced(f"{what} `{id}` stands twice; give each its own", *place)
        seen.add(id)


def places(name: str, values: Iterable[str]) -> dict[Place, str]:
    """The values of a list, each with its place."""
    return {(name, index): value for index, value in enumerate(values)}
