"""The reference of the study file, from its schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from affectlab.design.study import Study
from affectlab.materials.fields import Field, fields

HEAD = """# Keys of a study file

Every key, from the schema with which `affectlab check` reads the file. [Study files](studies.md) has examples.
For an editor that completes keys and names, `affectlab schema > study.schema.json` prints the same as JSON Schema.
"""
KINDS = {
    "text": "text",
    "prose": "sentences",
    "number": "number",
    "whole": "whole number",
    "truth": "`true` or `false`",
    "part": "keys below",
    "open": "keys of a study",
}


def page() -> str:
    """The page, in Markdown."""
    return "\n".join([HEAD, *_table("", fields(Study))])


def _table(name: str, found: Sequence[Field]) -> Iterator[str]:
    """The keys of a part, and then those of the parts in it."""
    if name:
        yield f"\n## {name}\n"
    yield "| key | is | must be there | says |"
    yield "|---|---|---|---|"
    for one in found:
        yield f"| `{one.name}` | {_value(one)} | {'yes' if one.required else ''} | {_help(one)} |"
    for one in found:
        if one.fields:
            yield from _table(f"{name}.{one.name}" if name else one.name, one.fields)


def _value(field: Field) -> str:
    """What can stand under a key."""
    kind = ", ".join(f"`{one}`" for one in field.choices) or _named(field) or KINDS.get(field.kind, field.kind)
    if field.shape == "list":
        kind = f"list: {kind}"
    elif field.shape == "keyed":
        kind = f"by name: {kind}"
    return f"{kind}, or `null`" if field.nullable else kind


def _named(field: Field) -> str:
    """What a text names."""
    if field.of is None:
        return ""
    words = [f"`{word}`" for word in field.of.words]
    places = [f"one of `{'.'.join(place)}`" for place in field.of.chosen]
    return " or ".join([*(f"a {kind}" for kind in field.of.kinds), *words, *places])


def _help(field: Field) -> str:
    return field.help.replace("``", "`").replace("|", "\\|")
