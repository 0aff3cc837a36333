"""What a file can say, as the fields of a form: made from its schema, so that a new key is a new field."""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from affectlab.materials.document import Place
from affectlab.materials.schema import Of

Kind = Literal["text", "prose", "number", "whole", "truth", "choice", "part", "open"]
Shape = Literal["one", "list", "keyed"]

_SCALARS: Mapping[Any, Kind] = {str: "text", float: "number", int: "whole", bool: "truth"}


@dataclass(frozen=True)
class Field:
    """One thing that a file can say."""

    name: str
    """Its key; empty for an entry of a list."""
    kind: Kind
    """``open`` for what the schema leaves open."""
    shape: Shape = "one"
    """One value, a list of them, or one for each of some names."""
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    """All that it can be, where the schema lists it."""
    of: Of | None = None
    """What it names, where it names something."""
    of_key: Of | None = None
    """What its names name, where it is ``keyed``."""
    low: float | None = None
    high: float | None = None
    above: float | None = None
    """Which it must exceed."""
    nullable: bool = False
    """Whether it can be said that there is none: `null`."""
    short: bool = False
    """Whether a text can stand for it: one name for a list, a sentence for what it claims."""
    single: bool = False
    """Of what is ``keyed``: one name, with a text that may be left out."""
    fields: tuple[Field, ...] = ()
    """Of a part."""
    help: str = ""
    """What the schema says of it."""

    def field(self, name: str) -> Field | None:
        """The field of a part that has a name."""
        return next((one for one in self.fields if one.name == name), None)


@cache
def fields(model: type[BaseModel]) -> tuple[Field, ...]:
    """The fields of a class of files or of their parts, in the order of the schema.

    >>> from affectlab.materials.schema import Length
    >>> [(one.name, one.kind, one.required) for one in fields(Length)]
    [('words', 'whole', True), ('tolerance', 'number', False)]
    """
    told = _told(model)
    return tuple(_field(info.alias or name, info, told.get(name, "")) for name, info in model.model_fields.items())


def field_at(found: Sequence[Field], place: Place) -> Field | None:
    """The field at a place of a file; None where there is none.

    >>> from affectlab.materials.schema import Induction
    >>> field_at(fields(Induction), ("texts", 0, "grades", "mild", "text")).kind
    'prose'
    """
    field: Field | None = Field("", "part", fields=tuple(found))
    for part in place:
        field = None if field is None else below(field, part)
    return field


def below(field: Field, part: str | int) -> Field | None:
    """The field of one entry of a list, or of one key; None where there is none."""
    if field.shape != "one":
        return replace(field, name="", shape="one", required=False, default=None, nullable=False, single=False)
    return field.field(str(part))


def order_of(model: type[BaseModel]) -> Callable[[Place], Sequence[str]]:
    """The keys of each mapping of a file, in the order of the schema."""
    found = fields(model)

    def order(place: Place) -> Sequence[str]:
        field = field_at(found, place)
        return [one.name for one in field.fields] if field is not None and field.shape == "one" else []

    return order


def _field(name: str, info: FieldInfo, told: str) -> Field:
    # what is counted where it is left out need not be said
    counted = "counted" in info.metadata
    required = info.is_required() and not counted
    default = None if required or counted else info.get_default(call_default_factory=True)
    field = _with(_of_type(info.annotation), info.metadata)
    return replace(field, name=name, required=required, default=_plain(default), help=told)


def _of_type(annotation: Any) -> Field:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _with(_of_type(arguments[0]), arguments[1:])
    if origin in (Union, types.UnionType):
        nullable = type(None) in arguments
        return replace(_of_several([_of_type(one) for one in arguments if one is not type(None)]), nullable=nullable)
    if origin is Literal:
        return Field("", "choice", choices=tuple(str(one) for one in arguments if one is not None))
    if origin in (tuple, list, set, frozenset, Sequence):
        return replace(_of_type(arguments[0]), shape="list") if _simple(arguments[0]) else Field("", "open")
    if origin in (dict, Mapping):
        key = _of_type(arguments[0])
        value = _of_type(arguments[1])
        if value.shape != "one":
            return Field("", "open", shape="keyed")
        return replace(value, shape="keyed", of_key=key.of or (Of(words=key.choices) if key.choices else None))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Field("", "part", fields=fields(annotation))
    return Field("", _SCALARS.get(annotation, "open"))


def _of_several(ways: Sequence[Field]) -> Field:
    """A field of which the schema allows several: all of their words, or whatever fits one of them."""
    if len(ways) > 1 and all(one.choices for one in ways):
        return replace(ways[0], choices=tuple(word for one in ways for word in one.choices))
    return ways[0] if len(ways) == 1 else Field("", "open")


def _simple(annotation: Any) -> bool:
    """Whether a list of these is no list of lists."""
    return _of_type(annotation).shape == "one"


def _with(field: Field, metadata: Sequence[Any]) -> Field:
    """The field with what its annotation says beside the type."""
    for one in metadata:
        if isinstance(one, Of):
            field = replace(field, of=one)
        elif one == "prose":
            field = replace(field, kind="prose")
        elif one == "single":
            field = replace(field, single=True)
        elif isinstance(one, BeforeValidator):
            field = replace(field, short=True)
        elif isinstance(one, FieldInfo):
            field = _with(field, one.metadata)
        else:
            low, high, above = (getattr(one, bound, None) for bound in ("ge", "le", "gt"))
            field = replace(
                field,
                low=field.low if low is None else low,
                high=field.high if high is None else high,
                above=field.above if above is None else above,
            )
    return field


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    return list(value) if isinstance(value, tuple) else value


@cache
def _told(model: type[BaseModel]) -> Mapping[str, str]:
    """What stands below each field of a class, those of the classes above it among them."""
    told: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not BaseModel:
            told |= _below(kind)
    return told


def _below(kind: type) -> dict[str, str]:
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    except (OSError, TypeError, SyntaxError):
        return {}
    assert isinstance(body, ast.ClassDef)
    told: dict[str, str] = {}
    for one, following in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            told[one.target.id] = " ".join(following.value.value.split())
    return told
