"""The schema of a file as JSON Schema, with which an editor completes keys and names, and marks what is misspelt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from affectlab.design.nameable import nameables
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.fields import Field, Kind, fields
from affectlab.materials.schema import Of, Part

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[Kind, str] = {
    "text": "string",
    "prose": "string",
    "number": "number",
    "whole": "integer",
    "truth": "boolean",
}


def editor_schema(model: type[Part], catalogue: Catalogue, title: str = "") -> dict[str, Any]:
    """JSON Schema of the files of a class.

    What contradicts itself between two keys it does not see: `affectlab check` does.

    Args:
        catalogue: whose materials are offered where one is named; others can be named too.

    >>> from affectlab.materials.schema import Length
    >>> editor_schema(Length, Catalogue())["properties"]["words"]
    {'type': 'integer', 'exclusiveMinimum': 0}
    """
    made = _object(fields(model), catalogue)
    return {"$schema": DIALECT, **({"title": title} if title else {}), **made}


def _object(found: Sequence[Field], catalogue: Catalogue) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {one.name: _described(one, catalogue) for one in found},
        "required": [one.name for one in found if one.required],
        "additionalProperties": False,
    }


def _described(field: Field, catalogue: Catalogue) -> dict[str, Any]:
    made = _shaped(field, catalogue)
    return {**made, "description": field.help.replace("``", "`")} if field.help else made


def _shaped(field: Field, catalogue: Catalogue) -> dict[str, Any]:
    """One value, a list, or one for each name; with the short ways of writing it."""
    one = _one(field, catalogue)
    ways = [one]
    if field.shape == "list":
        ways = [{"type": "array", "items": one, **({"minItems": 1} if field.required else {})}]
        ways += [one] if field.short else []
    elif field.shape == "keyed":
        entry = _any([one, {"type": "string"}]) if field.short and field.kind == "part" else one
        ways = [{"type": "object", "additionalProperties": entry}]
        if field.of_key is not None and not field.of_key.kinds and not field.of_key.chosen:
            ways[0]["propertyNames"] = {"enum": list(field.of_key.words)}
        if field.short:
            ways += [{"type": "array", "items": entry} if field.kind == "part" else {"type": "string"}]
    return _any([*ways, *([{"type": "null"}] if field.nullable else [])])


def _one(field: Field, catalogue: Catalogue) -> dict[str, Any]:
    if field.kind == "part":
        return _object(field.fields, catalogue)
    if field.choices:
        return {"enum": list(field.choices)}
    if field.kind == "open":
        return {}
    bounds = {"minimum": field.low, "maximum": field.high, "exclusiveMinimum": field.above}
    made: dict[str, Any] = {
        "type": _TYPES[field.kind],
        **{name: bound for name, bound in bounds.items() if bound is not None},
    }
    names = [] if field.of is None else _names(field.of, catalogue)
    return _any([{"enum": names}, made]) if names else made


def _names(of: Of, catalogue: Catalogue) -> list[str]:
    return [one.name for one in nameables(catalogue, of, {})]


def _any(ways: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"anyOf": list(ways)} if len(ways) > 1 else ways[0]
