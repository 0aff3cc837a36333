"""Where the variance of answers comes from: vignette, wording, frame, option order, and what is left.

The components say which facet a study has too few of, and what its next version needs: `generalizability`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from affectlab.errors import DataError
from affectlab.stats._reml import Grouping, reml
from affectlab.stats._sample import FloatArray, IntArray, codes, varies, vector

#: What joins the names of facets in the name of their interaction.
CROSS = " × "
RESIDUAL = "residual"


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """The variance of single answers, split by its sources."""

    variance: dict[str, float]
    """By source ("a", "a × b", "residual"), in squared units of the scores, never below zero."""
    estimate: dict[str, float]
    """As estimated; by expected mean squares an absent source comes out below zero half of the time."""
    levels: dict[str, int]
    """How many of each facet were sampled."""
    mean: float
    method: str

    @property
    def total(self) -> float:
        """The variance of a single answer."""
        return math.fsum(self.variance.values())

    @property
    def share(self) -> dict[str, float]:
        """Each source's share of the total, between 0 and 1."""
        return {source: value / self.total for source, value in self.variance.items()}


@dataclass(frozen=True, slots=True)
class Generalizability:
    """How well means over a design's other facets order, and locate, the objects of measurement."""

    relative: float
    """Eρ², between 0 and 1: for comparing objects measured with the same facets."""
    absolute: float
    """Φ, between 0 and 1: for the value itself."""
    relative_error: float
    """Error variance of a comparison, in squared units of the scores."""
    absolute_error: float
    """Error variance of a value, in squared units of the scores."""


def variance_components(
    values: ArrayLike,
    facets: Mapping[str, ArrayLike],
    *,
    terms: Sequence[tuple[str, ...]] | None = None,
) -> VarianceComponents:
    """Variance components of answers crossed by random facets.

    Where every combination of levels occurs equally often: expected mean squares, ``σ²_t = (MS_t − σ²_e − Σ
    over u ⊃ t of c_u σ²_u) / c_t``, c being the answers per level of a term, and the residual the highest
    interaction (or what varies within cells). Otherwise: restricted maximum likelihood, which gives the same
    where the design is balanced and no component is below zero.

    Parameters: `values`, one score per answer, shape (rows,); `facets`, for each its label per row, shape
    (rows,); `terms`, the sources to separate, such as ``[("vignette",), ("wording",), ("vignette",
    "wording")]``; default: in a balanced design all, otherwise each facet alone.

    Assumes levels sampled from populations and independent effects. A facet with two levels (a frame, an
    option order) has its component estimated from one degree of freedom: read the order of magnitude.

    Raises `DataError` for NaN, a facet with one level, an unknown facet in `terms`, a term with as many
    levels as there are rows (it is the residual), constant scores, or too many levels in an unbalanced
    design.

    Source: Brennan, R. L. (2001). Generalizability Theory, chapter 3; Cornfield, J., & Tukey, J. W. (1956).
    Annals of Mathematical Statistics 27, 907–949; Patterson, H. D., & Thompson, R. (1971). Biometrika 58,
    545–554. Equals R's ``lme4::lmer(y ~ 1 + (1|a) + (1|b) …)``.

    >>> answers = [50, 55, 52, 60, 66, 61, 40, 47, 45, 55, 58, 59]
    >>> facets = {"vignette": [v for v in "abcd" for _ in range(3)], "wording": list("xyz") * 4}
    >>> parts = variance_components(answers, facets)
    >>> {source: round(value, 2) for source, value in parts.share.items()}
    {'vignette': 0.88, 'wording': 0.09, 'residual': 0.03}
    """
    y = vector(values, "the sample", least=4)
    varies(y, "the sample")
    if not facets:
        msg = "no facet was named"
        raise DataError(msg, hint="name what was crossed, such as vignette and wording, with a label for each row")
    labels: dict[str, IntArray] = {}
    levels: dict[str, int] = {}
    for name, column in facets.items():
        labels[name], levels[name] = codes(column, name, y.size)
        if levels[name] < 2:
            msg = f"{name} has one level only"
            raise DataError(msg, hint="what does not vary has no variance component; leave it out")
    cells = math.prod(levels.values())
    cell = np.zeros(y.size, dtype=np.intp)
    for name in levels:
        cell = cell * levels[name] + labels[name]
    repeats, rest = divmod(y.size, cells)
    balanced = rest == 0 and repeats > 0 and bool(np.all(np.bincount(cell, minlength=cells) == repeats))
    chosen = _terms(levels, terms, balanced, repeats)
    sources = [CROSS.join(term) for term in chosen]
    if balanced:
        means = np.bincount(cell, weights=y, minlength=cells).reshape(tuple(levels.values())) / repeats
        estimate = _expected_mean_squares(means, repeats, float(np.sum((y - means.ravel()[cell]) ** 2)), levels, chosen)
        mean, method = float(means.mean()), "expected mean squares"
    else:
        fit = reml(y, np.ones((y.size, 1)), groupings(chosen, labels, levels))
        mean, method = float(fit.beta[0]), "restricted maximum likelihood"
        estimate = [float(value) for value in fit.variance]
    named = dict(zip([*sources, RESIDUAL], estimate, strict=True))
    return VarianceComponents({s: max(v, 0.0) for s, v in named.items()}, named, levels, mean, method)


