"""What a study names that does not exist, or that does not go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain, product
from typing import TYPE_CHECKING

from affectlab.design.asking import asked_amiss
from affectlab.design.languages import language_mistakes
from affectlab.design.parts import ClinicalTrial, Crossing
from affectlab.design.size import unbalanced
from affectlab.design.states import state_mistakes
from affectlab.design.validity import obstacle
from affectlab.errors import InputError
from affectlab.materials.checks import Check
from affectlab.materials.document import Document, Place
from affectlab.materials.instrument import Instrument
from affectlab.materials.menu import MOST
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import CHOSEN, Induction, Material, Regulation, Technique
from affectlab.materials.state import State
from affectlab.materials.tasks import Task

if TYPE_CHECKING:
    from affectlab.design.study import Study


def mismatches(study: Study, document: Document, *, whole: bool = True) -> list[InputError]:
    """Everything that a file names and that does not exist, or cannot be used together.

    Args:
        whole: whether the study is as its file has it, and not without what is wrong there.
    """
    errors: list[InputError] = []
    for one in study.in_each_language:
        errors += [error for error in _unusable(one, document) if str(error) not in map(str, errors)]
    errors += language_mistakes(study, document) if study.languages else ()
    if not whole:
        return errors
    errors += _protocols(study, document)
    # what rests on a material that is wrong is seen when that is mended
    with suppress(InputError):
        for message, at, hint in chain(unbalanced(study), _misarranged(study)):
            errors.append(document.error(message, at, hint=hint))
    known = {*study.measures, *(testing.task for testing in study.tasks)}
    for measure in study.smallest_effect:
        if measure not in known:
            hint = f"it can be said of {', '.join(sorted(known))}"
            errors.append(document.error(f"`{measure}` is not measured here", ("smallest_effect", measure), hint=hint))
    return errors


def _unusable(study: Study, document: Document) -> list[InputError]:
    """What a study names that there is not, or that cannot be used in it, in the language in which it is asked for."""
    catalogue = study.catalogue
    errors: list[InputError] = []
    for kind, id, place in study.named():
        if kind is Induction and id not in catalogue.ids(Induction):
            errors += [document.error(message, place, hint=hint) for message, hint in _without_texts(study, id)]
            continue
        try:
            material = catalogue.get(kind, id)
            errors += [document.error(message, at, hint=hint) for message, at, hint in _unfit(study, material, place)]
            if isinstance(material, Instrument | Task):
                errors += asked_amiss(material, catalogue.document(kind, id))
            errors += unnameable(material, catalogue.document(kind, id))
        except InputError as error:
            wrong = (
                [document.error(error.message, place, hint=error.hint)]
                if error.file is None
                else [error, *error.others]
            )
            errors += [one for one in wrong if str(one) not in map(str, errors)]
    errors += unnameable(study, document)
    errors += [one for one in state_mistakes(catalogue) if str(one) not in map(str, errors)]
    return errors


LONGEST = 64
"""Letters of an id or of a name that becomes part of files' names."""


def unnameable(one: Study | Material, document: Document) -> Iterator[InputError]:
    """An id that makes names of files longer than file systems take, and a title that is no line."""
    if len(one.id) > LONGEST:
        message = f"`{one.id[:20]}…` has {len(one.id)} letters, and an id may have {LONGEST}"
        yield document.error(message, ("id",), hint="shorten it")
    if "\n" in one.title.strip():
        yield document.error("the title has several lines", ("title",), hint="write it in one")


def _without_texts(study: Study, id: str) -> Iterator[tuple[str, str]]:
    """That a technique has no texts for a state; nothing more, where one of them is unknown."""
    techniques, states = study.catalogue.ids(Technique), study.catalogue.ids(State)
    for technique, state in product(study.induction.techniques, study.states):
        if id == f"{technique}-{state}" and technique in techniques and state in states:
            hint = (
                f"add `inductions/{technique}/{state}.yaml` to the materials, or leave the state or the technique out"
            )
            yield f"the technique `{technique}` has no texts for `{state}`", hint


def _protocols(study: Study, document: Document) -> Iterator[InputError]:
    """Protocols that do not go with the study's states, or with each other."""
    named = {one.id: one for one in study.catalogue.sound(Protocol)}
    known = [named[id] for id in study.protocols if id in named]
    for protocol in known:
        place = ("protocols", study.protocols.index(protocol.id))
        if protocol.state not in study.states:
            hint = f"add `{protocol.state}` to `states`, or leave it out"
            yield document.error(f"`{protocol.id}` is a protocol for `{protocol.state}`", place, hint=hint)
        alike = [one for one in known if (one.technique, one.state) == (protocol.technique, protocol.state)]
        if protocol is not alike[0]:
            hint = "leave one of them out"
            message = f"`{protocol.id}` is for the same technique and state as `{alike[0].id}`"
            yield document.error(message, place, hint=hint)
    for at, state in enumerate(study.states if known else ()):
        if all(protocol.state != state for protocol in known):
            yield document.error(f"no protocol is for `{state}`", ("states", at), hint="leave it out")


