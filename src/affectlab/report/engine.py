"""The engine that draws figures. It ends its whole process where memory is short, and so it works apart from ours."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from affectlab.child_process import ChildEnded, ChildProcess, ChildRefused

VERSION = "6.4"
"""Of the language that figures are written in."""

_ENGINE = ChildProcess(f"{__name__}:drawer", VERSION)


class Undrawn(Exception):
    """A figure cannot be drawn here, and why."""


PIXELS = 2.0
"""Pixels of a picture for each of a drawing: enough for print in the width of a column."""
SVG, PNG, PDF = "svg", "png", "pdf"


def drawn(specification: Mapping[str, Any]) -> str:
    """A Vega-Lite specification as an SVG.

    Raises:
        Undrawn: the engine ended, as it does where memory is short; then no other figure is drawn either.
        ValueError: it cannot draw this.
    """
    return _made(specification, SVG)


def pictured(specification: Mapping[str, Any], form: str) -> bytes:
    """The same as a picture (``png``) or as a page of print (``pdf``).

    Raises:
        Undrawn: the engine ended, as it does where memory is short; then no other figure is drawn either.
        ValueError: it cannot draw this.
    """
    return base64.b64decode(_made(specification, form))


def _made(specification: Mapping[str, Any], form: str) -> str:
    try:
        return str(_ENGINE({"form": form, "specification": specification}))
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

    def draw(asked: Mapping[str, Any]) -> str:
        drawing = str(vl_convert.vegalite_to_svg(dict(asked["specification"]), vl_version=version))
        if asked["form"] == SVG:
            return drawing
        made = vl_convert.svg_to_pdf(drawing) if asked["form"] == PDF else vl_convert.svg_to_png(drawing, scale=PIXELS)
        return base64.b64encode(made).decode("ascii")

    return draw
