"""From a Vega-Lite specification to an SVG that can stand inside a page."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from typing import Any

from affectlab.report.engine import Undrawn, drawn
from affectlab.report.theme import CONFIG

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
PADDING = {"left": 12, "top": 5, "right": 12, "bottom": 5}
"""Room for a reader whose font is wider than the one with which the figure was measured."""

SMALLEST = 0.72
"""Below this share of its size a figure is not shrunk: it is scrolled instead."""

_NAMED = re.compile(r'\bid="([^"]+)"')
_SIZE = re.compile(r'<svg [^>]*?\bwidth="([\d.]+)" height="([\d.]+)" viewBox="([^"]+)"[^>]*>')
_NOISE = re.compile(r' (?:aria-[a-z]+|role|pointer-events|class)="[^"]*"')


_MARK = re.compile(r'(<(?:path|line|rect|circle) )aria-label="([^"]*)"')
_LONG = re.compile(r"(\d\.\d{3})\d+")


_TEXT = re.compile(r"<text ([^>]*)>([^<]*)</text>")
_TURNED = re.compile(r"rotate\((-?[\d.]+)")
SPARE = 0.12
"""By how much a label may be wider than it was measured: a reader's font is not the one that measured it."""
CHARACTER = 6.5
"""The width of a character of a label, about."""


def _roomy(inside: str, box: str) -> tuple[str, str]:
    """The box of a drawing with room for labels that end at the left of the axes, or hang below them; and its width."""
    left = below = 0.0
    for attributes, text in _TEXT.findall(inside):
        if 'text-anchor="end"' not in attributes:
            continue
        spare = SPARE * CHARACTER * len(html.unescape(text))
        turned = _TURNED.search(attributes)
        angle = math.radians(abs(float(turned[1]))) if turned else 0.0
        left = max(left, spare * abs(math.cos(angle)))
        below = max(below, (spare + CHARACTER) * abs(math.sin(angle)))
    x, y, width, height = map(float, box.split())
    return f"{x - left:g} {y:g} {width + left:g} {height + below:g}", f"{width + left:g}"


def specification(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The whole specification: what a figure says, in the theme of the report."""
    return {"$schema": SCHEMA, "background": None, "padding": PADDING, "config": CONFIG, **spec}


def _said(mark: re.Match[str]) -> str:
    """A mark that carries its numbers, to three places."""
    words = _LONG.sub(lambda number: number[1], mark[2])
    return f'{mark[1]}data-said="{words}"'


def draw(spec: Mapping[str, Any], label: str, name: str, *, answering: bool = False) -> str:
    """The figure as an SVG element that scales with the page and is announced as one image; a sentence that says why
    where it cannot be drawn.

    Args:
        spec: marks and encodings; the theme is added.
        label: what a person who does not see it is told.
        name: unique on the page: ids inside the drawing are made unique with it.
        answering: whether each mark carries the numbers that it stands for, as ``data-said``.
    """
    whole = specification(spec)
    whole["config"] = {**whole["config"], "aria": answering}
    try:
        drawing = drawn(whole)
    except Undrawn as why:
        return f'<p class="small">This figure is not drawn: {html.escape(str(why))}. Its data stand below.</p>'
    if answering:
        drawing = _MARK.sub(_said, drawing)
    found = _SIZE.search(drawing)
    if found is None:
        raise ValueError("the drawing has no size")
    _, _, box = found.groups()
    inside = _NOISE.sub("", drawing[found.end() :])
    for id in set(_NAMED.findall(inside)):
        inside = inside.replace(f'id="{id}"', f'id="{name}-{id}"').replace(f"url(#{id})", f"url(#{name}-{id})")
    box, width = _roomy(inside, box)
    told = html.escape(label, quote=True)
    size = f'viewBox="{box}" width="{width}" style="min-width:{SMALLEST * float(width):.0f}px"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{told}" {size}>{inside}'