def _misarranged(study: Study) -> Iterator[tuple[str, Place, str]]:
    """What is wrong with the arms, the talks and the clinical trial, each material being sound."""
    for at, measure in enumerate(study.induction.control_measures):
        if measure not in study.measures:
            hint = f"name one of {', '.join(study.measures)}"
            yield f"`{measure}` is not measured here", ("induction", "control_measures", at), hint
    if study.induction.control_measures and "induced" not in study.measure_at:
        yield "nothing is measured after the controls", ("measure_at",), "add `induced`"
    if not study.controls and not study.pairs and not study.regulation.pairs:
        pair = ", ".join((*study.regulations, "OTHER")[:2])
        hint = "add `none`, or a control such as `neutral-reading`; or say which techniques are compared with each "
        hint += f"other, as in `regulation: {{pairs: [[{pair}]]}}`"
        yield "no arm is a control, and no techniques are a pair, so no effect can be told", ("regulations",), hint
    if CHOSEN in study.regulations and not 2 <= len(study.menu) <= MOST:
        hint = f"name 2 to {MOST} techniques in `regulation.menu`"
        yield f"there are {len(study.menu)} techniques to choose from", ("regulation", "menu"), hint
    for at, id in enumerate(study.regulation.menu):
        if study.catalogue.get(Regulation, id).menu is None:
            message = f"`{id}` has no description from which it could be chosen"
            yield message, ("regulation", "menu", at), "add `menu:` to its file, or leave it out"
    if study.manuals and study.contexts != ("branched",):
        hint = "write `contexts: [branched]`, or leave the manuals out"
        yield "in a talk, measures are asked on branches only", ("contexts",), hint
    if study.clinical_trial is not None:
        yield from _unsound_trial(study, study.clinical_trial)


def _unsound_trial(study: Study, clinical_trial: ClinicalTrial) -> Iterator[tuple[str, Place, str]]:
    """What keeps a clinical trial from being one."""
    primary = clinical_trial.primary
    if primary.measure not in study.measures:
        hint = f"name one of {', '.join(study.measures)}"
        yield f"the primary outcome `{primary.measure}` is not measured", ("clinical_trial", "primary", "measure"), hint
    for name, point in (("before", primary.before), ("point", primary.point)):
        if point not in study.points:
            hint = f"name one of {', '.join(study.points)}"
            yield f"nothing is measured at `{point}`", ("clinical_trial", "primary", name), hint
    if len(study.regulations) < 2:
        yield "a clinical trial needs two arms", ("regulations",), "add an arm"
    factors: tuple[tuple[str, Sequence[str], Place], ...] = (
        ("grades", study.induction.grades, ("induction", "grades")),
        ("arms", study.induction.arms, ("induction", "arms")),
        ("deliveries", study.induction.deliveries, ("induction", "deliveries")),
        ("contexts", study.contexts, ("contexts",)),
        ("languages", study.languages, ("languages",)),
        ("deliveries", study.regulation.deliveries, ("regulation", "deliveries")),
        ("orders", study.regulation.orders, ("regulation", "orders")),
    )
    for name, levels, place in factors:
        if len(levels) > 1:
            yield (
                f"a clinical trial allocates to the regulation arms only, and `{name}` has {len(levels)}",
                place,
                "name one",
            )
    if study.crossing != Crossing():
        yield "a clinical trial is not crossed", ("crossing",), "leave `crossing` out"


def _unfit(study: Study, material: Material, place: Place) -> Iterator[tuple[str, Place, str]]:
    """Why a material cannot be used as the study wants to use it: message, place, hint."""
    wanted = study.induction
    match material:
        case Instrument() if not set(study.contexts) & set(material.contexts):
            hint = "add `branched` to `contexts`, or measure ratings"
            yield f"`{material.id}` is a {material.form}, which is always asked on branches", place, hint
        case Technique() if "system" in wanted.deliveries and any(turn.speaks for turn in material.turns):
            hint = "leave out `system`, or the technique"
            yield f"`{material.id}` lets the participant speak, so it cannot be a system turn", place, hint
        case Induction():
            there = len(study.texts_of(material))
            if there < wanted.texts:
                hint = f"write {there} or fewer, or add texts"
                several = " in each language" if len(study.languages) > 1 else ""
                message = f"asks for {wanted.texts} texts of `{material.id}`, which has {there}{several}"
                yield message, ("induction", "texts"), hint
            for text in study.texts_of(material)[: wanted.texts]:
                for grade in (grade for grade in wanted.grades if grade not in text.grades):
                    message = f"text `{text.id}` has no grade `{grade}`"
                    yield message, ("induction", "grades"), "add it, or leave it out"
        case Check():
            lacking = obstacle(study, material)
            if lacking is not None:
                yield f"`{material.id}` cannot be checked here: {lacking}", place, "add that, or leave the check out"
