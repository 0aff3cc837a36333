"""Which cells of a full crossing are run: all, a Latin square, or a regular fraction; balanced, from the seed.

A block is one text of one state: whatever is left out, is left out in the same balanced way in every block.
"""

from __future__ import annotations

from collections.abc import Sequence

from affectlab.seeds import derive, permuted


def latin(levels: int, row: int, column: int, seed: int) -> int:
    """The level that a Latin square gives to a row and a column.

    In every ``levels`` neighbouring rows each level stands once in each column, and the other way round; which
    rows, columns and levels those are is drawn from the seed.

    >>> square = [[latin(3, row, column, seed=5) for column in range(3)] for row in range(3)]
    >>> all(sorted(line) == [0, 1, 2] for line in [*square, *zip(*square)])
    True
    """
    rows, columns, names = (permuted(range(levels), derive(seed, part)) for part in ("rows", "columns", "levels"))
    return names[(rows[row % levels] + columns[column % levels]) % levels]


def in_fraction(places: Sequence[int], block: int, fraction: int, seed: int) -> bool:
    """Whether a cell belongs to the fraction ``1 / fraction`` of a block.

    Regular: the sum of the levels' places and the block's number decides, so that each level of each factor that
    has a multiple of ``fraction`` levels stands equally often.

    >>> [in_fraction((a, b), 0, 2, seed=1) for a in (0, 1) for b in (0, 1)].count(True)
    2
    """
    return (sum(places) + block + derive(seed, "fraction")) % fraction == 0
