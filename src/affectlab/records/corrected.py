"""A scoring with a corrected key: what differs in the materials, and whether it changes what was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from affectlab.design.cell import Cell
from affectlab.design.plan import Plan
from affectlab.design.steps import ValidityProbe
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.materials.catalogue import FOLDERS, Catalogue, noun
from affectlab.materials.document import Document, Place, parse_text
from affectlab.materials.file import MaterialFile, kind_of
from affectlab.materials.schema import Material
from affectlab.observations import CheckProbe, Observation
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.run import Run
from affectlab.session.repeat import repeated
from affectlab.session.sentinels import sentinels
from affectlab.store.observations import Observed, Order, reordered


class Correction(NamedTuple):
    """A material of a run, and the file that corrects it."""

    kind: type[Material]
    before: MaterialFile
    after: MaterialFile
    document: Document
    """The corrected file, with its lines."""
    places: tuple[Place, ...]
    """Where it differs."""

    def told(self) -> Iterator[str]:
        """What differs, in words."""
        before, after = _data(self.before), self.document.data
        for place in self.places:
            where = ".".join(map(str, place))
            yield f"{noun(self.kind)} `{self.before.id}`, {where}: {_at(before, place)} → {_at(after, place)}"


def corrections(run: Run, folder: Path) -> list[Correction]:
    """What the materials of a folder correct in those of a run.

    Raises:
        InputError: there is no such folder, a file in it is wrong, or none of them is a material of the run.
    """
    there = folder / "materials" if (folder / "materials").is_dir() else folder
    if not there.is_dir():
        raise InputError("no such directory", hint="name a folder of materials, with `instruments/` in it", file=folder)
    beside, kinds = Catalogue.alone(there), {kind_of(kind): kind for kind in FOLDERS}
    found: list[Correction] = []
    met = False
    for kept in run.store.kept(run.store.scoring):
        kind = kinds[kept.file.kind]
        if not beside.has(kind, kept.file.id, kept.file.language):
            continue
        met, there_in = True, beside.in_language(kept.file.language)
        file, document = there_in.file(kind, kept.file.id), there_in.document(kind, kept.file.id)
        places = tuple(_differing(_data(kept.file), document.data)) if file.hash != kept.hash else ()
        if places:
            found.append(Correction(kind, kept.file, file, document, places))
    if not met:
        raise _foreign(run, beside, there)
    return found


def _foreign(run: Run, beside: Catalogue, folder: Path) -> InputError:
    used = [one.file.id for one in run.store.kept() if one.file.kind in ("instrument", "task")]
    hint = f"it used {', '.join(used)}"
    for kind in FOLDERS:
        for id in beside.ids(kind):
            message = f"{run.store.path} did not use the {noun(kind)} `{id}`"
            return beside.document(kind, id).error(message, ("id",), hint=hint)
    return InputError("holds no material", hint=hint, file=folder)


def corrected_catalogue(run: Run, found: Sequence[Correction]) -> tuple[Catalogue, Order]:
    """The materials of a run with corrected ones in their places, and the order that they give to options.

    Raises:
        InputError: one changes what was said or asked, so that the answers are answers to something else.
    """
    made = _with(run, found)
    order = _order(run, made, found)
    if order is None:
        raise _blamed(run, found)
    return made, order


def _with(run: Run, found: Sequence[Correction]) -> Catalogue:
    instead = {one.before.key: one.after for one in found}
    files = [one.file for one in run.store.kept(run.store.scoring)]
    return Catalogue.of(instead.get(file.key, file) for file in files)


def _order(run: Run, made: Catalogue, found: Sequence[Correction]) -> Order | None:
    """The order of the options where it is another one; None where something else was said or asked."""
    try:
        study = Study.of(run.store.described("study"), made)
        plan = replace(run.plan, study=study)
        asked = run.store.measured()
        if _said(plan, asked) != _said(run.plan, asked):
            return None
        if _watching(study) != _watching(run.plan.study):
            return None
        order: dict[tuple[str, str, str], tuple[str, ...]] = {}
        for observed in _first_with(run, {one.before.id for one in found}):
            again = _again(plan, run.cell(observed.session), observed)
            if [_asked(one) for one in again] != [_asked(one) for one in observed.observations]:
                return None
            for before, after in zip(observed.observations, again, strict=True):
                old, new = before.probe.request, after.probe.request
                if isinstance(old, Ask) and isinstance(new, Ask) and old.options != new.options:
                    order[_question(after)] = new.options
        return order
    except (LookupError, InputError):
        return None


def _said(plan: Plan, asked: set[str]) -> list[tuple[str, ...]]:
    """Everything that is said in the sessions of a plan; what is asked, with some materials, is looked at by itself."""
    said: list[tuple[str, ...]] = []
    for procedure, _ in plan.procedures():
        steps = [step for step in procedure.steps if not isinstance(step, ValidityProbe)]
        lines = (one.model_dump_json() for step in steps for one in step.materials if one.id not in asked)
        said.append((procedure.frame.text, *("\0".join(step.content) for step in steps), *lines))
    return said


def _watching(study: Study) -> list[tuple[str, str]]:
    return [(one.item, one.request.content) for one in sentinels(study, "")]


def _first_with(run: Run, ids: set[str]) -> Iterator[Observed]:
    """For each measure and item of some materials, a session in which it was asked."""
    seen: set[tuple[str, str, str]] = set()
    for observed in run.store.reader(run.plan.study.catalogue).sessions():
        met = {_question(one) for one in observed.observations if one.probe.material.id in ids}
        if observed.session >= 0 and met - seen:
            seen |= met
            yield observed


def _again(plan: Plan, cell: Mapping[str, Any], observed: Observed) -> list[Observation]:
    """A session's observations with other materials, each request answered as it was, in whatever order its options
    are.

    Raises:
        LookupError: something else is asked.
    """
    known: dict[tuple[object, ...], tuple[Request, Response]] = {}
    for one in observed.observations:
        known[_alike(one.probe.request)] = (one.probe.request, one.response)

    def find(request: Request) -> Response:
        before, response = known[_alike(request)]
        if isinstance(before, Ask) and isinstance(request, Ask) and isinstance(response, Answer):
            return reordered(response, before.options, request.options)
        return response

    return repeated(plan, Cell.of(cell), find).observations


def _alike(request: Request) -> tuple[object, ...]:
    """What a request has in common with one whose options have another order."""
    if isinstance(request, Ask):
        return (request.conversation.id, request.opening, *sorted(request.options))
    return (request.content,)


def _asked(one: Observation) -> tuple[object, ...]:
    return (one.probe.point, one.probe.material.id, one.probe.item, one.probe.kind, *_alike(one.probe.request))


def _question(one: Observation) -> tuple[str, str, str]:
    variant = one.probe.variant if isinstance(one.probe, CheckProbe) else ""
    return (one.probe.material.id, one.probe.item, variant)


def _blamed(run: Run, found: Sequence[Correction]) -> InputError:
    """The complaint about the first change that, made alone, changes what was said or asked."""
    message = "changes what was asked, and not how it is scored"
    hint = "leave it as it was, or run the study again with it"
    for one in found:
        if _order(run, _with(run, [one]), [one]) is not None:
            continue
        for place in one.places:
            alone = one._replace(after=replace(one.before, text=_with_only(one, place)))
            if len(one.places) == 1 or _order(run, _with(run, [alone]), [alone]) is None:
                return one.document.error(f"`{'.'.join(map(str, place))}` {message}", place, hint=hint)
        return one.document.error(message, one.places[0] if one.places else (), hint=hint)
    return found[0].document.error(message, hint=hint)


def _with_only(one: Correction, place: Place) -> str:
    """The text of a material with one place of it corrected."""
    data = _data(one.before)
    target: Any = data
    for step in place[:-1]:
        target = target[step]
    after = _at(one.document.data, place)
    if after is None and isinstance(target, dict):
        target.pop(place[-1], None)
    else:
        target[place[-1]] = after
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def _differing(before: Any, after: Any, place: Place = ()) -> Iterator[Place]:
    """Every place in which two contents differ, as deep as both have it."""
    if isinstance(before, dict) and isinstance(after, dict):
        if list(before) != list(after) and set(before) == set(after):
            yield place
        for key in dict.fromkeys([*before, *after]):
            yield from _differing(before.get(key), after.get(key), (*place, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, (*place, index))
    elif before != after:
        yield place


def _data(file: MaterialFile) -> Any:
    return parse_text(file.text, Path(file.place)).data


def _at(data: Any, place: Place) -> Any:
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
