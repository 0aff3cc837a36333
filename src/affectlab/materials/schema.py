"""What a material file may say: the nouns of the laboratory as data, each with source, licence and version."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from affectlab.conversation import Conversation, Intervention
from affectlab.extensions import Extensions
from affectlab.materials import words
from affectlab.materials.document import Misplaced, Place
from affectlab.materials.form import Asked, Form, Outcome, Shown
from affectlab.materials.ought import ID
from affectlab.materials.template import advice, fill, unknown
from affectlab.walks import Walk

Id = Annotated[str, StringConstraints(pattern=ID)]
Grade = Literal["mild", "moderate", "severe"]

NEUTRAL = "neutral"
"""The id of the neutral condition. Which states there are, and which of them is neutral, the files of states say."""

NOTHING = "none"
"""The regulation arm in which nothing is said."""
CHOSEN = "chosen"
"""The regulation arm in which the participant chooses for itself."""
TEXT = "text"
"""The induction arm in which the text is given as it is; the other arms are its controls."""


class Name(NamedTuple):
    """That a file names something of another one."""

    what: Literal["state", "scale", "regulation", "control", "task", "check"]
    place: Place
    """Where in the file it is named."""
    name: str


class Part(BaseModel):
    """A part of a material: frozen, and closed against misspelt keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Material(Part):
    """What every material file says of itself."""

    kind: str
    id: Id
    version: int = Field(ge=1)
    title: str
    licence: str
    """The terms under which the text may be passed on."""
    source: str
    """Where the paradigm was published."""

    concerns_estimates: ClassVar[tuple[str, ...]] = ()
    """Keys that change what is estimated and not what is asked: a plan is the same whatever they say."""

    @property
    def content(self) -> str:
        """What a plan's hash is taken over."""
        return self.model_dump_json(exclude=set(self.concerns_estimates))

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

    words: int
    """Counted where the file does not say it."""
    text: str

    @model_validator(mode="before")
    @classmethod
    def _told(cls, content: Any) -> Any:
        return _with_words(content)

    @model_validator(mode="after")
    def _counted(self) -> Self:
        _hold(self.words, self.text)
        return self


class InductionText(Part):
    """One vignette: an event told in one or more grades of severity. The sampled unit of most studies."""

    id: Id
    topic: str
    grades: dict[Grade, Text] = Field(min_length=1)


class Induction(Material):
    """The texts by which one technique induces one state."""

    kind: Literal["induction"]
    technique: Id
    state: Id
    texts: tuple[InductionText, ...] = Field(min_length=1)

    def names(self) -> Iterator[Name]:
        yield Name("state", ("state",), self.state)


class Turn(Part):
    """What the experimenter says, and whether the participant answers it in its own words.

    Where it does not speak, its answer is the scripted acknowledgement, "Okay.".
    """

    say: str = Field(min_length=1)
    speaks: bool = False
    max_tokens: int = Field(default=120, gt=0)
    """The longest answer in its own words."""
    temperature: float = Field(default=1.0, ge=0.0)
    """At which its own words are drawn."""

    def filled(self, text: str) -> Turn:
        """The turn with a text in the place of ``{text}``."""
        return self.model_copy(update={"say": self.say.replace("{text}", text)})


class Technique(Material):
    """What the texts of an induction technique share: what the experimenter says around each, and the length."""

    kind: Literal["technique"]
    instruction: str = ""
    """Said before every text where the technique is one scripted turn; the same for every state, neutral included."""
    length: Length
    turns: tuple[Turn, ...] = ()
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

    def say(self, text: str) -> str:
        """What the experimenter says: the instruction, then the text."""
        return f"{self.instruction}\n\n{text}"

    def script(self, text: str) -> tuple[Turn, ...]:
        """The turns of the technique with the text in them."""
        if not self.turns:
            return (Turn(say=self.say(text)),)
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
    words: int = 0
    """Counted where the file does not say it."""
    text: str = ""
    steps: tuple[str, ...] = ()
    """The same text cut for guided delivery."""
    intervention: Intervening | None = None

    @model_validator(mode="before")
    @classmethod
    def _told(cls, content: Any) -> Any:
        return _with_words(content)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.text and self.intervention is None:
            raise ValueError("neither `text` nor `intervention`; write what is said or what is done")
        _hold(self.words, self.text)
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
    family: str
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


class Exchange(Part):
    """A line of the experimenter, and the participant's scripted acknowledgement."""

    text: str
    reply: str


class Lines(Material):
    """Lines that are said one after another, each acknowledged."""

    kind: Literal["lines"]
    lines: tuple[Exchange, ...] = Field(min_length=1)


