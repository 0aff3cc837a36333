"""A participant with a known truth, on which every analysis is proved.

It recognises the materials in what it is told, carries a latent state for each scale, and answers from it: an
induction shifts the state, a regulation takes a share of the shift away, and noise falls on texts, sessions
and answers as the truth file says. Its distributions have exactly the planted mean, so what an analysis does
not recover is the analysis's fault.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from random import Random
from typing import Any

from affectlab.conversation import Conversation, Intervention
from affectlab.materials.catalogue import Catalogue, meant
from affectlab.materials.control import Control
from affectlab.materials.form import Disposition, replied
from affectlab.materials.instrument import Changed, Instrument
from affectlab.materials.manual import Manual
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import INDUCTION_TEXT, Induction, Line, Lines, Regulation, ScriptedTurn, Technique
from affectlab.materials.state import State
from affectlab.materials.tasks import Task
from affectlab.materials.truth import Truth
from affectlab.participants.base import Capabilities
from affectlab.participants.planted import planted
from affectlab.participants.simulated_checks import CheckAnswering
from affectlab.participants.simulated_talks import Talks
from affectlab.requests import Answer, Ask, Read, Reading, Reply, Request, Response, Speak
from affectlab.seeds import derive


@dataclass(frozen=True)
class Known:
    """A text that the participant recognises."""

    state: str = ""
    grade: str = ""
    arm: str = INDUCTION_TEXT
    regulation: str = ""
    parts: int = 1
    """In how many turns the regulation is given, of which this is one."""
    neutral: bool = False
    """Whether it is a neutral turn, in which a state wears off."""


@dataclass(frozen=True)
class Latent:
    """The state that a conversation has left: the shift of each scale and task, and the seeds of its noise."""

    shifts: Mapping[str, float] = field(default_factory=dict)
    text: int | None = None
    regulation: int | None = None
    open: float = 1.0
    """The share of an induction that still gets through, after a regulation that came first."""
    state: str = ""
    """The state whose text was given last."""

    def times(self, share: float) -> Mapping[str, float]:
        """The shifts of which a share is left."""
        return {scale: share * shift for scale, shift in self.shifts.items()}


class Simulated:
    """A participant that answers from a :class:`Truth`."""

    name = "simulated"
    capabilities = Capabilities(
        distribution=True, opening=True, seed=True, identical=True, context=0, reads=True, intervenes=True
    )

    def __init__(self, truth: Truth, catalogue: Catalogue, *, seed: int = 0) -> None:
        self.truth = truth
        self.seed = seed
        self.catalogue = catalogue
        every = tuple(catalogue.in_each_language())
        self._known = {said: what for one in every for said, what in _recognised(one).items()}
        self._questions = {said: what for one in every for said, what in _questions(one).items()}
        self._looked = [one for one in catalogue.sound(Instrument) if one.quantities]
        self._changed = {said: what for one in every for said, what in _changed(one).items()}
        self._talks = Talks(catalogue, truth.prefers)
        self._checked = CheckAnswering(catalogue, truth.answering)
        self.latent = lru_cache(maxsize=4096)(self._latent)
        self.planted = lru_cache(maxsize=64)(partial(planted, truth, catalogue))

    def __reduce__(self) -> tuple[Any, ...]:
        """It is sent to another process as that of which it was made."""
        return partial(type(self), seed=self.seed), (self.truth, self.catalogue)

    @property
    def revision(self) -> str:
        """The truth's id and version, and the seed of its noise."""
        return f"{self.truth.id}-{self.truth.version}-{self.seed}"

    @property
    def card(self) -> Mapping[str, Any]:
        """The whole truth."""
        return {"truth": self.truth.model_dump(mode="json"), "seed": self.seed}

    def obstacle(self, intervention: Intervention) -> tuple[str, str] | None:
        """That its truth says nothing of the kind or of the material, so that there could be no answer."""
        truth, kind, material = self.truth, intervention.kind, intervention.material
        if kind not in truth.interventions:
            hint = f"add it to the truth, or correct it; {meant(kind, truth.interventions)}"
            return f"the truth `{truth.id}` has no kind `{kind}` under `interventions:`", hint
        if material not in truth.doses:
            hint = f"add it to the truth, or correct it; {meant(material, list(truth.doses))}"
            return f"the truth `{truth.id}` has no material `{material}` under `doses:`", hint
        return None

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer every request from the latent state."""
        for position, request in enumerate(requests):
            yield position, self._response(request)

    def reset(self) -> None:
        """There is nothing to forget."""

    def tokens(self, text: str) -> int:
        """One token per word."""
        return len(text.split())

    def close(self) -> None:
        """There is nothing to give back."""

    def _response(self, request: Request) -> Response:
        """What it says. After an intervention of which its truth says nothing it has no legal answer."""
        if isinstance(request, Read):
            return self._read(request)
        if self._unknown(request.conversation):
            return Reply("", "refused") if isinstance(request, Speak) else _refused(request)
        return self._speak(request) if isinstance(request, Speak) else self._answer(request)

    def _read(self, read: Read) -> Reading:
        """What a measure that looks inside would find there; nothing that no measure of the catalogue looks for."""
        unknown = Reading(tuple(math.nan for _ in read.quantities))
        material = next((one for one in self._looked if set(read.quantities) <= set(one.quantities)), None)
        if material is None or self._unknown(read.conversation):
            return unknown
        found = material.simulate(read, self._disposition(material, read, read.conversation))
        return found if isinstance(found, Reading) else unknown

    def _unknown(self, conversation: Conversation) -> bool:
        """Whether something was done to it of which its truth says nothing."""
        return any(done.material not in self.truth.doses for done in conversation.interventions)

    def _latent(self, conversation: Conversation) -> Latent:
        if conversation.parent is None:
            return Latent()
        before = self.latent(conversation.parent)
        if conversation.intervention is not None:
            return self._intervened(before, conversation, conversation.intervention)
        known = self._known.get(conversation.text) if conversation.role != "assistant" else None
        if known is None:
            return before
        if known.state:
            return self._induced(before, known, conversation)
        if known.neutral:
            return replace(before, shifts=before.times(1.0 - self.truth.decay))
        return self._regulated(before, known, conversation)

    def _induced(self, before: Latent, known: Known, conversation: Conversation) -> Latent:
        multiple = before.open * self.truth.grades.get(known.grade, 1.0)  # type: ignore[call-overload]
        multiple *= 1.0 if known.arm == INDUCTION_TEXT else self.truth.arms.get(known.arm, 0.0)
        shifts = dict(before.shifts)
        for scale, shift in self.planted(known.state).items():
            shifts[scale] = shifts.get(scale, 0.0) + multiple * shift
        return replace(before, shifts=shifts, text=derive(self.seed, conversation.text), state=known.state)

    def _regulated(self, before: Latent, known: Known, conversation: Conversation) -> Latent:
        """It takes a share of what is there, in equal parts; where nothing is there yet, it closes a share off."""
        place = derive(self.seed, conversation.id)
        if before.text is None:
            left = (1.0 - self.truth.prevents.get(known.regulation, 0.0)) ** (1.0 / known.parts)
            return replace(before, open=before.open * left, regulation=place)
        left = (1.0 - self.truth.removes.get(known.regulation, 0.0)) ** (1.0 / known.parts)
        return replace(before, shifts=before.times(left), regulation=place)

    def _intervened(self, before: Latent, conversation: Conversation, done: Intervention) -> Latent:
        """A dose shifts each scale by so many times what a dose of 1 does."""
        shifts = dict(before.shifts)
        for scale, shift in self.truth.doses.get(done.material, {}).items():
            shifts[scale] = shifts.get(scale, 0.0) + done.dose * shift
        return replace(before, shifts=shifts, regulation=derive(self.seed, conversation.id))

    def _shift(self, conversation: Conversation, scale: str, *, task: bool = False) -> float:
        latent, noise = self.latent(conversation), self.truth.noise
        shift = latent.shifts.get(scale, 0.0)
        if latent.text is not None:
            shift += _normal(noise.task if task else noise.text, latent.text, scale)
        if latent.regulation is not None:
            shift += _normal(noise.regulation, latent.regulation, scale)
        return shift

    def _answer(self, ask: Ask) -> Answer:
        material, before = self._asked(ask.conversation)
        if ask.to == "reader" and material is None:
            return self._talks.read(ask)
        chosen = self._talks.choose(ask) or self._checked.answer(ask)
        if chosen is not None:
            return chosen
        if material is None or self._refuses(ask.content, self.latent(before).state):
            return _refused(ask)
        answered = material.simulate(ask, self._disposition(material, ask, before))
        return answered if isinstance(answered, Answer) else _refused(ask)

    def _disposition(self, material: Instrument | Task, request: Request, before: Conversation) -> Disposition:
        """How it stands when a material asks, after a conversation."""
        behaviour = isinstance(material, Task)
        left = 1.0 if behaviour else self._left(request)
        answering, place = self.truth.answering, derive(self.seed, request.content)
        return Disposition(
            shift=lambda scale: left * self._shift(before, scale, task=behaviour),
            noise=lambda scale: _normal(self.truth.noise.item, place, scale),
            points=self.truth.points,
            leaning=self._moved(request, before),
            even=answering.even,
            legal=answering.coverage.get(self.latent(before).state, 1.0),
            parameters=self.truth.agents.get(material.id, {}),
            draw=_drawn_from(place),
        )

    def _asked(self, conversation: Conversation) -> tuple[Instrument | Task | None, Conversation]:
        """What is being asked with, by the nearest question said, and the conversation before it."""
        turn = conversation
        while turn.parent is not None:
            material = self._questions.get(turn.text) if turn.role == "user" else None
            if material is not None:
                return material, turn.parent
            turn = turn.parent
        return None, turn

    def _changes(self, request: Request) -> Changed | None:
        """What is changed in the instrument that asks."""
        said = [
            turn.text for turn in request.conversation.turns if turn.role == "user" and turn.text in self._questions
        ]
        return self._changed.get(said[-1]) if said else None

    def _left(self, request: Request) -> float:
        """The share of a shift that is left in the words in which it is asked about."""
        change = self._changes(request)
        return 1.0 if change is None else self.truth.answering.wording.get(change, 1.0)

    def _moved(self, request: Request, before: Conversation) -> float:
        """By how much a rating moves with how it is asked, as a share of the scale."""
        answering, change = self.truth.answering, self._changes(request)
        moved = answering.order if change == "order" else answering.labels if change == "labels" else 0.0
        asked = len(request.conversation.turns) - len(before.turns)
        return moved + (answering.carries if asked > 1 else 0.0)

    def _speak(self, speak: Speak) -> Reply:
        if self._refuses(speak.content):
            return Reply("", "refused")
        if speak.to == "therapist":
            return self._talks.say(speak)
        material, before = self._asked(speak.conversation)
        if material is None:
            return replied(Disposition(lambda scale: 0.0, draw=Random(derive(self.seed, speak.content)).choice))
        said = material.simulate(speak, self._disposition(material, speak, before))
        return said if isinstance(said, Reply) else Reply("", "refused")

    def _refuses(self, content: str, state: str = "") -> bool:
        planted = {str(one): rate for one, rate in self.truth.answering.refuses.items()}
        rate = planted.get(state, self.truth.refusals)
        return rate > 0.0 and Random(derive(self.seed, "refuses", content)).random() < rate


def _refused(ask: Ask) -> Answer:
    """No legal answer."""
    return Answer(tuple(-math.inf for _ in ask.options), refused=1.0)


def _drawn_from(seed: int) -> Callable[[Sequence[str]], str]:
    """How words are drawn. Hardly any question draws one, so the generator is made for the first."""
    made: list[Random] = []

    def choice(words: Sequence[str]) -> str:
        if not made:
            made.append(Random(seed))
        return made[0].choice(words)

    return choice


def _normal(sd: float, *place: object) -> float:
    return Random(derive(0, *place)).gauss(0.0, sd) if sd > 0.0 else 0.0


@lru_cache(maxsize=8)
def _recognised(catalogue: Catalogue) -> dict[str, Known]:
    """Every text that is said in a session, and what it is."""
    known: dict[str, Known] = {}
    controls = list(catalogue.all(Control))
    for induction in catalogue.all(Induction):
        technique, state = catalogue.get(Technique, induction.technique), catalogue.get(State, induction.state)
        for text in induction.texts:
            for grade, wording in text.grades.items():
                said = technique.script(wording.text)
                known[_telling(said, wording.text)] = Known(state=induction.state, grade=grade)
                for control in controls:
                    turns = control.script(technique, wording.text, state)
                    if turns:
                        told = control.uses in ("text", "words")
                        meant = Known(induction.state, grade if told else "", control.id)
                        known.setdefault(_telling(turns, wording.text), meant)
    for protocol in catalogue.all(Protocol):
        known[protocol.instruction] = Known(protocol.state)
        known[protocol.debriefing] = Known(regulation=protocol.technique)
    for regulation in catalogue.all(Regulation):
        for script in regulation.scripts_with_text:
            known[script.text] = Known(regulation=regulation.id)
            known |= {step: Known(regulation=regulation.id, parts=len(script.steps)) for step in script.steps}
    for manual in catalogue.all(Manual):
        known |= {stage: Known(regulation=manual.id, parts=len(manual.stages)) for stage in manual.stages}
    for lines in catalogue.all(Lines):
        known |= {line.text: Known(neutral=True) for line in lines.lines}
    return known


def _telling(turns: Sequence[ScriptedTurn], text: str) -> str:
    """The turn in which the text is told; the first, where it is told in other words."""
    return next((turn.say for turn in turns if text in turn.say), turns[0].say)


@lru_cache(maxsize=8)
def _questions(catalogue: Catalogue) -> dict[str, Instrument | Task]:
    """Every question with which something is measured."""
    known: dict[str, Instrument | Task] = {}
    battery = catalogue.get(Line, "battery")
    for instrument in catalogue.all(Instrument):
        asked = [instrument, *(instrument.reworded(one.id) for one in instrument.paraphrases)]
        known |= {said: one for one in asked for said in one.said}
        if "battery" in instrument.contexts:
            known[instrument.listed(battery)] = instrument
    known |= {said: task for task in catalogue.all(Task) for said in task.said}
    return known


@lru_cache(maxsize=8)
def _changed(catalogue: Catalogue) -> dict[str, Changed]:
    """Every question in which something is changed, and what."""
    return {one.question: one.changes for instrument in catalogue.all(Instrument) for one in instrument.paraphrases}
