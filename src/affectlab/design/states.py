"""What is wrong with the files of states, each being sound by itself: what they name, and what they share."""

from __future__ import annotations

from collections.abc import Iterator

from affectlab.errors import InputError
from affectlab.materials.catalogue import Catalogue, noun
from affectlab.materials.document import Place
from affectlab.materials.references import references
from affectlab.materials.schema import Instrument, Material
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
    for id, scales in state.scales.items():
        if (unknown := _unknown(catalogue, Instrument, id)) is not None:
            yield unknown[0], ("scales", id), unknown[1]
            continue
        known = catalogue.get(Instrument, id).scales
        for index, scale in enumerate(scales):
            if scale not in known:
                hint = f"it has {', '.join(known)}"
                yield f"`{id}` has no scale `{scale}`", ("scales", id, index), hint


def _errors(catalogue: Catalogue, state: State) -> Iterator[tuple[str, Place, str]]:
    for index, id in enumerate(state.errors):
        if (unknown := _unknown(catalogue, Task, id)) is not None:
            yield unknown[0], ("errors", index), unknown[1]
        elif state.id in catalogue.get(Task, id).states:
            yield f"the task `{id}` names `{state.id}` itself", ("errors", index), "leave it out here"


def _bearing(catalogue: Catalogue, state: State) -> Iterator[tuple[str, Place, str]]:
    known = {entry.id: entry for entry in references(catalogue)} if state.references else {}
    for index, id in enumerate(state.references):
        if id not in known:
            hint = "`affectlab show references tasks` has those of tasks"
            yield f"no entry of the references is called `{id}`", ("references", index), hint
        elif known[id].state == state.id:
            yield f"the entry `{id}` names `{state.id}` itself", ("references", index), "leave it out here"


def _unknown(catalogue: Catalogue, kind: type[Material], id: str) -> tuple[str, str] | None:
    """That there is no material of a kind with an id; None where there is."""
    if id in catalogue.ids(kind):
        return None
    return f"unknown {noun(kind)} `{id}`", catalogue.suggestion(kind, id)
