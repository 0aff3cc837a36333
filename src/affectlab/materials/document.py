"""A YAML file that remembers its lines, so that every mistake in it can be pointed at.

Read as YAML 1.2: ``yes``, ``no``, ``on``, ``off`` and ``12:30`` are traps, because other tools read them as
truth values and numbers; a plain one is an error that says to quote it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from affectlab.errors import InputError

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """The content of a file, and the line (from 1) on which every part of it begins."""

    path: Path
    data: Any
    lines: Mapping[Place, int]
    text: str = ""
    """The content as it was read, word for word."""

    def line(self, place: Place) -> int:
        """The line of a part, or of the nearest part that holds it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, message: str, place: Place = (), *, hint: str = "") -> InputError:
        """An error that points at a part of this file."""
        return InputError(message, hint=hint, file=_shown(self.path), line=self.line(place))


def read(path: Path) -> Document:
    """Read a file.

    Raises:
        InputError: it is missing, not UTF-8, not YAML, or falls into one of YAML 1.1's traps.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("no such file", hint="check the path", file=_shown(path)) from None
    except IsADirectoryError:
        raise InputError("is a directory", hint="name a file", file=_shown(path)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError("is not UTF-8", hint="save it as UTF-8", file=_shown(path), line=line) from None
    return parse_text(text, path)


def parse_text(text: str, path: Path) -> Document:
    """Read a text as if it stood in the file ``path``."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}"
        hint = "check indentation, colons and quotes there"
        raise InputError(message, hint=hint, file=_shown(path), line=mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:
        message = f"is not YAML: {str(error).splitlines()[0]}"
        raise InputError(message, hint="remove that character", file=_shown(path)) from None
    lines: dict[Place, int] = {}
    data = None if node is None else _Builder(path, lines).build(node, ())
    return Document(path, data, lines, text)


def validate(document: Document, model: type[Model]) -> Model:
    """The document as a ``model``.

    Raises:
        InputError: the first mistake in it; the others are in its ``others``.
    """
    if not isinstance(document.data, dict):
        raise document.error("holds no keys", hint=f"write `key: value` lines for a {model.__name__.lower()}")
    try:
        return model.model_validate(document.data)
    except ValidationError as invalid:
        details = _causes(invalid.errors())
        errors = [_translated(document, model, detail) for detail in details]
        meant = {error.hint for error in errors if error.hint.startswith("did you mean")}
        # a key that is missing only because it is misspelt is one mistake, not two
        errors = [error for error in errors if f"did you mean `{error.hint[5:-2]}`?" not in meant]
        errors.sort(key=lambda error: error.line or 0)
        first = errors[0]
        first.others = tuple(errors[1:])
        raise first from None


def _causes(details: Sequence[Any]) -> list[Any]:
    """The details without those that only follow: a list is too short because what stands in it is wrong."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(place != detail["loc"] and place[: len(detail["loc"])] == detail["loc"] for place in places)
    ]


class Misplaced(ValueError):
    """What a validator raises to point at a part of what it validates."""

    def __init__(self, message: str, *place: str | int) -> None:
        super().__init__(message)
        self.place = place


class _Builder:
    """Turns YAML nodes into plain values, noting where each began."""

    def __init__(self, path: Path, lines: dict[Place, int]) -> None:
        self.path = path
        self.lines = lines
        self.scalars = _Loader("")

    def build(self, node: yaml.Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*place, index)) for index, child in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in result:
                hint = "keep one of the two"
                raise self.problem(key_node, f"key `{key}` stands twice", hint)
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            result[key] = self.build(value_node, (*place, key))
        return result

    def scalar(self, node: Any) -> Any:
        plain = not node.style
        kind = node.tag.rsplit(":", 1)[-1]
        if not plain or kind in ("str", "timestamp", "merge", "value"):
            return node.value
        if kind == "bool" and node.value.lower() not in ("true", "false"):
            raise self.trap(node, "a truth value")
        digits = node.value.lstrip("+-")
        if kind in ("int", "float") and (":" in digits or (kind == "int" and digits[:1] == "0" and len(digits) > 1)):
            raise self.trap(node, "a number to another base")
        return self.scalars.construct_object(node)

    def trap(self, node: Any, what: str) -> InputError:
        message = f"plain `{node.value}` is read by many tools as {what}"
        return self.problem(node, message, f'write "{node.value}" in quotes, or true/false')

    def problem(self, node: yaml.Node, message: str, hint: str) -> InputError:
        return InputError(message, hint=hint, file=_shown(self.path), line=node.start_mark.line + 1)


def _translated(document: Document, model: type[BaseModel], detail: Any) -> InputError:
    place = tuple(part for part in detail["loc"] if part in document.lines or isinstance(part, str | int))
    name = place[-1] if place else ""
    if detail["type"] == "extra_forbidden":
        known = _known_keys(model, place[:-1])
        close = difflib.get_close_matches(str(name), known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(sorted(known))}"
        return document.error(f"unknown key `{name}`", place, hint=hint)
    if detail["type"] == "missing":
        return document.error(f"key `{name}` is missing", place[:-1], hint=f"add `{name}:`")
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Misplaced):
        place = (*place, *cause.place)
    text, _, hint = detail["msg"].removeprefix("Value error, ").partition("; ")
    shown = ".".join(map(str, place))
    return document.error(f"`{shown}`: {text}" if shown else text, place, hint=hint)


def _known_keys(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that a part of the model knows; of the model itself where the part cannot be followed."""
    current: Any = model
    for part in place:
        field = getattr(current, "model_fields", {}).get(part) if isinstance(part, str) else None
        found = _models_in(field.annotation) if field is not None else []
        if found:
            current = found[0]
    return [field.alias or name for name, field in current.model_fields.items()]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def _shown(path: Path) -> str:
    """The path as a person would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
