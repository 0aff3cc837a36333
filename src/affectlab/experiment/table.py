"""People's tables, as the service knows them: a file is read as it was declared, and its conditions are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from affectlab.effects.analyse import Analysis, analyse
from affectlab.effects.correlations import CorrelationTable, correlation_table
from affectlab.effects.factorial import FactorialAnalysis, analyse_factors
from affectlab.effects.slopes import analyse_slopes
from affectlab.effects.steps_and_counts import MODELLED
from affectlab.errors import DataError
from affectlab.tabular.alike import visible
from affectlab.tabular.codebook import Codebook
from affectlab.tabular.design import LONG, ROW, Design
from affectlab.tabular.factorial import FactorialDesign
from affectlab.tabular.prepared import Preparation, PreparedTable, prepared_table


@dataclass(frozen=True)
class TableAnalysis:
    """What is asked of a table: which column is what, how the file is read, and how conditions are compared.

    >>> asked = TableAnalysis(outcome="sad", conditions=("group",), unit="vp", within=("time",))
    >>> asked.factorial
    False
    """

    outcome: str | None = None
    conditions: Sequence[str] = ()
    """What was varied; with several, their interactions are tested."""
    unit: str | None = None
    within: Sequence[str] = ()
    """What was repeated within units, or the unit: all that varies within it was."""
    reader: str | None = None
    item: str | None = None
    covariates: Sequence[str] = ()
    average: bool = False
    independent: bool = False
    slopes: bool = False
    """Whether rows of a unit under a condition are trials, and units have means of their own under each."""
    control: str | None = None
    smallest: float | None = None
    test: str | None = None
    level: float = 0.95
    keep: Sequence[str] = ()
    reading: Preparation = field(default_factory=Preparation)
    codebook: Codebook = field(default_factory=lambda: Codebook({}))

    def completed(self) -> TableAnalysis:
        """The same with what the codebook and the pattern of a wide table say, and names as they look.

        Raises:
            DataError: no outcome or no condition is named, by nobody.
        """
        pattern, book = self.reading.pattern, self.codebook
        outcome = self.outcome or book.role("outcome") or (pattern.stem if pattern else None)
        unit = self.unit or book.role("unit") or (ROW if pattern else None)
        conditions = tuple(self.conditions) or _one(book.role("condition"))
        within = tuple(self.within) or _one(book.role("within"))
        if outcome is None:
            raise DataError("no outcome is named", hint="say --outcome COLUMN, or give a codebook that names it")
        if not conditions and (len(within) < 2 or not self._repeated(within, unit)):
            hint = f"say --condition COLUMN, or give a codebook that names it; {LONG}"
            raise DataError("no condition is named", hint=hint)
        return replace(
            self,
            outcome=visible(outcome),
            conditions=tuple(map(visible, conditions)),
            unit=visible(unit) if unit else None,
            within=tuple(map(visible, within)),
            reader=_visible(self.reader or book.role("reader")),
            item=_visible(self.item or book.role("item")),
            covariates=tuple(map(visible, self.covariates)),
        )

    @property
    def factorial(self) -> bool:
        """Whether it is of several factors, or has a covariate."""
        repeated = self._repeated(self.within, self.unit)
        single = len(self.conditions) == 1 and (not repeated or len(self.within) == 1)
        return bool(self.covariates) or not single

    def _repeated(self, within: Sequence[str], unit: str | None) -> list[str]:
        return [one for one in within if one != unit and one not in self.conditions]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have a role."""
        single = (self.outcome, self.unit, self.reader, self.item)
        named = (*(one for one in single if one), *self.conditions, *self.within, *self.covariates)
        return tuple(dict.fromkeys(named))


