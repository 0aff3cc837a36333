"""Numbers as they are printed: a true minus, as many decimals as the interval carries, and the interval beside."""

from __future__ import annotations

import math

from affectlab.counting import SPACE as SPACE
from affectlab.counting import counted as counted

MINUS = "−"
MISSING = "–"
LEVEL = f"95{SPACE}%{SPACE}CI"


def number_shown(value: float | None, decimals: int = 2, *, sign: bool = False) -> str:
    """A number with a true minus; a dash where there is none.

    >>> number_shown(-0.417), number_shown(0.417, sign=True), number_shown(float("nan"))
    ('−0.42', '+0.42', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0.0:
        return text
    return f"{MINUS if value < 0 else '+' if sign else ''}{text}"


def decimals(*values: float) -> int:
    """How many decimals numbers that belong together need: two, fewer for large ones, up to four for small ones.

    >>> decimals(1.52, 1.2, 1.9), decimals(0.0031, -0.002, 0.008), decimals(132.4, 120.2)
    (2, 4, 1)
    """
    sizes = [abs(value) for value in values if math.isfinite(value) and value != 0.0]
    if not sizes:
        return 2
    if max(sizes) >= 100.0:
        return 1
    return min(max(2, 1 - math.floor(math.log10(max(sizes)))), 4)


def estimate_text(value: float, low: float, high: float, unit: str = "") -> str:
    """An estimate with its interval, in the manner of the APA.

    >>> estimate_text(-0.42, -0.70, -0.14).replace(SPACE, " ")
    '−0.42, 95 % CI [−0.70, −0.14]'
    >>> estimate_text(1.5, float("nan"), float("nan"), "nats").replace(SPACE, " ")
    '1.50 nats, no interval'
    """
    places = decimals(value, low, high)
    shown = f"{number_shown(value, places)}{SPACE}{unit}" if unit else number_shown(value, places)
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{shown}, no interval"
    return f"{shown}, {LEVEL} {bracket(low, high, places)}"


def bracket(low: float, high: float, places: int | None = None) -> str:
    """An interval alone.

    >>> bracket(-0.70, -0.14).replace(SPACE, " ")
    '[−0.70, −0.14]'
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return MISSING
    places = decimals(low, high) if places is None else places
    return f"[{number_shown(low, places)},{SPACE}{number_shown(high, places)}]"


def p_text(value: float) -> str:
    """A p value as it is printed: three decimals, never 0; nothing where there is none.

    >>> p_text(0.0171), p_text(0.00002), p_text(0.0), p_text(1.0)
    ('.017', '< .001', '< .001', '1')
    """
    if not math.isfinite(value):
        return ""
    return "< .001" if value < 0.001 else "1" if value >= 0.9995 else f"{value:.3f}"[1:]


def sample_size(n: int, noun: str) -> str:
    """The size of a sample, with its unit.

    >>> sample_size(4, "vignette").replace(SPACE, " ")
    'n = 4 vignettes'
    """
    return f"n{SPACE}={SPACE}{counted(n, noun)}"


def listed(words: list[str]) -> str:
    """Words as a person lists them.

    >>> listed(["fear"]), listed(["fear", "anger", "stress"])
    ('fear', 'fear, anger and stress')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
