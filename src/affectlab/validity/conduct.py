"""Whether the run was one run: every session done, one model throughout, one way of answering."""

from __future__ import annotations

from affectlab.materials.checks import Check
from affectlab.validity.check_context import CheckContext, Reading, count_of
from affectlab.validity.style import NOT_ASKED
from affectlab.validity.verdict import CheckValue, Unmeasured

DRAWN = ("sampled", "constrained")
"""Ways of obtaining an answer that leave something to chance."""


def sessions_done(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Complete sessions over planned ones, of the whole run."""
    done, planned = len(basis.run.store.done()), int(basis.run.store.described("sessions"))
    return CheckValue(
        done / planned, f"{done:,} of {planned:,} planned sessions are complete.", n=planned, unit="session"
    )


def answers_differing(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Answers that differed when they were asked again after an interruption, of the whole run."""
    differing = sum(kind == "differs" for _, kind, _ in basis.run.store.incidents())
    starts = int(basis.run.store.described("attempts"))
    told = count_of(differing, "answer")
    says = (
        f"In {count_of(starts, 'start')} of the run, {told} differed when asked again."
        if starts > 1
        else "The run was done in one start, in which nothing was asked twice."
    )
    return CheckValue(float(differing), says, n=starts, unit="start")


def ways_mixed(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Measures of which some answers were read off and others drawn, or otherwise obtained."""
    ways = basis.scores.groupby("measure", observed=True)["obtained"].nunique()
    mixed = int((ways > 1).sum())
    says = f"Of {count_of(len(ways), 'measure')}, {mixed or 'none'} mixed ways of obtaining an answer."
    return CheckValue(float(mixed), says, n=len(ways), unit="measure")


def occasion_change(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Largest change of a sentinel's probability between any two occasions."""
    rows = basis.probe_scores[basis.probe_scores["check"] == check.id].dropna(subset=["value"])
    occasions = rows["point"].nunique()
    if occasions < 2:
        return NOT_ASKED if rows.empty else Unmeasured("the sentinels were asked on one occasion only")
    if rows["obtained"].isin(DRAWN).any():
        return Unmeasured("answers were drawn, and so differ by chance from one occasion to the next")
    asked = rows.groupby(["item", "scale"], observed=True)["value"]
    value = float((asked.max() - asked.min()).max())
    says = (
        f"On {occasions} occasions, the probabilities of {count_of(rows['item'].nunique(), 'fixed question')} moved "
        f"by "
        f"{value:.4f} at most."
    )
    return CheckValue(value, says, n=occasions, unit="occasion")


READ: dict[str, Reading] = {
    "sessions-done": sessions_done,
    "answers-differing": answers_differing,
    "ways-mixed": ways_mixed,
    "occasion-change": occasion_change,
}
