"""A YAML file that remembers its lines, so that every mistake in it can be pointed at.

Read as YAML 1.2: ``yes``, ``no``, ``on``, ``off`` and ``12:30`` are traps, because other tools read them as
truth values and numbers; a plain one is an error that says to quote it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError, ValidationInfo

from affectlab.defects.characters import counted_by_line, invalid_by_line
from affectlab.errors import InputError
from affectlab.materials.keys import misplaced_key
from affectlab.materials.ought import ought, place_within
from affectlab.shown import unfit
from affectlab.untrusted_file import regular

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""What reads YAML: compiled where it can be had."""

LARGEST = 2 * 2**20
"""The size in bytes of the largest file; those that come with affectlab have 77,000 at most."""
MOST_PARTS = 100_000
"""The values in a file, those that its anchors repeat counted each time."""
DEEPEST = 64
"""Values within values."""
ADVISED = 100
"""Mistakes of one file that are told with what was probably meant; of the others only what and where they are."""
_DRAFT = "draft"

HALVES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
"""A character beyond the first 65,536 as JSON escapes it: in two halves."""


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
        return InputError(message, hint=hint, file=_shown(self.path), line=self.line(place), place=place)


def read(path: Path) -> Document:
    """Read a file.

    Raises:
        InputError: it is missing, no regular file, too large, not UTF-8, not YAML, holds characters that no text needs,
            or falls into one of YAML 1.1's traps.
    """
    raw = regular(Path(_shown(path)), LARGEST, hint="check the path", smaller="split it, or leave out what is not used")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"is not UTF-8: {counted_by_line(invalid_by_line(raw))}"
        raise InputError(message, hint="save it as UTF-8", file=_shown(path), line=line) from None
    return parse_text(text, path, strict=True)


def parse_text(text: str, path: Path, *, strict: bool = False) -> Document:
    """Read a text as if it stood in the file ``path``.

    Args:
        strict: refuse characters that no text needs, which what a run kept may hold.
    """
    try:
        node = yaml.compose(_joined(text) if text.lstrip().startswith("{") else text, Loader=LOADER)
    except RecursionError:
        raise _too_deep(path, 1) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}"
        hint = "check indentation, colons and quotes there"
        raise InputError(message, hint=hint, file=_shown(path), line=mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:
        message = f"is not YAML: {str(error).splitlines()[0]}"
        raise InputError(message, hint="remove that character", file=_shown(path)) from None
    lines: dict[Place, int] = {}
    data = None if node is None else _Builder(path, lines, strict).build(node, ())
    return Document(path, data, lines, text)


def _joined(text: str) -> str:
    """JSON with characters in the place of their escaped halves, which YAML does not know."""
    return HALVES.sub(lambda found: found[1] + _character(found[2], found[3]), text)


def _character(high: str, low: str) -> str:
    return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))


def validate(document: Document, model: type[Model]) -> Model:
    """The document as a ``model``.

    Raises:
        InputError: the first mistake in it; the others are in its ``others``.
    """
    _require_keys(document, model)
    try:
        return model.model_validate(document.data)
    except ValidationError as invalid:
        first, *others = _told(document, model, invalid)
        first.others = tuple(others)
        raise first from None


def draft(document: Document, model: type[Model]) -> tuple[Model | None, list[InputError]]:
    """The document as a ``model``, its wrong parts left out where it can be read without them; and what is wrong."""
    _require_keys(document, model)
    try:
        return model.model_validate(document.data), []
    except ValidationError as invalid:
        errors = _told(document, model, invalid)
        wrong = [detail["loc"] for detail in invalid.errors() if detail["type"] != "missing"]
    try:
        return model.model_validate(_without(document.data, wrong), context={_DRAFT: True}), errors
    except ValidationError:
        return None, errors


def is_draft(info: ValidationInfo) -> bool:
    """Whether a model is read of which some mistakes are known, so that a validator of the whole has nothing to add."""
    return bool((info.context or {}).get(_DRAFT))


def _require_keys(document: Document, model: type[BaseModel]) -> None:
    if not isinstance(document.data, dict):
        raise document.error("holds no keys", hint=f"write `key: value` lines for a {model.__name__.lower()}")


def _without(data: Any, places: Sequence[Place]) -> Any:
    """The data without some parts: each the innermost value of its place."""
    kept = copy.deepcopy(data)
    gone: list[tuple[Any, Any]] = []
    for place in places:
        holder, found = kept, []
        for part in place:
            if _holds(holder, part):
                found.append((holder, part))
                holder = holder[part]
        gone += found[-1:]
    for holder, part in sorted(gone, key=lambda one: str(one[1]).rjust(9), reverse=True):
        if _holds(holder, part):
            del holder[part]
    return kept


def _holds(holder: Any, part: Any) -> bool:
    if isinstance(holder, dict):
        return part in holder
    return isinstance(holder, list) and isinstance(part, int) and part < len(holder)


