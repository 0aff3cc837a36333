"""Ways of answering that have nothing to do with what is asked: by place, by saying yes, against one's own word."""

from __future__ import annotations

import pandas as pd

from affectlab.materials.checks import YES, Check
from affectlab.validity.check_context import CheckContext, Reading, share
from affectlab.validity.verdict import CheckValue, Unmeasured

NOT_ASKED = Unmeasured("it was not asked")
EVEN = 0.5


def position_share(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Largest distance of a position's mean probability from an even share. Read, not sampled: no interval."""
    rows = basis.asked(check).dropna(subset=["value"])
    if rows.empty:
        return NOT_ASKED
    means = rows.groupby("scale", observed=True, sort=False)["value"].mean()
    off = means - 1.0 / len(means)
    position = str(off.abs().idxmax())
    value = float(off.abs().max())
    says = (
        f"Among {len(means)} empty options the {position} one got {share(float(means[position]))}, where chance is "
        f"{share(1.0 / len(means))}."
    )
    return CheckValue(value, says, n=rows["item"].nunique(), unit="question")


def pair_sum(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Distance from one of the summed probabilities of yes to a statement and to its opposite, over pairs."""
    pairs = pairs_of(basis.asked(check), check)
    if pairs.empty:
        return NOT_ASKED
    off = float((pairs["as-said"] + pairs["reversed"] - 1.0).mean())
    total = f"{1.0 + off:.2f}"
    lean = "no lean either way" if total == "1.00" else f"a lean to {'yes' if off > 0.0 else 'no'}"
    says = (
        f"The probabilities of yes to a meaningless statement and to its opposite add up to {total}, {lean}; "
        f"without one they add up to 1."
    )
    return CheckValue(abs(off), says, n=_distinct(pairs), unit="pair")


def pair_contradiction(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Share of pairs in which what is likelier for the statement is the opposite of what is for its reversal."""
    pairs = pairs_of(basis.asked(check), check)
    if pairs.empty:
        return NOT_ASKED
    told = (pairs["as-said"] - EVEN) * (pairs["reversed"] - EVEN) < 0.0
    says = f"In {int(told.sum())} of {len(told)} pairs a statement and its opposite got opposite answers."
    return CheckValue(float(told.mean()), says, n=len(told), unit="pair")


def pair_difference(basis: CheckContext, check: Check) -> CheckValue | Unmeasured:
    """Mean probability of yes to the statement minus that to its opposite."""
    pairs = pairs_of(basis.asked(check), check)
    if pairs.empty:
        return NOT_ASKED
    value = float((pairs["as-said"] - pairs["reversed"]).mean())
    says = (
        f"To true statements yes had {share(float(pairs['as-said'].mean()))}, to false ones that differ by a word "
        f"{share(float(pairs['reversed'].mean()))}."
    )
    return CheckValue(value, says, n=_distinct(pairs), unit="pair")


def pairs_of(rows: pd.DataFrame, check: Check) -> pd.DataFrame:
    """The probability of yes to both sides of each pair, at each point of each session in which it was asked."""
    asked = {question.id: (question.pair, question.side) for question in check.questions}
    agreed = rows[(rows["scale"] == YES) & rows["item"].isin(list(asked))]
    sides = pd.DataFrame([asked[item] for item in agreed["item"]], columns=["pair", "side"], index=agreed.index)
    told = pd.concat([agreed, sides], axis=1)
    table = told.pivot_table(index=["session", "point", "pair"], columns="side", values="value", observed=True)
    return table.dropna() if {"as-said", "reversed"} <= set(table) else pd.DataFrame()


def _distinct(pairs: pd.DataFrame) -> int:
    return int(pairs.index.get_level_values("pair").nunique())


READ: dict[str, Reading] = {
    "position-share": position_share,
    "pair-sum": pair_sum,
    "pair-contradiction": pair_contradiction,
    "pair-difference": pair_difference,
}
