"""What is wrong with the files of states, each being sound by itself: what they name, and what they share."""

from __future__ import annotations

from collections.abc import Iterator

from affectlab.errors import InputError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.document import Place
from affectlab.materials.instrument import Instrument
from affectlab.materials.references import References
from affectlab.materials.state import State
from affectlab.materials.tasks import Task


def state_mistakes(catalogue: Catalogue) -> Iterator[InputError]:
    """Labels that two states share, and what the file of a state names that does not exist or names it itself."""
    yield from _labels(catalogue)
    for state in catalogue.states:
        document = catalogue.document(State, state.id)
        found = (*_scales(catalogue, state), *_errors(catalogue, state), *_bearing(catalogue, state))
        for message, place, hint in found:
            yield document.error(message, place, hint=hint)


def _labels(catalogue: Catalogue) -> Iterator[InputError]:
    for name in ("noun", "adjective"):
        seen: dict[str, State] = {}
        for state in catalogue.states:
            label = getattr(state.label, name).casefold()
            if label in seen:
                message = f"`{label}` is the {name} of `{seen[label].id}` too, so a report could not tell them apart"
                hint = "give each state its own label"
                yield catalogue.document(State, state.id).error(message, ("label", name), hint=hint)
            seen.setdefault(label, state)


def _scales(catalogue: Catalogue, state: State) -> Iterator[tuple[str, Place, str]]:
    known = {one.id: one.scales for one in catalogue.sound(Instrument)} if state.scales else {}
    for id, scales in state.scales.items():
        if id not in catalogue.ids(Instrument):
            yield f"unknown instrument `{id}`", ("scales", id), catalogue.suggestion(Instrument, id)
        for index, scale in enumerate(scales if id in known else ()):
            if scale not in known[id]:
                hint = f"it has {', '.join(known[id])}"
                yield f"`{id}` has no scale `{scale}`", ("scales", id, index), hint


def _errors(catalogue: Catalogue, state: State) -> Iterator[tuple[str, Place, str]]:
    named = {one.id for one in catalogue.sound(Task) if state.id in one.states} if state.errors else set()
    for index, id in enumerate(state.errors):
        if id not in catalogue.ids(Task):
            yield f"unknown task `{id}`", ("errors", index), catalogue.suggestion(Task, id)
        elif id in named:
            yield f"the task `{id}` names `{state.id}` itself", ("errors", index), "leave it out here"


def _bearing(catalogue: Catalogue, state: State) -> Iterator[tuple[str, Place, str]]:
    files = catalogue.sound(References) if state.references else ()
    known = {entry.id: entry for file in files for entry in file.entries}
    for index, id in enumerate(state.references):
        if id not in known:
            hint = "`affectlab show references tasks` has those of tasks"
            yield f"no entry of the references is called `{id}`", ("references", index), hint
        elif known[id].state == state.id:
            yield f"the entry `{id}` names `{state.id}` itself", ("references", index), "leave it out here"