def _told(document: Document, model: type[BaseModel], invalid: ValidationError) -> list[InputError]:
    """The mistakes of a file, in its order."""
    details = sorted(_causes(invalid.errors()), key=lambda detail: document.line(detail["loc"]))
    errors = [
        error
        for number, detail in enumerate(details)
        for error in _translated(document, model, detail, advised=number < ADVISED)
    ]
    meant = {error.hint for error in errors if error.hint.startswith("did you mean")}
    # a key that is missing only because it is misspelt is one mistake, not two
    errors = [error for error in errors if f"did you mean `{error.hint[5:-2]}`?" not in meant]
    return sorted(errors, key=lambda error: error.line or 0)


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

    others: tuple[Misplaced, ...] = ()
    """What else is wrong there."""

    def __init__(self, message: str, *place: str | int) -> None:
        super().__init__(message)
        self.place = place


def refuse(wrong: Iterator[Misplaced]) -> None:
    """Raise the first of some mistakes with the others, where there are any."""
    found = list(wrong)
    if found:
        found[0].others = tuple(found[1:])
        raise found[0]


class _Builder:
    """Turns YAML nodes into plain values, noting where each began."""

    def __init__(self, path: Path, lines: dict[Place, int], strict: bool) -> None:
        self.path = path
        self.lines = lines
        self.strict = strict
        self.scalars = LOADER("")
        self.parts = 0

    def build(self, node: yaml.Node, place: Place) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS:
            hint = "write less, or fewer anchors (`*name`) that repeat much"
            raise self.problem(node, f"the file holds more than {MOST_PARTS:,} values", hint)
        if len(place) > DEEPEST:
            raise _too_deep(self.path, node.start_mark.line + 1)
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*place, index)) for index, child in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.problem(key_node, "a key is a list or a mapping", "write a word before the colon")
            key = str(key_node.value)
            self.readable(key_node)
            if key in result:
                hint = "keep one of the two"
                raise self.problem(key_node, f"key `{key}` stands twice", hint)
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            result[key] = self.build(value_node, (*place, key))
        return result

    def readable(self, node: Any) -> None:
        """Refuse a character that no text needs, and that would act where the text is shown."""
        found = unfit(str(node.value)) if self.strict else ""
        if found:
            raise self.problem(node, f"holds the control character {found}", "remove it")

    def scalar(self, node: Any) -> Any:
        self.readable(node)
        plain = not node.style
        kind = node.tag.rsplit(":", 1)[-1]
        if not plain or kind in ("str", "timestamp", "merge", "value"):
            return node.value
        if kind == "bool" and node.value.lower() not in ("true", "false"):
            raise self.trap(node, "a truth value")
        digits = node.value.lstrip("+-")
        if kind in ("int", "float") and (":" in digits or (kind == "int" and digits[:1] == "0" and len(digits) > 1)):
            raise self.trap(node, "a number to another base")
        if kind in ("int", "float") and "_" in digits:
            raise self.trap(node, "a number without its marks")
        try:
            return self.scalars.construct_object(node)
        except (ValueError, OverflowError):
            raise self.problem(node, f"{node.value[:20]} … is a number of too many digits", "write fewer") from None

    def trap(self, node: Any, what: str) -> InputError:
        message = f"plain `{node.value}` is read by many tools as {what}"
        return self.problem(node, message, f'write "{node.value}" in quotes, or true/false')

    def problem(self, node: yaml.Node, message: str, hint: str) -> InputError:
        return InputError(message, hint=hint, file=_shown(self.path), line=node.start_mark.line + 1)


def _translated(document: Document, model: type[BaseModel], detail: Any, *, advised: bool) -> list[InputError]:
    place = detail["loc"]
    name = place[-1] if place else ""
    if detail["type"] == "extra_forbidden":
        hint = misplaced_key(model, document.data, place) if advised else ""
        return [document.error(f"unknown key `{name}`", place, hint=hint)]
    if detail["type"] == "missing":
        return [document.error(f"key `{name}` is missing", place, hint=f"add `{name}:`")]
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Misplaced):
        return [_placed(document, str(one), (*place, *one.place)) for one in (cause, *cause.others)]
    place, said = place_within(document.data, place), ought(detail)
    if said is None:
        return [_placed(document, detail["msg"].removeprefix("Value error, "), place)]
    return [_placed(document, said, place, joined=" ")]


def _placed(document: Document, said: str, place: Place, *, joined: str = ": ") -> InputError:
    text, _, hint = said.partition("; ")
    shown = ".".join(map(str, place))
    return document.error(f"`{shown}`{joined}{text}" if shown else text, place, hint=hint)


def _too_deep(path: Path, line: int) -> InputError:
    hint = "write it flatter, and let no anchor hold itself"
    return InputError(f"nests deeper than {DEEPEST} values", hint=hint, file=_shown(path), line=line)


def _shown(path: Path) -> str:
    """The path as a person would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError, RuntimeError):
        return str(path)
