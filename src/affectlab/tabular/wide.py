"""Wide tables: a column for each time, item or condition; how their names are built, and the long table they hold."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.alike import visible

_PARTS = re.compile(r"[A-Za-zÀ-ÿ]+|\d+|[^A-Za-zÀ-ÿ\d]+")
"""A name in words, numbers and what stands between them."""
TIMES = frozenset(
    {"pre", "post", "before", "after", "baseline", "followup", "follow", "fu", "base", "end", "start", "mid"}
    | {"vor", "nach", "vorher", "nachher", "prä", "prae", "katamnese", "t", "time", "wave", "day", "week", "session"}
    | {"zeit", "tag", "woche", "mzp", "welle", "katamnese", "retest", "test", "during", "induced", "regulated"}
)
"""Words by which levels are known as times of measurement."""
ITEMS = frozenset({"item", "items", "q", "question", "frage", "i"})
MOST_PLACEHOLDERS = 3
MOST_COLUMNS = 3_000
"""Of wider tables no pattern is guessed."""


@dataclass(frozen=True)
class Pattern:
    """How the names of columns are built: ``panas_{item}_{time}``."""

    text: str
    placeholders: tuple[str, ...]
    between: tuple[str, ...]
    """What stands before, between and after the placeholders."""
    only: tuple[tuple[str, ...], ...]
    """Of each placeholder its levels, where they are listed: ``{time:pre|post}``; empty where any will do."""

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Read a pattern.

        Raises:
            DataError: it has no placeholder, one without a name, or one twice.

        >>> Pattern.of("panas_{item}_{time}").placeholders
        ('item', 'time')
        """
        text = visible(text)
        hint = 'write it as "sad_{time}" or "panas_{item}_{time}": what differs between columns, in braces'
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError:
            raise DataError(f"`{text}` has a brace that is not closed", hint=hint) from None
        names = tuple(name.strip() for _, name, _, _ in parts if name is not None)
        if not names or not all(names) or any(conversion for *_, conversion in parts):
            raise DataError(f"`{text}` says of no column what differs between them", hint=hint)
        if len(set(names)) < len(names):
            raise DataError(f"`{text}` has a placeholder twice", hint=hint)
        if len(names) > MOST_PLACEHOLDERS:
            raise DataError(f"`{text}` has {len(names)} placeholders", hint=f"{MOST_PLACEHOLDERS} at most")
        between = [literal for literal, _, _, _ in parts]
        between += [""] if parts[-1][1] is not None else []
        listed = (spec.split("|") if spec else [] for _, name, spec, _ in parts if name is not None)
        only = tuple(tuple(level.strip() for level in levels if level.strip()) for levels in listed)
        return cls(text, names, tuple(between), only)

    @property
    def stem(self) -> str:
        """What all of its columns are called: the name that their values get where none is said.

        >>> Pattern.of("sad_{time}").stem, Pattern.of("{time}").stem
        ('sad', 'value')
        """
        return "_".join(filter(None, (part.strip(" _.-") for part in self.between))) or "value"

    def levels(self, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The columns that are named so, each with its level on every placeholder.

        Two placeholders with nothing between them are cut between letters and digits. Where a name can be cut in two
        ways, that way counts by which every level is crossed with every other.

        Raises:
            DataError: fewer than two columns are named so, or it cannot be told how their names are to be cut.
        """
        ways = [self._matched(columns, greedy=greedy) for greedy in (False, True)]
        if len(ways[0]) < 2:
            only = f", only `{next(iter(ways[0]))}`" if ways[0] else ""
            hint = f"columns are {', '.join(columns[:30])}"
            raise DataError(f"no two columns are named as `{self.text}`{only}", hint=hint)
        if ways[0] == ways[1]:
            return ways[0]
        whole = [way for way in ways if _crossed(way)]
        if len(whole) > 1 and "time" in self.placeholders:
            at = self.placeholders.index("time")
            whole = [way for way in whole if all(_is_time(level[at]) for level in way.values())]
        if len(whole) == 1:
            return whole[0]
        name = next(name for name in ways[0] if ways[0][name] != ways[1][name])
        msg = f"`{name}` can be cut by `{self.text}` in more than one way"
        raise DataError(msg, hint="write more of the names into the pattern, or rename the columns")

    def _matched(self, columns: Sequence[str], *, greedy: bool) -> dict[str, tuple[str, ...]]:
        some, kinds = "(.+)" if greedy else "(.+?)", "([0-9]+|[^0-9]+)"
        last = len(self.placeholders) - 1
        form = re.escape(self.between[0])
        for at in range(last + 1):
            beside = (at > 0 and not self.between[at]) or (at < last and not self.between[at + 1])
            listed = "|".join(map(re.escape, sorted(self.only[at], key=len, reverse=True)))
            form += (f"({listed})" if listed else kinds if beside else some) + re.escape(self.between[at + 1])
        return {name: found.groups() for name in columns if (found := re.fullmatch(form, name, re.DOTALL))}


def long_form(table: pd.DataFrame, pattern: Pattern, outcome: str | None = None) -> tuple[pd.DataFrame, str, list[str]]:
    """The table with a row for each value that was in a column of its own.

    Columns of other names stay, and are repeated. Rows keep their lines; those of one line follow each other in the
    order of the columns, so that levels appear as they do from left to right.

    Args:
        table: text, as it was saved.
        pattern: how the columns are named.
        outcome: the name of their values; if None, what the pattern says beside its placeholders.

    Returns:
        The table, the column of its values, and remarks.

    Raises:
        DataError: fewer than two columns are named so, or a name that is made stands in the table already.

    >>> wide = pd.DataFrame({"vp": ["1", "2"], "sad_pre": ["3", "4"], "sad_post": ["5", "6"]})
    >>> long_form(wide, Pattern.of("sad_{time}"))[0].to_numpy().tolist()
    [['1', 'pre', '3'], ['1', 'post', '5'], ['2', 'pre', '4'], ['2', 'post', '6']]
    """
    levels = pattern.levels([str(name) for name in table.columns])
    value = outcome or pattern.stem
    kept = [str(name) for name in table.columns if str(name) not in levels]
    for name in (*pattern.placeholders, value):
        if name in kept or (name == value and name in pattern.placeholders):
            hint = "call the placeholder otherwise, or the values with --outcome"
            raise DataError(f"the table has a column `{name}` already, and `{pattern.text}` makes one", hint=hint)
    times = len(levels)
    rows = table.index.repeat(times)
    made: dict[str, Any] = {name: table[name].repeat(times).to_numpy() for name in kept}
    made |= {
        name: [level[at] for _ in range(len(table)) for level in levels.values()]
        for at, name in enumerate(pattern.placeholders)
    }
    made[value] = table[list(levels)].to_numpy(dtype=object).ravel()
    remark = f"{times} columns named as `{pattern.text}` are read as `{value}`"
    said = [f"{remark}: {_shown(pattern, levels)}"]
    if not _crossed(levels):
        said.append(f"not every combination of {' and '.join(pattern.placeholders)} has a column")
    return pd.DataFrame(made, index=rows), value, said


def guessed_patterns(columns: Sequence[str], *, blocks: bool = False) -> list[Pattern]:
    """How columns are named, by the look of them; the pattern of the most columns first.

    Args:
        columns: names of columns that hold numbers, or words of a scale.
        blocks: whether the first of two numbers in a name is of a block of questions, and the second of its item.

    >>> [one.text for one in guessed_patterns(["sad_pre", "sad_post", "age"])]
    ['sad_{time}']
    >>> [one.text for one in guessed_patterns(["panas_1_t1", "panas_2_t1", "panas_1_t2", "panas_2_t2"])]
    ['panas_{item}_{time}']
    """
    if len(columns) > MOST_COLUMNS:
        return []
    alike: dict[tuple[int, ...], dict[str, list[str]]] = {}
    for name in columns:
        parts = _PARTS.findall(name)
        shape = tuple(at for at, part in enumerate(parts) if part[0].isalnum())
        if parts and len(parts) < 12:
            alike.setdefault((len(parts), *shape), {})[name] = _joined(parts)
    found: dict[str, int] = {}
    for group in alike.values():
        for text, size in _candidates(group, blocks=blocks):
            found[text] = max(size, found.get(text, 0))
    taken: set[str] = set()
    made = []
    for text, _ in sorted(found.items(), key=lambda one: (-one[1], one[0])):
        pattern = Pattern.of(text)
        try:
            named = set(pattern.levels(columns))
        except DataError:
            continue
        if named & taken:
            continue
        taken |= named
        made.append(pattern)
    return made


def _joined(parts: list[str]) -> list[str]:
    """Words and numbers that make one level: ``t1``, ``week2``."""
    made: list[str] = []
    for part in parts:
        if part.isdigit() and made and made[-1].casefold() in TIMES and len(made) > 1:
            made[-1] += part
        else:
            made.append(part)
    return made


def _candidates(group: Mapping[str, list[str]], *, blocks: bool) -> Iterator[tuple[str, int]]:
    """Patterns of names with as many parts, each with how many columns it holds: one part differs, or two do."""
    for count in (2, 1):
        grouped: dict[tuple[tuple[int, ...], tuple[str, ...]], list[list[str]]] = {}
        for parts in group.values():
            places = [at for at, part in enumerate(parts) if part[0].isalnum()]
            for chosen in itertools.combinations(places, count):
                rest = tuple("" if at in chosen else part for at, part in enumerate(parts))
                if any(part and part[0].isalpha() for part in rest):
                    grouped.setdefault((chosen, rest), []).append(parts)
        for (chosen, rest), names in grouped.items():
            levels = [tuple(parts[at] for at in chosen) for parts in names]
            sets = [list(dict.fromkeys(level[at] for level in levels)) for at in range(count)]
            if min(map(len, sets)) < 2 or len(levels) < _product(sets):
                continue
            called = _called(sets, blocks=blocks)
            if called is None:
                continue
            text = list(rest)
            for at, name in zip(chosen, called, strict=True):
                text[at] = f"{{{name}}}"
            yield "".join(text), len(levels)


def _called(sets: Sequence[Sequence[str]], *, blocks: bool) -> list[str] | None:
    """What placeholders of such levels are called: ``time``, ``item``; None where their levels say neither."""
    times = [all(_is_time(level) for level in levels) for levels in sets]
    numbers = [all(level.isdigit() for level in levels) for levels in sets]
    if len(sets) == 1:
        return ["time"] if times[0] or (numbers[0] and len(sets[0]) < 4) else ["item"] if numbers[0] else None
    if times[0] is not times[1]:
        return ["time", "item"] if times[0] else ["item", "time"]
    if numbers[0] and numbers[1]:
        return ["item", "time"] if len(sets[0]) >= len(sets[1]) and not blocks else ["time", "item"]
    return None


def _is_time(level: str) -> bool:
    return level.casefold().rstrip(string.digits) in TIMES


def _product(sets: Collection[Collection[str]]) -> int:
    size = 1
    for one in sets:
        size *= len(one)
    return size


def _crossed(levels: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether every combination of levels has a column."""
    sets = [set(one) for one in zip(*levels.values(), strict=True)]
    return len(set(levels.values())) == len(levels) == _product(sets)


def _shown(pattern: Pattern, levels: Mapping[str, tuple[str, ...]]) -> str:
    of = zip(pattern.placeholders, zip(*levels.values(), strict=True), strict=True)
    said = []
    for name, found in of:
        kinds = list(dict.fromkeys(found))
        said.append(f"{name} {', '.join(kinds[:8])}{' …' if len(kinds) > 8 else ''}")
    return "; ".join(said)
