"""What stands in a field of a form as text, what a file says there, and the way between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from affectlab.materials.document import Place
from affectlab.materials.edited import Order
from affectlab.materials.editing import put, with_value, without_part
from affectlab.materials.fields import Field, below, field_at
from affectlab.materials.schema import NOTHING

_TRUE = "true"


def typed_text(field: Field, value: Any) -> list[str]:
    """What stands in a field: a text for one value, several for a list.

    >>> typed_text(Field("texts", "whole"), 8), typed_text(Field("states", "text", "list"), ["fear", "joy"])
    (['8'], ['fear', 'joy'])
    """
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [_shown(one) for one in values]


def typed_value(field: Field, entered: Sequence[str]) -> Any:
    """What is meant by what was entered; None where nothing was. What is no number stays as it was entered.

    >>> texts = Field("texts", "whole")
    >>> typed_value(texts, ["8"]), typed_value(texts, ["eight"]), typed_value(texts, [""])
    (8, 'eight', None)
    """
    values = [_meant(field, one.replace("\r\n", "\n")) for one in entered if one.strip()]
    if field.kind == "truth":
        return entered[-1:] == [_TRUE]
    if field.shape == "list":
        return values
    return values[0] if values else None


def value_at(fields: Sequence[Field], content: Any, place: Place) -> Any:
    """What a file says at a place, the short ways of writing it written out; None where it says nothing."""
    value = content
    field: Field | None = Field("", "part", fields=tuple(fields))
    for part in place:
        value = written_out(field, value)
        held = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if not held and not (isinstance(value, Mapping) and part in value):
            return None
        value = value[part]
        field = None if field is None else below(field, part)
    return written_out(field, value)


def written_out(field: Field | None, value: Any) -> Any:
    """A value in the long form: a name that stands for a list of one, a sentence for a hypothesis."""
    if field is None or not isinstance(value, str):
        return value
    if field.shape == "list":
        nothing = value == NOTHING and field.of is not None and NOTHING not in field.of.words
        return [] if nothing else [value]
    if field.shape == "keyed" and field.single:
        return {value: ""}
    if field.kind == "part" and field.shape == "one" and field.fields:
        return {field.fields[0].name: value}
    return value


def entered(
    text: str, fields: Sequence[Field], content: Any, place: Place, value: Any, order: Order, *, path: Path = Path()
) -> str:
    """The text of a file after something was entered in one field of its form.

    Args:
        fields: of the file.
        content: of the file.
        place: of the field.
        value: what is meant; None takes the key out.

    Raises:
        InputError: the file cannot be read, or the value cannot be changed without changing another.
    """
    field = field_at(fields, place)
    before = value_at(fields, content, place)
    if field is not None and (value == before or (before is None and _says_nothing(field, value))):
        return text
    short = _short_holder(fields, content, place)
    if short is not None:
        # the sentence, or the name, has to be written out before there is more to say
        at, holder = short
        named: dict[Any, Any] = {key: one for key, one in holder.items() if key != place[len(at)]}
        if value is not None:
            named = {**holder, place[len(at)]: value}
        return with_value(text, at, named, order, path=path)
    if value is None and field is not None and field.required and len(place) == 1 and field.kind in ("text", "prose"):
        value = ""
    if value is None or (value == [] and field is not None and not field.required and not field.default):
        return without_part(text, place, path=path)
    if field is not None and field.shape == "keyed" and field.single and isinstance(value, Mapping):
        value = next(iter(value)) if not any(value.values()) and value else dict(value)
    return with_value(text, place, value, order, path=path)


def leaves(fields: Sequence[Field], content: Any, place: Place = ()) -> dict[Place, Any]:
    """Everything that a form holds of the content of a file: by its place, what stands in the field.

    What the schema leaves open is one field; so is a list of texts or numbers.
    """
    return dict(_leaves(Field("", "part", fields=tuple(fields)), content, place))


def with_leaves(form: Mapping[Place, Any]) -> Any:
    """The content of a file of everything that a form holds: the way back from ``leaves``."""
    content: Any = None
    for place, value in form.items():
        content = put(content, place, value)
    return content


def _leaves(field: Field | None, value: Any, place: Place) -> list[tuple[Place, Any]]:
    value = written_out(field, value)
    if field is None:
        return [(place, value)]
    if field.shape != "one" and field.kind != "open" and not field.single:
        entries: list[tuple[str | int, Any]] | None = None
        if isinstance(value, Mapping) and field.shape == "keyed":
            entries = list(value.items())
        elif isinstance(value, list) and field.kind == "part":
            entries = list(enumerate(value))
        if entries is not None:
            return [leaf for name, one in entries for leaf in _leaves(below(field, name), one, (*place, name))]
    if field.shape == "one" and field.kind == "part" and isinstance(value, Mapping):
        return [leaf for name, one in value.items() for leaf in _leaves(field.field(name), one, (*place, name))]
    return [(place, value)]


def _short_holder(fields: Sequence[Field], content: Any, place: Place) -> tuple[Place, Mapping[Any, Any]] | None:
    """The nearest part above a place that is written in a short way, and what it says in the long one."""
    value, field = content, Field("", "part", fields=tuple(fields))
    for number, part in enumerate(place):
        long = written_out(field, value)
        if long is not value and isinstance(long, Mapping):
            return place[:number], long
        held = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if not held and not (isinstance(value, Mapping) and part in value):
            return None
        value = value[part]
        following = below(field, part)
        if following is None:
            return None
        field = following
    return None


def _says_nothing(field: Field, value: Any) -> bool:
    """Whether a value says no more than leaving the key out does."""
    return not field.required and (value is None or value == field.default or value in ([], {}, ""))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _TRUE if value else "false"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def _meant(field: Field, text: str) -> Any:
    try:
        if field.kind == "whole":
            return int(text)
        if field.kind == "number":
            number = float(text)
            return int(number) if number.is_integer() and "." not in text else number
    except ValueError:
        return text.strip()
    # a template may begin with a blank that counts
    return text if field.kind == "text" and field.of is None and field.shape == "one" else text.strip()


def first_content(fields: Sequence[Field]) -> dict[str, Any]:
    """What a file says at first: everything that it must, as far as it can be known.

    >>> from affectlab.materials.fields import fields
    >>> from affectlab.materials.schema import Induction
    >>> first_content(fields(Induction))["texts"]
    [{'id': '', 'topic': '', 'grades': {}}]
    """
    return {field.name: _first(field) for field in fields if field.required}


def _first(field: Field) -> Any:
    if field.shape == "list":
        return [first_content(field.fields)] if field.kind == "part" else []
    if field.shape == "keyed":
        return {}
    if field.kind == "part":
        return first_content(field.fields)
    if field.choices:
        return field.choices[0]
    return {"whole": int(field.low or 0), "number": field.low or 0, "truth": False}.get(field.kind, "")
