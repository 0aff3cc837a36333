"""What a plan asks of its participants beyond words, and who cannot do it; found before anything is asked."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from affectlab.conversation import Intervention
from affectlab.design.plan import Plan
from affectlab.design.steps import ChooseTechnique, Intervene, Procedure, Step
from affectlab.design.study import Study
from affectlab.errors import AffectlabError, CapabilityError, InputError
from affectlab.materials.catalogue import FOLDERS, Catalogue
from affectlab.materials.document import Place
from affectlab.materials.schema import Material, Regulation
from affectlab.participants.base import Intervenable, Participant, lack, require
from affectlab.participants.registry import is_simulated, model_label, participant, reached_by_words_alone
from affectlab.requests import Read, Request
from affectlab.session.count import requests_until_end
from affectlab.session.session import Ended, session


class Need(NamedTuple):
    """Something that not every participant can do, or that cannot be done to every one."""

    capability: Literal["reads", "intervenes"]
    intervention: Intervention | None = None
    """What is done to it; None where it is looked into."""
    material: str = ""
    """The regulation or measure that takes it."""
    file: str | None = None
    line: int | None = None

    def unmet(self, message: str, hint: str) -> CapabilityError:
        """That a participant does not meet it, with the place in the file that asks for it."""
        whose = f"`{self.material}`: {message}" if self.material else message
        return CapabilityError(whose, hint=hint, file=self.file, line=self.line)

    def lacking(self, participant: str) -> CapabilityError:
        """That the participant of a name lacks the capability."""
        error = lack(participant, self.capability)
        return self.unmet(error.message, error.hint)


def hold(plan: Plan, participants: Mapping[str, Participant]) -> None:
    """See that every participant can do what the study requires, and what its plan needs.

    Raises:
        CapabilityError: one cannot; nothing was asked.
    """
    needed = needs(plan)
    for one in participants.values():
        require(one, plan.study.require)
        for error in unmet(needed, one):
            raise error


def unmet(needed: Sequence[Need], participant: Participant) -> Iterator[CapabilityError]:
    """The needs that a participant does not meet."""
    for need in needed:
        if not getattr(participant.capabilities, need.capability):
            yield need.lacking(participant.name)
        elif need.intervention is not None and isinstance(participant, Intervenable):
            obstacle = participant.obstacle(need.intervention)
            if obstacle is not None:
                yield need.unmet(*obstacle)


def unable(name: str, study: Study, needed: Sequence[Need]) -> Iterator[AffectlabError]:
    """What the model of a name cannot do of what a study needs, as far as that is known without loading it."""
    if reached_by_words_alone(name):
        yield from (need.lacking(model_label(name)) for need in needed)
        yield from (lack(model_label(name), one) for one in study.require if one in ("reads", "intervenes"))
    elif is_simulated(name):
        try:
            yield from unmet(needed, participant(name, study.catalogue))
        except InputError as error:
            yield from (error, *error.others)


def needs(plan: Plan) -> tuple[Need, ...]:
    """What a plan needs, each once.

    Each kind of step is gone through once with each of its materials, so that a measure need not say what it asks; an
    intervention with each of its doses, as none at all needs nothing.
    """
    seen: set[tuple[object, ...]] = set()
    found: list[Need] = []
    for procedure, (cell, *_) in plan.procedures():
        for step in _all(procedure.steps):
            dose = step.content if isinstance(step, Intervene) else ()
            kind = (type(step), *(material.id for material in step.materials), *dose)
            if kind not in seen:
                seen.add(kind)
                needed = _needed(requests_until_end(session(Procedure(procedure.frame, (step,)), cell)))
                found += [_placed(need, step.materials, plan.study.catalogue) for need in needed]
    return tuple(dict.fromkeys(found))


def _needed(running: Generator[Request, None, Ended]) -> Iterator[Need]:
    try:
        while True:
            request = next(running)
            if isinstance(request, Read):
                yield Need("reads")
            yield from (Need("intervenes", done) for done in request.conversation.interventions)
    except StopIteration as end:
        yield from (Need("intervenes", done) for done in end.value.conversation.interventions)


def _placed(need: Need, materials: Sequence[Material], catalogue: Catalogue) -> Need:
    """The need with the place of the material that it is of."""
    if not materials:
        return need
    material = materials[0]
    kind = next(kind for kind in FOLDERS if isinstance(material, kind))
    if material.id not in catalogue.ids(kind):
        return need._replace(material=material.id)
    error = catalogue.document(kind, material.id).error("", _script(need, material))
    return need._replace(material=material.id, file=error.file, line=error.line)


def _script(need: Need, material: Material) -> Place:
    """Where in a regulation's file an intervention stands."""
    scripts = material.scripts if isinstance(material, Regulation) else ()
    given = (script.intervention for script in scripts)
    at = [done is not None and done.done == need.intervention for done in given]
    return ("scripts", at.index(True), "intervention") if any(at) else ()


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step, those among which is chosen too."""
    for step in steps:
        yield step
        if isinstance(step, ChooseTechnique):
            yield from (one for way in step.ways.values() for one in _all(way))
