"""The engine that draws figures. It ends its whole process where memory is short, and so it works apart from ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from affectlab.child_process import ChildEnded, ChildProcess, ChildRefused

VERSION = "6.4"
"""Of the language that figures are written in."""

_ENGINE = ChildProcess(f"{__name__}:drawer", VERSION)


class Undrawn(Exception):
    """A figure cannot be drawn here, and why."""


def drawn(specification: Mapping[str, Any]) -> str:
    """A Vega-Lite specification as an SVG.

    Raises:
        Undrawn: the engine ended, as it does where memory is short; then no other figure is drawn either.
        ValueError: it cannot draw this.
    """
    try:
        return str(_ENGINE(specification))
    except ChildEnded as ended:
        raise Undrawn(f"the engine that draws them ended: {ended}") from None
    except ChildRefused as refused:
        raise ValueError(str(refused)) from None


def undrawn() -> str:
    """Why figures could not be drawn until now; empty where all could."""
    return f"since the engine that draws them ended: {_ENGINE.over}" if _ENGINE.over else ""


def drawer(version: str) -> Callable[[Mapping[str, Any]], str]:
    """The function that draws, in the process that is apart."""
    import vl_convert

    def draw(specification: Mapping[str, Any]) -> str:
        return str(vl_convert.vegalite_to_svg(dict(specification), vl_version=version))

    return draw