class Scale(Part):
    """The steps of a rating, as they are shown and as they count."""

    from_: int = Field(alias="from")
    to: int
    template: str = " {value}"
    labels: tuple[str, ...] = ()
    """What is written in place of the numbers, the lowest first."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.to <= self.from_:
            raise ValueError("`to` must be above `from`; a scale needs at least two steps")
        if "{value}" not in self.template:
            raise ValueError("the template lacks `{value}`; write where the number goes")
        filled_by(self.template, ["value"], "template")
        if self.labels and len(self.labels) != len(self.values):
            message = f"{len(self.labels)} labels for {len(self.values)} steps; write one for each"
            raise Misplaced(message, "labels")
        return self

    @property
    def values(self) -> tuple[int, ...]:
        """The numbers of the scale."""
        return tuple(range(self.from_, self.to + 1))

    @property
    def options(self) -> tuple[str, ...]:
        """The steps as the participant writes them."""
        return tuple(fill(self.template, {"value": step}) for step in self.labels or self.values)


class Item(Part):
    """One thing to be rated."""

    id: Id
    text: str
    scale: str
    """The scale (subscale) that the item belongs to."""
    foil: bool = False
    """Whether it is there to show that not everything moves."""
    reverse: bool = False
    anchors: dict[str, str] = Field(default_factory=dict)
    why: str | None = None


class Subscale(Part):
    """A scale of several items."""

    title: str
    state: str | None
    """The state that it belongs to; none, where it belongs to none."""
    foil: bool = False


class Stem(Part):
    """The beginning of the participant's turn."""

    id: Id
    text: str


Items = Literal["sampled", "fixed"]
Changed = Literal["wording", "order", "labels"]
"""What of a measure is changed that ought not to matter."""


class Paraphrase(Part):
    """The same measure with something changed that ought not to matter, to see whether a finding hangs on it."""

    id: Id
    question: str
    changes: Changed = "wording"
    """Its words; the order in which the scale is named; or what the steps of the scale are called."""
    labels: tuple[str, ...] = ()
    """What the steps are called instead, the lowest first."""
    items: dict[str, str] = Field(default_factory=dict)
    """Per item, another text; the others stay."""
    stems: dict[str, str] = Field(default_factory=dict)
    """Per stem, another text; the others stay."""