def analyse_table(path: Path | str, asked: TableAnalysis) -> Analysis | FactorialAnalysis:
    """Read a file as it was declared, and compare its conditions over the unit that was sampled.

    Raises:
        InputError: the file cannot be read.
        DataError: the design does not fit the table, or nothing can be compared; with the reason.
    """
    asked = asked.completed()
    try:
        how = replace(asked.reading, numbers=tuple(asked.covariates))
        if how.instrument is not None:
            times = tuple(one for one in asked.within if one != asked.unit)
            how = replace(how, item=asked.item or how.item, repeated=times)
            asked = replace(asked, item=None)
        ready = prepared_table(path, asked.columns, str(asked.outcome), how, asked.codebook)
        made = _of_factors(ready, asked) if asked.factorial else _of_conditions(ready, asked)
    except DataError as error:
        error.file = str(path)
        raise
    return replace(made, notes=(*ready.remarks, *made.notes))


def correlate_table(
    path: Path | str, columns: Sequence[str], unit: str | None = None, *, reading: Preparation, ranks: bool = False
) -> CorrelationTable:
    """Read a file, and correlate its columns over units.

    Raises:
        InputError: the file cannot be read.
        DataError: fewer than two columns, one without numbers, or units that stand in several rows.
    """
    named, of = [visible(name) for name in columns], _visible(unit)
    try:
        how = replace(reading, numbers=tuple(named))
        ready = prepared_table(path, (*named, *([of] if of else [])), named[0], how, Codebook({}))
        made = correlation_table(ready.table, named, of, missing=ready.missing, ranks=ranks)
    except DataError as error:
        error.file = str(path)
        raise
    return replace(made, notes=(*ready.remarks, *made.notes))


def _of_conditions(ready: PreparedTable, asked: TableAnalysis) -> Analysis:
    book, said = asked.codebook, asked.codebook.of(str(asked.outcome))
    within = asked.within[0] if asked.within else None
    design = Design(
        str(asked.outcome),
        asked.conditions[0],
        asked.unit,
        within,
        asked.reader,
        asked.item,
        asked.average,
        asked.independent,
    )
    terms: dict[str, Any] = {
        "control": asked.control,
        "missing": (*ready.missing, *book.missing(ready.table.columns)),
        "keep": (*asked.keep, *book.kept(ready.table.columns)),
        "names": book.of(design.condition).labels,
        "smallest": asked.smallest,
        "level": asked.level,
        "ends": (said.least, said.most),
    }
    if asked.slopes:
        return analyse_slopes(ready.table, design, **terms)
    return analyse(ready.table, design, test=asked.test, labelled=ready.labelled, **terms)


def _of_factors(ready: PreparedTable, asked: TableAnalysis) -> FactorialAnalysis:
    book = asked.codebook
    if asked.item is not None:
        msg = "items are random in a comparison of one factor, and not in one of several"
        raise DataError(msg, hint="leave out --item and say --average, for the means of items")
    if asked.slopes:
        raise DataError("slopes beside several factors", hint="compare one factor at a time, or leave out --slopes")
    if asked.test in MODELLED:
        msg = f"--test {asked.test} beside several factors"
        raise DataError(msg, hint="compare one factor at a time, at a level of the other: --where COLUMN=LEVEL")
    if asked.control is not None:
        raise DataError("a control beside several factors", hint="leave out --control: all simple effects are told")
    design = FactorialDesign(
        str(asked.outcome),
        tuple(asked.conditions),
        asked.unit,
        tuple(asked.within),
        asked.reader,
        tuple(asked.covariates),
        asked.average,
        asked.independent,
    )
    said = book.of(design.outcome)
    called = {name: book.of(name).labels for name in design.factors if name in ready.table}
    table = ready.table.assign(
        **{
            name: ready.table[name].map(lambda code, of=of: of.get(str(code).strip(), code))
            for name, of in called.items()
            if of
        }
    )
    return analyse_factors(
        table,
        design,
        missing=(*ready.missing, *book.missing(ready.table.columns)),
        keep=(*asked.keep, *book.kept(ready.table.columns)),
        smallest=asked.smallest,
        test=asked.test,
        level=asked.level,
        ends=(said.least, said.most),
        labelled=ready.labelled,
    )


def _one(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _visible(name: str | None) -> str | None:
    return visible(name) if name else None
