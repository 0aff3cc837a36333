"""Every golden value that is otherwise than in version 0.1.0, as the tables of `docs/reference/changed-values/`.

    python -m tests.golden.changed [STUDY ...]

writes them anew. It takes minutes, and R with lmerTest: each row also says what an independent computation gives.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from affectlab.design.load import shipped
from tests.golden.former import Finding, former, versions
from tests.golden.values import BENCHMARK, GOLDEN, golden, same, unpack
from tests.house import ROOT

TABLES = ROOT / "docs" / "reference" / "changed-values"
HEAD = ("study", "contrast", "quantity", "old values", "new value", "independent computation", "why")
ROW, SCORE, INTERVAL, THESE, BOTH = "row", "score", "interval", "interval, these items", "both intervals"
QUANTITIES: Mapping[str, Callable[[Finding], Any]] = {
    "estimate": lambda of: of["estimate"],
    INTERVAL: lambda of: [of["low"], of["high"]],
    # there was one interval at first, which took the items as they are
    THESE: lambda of: [of.get("low_these_items", of["low"]), of.get("high_these_items", of["high"])],
    "n": lambda of: of["n"],
    "largest": lambda of: of["largest"],
    "note": lambda of: of["note"],
    "population": lambda of: of["population"],
    "method": lambda of: of["method"],
}
"""What a finding says of its contrast. A column that a version did not have yet has no old value."""
LEVELS = ("technique", "grade", "context", "delivery", "order", "guidance")
"""Factors that are named with a contrast where the study has several levels."""
THREE = tuple(name.removesuffix(BENCHMARK) for name in GOLDEN if name.endswith(BENCHMARK))
"""Studies whose short form had two texts and has three; the form with two is a benchmark study."""

Contrast = tuple[Any, ...]


class Difference(NamedTuple):
    """One value that is otherwise."""

    name: str
    """Of the golden file."""
    what: Contrast | int
    """The contrast of a finding, or the row of a score."""
    contrast: str
    quantity: str
    old: list[Any]
    """Every value before, oldest first."""
    new: Any

    @property
    def told(self) -> tuple[str, ...]:
        """The first columns of its row."""
        study = self.name.replace(BENCHMARK, ", two texts")
        return study, self.contrast, self.quantity, "; ".join(map(plain, self.old)), plain(self.new)


def differences(name: str) -> Iterator[Difference]:
    """All of a golden file: findings, then scores."""
    now = unpack(golden(name))
    yield from of_findings(name, [*versions(name), now["findings"]])
    yield from of_scores(name, now["scores"])


def of_findings(name: str, history: Sequence[Sequence[Finding]]) -> Iterator[Difference]:
    """Contrast by contrast: those that went or came, and what is otherwise in the others."""
    tables = [{contrast(one): one for one in version} for version in history]
    several = [factor for factor in LEVELS if len({one[factor] for rows in history for one in rows}) > 1]
    for key in dict.fromkeys(key for table in tables for key in table):
        rows = [table.get(key) for table in tables]
        of = next(filter(None, rows))
        if rows[0] is None or rows[-1] is None:
            told = moved([one and in_short(one) for one in rows])
            yield Difference(name, key, readable(of, several), ROW, *told)
            continue
        for quantity, old, new in _quantities([one for one in rows if one is not None]):
            yield Difference(name, key, readable(of, several), quantity, old, new)


def _quantities(rows: Sequence[Finding]) -> Iterator[tuple[str, list[Any], Any]]:
    found = {}
    for quantity, value in QUANTITIES.items():
        values = [value(one) for one in rows if quantity in one or quantity in (INTERVAL, THESE)]
        old, new = moved(values)
        if old:
            found[quantity] = (old, new)
    if INTERVAL in found and same(found[INTERVAL], found.get(THESE)):
        found = {BOTH if quantity == INTERVAL else quantity: of for quantity, of in found.items() if quantity != THESE}
    for quantity, (old, new) in found.items():
        yield quantity, old, new


def moved(values: Sequence[Any]) -> tuple[list[Any], Any]:
    """The values before the last, each where it is another than the one before it; none where nothing moved.

    >>> moved([1.0, 1.0, 2.0, 3.0]), moved([1.0, 1.0])
    (([1.0, 2.0], 3.0), ([], 1.0))
    """
    kept = [one for place, one in enumerate(values) if place == 0 or not same(one, values[place - 1])]
    return kept[:-1], kept[-1]


def of_scores(name: str, scores: Mapping[str, Any]) -> Iterator[Difference]:
    """The scores that moved by more than golden values are compared to."""
    for place, old in former()[name]["scores"].items():
        row = dict(zip(scores["columns"], scores["rows"][int(place)], strict=True))
        before, now = moved([*old, row["value"]])
        if before:
            where = f"{row['measure']}, {row['scale']}: session {row['session']}, {row['point']}"
            yield Difference(name, int(place), f"{where}, {row['item']}", SCORE, before, now)


def contrast(one: Finding) -> Contrast:
    """What a finding is of; the first findings had no scale but their state's or task's own."""
    scale = one["scale"] if one["claim"] == "scale" else ""
    return (*(one[key] for key in ("claim", "measure", "state", "against", "regulation", *LEVELS)), scale)


def readable(one: Finding, several: Sequence[str]) -> str:
    """A contrast in words, with the levels of what the study varies."""
    of = f"{one['scale']} after {one['state']}" if one["claim"] == "scale" else one["state"]
    levels = [f"{factor} {one[factor]}" for factor in several if one[factor] is not None]
    name = f"{one['measure']}, {of}: {one['regulation'] or 'texts'} − {one['against']}"
    return "; ".join([name, *levels])


def in_short(one: Finding) -> str:
    """All of a finding that came or went."""
    return f"{plain(one['estimate'])} {plain([one['low'], one['high']])}, n = {one['n']}"


def plain(value: Any) -> str:
    """A value in full, as the golden file has it.

    >>> plain([1.5, -2.25]), plain([None, None]), plain(True)
    ('[1.5, -2.25]', 'none', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, "", [None, None]):
        return "none"
    return json.dumps(value) if isinstance(value, list) else str(value)