class Instrument(Material, Form):
    """A way of measuring a state. Each form is a subclass, in a module of its own."""

    kind: Literal["instrument"]
    form: str
    question: str
    minimum_coverage: float = Field(ge=0.0, le=1.0)
    """Below this coverage the measure is not usable with a participant."""
    items_are: Items = "sampled"
    """Whether its items stand for others that could be asked, so that intervals are over items too, or are those that
    results are about."""
    verified: dict[str, Any] = Field(default_factory=dict)
    """Where the wording of an instrument by others was seen."""
    attribution: str | None = None
    scoring: str = ""
    caveats: tuple[str, ...] = ()
    paraphrases: tuple[Paraphrase, ...] = ()
    forbidden: tuple[str, ...] = ()
    """Words no induction or regulation may contain, ``*`` for any ending: they would prime what is read."""

    concerns_estimates = ("items_are",)
    forms: ClassVar[Extensions[type[Instrument]]] = Extensions(
        "form of an instrument", "affectlab.measures", "affectlab.measures.registry"
    )
    contexts: ClassVar[tuple[str, ...]] = ("forked",)
    """How it can be asked besides on forks: ``sequential``, its items one after another with the answers in sight;
    ``battery``, all in one answer."""
    faint: ClassVar[bool] = False
    """Whether the options that belong to a scale have so little probability that it is shown on a logarithmic axis."""

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The instrument of some content, as the class of its form."""
        form = formed(cls, obj)
        return super().model_validate(obj, **options) if form is cls else form.model_validate(obj, **options)

    @model_validator(mode="after")
    def _paraphrased(self) -> Self:
        unique("paraphrase", places("paraphrases", (one.id for one in self.paraphrases)))
        for index, one in enumerate(self.paraphrases):
            if one.question in (self.question, *(other.question for other in self.paraphrases[:index])):
                raise Misplaced("asks what is asked already; word it otherwise", "paraphrases", index, "question")
            if (one.changes == "labels") is not bool(one.labels):
                raise Misplaced("`changes: labels` and `labels:` go together; write both", "paraphrases", index)
            if one.labels and len(one.labels) != len(self.values):
                raise Misplaced("write one label for each step of the scale", "paraphrases", index, "labels")
            for part, ids in (("items", one.items), ("stems", one.stems)):
                for id in ids:
                    if id not in self.parts.get(part, ()):
                        message = f"there is no `{id}` among the {part}; name one of them"
                        raise Misplaced(message, "paraphrases", index, part, id)
        return self

    @property
    @abstractmethod
    def scales(self) -> tuple[str, ...]:
        """The scales it measures, in the order of the file."""

    @property
    @abstractmethod
    def unit(self) -> str:
        """The unit of its scores."""

    @property
    @abstractmethod
    def wordings(self) -> Mapping[str, str]:
        """What each of its items says, by the item's id, in the order of the file."""

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """What a paraphrase can word otherwise: the ids of its ``items``, or of its ``stems``."""
        return {"items": tuple(self.wordings)}

    @property
    def values(self) -> tuple[int, ...]:
        """The steps on which it is answered, as they count; none where its answers are no steps."""
        return ()

    @property
    def repeated(self) -> bool:
        """Whether a scale has several items."""
        return len(self.wordings) > len(self.scales)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        low, high = self.span or (None, None)
        return tuple(Outcome(self.id, scale, self.unit, low, high, self.target(scale)) for scale in self.scales)

    def target(self, scale: str) -> str | None:
        """The state that its file says a scale belongs to; None where it says none."""
        return None

    def set_apart(self, scale: str) -> bool:
        """Whether its file says of a scale that it belongs to no state, as one that is there for comparison."""
        return False

    @property
    def span(self) -> tuple[float, float] | None:
        return (float(self.values[0]), float(self.values[-1])) if self.values else None

    @property
    def said(self) -> tuple[str, ...]:
        return (self.question,)

    @property
    def scored(self) -> tuple[str, ...]:
        return self.forbidden

    def shown(self) -> Iterator[Shown]:
        yield from (Shown(text, text, False, "") for text in self.wordings.values())

    def belonging(self, scale: str) -> frozenset[str] | None:
        """The options that belong to a scale; None where all of them do."""
        return None

    def converse(
        self, context: str, lines: Sequence[Line], conversation: Conversation, seed: int
    ) -> Walk[tuple[Conversation, list[Asked]]]:
        """Ask it in the conversation, in one of its other contexts; returns the conversation after it.

        Args:
            lines: what the experimenter says: between the items, or to ask for all in one answer.
        """
        raise ValueError(f"{self.id} cannot be asked as `{context}`")

    def reworded(self, paraphrase: str) -> Self:
        """The instrument in the words of one of its paraphrases."""
        words = next(one for one in self.paraphrases if one.id == paraphrase)
        return self.model_copy(update={"question": words.question})

    def variants(self, changes: Changed) -> tuple[str, ...]:
        """The paraphrases in which this is changed."""
        return tuple(one.id for one in self.paraphrases if one.changes == changes)

    def listed(self, request: Line) -> str:
        """A line that asks for all items in one answer, with the items and the scale in it."""
        raise ValueError(f"{self.id} cannot be asked in one answer")


class Noise(Part):
    """Standard deviations of planted noise, in the unit of the latent state."""

    text: float = Field(default=0.0, ge=0.0)
    """Between induction texts: the sampled unit."""
    regulation: float = Field(default=0.0, ge=0.0)
    """Between regulated sessions."""
    task: float = Field(default=0.0, ge=0.0)
    """Between induction texts, in the outcome of a task."""
    item: float = Field(default=0.0, ge=0.0)
    """Between single answers."""


class Answering(Part):
    """How a participant answers whatever it is asked: what a validity check is to find. Without it, as one should."""

    holds: dict[Id, Annotated[float, Field(ge=0.0, le=1.0)]] = Field(
        default={"meaning-flip": 0.95, "reverse-keyed": 0.85, "evaluation-awareness": 0.1}
    )
    """Per check, with which probability the statements of its pairs are held for true; an even one if not named."""
    chooses: dict[Id, dict[Id, Annotated[float, Field(ge=0.0, le=1.0)]]] = Field(default_factory=dict)
    """Per check and option, the probability with which it is chosen; the rest is even."""
    agrees: float = Field(default=0.0, ge=-1.0, le=1.0)
    """The share of answers that are yes to anything; negative, no."""
    drifts: float = Field(default=0.0, ge=0.0, le=1.0)
    """By how much an answer moves whenever the same question is asked anew."""
    order: float = 0.0
    """By how much a rating moves, as a share of the scale, where the scale is named from above."""
    labels: float = 0.0
    """The same, where its steps are called by letters."""
    carries: float = 0.0
    """The same, where an own answer stands in the conversation before it."""
    wording: dict[Changed, Annotated[float, Field(ge=-1.0, le=1.0)]] = Field(default_factory=dict)
    """Per kind of change, the share of every shift that is left when it is made; all of it if not named."""
    even: float = Field(default=0.0, ge=0.0, le=1.0)
    """The share of rating answers that is spread evenly over the options."""
    coverage: dict[Id, Annotated[float, Field(gt=0.0, le=1.0)]] = Field(default_factory=dict)
    """Per state whose text was given, the share of a rating answer that falls on the scale; all of it if not named."""
    refuses: dict[Id, Annotated[float, Field(ge=0.0, le=1.0)]] = Field(default_factory=dict)
    """Per state whose text was given, the share of requests that are refused."""


