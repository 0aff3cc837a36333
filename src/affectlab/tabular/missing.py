"""Which values of a column stand for none: the usual words, and codes, each of the column that it is said of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from affectlab.errors import DataError
from affectlab.tabular.alike import visible

GAPS = frozenset({"", "na", "n/a", "nan", "#n/a", "null", "none", ".", "-", "?", "missing", "<na>"}) | frozenset(
    {"k.a.", "k. a.", "keine angabe", "fehlend"}
)
"""What is read as a missing value, in any case of letters."""

NOTHING = "nothing"
"""The code that says: no number of this column is one."""

_COMMON = (9, 99, 999, 9999, 88, 888, 8888, 77, 777, 7777)
"""Numbers by which a missing value is often coded; with a minus where no other score has one."""
_FAR = (1, 2, 3, 7, 8, 66, 97, 98, 666, 997, 998)
"""Those that are codes only where they stand far from all scores."""
_FEW = 6
"""Among fewer values nothing stands far from the others."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]


class Missing(NamedTuple):
    """What stands for a missing value, by column."""

    scores: frozenset[str] = frozenset()
    """Codes without a column: of the scores, and of nothing else, since a label may look the same."""
    of: Mapping[str, frozenset[str]] = {}
    """Codes of a column, whatever it holds."""
    kept: Mapping[str, frozenset[str]] = {}
    """Words that usually stand for a gap and are labels here, by column, in any case of letters; ``""``: in all."""

    @classmethod
    def read(cls, codes: Iterable[str], columns: Collection[str], keep: Iterable[str] = ()) -> Missing:
        """Codes as they are written, ``99`` or ``score=99``, and words that are kept, ``NA`` or ``scale=NA``.

        Raises:
            DataError: a code is said of a column that is not there.
        """
        scores, of, kept = set[str](), dict[str, set[str]](), dict[str, set[str]]()
        for code in codes:
            column, said = _placed(code, columns)
            (of.setdefault(column, set()) if column else scores).add(said)
        for word in keep:
            column, said = _placed(word, columns)
            kept.setdefault(column, set()).add(said.casefold())
        return cls(
            frozenset(scores),
            {column: frozenset(found) for column, found in of.items()},
            {column: frozenset(found) for column, found in kept.items()},
        )

    def codes(self, column: str, *, scores: bool = False) -> frozenset[str]:
        """The codes of a column of scores, or of one of labels."""
        return self.of.get(column, frozenset()) | (self.scores if scores else frozenset())

    def words(self, column: str) -> frozenset[str]:
        """The words that are labels in a column."""
        return self.kept.get(column, frozenset()) | self.kept.get("", frozenset())


def _placed(text: str, columns: Collection[str]) -> tuple[str, str]:
    text = visible(text)
    column, equals, code = text.partition("=")
    if not equals:
        return "", text.strip()
    # a name may hold the sign too, so the longest name that is there counts
    named = [name for name in columns if text.startswith(f"{name}=")]
    if named:
        name = max(named, key=len)
        return name, text[len(name) + 1 :].strip()
    hint = f"columns are {', '.join(map(str, list(columns)[:30]))}"
    raise DataError(f"there is no column `{column}`, of which `{code}` is to be a code", hint=hint)


def missing(text: str, codes: Collection[str], kept: Collection[str] = ()) -> bool:
    """Whether a value stands for none."""
    bare = text.strip()
    return bare in codes or (bare.casefold() in GAPS and (not bare or bare.casefold() not in kept))


def suspects(values: Numbers) -> list[float]:
    """Numbers that look like codes of missing values, most frequent first: each is looked at without the others.

    >>> suspects(np.array([1, 4, 3, 5, 2, 77, 88, 99, 1, 2]))
    [99.0, 88.0, 77.0]
    """
    known = values[~np.isnan(values)]
    if known.size < 3:
        return []
    high = list(_above(known))
    found = [*_below(known[~np.isin(known, high)]), *high]
    return sorted(found, key=lambda code: -int((known == code).sum()))


def _below(known: Numbers) -> Iterator[float]:
    rest = known[~np.isin(known, [-code for code in (*_COMMON, *_FAR)])]
    if not rest.size or rest.min() < 0:
        return
    for code in (*_COMMON, *_FAR):
        if (known == -code).any() and (code in _COMMON or _far(rest, float(-code), known.size)):
            yield float(-code)


def _above(known: Numbers) -> Iterator[float]:
    high = [code for code in (*_COMMON, *_FAR) if code >= 66]
    rest = known[~np.isin(known, high) & (known >= 0)]
    if not rest.size:
        return
    for code in high:
        if 0 < (known == code).sum() < known.size / 2 and rest.max() * 4 < code:
            yield float(code)


def _far(rest: Numbers, code: float, size: int) -> bool:
    """Whether a number below all scores is farther from them than any of them is from the next."""
    levels = np.unique(rest)
    if size < _FEW or levels.size < 2 or levels[0] < 1:
        return False
    return float(levels[0]) - code > float(np.diff(levels).max())
