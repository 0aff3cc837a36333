"""Whether the run was one run: every session done, one model throughout, one way of answering."""

from __future__ import annotations

from affectlab.materials.checks import Check
from affectlab.validity.ground import Ground, Reading, counted
from affectlab.validity.style import NOT_ASKED
from affectlab.validity.verdict import Outcome, Unmeasured

DRAWN = ("sampled", "constrained")
"""Ways of obtaining an answer that leave something to chance."""


def sessions_done(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Complete sessions over planned ones, of the whole run."""
    done, planned = len(ground.run.store.done()), int(ground.run.store.described("sessions"))
    return Outcome(done / planned, f"{done:,} of {planned:,} planned sessions are complete.", n=planned, unit="session")


def answers_differing(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Answers that differed when they were asked again after an interruption, of the whole run."""
    differing = sum(kind == "differs" for _, kind, _ in ground.run.store.incidents())
    starts = int(ground.run.store.described("attempts"))
    told = counted(differing, "answer")
    says = (
        f"In {counted(starts, 'start')} of the run, {told} differed when asked again."
        if starts > 1
        else "The run was done in one start, in which nothing was asked twice."
    )
    return Outcome(float(differing), says, n=starts, unit="start")


def ways_mixed(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Measures of which some answers were read off and others drawn, or otherwise obtained."""
    ways = ground.trials.groupby("measure", observed=True)["obtained"].nunique()
    mixed = int((ways > 1).sum())
    says = f"Of {counted(len(ways), 'measure')}, {mixed} mixed ways of obtaining an answer."
    return Outcome(float(mixed), says, n=len(ways), unit="measure")


def occasion_change(ground: Ground, check: Check) -> Outcome | Unmeasured:
    """Largest change of a sentinel's probability between any two occasions."""
    rows = ground.asides[ground.asides["check"] == check.id].dropna(subset=["value"])
    occasions = rows["point"].nunique()
    if occasions < 2:
        return NOT_ASKED if rows.empty else Unmeasured("the sentinels were asked on one occasion only")
    if rows["obtained"].isin(DRAWN).any():
        return Unmeasured("answers were drawn, and so differ by chance from one occasion to the next")
    asked = rows.groupby(["item", "scale"], observed=True)["value"]
    value = float((asked.max() - asked.min()).max())
    says = (
        f"On {occasions} occasions, the probabilities of {counted(rows['item'].nunique(), 'fixed question')} moved by "
        f"{value:.4f} at most."
    )
    return Outcome(value, says, n=occasions, unit="occasion")


READ: dict[str, Reading] = {
    "sessions-done": sessions_done,
    "answers-differing": answers_differing,
    "ways-mixed": ways_mixed,
    "occasion-change": occasion_change,
}