class Truth(Material):
    """What a simulated participant answers, and why: the known truth that an analysis must recover."""

    kind: Literal["truth"]
    shifts: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per state, by how much a moderate text moves each scale; in nats for a cloze, see ``points``."""
    unnamed: Literal["nothing", "default"] = "nothing"
    """What happens in states that ``shifts`` and tasks that neither ``tasks`` nor ``nulls`` names: nothing, or what
    the state's file plants (``materials/state.py``)."""
    nulls: tuple[Id, ...] = ()
    """Tasks on which no state that ``shifts`` names has an effect."""
    grades: dict[Grade, float] = Field(default_factory=dict)
    """Per grade, the multiple of a moderate text's shift."""
    arms: dict[str, float] = Field(default_factory=dict)
    """Per control of an induction, the share of the text's shift that it brings; none where it is not named."""
    removes: dict[str, float] = Field(default_factory=dict)
    """Per regulation, the share of the shift that it takes away; negative where it adds to it."""
    prevents: dict[str, float] = Field(default_factory=dict)
    """Per regulation, the share of a later induction that it keeps off where it comes first."""
    prefers: dict[str, float] = Field(default_factory=dict)
    """Per regulation, its weight where one is chosen; 1 where it is not named."""
    doses: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per material of an intervention, by how much a dose of 1 shifts each scale; no other can be applied to it."""
    interventions: tuple[str, ...] = ("steering",)
    """The kinds of intervention that can be done to it."""
    decay: float = Field(default=0.0, ge=0.0, lt=1.0)
    """The share of the shift that wears off in a neutral turn."""
    tasks: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per task and state, the shift of the outcome."""
    agents: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Per task, the parameters with which it is answered, where they are not the ordinary ones."""
    points: float = Field(default=1.0, gt=0.0)
    """Scale points of a rating per unit of the latent state."""
    noise: Noise = Noise()
    answering: Answering = Answering()
    refusals: float = Field(default=0.0, ge=0.0, le=1.0)
    """The share of requests that are refused."""

    def names(self) -> Iterator[Name]:
        answering = self.answering
        states: tuple[tuple[Place, Iterable[str]], ...] = (
            (("shifts",), self.shifts),
            *((("tasks", task), shifts) for task, shifts in self.tasks.items()),
            (("answering", "coverage"), answering.coverage),
            (("answering", "refuses"), answering.refuses),
        )
        for place, named in states:
            yield from (Name("state", (*place, state), state) for state in named)
        for part in ("shifts", "doses"):
            for of, shifts in getattr(self, part).items():
                yield from (Name("scale", (part, of, scale), scale) for scale in shifts)
        for part in ("removes", "prevents", "prefers"):
            yield from (Name("regulation", (part, id), id) for id in getattr(self, part))
        yield from (Name("control", ("arms", id), id) for id in self.arms)
        for part in ("tasks", "agents"):
            yield from (Name("task", (part, id), id) for id in getattr(self, part))
        yield from (Name("task", ("nulls", index), id) for index, id in enumerate(self.nulls))
        for part in ("holds", "chooses"):
            yield from (Name("check", ("answering", part, id), id) for id in getattr(answering, part))


def _with_words(content: Any) -> Any:
    """The content of a text with its number of words, where it does not say it."""
    if not isinstance(content, dict) or "words" in content or not isinstance(content.get("text"), str):
        return content
    return {**content, "words": words.count(content["text"])}


def _hold(said: int, text: str) -> None:
    """Refuse a number of words that is not that of the text."""
    found = words.count(text)
    if said != found:
        message = f"says {said} words and has {found}, {words.counted(text)}"
        raise ValueError(f"{message}; correct `words` or leave it out, or correct the text")


def formed(kind: Any, data: Any) -> Any:
    """The class of the form that some content names; the kind itself where it is one, or there is no such form."""
    name = str(data.get("form")) if isinstance(data, Mapping) and "forms" in vars(kind) else ""
    return kind.forms[name] if name and name in kind.forms else kind


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
