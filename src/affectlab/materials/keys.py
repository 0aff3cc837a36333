"""What a key may have been meant for that does not belong where it stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

Place = tuple[str | int, ...]
_LONGEST = 60
"""Letters of a key for which a similar one is looked for."""


def misplaced_key(model: type[BaseModel], data: Any, place: Place) -> str:
    """What to do about an unknown key: where it belongs, what is spelt like it, or what is known there.

    Args:
        model: of the whole file.
        data: the content of the file.
        place: of the key.
    """
    name = str(place[-1])
    whole = _of_form(model, data)
    here = _at(whole, place[:-1])
    elsewhere = _elsewhere(model, whole, here, name)
    if elsewhere:
        return elsewhere
    known = [one for one in keys(here) if one != name]
    close = difflib.get_close_matches(name, known, n=1) if len(name) <= _LONGEST else []
    return f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(sorted(known))}"


def keys(model: type[BaseModel]) -> list[str]:
    """The keys that a part of a file knows."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _elsewhere(model: type[BaseModel], whole: type[BaseModel], here: type[BaseModel], name: str) -> str:
    """Where a key belongs that is a right one, in another part of the file or in another form."""
    if here is not whole and name in keys(whole):
        return f"`{name}` belongs at the top of the file, and not in here"
    if here is whole:
        parts = [part for part, field in whole.model_fields.items() if name in _keys_within(field.annotation)]
        if parts:
            return f"`{name}` belongs under `{parts[0]}:`"
        forms = [form for form, of in _forms(model).items() if name in keys(of)]
        if forms:
            return f"`{name}` belongs to a file of `form: {forms[0]}`"
    return ""


def _keys_within(annotation: Any) -> list[str]:
    """The keys of a part that is one mapping; of a list of them a key alone says too little."""
    found = list(_models_in(annotation))
    return keys(found[0]) if len(found) == 1 and not _is_many(annotation) else []


def _is_many(annotation: Any) -> bool:
    origin = getattr(annotation, "__origin__", None)
    return origin in (tuple, list, dict) or any(_is_many(one) for one in getattr(annotation, "__args__", ()))


def _forms(model: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    registry: Any = vars(model).get("forms")
    return {} if registry is None else {name: registry[name] for name in registry.names}


def _of_form(model: type[BaseModel], data: Any) -> type[BaseModel]:
    """The class of a file: that of its form, where it says one."""
    name = data.get("form") if isinstance(data, dict) else None
    return _forms(model).get(str(name), model)


def _at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """The class of the part at a place; of the last part that can be followed where this one cannot."""
    current, kinds = model, [model]
    for part in place:
        if isinstance(part, int):
            continue
        field = next((one for name, one in current.model_fields.items() if part in (name, one.alias)), None)
        found = list(_models_in(field.annotation)) if field is not None else []
        if found:
            current, kinds = found[0], found
        else:
            # a part that is no key tells which of several kinds of content it is
            current = next((kind for kind in kinds if part == kind.__name__ or part in _tags(kind)), current)
    return current


def _tags(kind: type[BaseModel]) -> list[Any]:
    return [value for field in kind.model_fields.values() for value in getattr(field.annotation, "__args__", ())]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in getattr(annotation, "__args__", ()):
        yield from _models_in(part)