def _terms(
    levels: Mapping[str, int], terms: Sequence[tuple[str, ...]] | None, balanced: bool, repeats: int
) -> list[tuple[str, ...]]:
    """The terms beside the residual, facets in their declared order, small terms first."""
    names = list(levels)
    if terms is None:
        largest = 1 if not balanced else len(names) if repeats > 1 else max(len(names) - 1, 1)
        wanted = [t for size in range(1, largest + 1) for t in itertools.combinations(names, size)]
    else:
        unknown = sorted({facet for term in terms for facet in term} - set(names))
        if unknown or not all(terms):
            msg = f"terms name {', '.join(unknown) or 'nothing'}, which is no facet"
            raise DataError(msg, hint=f"facets are {', '.join(names)}")
        wanted = sorted(
            {tuple(sorted(set(t), key=names.index)) for t in terms},
            key=lambda t: (len(t), [names.index(f) for f in t]),
        )
    if balanced and repeats == 1 and tuple(names) in wanted:
        msg = f"{CROSS.join(names)} cannot be told from the residual with one answer per cell"
        raise DataError(msg, hint="leave this term out; it is the residual")
    return wanted


def groupings(
    terms: Sequence[tuple[str, ...]], labels: Mapping[str, IntArray], levels: Mapping[str, int]
) -> list[Grouping]:
    """The rows that share a level of each term; terms with the largest facet lie in the blocks of its levels."""
    rows = next(iter(labels.values())).size
    host = max((facet for term in terms for facet in term), key=lambda facet: levels[facet])
    return [
        Grouping(CROSS.join(term), *_levels_of(term, labels, levels, rows), labels[host] if host in term else None)
        for term in terms
    ]


def _levels_of(
    term: tuple[str, ...], labels: Mapping[str, IntArray], levels: Mapping[str, int], rows: int
) -> tuple[IntArray, int]:
    """Codes of the combinations of levels that occur."""
    joint = np.zeros(rows, dtype=np.intp)
    for name in term:
        joint = joint * levels[name] + labels[name]
    code, count = codes(joint, CROSS.join(term), rows)
    if count == rows:
        msg = f"{CROSS.join(term)} has a level of its own for every row"
        raise DataError(msg, hint="leave this term out; it is the residual")
    return code, count


def _expected_mean_squares(
    means: FloatArray, repeats: int, within: float, levels: Mapping[str, int], terms: list[tuple[str, ...]]
) -> list[float]:
    """Components of the terms and of the residual, from a full table of cell means."""
    names, rows = list(levels), means.size * repeats
    squares, freedom = {}, {}
    for term in terms:
        effect = means.mean(axis=tuple(i for i, name in enumerate(names) if name not in term))
        for axis in range(effect.ndim):
            effect = effect - effect.mean(axis=axis, keepdims=True)
        freedom[term] = math.prod(levels[name] - 1 for name in term)
        squares[term] = rows / effect.size * float(np.sum(effect**2))
    between = float(np.sum((means - means.mean()) ** 2)) * repeats
    residual = max(between + within - math.fsum(squares.values()), 0.0) / (rows - 1 - sum(freedom.values()))
    found: dict[tuple[str, ...], float] = {}
    for term in reversed(terms):
        answers = {u: rows / math.prod(levels[name] for name in u) for u in [*found, term]}
        above = math.fsum(answers[u] * found[u] for u in found if set(term) < set(u))
        found[term] = (squares[term] / freedom[term] - residual - above) / answers[term]
    return [*(found[term] for term in terms), residual]


def generalizability(components: VarianceComponents, objects: str, numbers: Mapping[str, int]) -> Generalizability:
    """How reliable means would be with given numbers of each facet: the decision study.

    ``Eρ² = σ²_p / (σ²_p + σ²_δ)`` with σ²_δ the interactions of the objects p, each divided by its numbers of
    levels; ``Φ = σ²_p / (σ²_p + σ²_Δ)`` with σ²_Δ all other sources so divided. The residual is divided by
    all numbers.

    Parameters: `components`; `objects`, the facet whose levels are to be told apart; `numbers`, for every
    other facet how many levels a mean is to be taken over.

    Raises `DataError` for an unknown or missing facet, numbers below one, or objects without variance.

    Source: Brennan, R. L. (2001). Generalizability Theory, chapter 4. With one facet, one answer per cell and
    its own number of levels, Eρ² is ICC(C,k) and Φ is ICC(A,k).

    >>> answers = [50, 55, 52, 60, 66, 61, 40, 47, 45, 55, 58, 59]
    >>> facets = {"vignette": [v for v in "abcd" for _ in range(3)], "wording": list("xyz") * 4}
    >>> parts = variance_components(answers, facets)
    >>> [round(generalizability(parts, "vignette", {"wording": n}).absolute, 2) for n in (1, 3, 10)]
    [0.88, 0.96, 0.99]
    """
    others = [name for name in components.levels if name != objects]
    if objects not in components.levels or sorted(others) != sorted(numbers) or min(numbers.values(), default=1) < 1:
        msg = f"objects {objects} with numbers for {', '.join(numbers) or 'nothing'} is not this design"
        raise DataError(msg, hint=f"facets are {', '.join(components.levels)}; give a number for all but the objects")
    universe = components.variance.get(objects, 0.0)
    if universe <= 0:
        msg = f"no variance between levels of {objects}"
        raise DataError(msg, hint="there is nothing to tell apart; report the raw mean")
    relative = absolute = components.variance[RESIDUAL] / math.prod(numbers.values())
    for source, variance in components.variance.items():
        facets = source.split(CROSS)
        if source in (objects, RESIDUAL):
            continue
        part = variance / math.prod(numbers[name] for name in facets if name != objects)
        absolute += part
        relative += part if objects in facets else 0.0
    return Generalizability(universe / (universe + relative), universe / (universe + absolute), relative, absolute)
