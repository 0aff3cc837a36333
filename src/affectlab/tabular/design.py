"""The design of a table: which column is the outcome, which the condition, and what was sampled."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

import pandas as pd

from affectlab.errors import DataError
from affectlab.tabular.wide import guessed_patterns

READERS = frozenset({"reader", "rater", "judge", "coder", "annotator", "scorer", "grader", "observer", "evaluator"})
PERSONS = frozenset(
    {"subject", "subj", "sub", "participant", "ppt", "pp", "vp", "person", "patient", "animal", "respondent"}
    | {"pid", "sid", "uid", "ppid", "worker", "user", "student", "child", "case", "pno", "subno", "subnum", "sbj"}
    | {"vpn", "vpnr", "vpcode", "proband", "probandin", "versuchsperson", "teilnehmer", "teilnehmerin", "patientin"}
)
"""Words that name what lasts: of the same label under two conditions, it is the same one."""
CODES = frozenset({"code", "codes", "kennung", "chiffre", "pno", "tn"})
"""Whole names that say the same; within longer ones, as ``country_code``, they say nothing."""
ANEW = frozenset({"run", "replicate", "repeat", "repetition", "seed", "draw", "session", "trial"})
"""Words that name what is usually numbered anew in each condition: the same label under two is of two."""
IDENTIFIERS = frozenset(
    PERSONS
    | {
        "id",
        "run",
        "session",
        "vignette",
        "conversation",
        "seed",
        "replicate",
        "repeat",
        "draw",
        "trial",
        "item",
        "stimulus",
    }
    | {"model", "persona", "pair", "unit"}
    | READERS
)
"""Words that name what was sampled or repeated, and not what was compared."""

ROW = "row"
"""The unit of a table in which every row is one of its own, where no column has that name."""

SEVERAL = 5
"""A column that repeats evenly with so many levels or more names units; with fewer it may be a second factor."""
NEARLY = 0.8
"""The share of levels that must come equally often, where some of their rows may be missing."""
MOST = 12
"""Columns that are looked at for a crossing."""
_LOOKED_AT, _MOST_NAMED = 200, 12
"""So many rows are looked at for columns of numbers; of a table with more columns than this they are not named."""


LONG = (
    "where each condition is a column, say how these are named: --wide 'sad_{condition}', or --wide "
    "'{condition:pre|post}' where their names have nothing in common"
)
"""What makes a wide table one that can be analysed."""
_JOINED = re.compile(r"\s*[*:,+;&|/]\s*|\s+x\s+|\s+by\s+")
"""How the names of several columns are written as one."""


def reshaped(table: pd.DataFrame) -> str:
    """What makes this wide table one that can be analysed: its columns of numbers become rows."""
    begin = table.iloc[:_LOOKED_AT]
    numeric = [str(name) for name in begin if pd.to_numeric(begin[name], errors="coerce").notna().any()]
    scores = [name for name in numeric if not words(name) & IDENTIFIERS]
    named = [one.text for one in guessed_patterns(scores)]
    if named:
        return f"where each condition is a column, say how these are named: --wide '{named[0]}'"
    if len(scores) < 2 or len(table.columns) > _MOST_NAMED or any(set(name) & set("{}|:") for name in scores):
        return LONG
    return f"where each condition is a column, say --wide '{{condition:{'|'.join(scores)}}}' --outcome score"


def made_by_wide(table: pd.DataFrame, column: str) -> str:
    """The option by which a column that is not there would be made of columns that are; empty where none would."""
    numeric = [
        str(name) for name in table if pd.to_numeric(table[name].head(_LOOKED_AT), errors="coerce").notna().any()
    ]
    found = (one for one in guessed_patterns(numeric) if column in (one.stem, *one.placeholders))
    named = next((one.text for one in found), "")
    return f"columns are named as `{named}`: say --wide '{named}'" if named else ""


def of_two_factors(first: str, second: str) -> str:
    """What to do where conditions are crossed."""
    return (
        f"name each factor by an option of its own, --condition {first} --condition {second}, for both and their "
        f"interaction (with --within {second} where that one was repeated within units); or compare one at a level of "
        f"the other, --condition {first} --where {second}=LEVEL"
    )


@dataclass(frozen=True)
class Design:
    """What the columns of a table are. The unit is what was sampled: over units, and nothing else, is an interval."""

    outcome: str
    condition: str
    unit: str | None = None
    """What was sampled and given a condition: participant, vignette, run. Without one every row is a unit."""
    within: str | None = None
    """What was measured under several conditions, so that they are compared within it: usually the unit itself, or
    (said of the unit) the condition. Another column, which varies within units, is a repeated measurement."""
    reader: str | None = None
    """Who read, rated or coded the same unit: averaged, never a unit."""
    item: str | None = None
    """What every unit was asked, sampled as the units are: crossed with them in a mixed model."""
    average: bool = False
    """Whether further rows of a unit in a condition are repeated reads of one thing, to be averaged."""
    independent: bool = False
    """Whether labels of the unit that stand under several conditions are of different units."""

    def columns(self) -> dict[str, str]:
        """The column of each role that was given."""
        roles = [one.name for one in fields(self) if one.name not in ("average", "independent")]
        return {role: getattr(self, role) for role in roles if getattr(self, role) is not None}

    @property
    def paired(self) -> bool:
        """Whether units are declared to have been measured under several conditions."""
        return self.within is not None and self.within in (self.unit, self.condition)

    def rows_are_units(self, table: pd.DataFrame) -> bool:
        """Whether every row is a unit of its own."""
        if self.unit == ROW and ROW not in table:
            return True
        return self.unit is None and self.within is None

    def check(self, table: pd.DataFrame) -> None:
        """Refuse what no analysis can be made of, before any number is read.

        Raises:
            DataError: a column that is not there, one that has two roles, a reader as the unit, rows that repeat
                what was sampled with no unit declared.
        """
        for role, column in self.columns().items():
            if column not in table and not (role == "unit" and column == ROW):
                msg = f"there is no column `{column}`, which is to be the {role}"
                raise DataError(msg, hint="; ".join((_known(table), *self._instead(table, role, column))))
        self._distinct()
        self._no_reader_as_unit()
        if self.within == self.condition and self.unit is None:
            msg = f"`{self.condition}` is to vary within units, and no unit is named"
            raise DataError(msg, hint="name with --unit what was measured under several conditions")
        if self.rows_are_units(table):
            self._no_repeats(table)

    def _instead(self, table: pd.DataFrame, role: str, column: str) -> Iterator[str]:
        """What can be done today where a role was to be played by several columns, or by what is no column."""
        several = [name for name in _JOINED.split(column) if name in table]
        if role == "condition" and len(several) > 1:
            yield of_two_factors(several[0], several[1])
        elif said := made_by_wide(table, column):
            yield said
        elif self.condition not in table or (role == "outcome" and len(several) > 1):
            yield reshaped(table)

    def _distinct(self) -> None:
        roles: dict[str, str] = {}
        for role, column in self.columns().items():
            if role == "within" and self.paired:
                continue
            if {role, roles.get(column)} == {"unit", "reader"}:
                raise _reader_as_unit(column)
            if column in roles:
                msg = f"`{column}` cannot be both the {roles[column]} and the {role}"
                raise DataError(msg, hint="name another column for one of them")
            roles[column] = role

    def _no_reader_as_unit(self) -> None:
        for column in (self.unit, self.within):
            if column is not None and self.item is None and column != self.reader and words(column) & READERS:
                raise _reader_as_unit(column)

    def _no_repeats(self, table: pd.DataFrame) -> None:
        """With no unit declared every row counts as one: refuse where rows are evidently reads of the same thing."""
        for role in ("reader", "item"):
            column = getattr(self, role)
            if column is not None:
                msg = f"with `{column}` as the {role} rows repeat what was sampled, and no unit is named"
                raise DataError(msg, hint="name the column of what was sampled with --unit; rows are no units then")
        if self.average:
            raise DataError(
                "rows are to be averaged, and no unit is named", hint="name with --unit what they are reads of"
            )
        if self.unit == ROW:
            return
        others = [str(name) for name in table.columns if name not in (self.outcome, self.condition)]
        for name in others:
            times = _times(table, self.condition, name)
            if times > 1:
                msg = f"rows repeat: levels of `{name}` stand {times} times each, and no unit is named"
                role = "reader" if words(name) & READERS else "unit"
                hint = f"name what was sampled with --unit, and `{name}` with --{role} if it is a {role}; "
                hint += f"or say --unit {ROW} if rows are independent"
                raise DataError(msg, hint=hint)
        crossing = _crossing(table, self.condition, others)
        if crossing is not None:
            msg = (
                f"rows repeat: `{crossing[0]}` is crossed with `{crossing[1]}` in each condition, and no unit is named"
            )
            raise DataError(msg, hint="name with --unit what was sampled, and the other with --reader or --item")


def words(column: str) -> set[str]:
    """The words in a column's name: ``raterID``, ``raterid`` and ``rater_2`` are of a rater.

    >>> sorted(words("raterID_2"))
    ['id', 'rater']
    """
    parts = re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])", column)
    found = {part.casefold() for part in parts}
    found |= {word.removesuffix("id") for word in found if len(word) > 4}
    return found | {word.removesuffix("s") for word in found}


def lasting(column: str) -> bool:
    """Whether a column is named after persons or animals; runs, say, may be numbered anew in each condition.

    >>> lasting("ParticipantID"), lasting("run_id")
    (True, False)
    """
    return bool(words(column) & PERSONS) or column.strip().casefold() in CODES


def of_same_units(column: str, crossing: float) -> bool | None:
    """Whether labels under several conditions are of the same units, by their column's name; None where it is open.

    Args:
        column: of the unit.
        crossing: the share of its labels that stand under several conditions; up to a half they are of different ones.

    >>> of_same_units("vpn", 1.0), of_same_units("run", 1.0), of_same_units("u", 1.0), of_same_units("vpn", 0.1)
    (True, False, None, False)
    """
    if crossing <= 0.5:
        return False
    if lasting(column):
        return True
    return False if words(column) & ANEW else None


def is_open(column: str, both: int, of: int) -> DataError:
    """Refuse to guess whether labels that stand under several conditions are of the same units."""
    msg = f"{both} of {of} labels of `{column}` stand under several conditions"
    hint = (
        f"say --within {column} if they are the same units, measured more than once; or --independent if labels begin "
        "anew in each condition"
    )
    return DataError(f"{msg}, and whether they are the same units is not to be told", hint=hint)


def taken_as_different(column: str, both: int, of: int) -> str:
    """A remark on labels that stand under several conditions, of units that begin anew in each."""
    return (
        f"{both} of {of} labels of `{column}` stand under several conditions and are taken as different units; if they "
        f"are the same ones, measured more than once, say --within {column}"
    )


def _reader_as_unit(column: str) -> DataError:
    msg = f"`{column}` cannot be the unit: readers of the same answers are not a sample of what was studied"
    hint = "name with --unit what was sampled (run, vignette, participant), and average its readings with "
    return DataError(msg, hint=f"{hint}--reader {column}")


def _times(table: pd.DataFrame, condition: str, name: str) -> int:
    """How often the levels of a column stand in the table, if that shows that rows are reads of the same units.

    It does for a column named as an identifier whose levels come more than once; and for any other with several
    levels that come more than once in a condition, all equally often, or nearly so and under one condition each.
    Fractions are no identifiers.
    """
    column = table[name]
    numbers = pd.to_numeric(column.head(1000), errors="coerce").dropna()
    if column.nunique() < 2 or (numbers % 1 != 0).any():
        return 1
    if words(name) & IDENTIFIERS or name.strip().casefold() in CODES:
        return int(column.value_counts().mode().max())
    counts = table.groupby([condition, name], observed=True, sort=False).size()
    usual = int(counts.mode().max())
    nested = len(counts) == column.nunique() and (counts == usual).mean() >= NEARLY
    evident = column.nunique() >= SEVERAL and (counts.nunique() == 1 or nested)
    return usual if evident else 1


def _crossing(table: pd.DataFrame, condition: str, others: list[str]) -> tuple[str, str] | None:
    """Two columns whose every combination stands exactly once in each condition: readers and runs, units and items."""
    rows = table[table[condition] == table[condition].iloc[0]]
    levels = {name: rows[name].nunique() for name in others[:MOST]}
    for first, second in itertools.combinations(levels, 2):
        if min(levels[first], levels[second]) < 2 or levels[first] * levels[second] != len(rows) or len(rows) < 6:
            continue
        counts = table.groupby([condition, first, second], observed=True, sort=False).size()
        if counts.max() == 1:
            return first, second
    return None


@dataclass(frozen=True)
class Gaps:
    """What is not there: marked, counted, and never filled."""

    outcome: Mapping[str, int] = field(default_factory=dict)
    """Per condition, rows without a score."""
    condition: int = 0
    """Rows without a condition."""
    unit: int = 0
    """Rows without a unit, item or reader."""
    incomplete: int = 0
    """Units left out because they lack a condition, or a level of what is repeated."""


def _known(table: pd.DataFrame) -> str:
    return f"columns are {', '.join(map(str, table.columns[:30]))}"
