"""How a value is written into a file: in brackets or on lines of its own, as YAML or as JSON."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import yaml

WIDEST = 120
"""Characters of a line, where a text can be broken."""
_LONG = 90
"""Characters of a text that gets lines of its own."""


@dataclass(frozen=True)
class Rendering:
    """The way of a file."""

    json: bool = False
    newline: str = "\n"
    lines: bool = True
    """Whether a long text gets lines of its own after `>` or `|`; a comment that is indented below would become part
    of it."""

    def inside(self, value: Any) -> str:
        """A value within brackets.

        >>> Rendering().inside(["yes", "a, b", 1.5, None]), Rendering(json=True).inside("a")
        ("['yes', 'a, b', 1.5, null]", '"a"')
        """
        if self.json:
            return json.dumps(value, ensure_ascii=False)
        return _dumped([value], flow=True, width=10**6)[1:-2]

    def after(self, value: Any, column: int, *, style: str = "", short: bool = False) -> str:
        """What stands after a key and its colon, the blank or the line break before it included.

        Args:
            column: of the key.
            style: in which the value before it was written.
            short: in brackets, where it is one line so.
        """
        width = max(WIDEST - column, 40)
        flow = isinstance(value, list | dict) and (not value or style == "[" or short or _plain(value))
        if flow and len(inside := self.inside(value)) < width - 20:
            return f" {inside}"
        made = _dumped(
            {"k": value}, width=width, style=style if self.lines and style not in ("", "[") else None, lines=self.lines
        )[2:].rstrip("\n")
        return _indented(made, column).replace("\n", self.newline)

    def keyed(self, key: str, value: Any, column: int) -> str:
        """A key with its value, without the blanks before it."""
        return f"{self.inside(key)}:{self.after(value, column)}"

    def entry(self, made: str, column: int) -> str:
        """What was made to stand after a colon, to stand after the dash of a list in the same column."""
        lead = f"{self.newline}{' ' * (column + 2)}"
        return f" {made.removeprefix(lead)}" if made.startswith(lead) else made


def rendering_of(text: str) -> Rendering:
    """How what is put into a text is to be written.

    >>> rendering_of('{"id": "a"}').json, rendering_of("{id: a}").json
    (True, False)
    """
    is_json = False
    if text.lstrip().startswith("{"):
        try:
            json.loads(text)
            is_json = True
        except ValueError:
            pass
    return Rendering(is_json, "\r\n" if "\r\n" in text else "\n")


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their key, and no anchors are made."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _LineDumper(_Dumper):
    """A long text has lines of its own."""


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    style = None
    if data != data.strip() or "\n\n\n" in data or any(line != line.strip() for line in data.split("\n")):
        style = '"' if "\n" in data else None
    elif "\n" in data:
        style = "|"
    elif len(data) > _LONG:
        style = ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_LineDumper.add_representer(str, _text)


def _dumped(value: Any, *, width: int, flow: bool | None = None, style: str | None = None, lines: bool = True) -> str:
    """A list or a mapping as YAML: its innermost lists and mappings in brackets.

    Args:
        flow: all of it in brackets.
        style: of the text that a mapping holds.
        lines: whether long texts have lines of their own.
    """
    stream = io.StringIO()
    dumper = (_LineDumper if lines else _Dumper)(
        stream, width=width, allow_unicode=True, sort_keys=False, default_flow_style=flow
    )
    dumper.open()
    node: Any = dumper.represent_data(value)
    node.flow_style = bool(flow)
    if style is not None and isinstance(node, yaml.MappingNode):
        held = node.value[0][1]
        if isinstance(held, yaml.ScalarNode) and held.tag.endswith(":str") and held.style != '"':
            held.style = style if "\n" not in held.value or style == "|" else held.style
    dumper.serialize(node)
    dumper.close()
    return stream.getvalue()


def _plain(value: Any) -> bool:
    """Whether all that is in a list or mapping is short words and numbers, so that it can stand on one line."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return not any(isinstance(one, dict | list) and one for one in parts) and all(map(_plain, parts))
    return not isinstance(value, str) or len(value) <= 40


def _indented(text: str, column: int) -> str:
    first, *others = text.split("\n")
    return "\n".join([first, *(" " * column + line if line else line for line in others)])
