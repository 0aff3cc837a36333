"""Colours and type of the figures. A figure is drawn once, in light colours, and the page's style recolours it.

Every colour in a figure is one of these; a dark page replaces each by its counterpart through a selector on the
attribute, so that one static SVG serves both. Contrast is at least 4.5 for text and 3 for marks on both grounds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

GROUND = {"light": "#ffffff", "dark": "#14171b"}


class Ink(NamedTuple):
    """A colour on a light ground, and its counterpart on a dark one."""

    light: str
    dark: str


INK = Ink("#1b1f24", "#e6e8eb")
MUTED = Ink("#545d69", "#a9b1bc")
RULE = Ink("#d9dde3", "#333a44")
ZERO = Ink("#7f8893", "#78828f")
UP = Ink("#c2410c", "#fb8b4b")
DOWN = Ink("#1d5fa8", "#5aa2f0")
NEUTRAL = Ink("#5f6874", "#9aa4b1")

SERIES = (
    Ink("#0b62a4", "#6cb6ff"),
    Ink("#a84b01", "#f0a050"),
    Ink("#6d3fa0", "#c9a2f5"),
    Ink("#1a7f37", "#56d364"),
    Ink("#b3226b", "#ff7ab8"),
    Ink("#00727a", "#4fd1d9"),
    Ink("#7a6200", "#d9bd4a"),
    Ink("#a3262a", "#ff8f8a"),
)
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "triangle-right", "triangle-left")
DASHES: tuple[tuple[int, ...], ...] = ((), (5, 3), (2, 2), (7, 2, 2, 2), (9, 3), (1, 3), (4, 1), (6, 4, 1, 4))

STRONGEST = 0.55
"""The opacity of the strongest cell of a heat map: above it, the number in the cell would be hard to read."""

_ALL = (INK, MUTED, RULE, ZERO, UP, DOWN, NEUTRAL, *SERIES)

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"

CONFIG: dict[str, Any] = {
    "aria": False,
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED.light,
        "titleColor": MUTED.light,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domainColor": ZERO.light,
        "tickColor": ZERO.light,
        "gridColor": RULE.light,
        "labelLimit": 160,
        "titleLimit": 400,
    },
    "text": {"color": INK.light, "font": FONT},
    "scale": {"continuousPadding": 6},
}


class Look(NamedTuple):
    """How a series is told from the others: by colour, and by shape and dash for those who do not see the colour."""

    label: str
    colour: str
    shape: str
    dash: tuple[int, ...]


def looks(labels: list[str]) -> list[Look]:
    """A look for each series, always the same for the same place in the list."""
    return [
        Look(label, SERIES[index % len(SERIES)].light, SHAPES[index % len(SHAPES)], DASHES[index % len(DASHES)])
        for index, label in enumerate(labels)
    ]


def recolouring() -> str:
    """The style that turns figures drawn for a light ground into ones for a dark ground."""
    rules = [
        f'svg [{attribute}="{ink.light}"]{{{attribute}:{ink.dark}}}' for ink in _ALL for attribute in ("fill", "stroke")
    ]
    return "\n".join(rules)
