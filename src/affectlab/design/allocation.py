"""Allocation of a trial's sessions to its arms: by chance, in permuted blocks, within strata."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from affectlab.seeds import derive, permuted


def allocated(arms: Sequence[str], vignettes: int, sessions: int, seed: int) -> tuple[tuple[str, ...], ...]:
    """Per vignette of a stratum, the arms of its sessions.

    The stratum's sessions, vignette by vignette, are cut into blocks as long as there are arms, and each block holds
    every arm once, in an order drawn from the seed. So the arms differ by one session at most within the stratum; and
    where a vignette has as many sessions as there are arms, or a multiple, it has every arm equally often.

    Source: permuted-block randomisation within strata, as in Zelen (1974), Journal of Chronic Diseases 27, 365-375.

    >>> allocated(["a", "b"], vignettes=2, sessions=2, seed=3) == allocated(["a", "b"], 2, 2, 3)
    True
    >>> [sorted(arms) for arms in allocated(["a", "b", "none"], vignettes=2, sessions=3, seed=3)]
    [['a', 'b', 'none'], ['a', 'b', 'none']]
    """
    order = _blocks(arms, seed)
    return tuple(tuple(islice(order, sessions)) for _ in range(vignettes))


def _blocks(arms: Sequence[str], seed: int) -> Iterator[str]:
    number = 0
    while True:
        yield from permuted(arms, derive(seed, "allocation", number))
        number += 1
