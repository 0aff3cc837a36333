"""What had another name in version 0.1.0: keys and levels of files, and how they are read and hashed.

A file or a run may have the old names: they are read as the new ones, and a file's reader is told so in a line. What
enters the hash of a plan keeps the names that it had, so that a frozen study and a stored run are of the same plan as
before; `docs/reference/renamed.md` lists all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

Place = tuple[str | int, ...]

KEYS: Mapping[str, str] = {"trial": "clinical_trial", "task_trials": "task_items"}
"""Keys of a study's file."""
LEVELS: Mapping[str, Mapping[str, str]] = {
    "arm": {"text": "induction-text"},
    "context": {"forked": "branched"},
    "scale": {"text": "reply"},
    "statistic": {"own-largest": "target-largest"},
}
"""Values, by the factor, column or key that has them."""
FACTS: Mapping[str, str] = {
    "seats": "named_participants",
    "seats_of_others": "named_by_role",
    "cards_of_others": "cards_by_role",
}
"""Facts that a store keeps of a run."""
TABLES: Mapping[str, str] = {"trials": "scores"}
"""Tables of an export."""
PHRASES: Mapping[str, str] = {"own scale": "target scale"}
"""Words in what was preregistered."""

_LISTS = {"arms": "arm", "contexts": "context"}
_SHORT = "quick"
"""The part of a study's file that holds keys of it once more."""


def level_now(factor: str, value: Any) -> Any:
    """A level by its new name.

    >>> level_now("context", "forked"), level_now("context", "battery"), level_now("grade", "mild")
    ('branched', 'battery', 'mild')
    """
    return LEVELS.get(factor, {}).get(value, value) if isinstance(value, str) else value


def level_before(factor: str, value: Any) -> Any:
    """A level by the name that it had first, under which it is hashed.

    >>> level_before("arm", "induction-text")
    'text'
    """
    return _FIRST_LEVELS.get(factor, {}).get(value, value) if isinstance(value, str) else value


def levels_now(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row, as the cell of a session, with its levels by their new names."""
    return {name: level_now(name, value) for name, value in row.items()}


def levels_before(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same by the names that they had first."""
    return {name: level_before(name, value) for name, value in row.items()}


def study_now(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a study's file, by the new names.

    >>> study_now({"trial": None, "contexts": ["forked"], "quick": {"task_trials": 3}})
    {'clinical_trial': None, 'contexts': ['branched'], 'quick': {'task_items': 3}}
    """
    return _renamed(content, KEYS, level_now)


def study_before(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same by the names that it had first."""
    return _renamed(content, _FIRST_KEYS, level_before)


def preregistration_now(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was preregistered, by the new names."""
    made: dict[str, Any] = _phrased(study_now(content))
    return made


def place_now(at: Place) -> Place:
    """The place of a part of a study's file, where its key has another name now.

    >>> place_now(("quick", "trial", "primary")), place_now(("tasks", 0, "trial"))
    (('quick', 'clinical_trial', 'primary'), ('tasks', 0, 'trial'))
    """
    start = 1 if at[:1] == (_SHORT,) else 0
    return tuple(KEYS.get(str(one), one) if index == start else one for index, one in enumerate(at))


def old_names(content: Any) -> Iterator[tuple[Place, str, str]]:
    """Every old name in the content of a file: its place, the name, and the new one."""
    if not isinstance(content, Mapping):
        return
    parts: list[tuple[Place, Mapping[str, Any]]] = [((), content)]
    if isinstance(content.get(_SHORT), Mapping):
        parts.append(((_SHORT,), content[_SHORT]))
    for at, part in parts:
        yield from (((*at, name), name, KEYS[name]) for name in part if name in KEYS)
    yield from _found(content, ())


@cache
def tell_new_name(where: str, old: str, new: str) -> None:
    """Say the new name of what a file calls by the old one; once, however often the file is read."""
    print(f"affectlab: {where}: `{old}` is called `{new}` now", file=sys.stderr)


def _found(value: Any, at: Place) -> Iterator[tuple[Place, str, str]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _found(part, (*at, name))
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _found(part, (*at, index))
    elif (new := level_now(_factor(at), value)) != value:
        yield at, str(value), str(new)


def _factor(at: Place) -> str:
    """The factor whose level stands at a place: that of the key, or of the list that holds it."""
    name = next((str(one) for one in reversed(at) if isinstance(one, str)), "")
    return _LISTS.get(name, name)


def _renamed(content: Mapping[str, Any], keys: Mapping[str, str], leveled: Any) -> dict[str, Any]:
    made = {keys.get(name, name): _leveled(value, (name,), leveled) for name, value in content.items()}
    if isinstance(made.get(_SHORT), Mapping):
        made[_SHORT] = {keys.get(name, name): value for name, value in made[_SHORT].items()}
    return made


def _leveled(value: Any, at: Place, leveled: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _leveled(part, (*at, name), leveled) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_leveled(part, (*at, index), leveled) for index, part in enumerate(value))
    return leveled(_factor(at), value)


def _phrased(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _phrased(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_phrased(part) for part in value]
    for old, new in PHRASES.items() if isinstance(value, str) else ():
        value = value.replace(old, new)
    return value


_FIRST_KEYS = {new: old for old, new in KEYS.items()}
_FIRST_LEVELS = {factor: {new: old for old, new in names.items()} for factor, names in LEVELS.items()}
