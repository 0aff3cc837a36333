r"""Templates in users' texts: a name in braces stands for what is filled in, and every other brace is text.

A template in which all braces are names that are known is read as Python's ``str.format`` reads it, so that doubled
braces are single ones there. Else what is no name in braces stays as it is: ``{"rating": {value}}``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from string import Formatter

_NAMED = re.compile(r"\{([A-Za-z_]\w*)\}")


def fill(template: str, fields: Mapping[str, object]) -> str:
    """The template with what its names stand for.

    Raises:
        KeyError: it has a name that stands for nothing.

    >>> fill("{text}: {first} or {second}?", {"text": "Odd", "first": "1", "second": "2"})
    'Odd: 1 or 2?'
    >>> fill('{"rating": {value}}', {"value": 7}), fill('{{"rating": {value}}}', {"value": 7})
    ('{"rating": 7}', '{"rating": 7}')
    """
    try:
        parts = list(Formatter().parse(template))
        known = all(name is None or (name in fields and not conversion) for _, name, _, conversion in parts)
        if known and not any(spec and "{" in spec for _, _, spec, _ in parts):
            return "".join(
                text + ("" if name is None else format(fields[name], spec or "")) for text, name, spec, _ in parts
            )
    except ValueError:
        pass  # braces that are text
    return _NAMED.sub(lambda found: str(fields[found[1]]), template)


def unknown(template: str, names: Collection[str]) -> str:
    """The first name in braces that stands for nothing; empty where every one stands for something.

    >>> unknown('{"rating": {value} of {most}}', ["value"])
    'most'
    """
    try:
        fill(template, dict.fromkeys(names, ""))
    except KeyError as missing:
        return str(missing.args[0])
    return ""


def advice(name: str, names: Collection[str]) -> str:
    """What to do about a name that stands for nothing."""
    known = " and ".join(f"`{{{one}}}`" for one in names)
    return f"here {known} can stand; write `{{{{{name}}}}}` for braces that are text"
