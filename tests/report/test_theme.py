"""Colours can be told from their ground, in both schemes (WCAG 2.2: 4.5 for text, 3 for marks)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from affectlab.report import theme

TEMPLATES = Path(theme.__file__).parent / "render" / "templates"


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(colour: str, ground: str, opacity: float) -> str:
    mixed = [
        round(opacity * int(colour[at : at + 2], 16) + (1 - opacity) * int(ground[at : at + 2], 16)) for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in mixed)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_contrast_with_the_page(scheme: str) -> None:
    ground = theme.GROUND[scheme]
    for text in (theme.INK, theme.MUTED):
        assert contrast(getattr(text, scheme), ground) >= 4.5
    for mark in (*theme.SERIES, theme.NEUTRAL, theme.ZERO, theme.UP, theme.DOWN):
        assert contrast(getattr(mark, scheme), ground) >= 3.0
    for cell in (theme.UP, theme.DOWN):
        strongest = over(getattr(cell, scheme), ground, theme.STRONGEST)
        assert contrast(getattr(theme.INK, scheme), strongest) >= 4.5


def test_the_page_contrasts_with_itself() -> None:
    style = (TEMPLATES / "style.css.j2").read_text("utf-8")
    roots = re.findall(r":root\{([^}]*\}\}[^}]*)\}", style)
    assert len(roots) == 2
    for scheme, root in zip(("light", "dark"), roots, strict=True):
        colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", root))
        for ground in (theme.GROUND[scheme], colours["soft"]):
            for text in ("ink", "muted", "link"):
                assert contrast(colours[text], ground) >= 4.5, (scheme, text, ground)
        assert contrast(colours["ink"], colours["mark"]) >= 4.5


def test_every_colour_is_recoloured_once() -> None:
    rules = theme.recolouring().splitlines()
    assert len(rules) == len(set(rules))
    selectors = [rule.partition("{")[0] for rule in rules]
    assert len(selectors) == len(set(selectors))


def test_series_differ_in_more_than_colour() -> None:
    looks = theme.looks([str(number) for number in range(8)])
    assert len({look.shape for look in looks}) == 8
    assert len({look.dash for look in looks}) == 8
