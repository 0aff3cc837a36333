"""What the tests of a design of several factors assume, and whether the scores are so, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from affectlab.stats.factorial import FactorialAnova, nested_f
from affectlab.tabular.factorial import FactorialCells

UNEVEN, FEW, SKEWED, FAR = 2.0, 15, 1.0, 3.5
"""Standard deviations more than so many times apart; groups of fewer units; a skewness above this; standardised
residuals beyond this are told of."""


def assumptions(cells: FactorialCells, test: FactorialAnova) -> Iterator[str]:
    """What the tests of a design assume, and whether the scores are so, a sentence for each."""
    yield from _normal(cells)
    if cells.between:
        yield from _spreads(cells)
    for one in test.effects:
        if one.epsilon < 1 and one.df1 > 1 and not np.isnan(one.sphericity_p):
            said = "violated" if one.sphericity_p < 0.05 else "not shown to be violated"
            yield (
                f"sphericity of {one.name} is {said} (Mauchly p = {one.sphericity_p:.3g}, Greenhouse–Geisser ε = "
                f"{one.epsilon:.2f}); degrees of freedom are multiplied by ε in any case"
            )
    yield from _slopes(cells)


def _normal(cells: FactorialCells) -> Iterator[str]:
    values = cells.scores.to_numpy(float)
    keys = [cells.groups[name].astype(str).to_numpy() for name in cells.between]
    group = pd.factorize(pd.MultiIndex.from_arrays(keys))[0] if keys else np.zeros(len(values), dtype=int)
    means = pd.DataFrame(values).groupby(group).transform("mean").to_numpy()
    rest = (values - means).ravel()
    n = rest.size
    sd = float(rest.std())
    if not sd:
        return
    skew = float(np.mean((rest / sd) ** 3))
    far = int((np.abs(rest) / sd > FAR).sum())
    smallest = int(np.bincount(group).min())
    shape = "about symmetric" if abs(skew) < SKEWED else f"skewed to the {'right' if skew > 0 else 'left'}"
    matters = (
        f"with {smallest} units in the smallest group that matters: look at the figure"
        if abs(skew) >= SKEWED and smallest < FEW
        else "F tests bear that with groups of this size"
        if abs(skew) >= SKEWED
        else "as F tests assume"
    )
    yield f"residuals ({n}) are {shape} (skewness {skew:.2f}), {matters}"
    if far:
        yield f"{far} residuals are more than {FAR:g} standard deviations from their cell's mean: look at these rows"


def _spreads(cells: FactorialCells) -> Iterator[str]:
    of = cells.scores.mean(axis=1).groupby([cells.groups[name].astype(str) for name in cells.between])
    sds, sizes = of.std(), of.size()
    if sds.min() > 0 and sds.max() > UNEVEN * sds.min():
        even = "equal" if sizes.nunique() == 1 else "unequal"
        yield (
            f"standard deviations differ between groups ({sds.min():.3g} to {sds.max():.3g}) and groups are of {even} "
            "size: F tests assume them equal; the simple effects by Welch's t do not"
        )
    else:
        yield f"standard deviations of groups are alike ({sds.min():.3g} to {sds.max():.3g}), as F tests assume"


def _slopes(cells: FactorialCells) -> Iterator[str]:
    """Whether the slope of a covariate is the same in all groups: the F of its products with the groups."""
    keys = [cells.groups[name].astype(str).to_numpy() for name in cells.between]
    if not keys or cells.within:
        return
    y, group = cells.scores.to_numpy(float)[:, 0], pd.factorize(pd.MultiIndex.from_arrays(keys))[0]
    dummies = np.eye(int(group.max()) + 1)[group]
    for name, x in cells.of_covariates().items():
        others = [v for other, v in cells.of_covariates().items() if other != name]
        small = np.column_stack([dummies, x, *others])
        large = np.column_stack([dummies, dummies * x[:, None], *others])
        found = nested_f(y, small, large)
        if found is not None:
            f, df1, df2, p = found
            said = (
                "differ between groups: adjusted means hold at its mean only" if p < 0.05 else "are not shown to differ"
            )
            yield f"slopes of {name} {said} (F({df1}, {df2}) = {f:.2f}, p = {p:.3g})"