# --- why

WHY = {
    "optimum": "a fitted score stands where the gradient is zero",
    "three texts": "the short form has three texts for each state, where it had two",
    "two texts": "two texts give no interval",
    "items": "items are random",
    "no text": "no text stands once, as baseline",
    "scale": "a scale that belongs to no state is a finding of its own",
    "one state": "there is one state only, so that nothing could be larger",
    "row and column": "the largest of its row and of its column",
    "one reading": "all texts share the one reading of the baseline",
    "tie": "mean squares that are equal but for rounding are equal",
}
"""Reasons by the word that the tables have; `docs/reference/changed-values.md` says more of each."""


def why(one: Difference) -> str:
    """The reasons of a difference: one that is of no known kind is to be given a new one here and on the page."""
    match one.quantity:
        case "score":
            return "optimum"
        case "row":
            return "no text" if one.new is None else "scale"
        case "largest":
            return "one state" if one.new is None else "row and column"
        case "population":
            return "one reading"
    if one.name in THREE:
        return "three texts; items" if one.quantity == INTERVAL else "three texts"
    if one.name.endswith(BENCHMARK) and one.quantity in (BOTH, INTERVAL, THESE, "note", "method"):
        return "two texts"
    if one.quantity == INTERVAL:
        return "items; tie" if len(one.old) > 1 and _hardly_moved(*one.old[-1], *one.new) else "items"
    msg = f"{one.told}: no reason is known for this; name it in tests/golden/changed.py and changed-values.md"
    raise ValueError(msg)


def _hardly_moved(low: float, high: float, low_now: float, high_now: float) -> bool:
    """Whether an interval's limits moved by less than a thousandth of its width, as a tie moves them."""
    return max(abs(low_now - low), abs(high_now - high)) < 1e-3 * (high - low)


# --- the tables


def path(study: str) -> Path:
    """The table of a study, its benchmark form in it."""
    return TABLES / f"{study}.csv"


def forms(study: str) -> list[str]:
    """The golden files of a study."""
    return [name for name in GOLDEN if name in (study, f"{study}{BENCHMARK}")]


def write(study: str) -> None:
    """Write the table of a study."""
    from tests.golden.independent import computed

    rows = []
    for name in forms(study):
        found = list(differences(name))
        again = computed(name, found)
        rows += [(*one.told, said, why(one)) for one, said in zip(found, again, strict=True)]
    TABLES.mkdir(exist_ok=True)
    with path(study).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])


if __name__ == "__main__":
    for study in sys.argv[1:] or sorted(shipped()):
        write(study)
