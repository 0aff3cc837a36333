"""What a study would cost, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from affectlab.experiment.pilot import Pilot
    from affectlab.participants.remote.plan import CostEstimate


_DRAWN = {
    "no": "",
    "yes": "; answers would be drawn",
    "perhaps": "; `affectlab probe` finds out whether answers can be read or must be drawn",
}


def cost_line(cost: CostEstimate) -> str:
    """An estimate in one line.

    >>> from affectlab.participants.remote.plan import CostEstimate
    >>> cost_line(CostEstimate((8, 64), (800, 6400), (32, 256), (0.5, 4.0), "yes", "USD"))
    '8 to 64 calls, 800 to 6,400 tokens sent, 32 to 256 received: 0.5 to 4 USD; answers would be drawn'
    >>> cost_line(CostEstimate((4, 4), (800, 800), (4, 4), None, cached=(700, 700)))
    '4 calls, 800 tokens sent (where prefixes are kept, 700 of them are not computed again), 4 received'
    """
    money = "" if cost.money is None else f": {_range(*cost.money)} {cost.currency}"
    kept = (
        f" (where prefixes are kept, {_range(*cost.cached)} of them are not computed again)" if any(cost.cached) else ""
    )
    drawn = _DRAWN[cost.sampled]
    return (
        f"{_range(*cost.calls)} calls, {_range(*cost.prompt)} tokens sent{kept}, "
        f"{_range(*cost.output)} received{money}{drawn}"
    )


def pilot_line(found: Pilot) -> str:
    """What a pilot found, in one line.

    >>> from affectlab.experiment.pilot import Pilot
    >>> pilot_line(Pilot(3, 24, 0.05, (40, 60, 80), 100, True, 0.0, 900))
    '60 draws a question for a standard error of 0.05 (40 to 80 in 3 questions): 6,000 draws in all, 3,737 to 8,263'
    """
    expected, low, high = found.total
    copied = "" if found.independent else "; some replies were copies of others, which no number of draws mends"
    thought = f"; {found.reasoning:.0f} tokens of reasoning a draw" if found.reasoning else ""
    return (
        f"{found.per_question:.0f} draws a question for a standard error of {found.standard_error:g} "
        f"({min(found.needed)} to {max(found.needed)} in {found.asked} questions): {expected:,} draws in all, "
        f"{low:,} to {high:,}{thought}{copied}"
    )


def _range(least: float, most: float) -> str:
    shown = [f"{number:,}" if isinstance(number, int) else f"{number:.3g}" for number in (least, most)]
    return " to ".join(dict.fromkeys(shown))
