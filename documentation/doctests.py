"""Has the examples of docstrings shown as code."""

from __future__ import annotations

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"(?:^>>> .*\n?(?:^(?!\n|\s*$).*\n?)*)", re.MULTILINE)


class Doctests(griffe.Extension):
    """Puts fences around what begins with ``>>>`` and ends with an empty line."""

    def on_object(self, *, obj: Any, **_: Any) -> None:
        """Called for every object of the code."""
        if obj.docstring is not None and ">>> " in obj.docstring.value:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(text: str) -> str:
    """A docstring, its examples between fences.

    >>> fenced("Adds.\\n\\n>>> 1 + 1\\n2").splitlines()
    ['Adds.', '', '```pycon', '>>> 1 + 1', '2', '```']
    """
    return EXAMPLE.sub(lambda match: f"```pycon\n{match[0].rstrip()}\n```\n", text).rstrip("\n")
