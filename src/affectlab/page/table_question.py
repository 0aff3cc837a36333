"""What is asked of a file of data: the options of ``affectlab analyse``, as an address of the page has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from affectlab.errors import AffectlabError, DataError, InputError

if TYPE_CHECKING:
    from affectlab.experiment.table import TableAnalysis
    from affectlab.tabular.overview import Overview

ROLES = {"outcome": 1, "condition": 2, "unit": 1, "within": 2, "reader": 1, "item": 1, "covariate": 2}
"""What columns can be for a comparison, and how many columns of each there can be."""
LINES = ("missing", "where")
"""Options that are written one a line."""
SWITCHES = ("average", "independent", "slopes")
_ONE = ("wide", "sheet", "header", "instrument", "control", "smallest-effect")
_READING = ("wide", "sheet", "header", "ragged")


@dataclass(frozen=True)
class TableQuestion:
    """What is asked of a file: options of ``affectlab analyse``, each with its value, empty of a switch."""

    options: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, query: QueryParams) -> TableQuestion:
        """What an address asks."""
        found = [(name, value.strip()) for name in (*_ONE, *ROLES) for value in query.getlist(name) if value.strip()]
        found += [(name, "") for name in ("ragged", *SWITCHES) if query.get(name)]
        lines = ((name, line.strip()) for name in LINES for text in query.getlist(name) for line in text.splitlines())
        return cls((*found, *((name, line) for name, line in lines if line)))

    @property
    def compares(self) -> bool:
        """Whether columns are named."""
        return any(name in ROLES for name, _ in self.options)

    @property
    def address(self) -> str:
        """What an address of it ends with."""
        return urlencode([(name, value or "1") for name, value in self.options])

    def all(self, name: str) -> list[str]:
        """The values of an option."""
        return [value for one, value in self.options if one == name]

    def one(self, name: str) -> str | None:
        """The value of an option that stands once."""
        return next(iter(self.all(name)), None)

    @property
    def further(self) -> bool:
        """Whether more is said than columns and how the file is read."""
        return any(name not in (*ROLES, *_READING) for name, _ in self.options)

    def guessed(self, found: Overview) -> TableQuestion:
        """The same reading with what columns are guessed to be; a pattern is guessed where nothing is said of it."""
        own = [(name, value) for name, value in self.options if name in _READING]
        guess = [(name, value) for name, value in found.guess if value is not None and (name != "wide" or not own)]
        return TableQuestion((*own, *guess))

    def reading(self) -> dict[str, Any]:
        """How the file is read.

        Raises:
            InputError: the line of the names is no number.
        """
        header = self.one("header")
        if header is not None and not (header.isascii() and header.isdecimal() and len(header) < 9):
            raise InputError(
                f"`{header}` is no number of a line", hint="say in which line the names of the columns stand"
            )
        line = int(header) if header else None
        return {
            "sheet": self.one("sheet"),
            "header": line,
            "ragged": bool(self.all("ragged")),
            "wide": self.one("wide"),
        }

    def analysis(self) -> TableAnalysis:
        """The comparison.

        Raises:
            DataError: a number is none, or there is no such instrument.
        """
        from affectlab.experiment.table import TableAnalysis
        from affectlab.tabular.prepared import Preparation

        rows: dict[str, Any] = {name: bool(self.all(name)) for name in SWITCHES}
        instrument = self.one("instrument")
        if instrument is not None and instrument not in scoring_instruments():
            raise DataError(f"there is no instrument `{instrument}`", hint="choose one of the list")
        lines: dict[str, Any] = {name: tuple(self.all(name)) for name in LINES}
        return TableAnalysis(
            outcome=self.one("outcome"),
            conditions=self.all("condition"),
            unit=self.one("unit"),
            within=self.all("within"),
            reader=self.one("reader"),
            item=self.one("item"),
            covariates=self.all("covariate"),
            control=self.one("control"),
            smallest=_positive(self.one("smallest-effect")),
            reading=Preparation(**self.reading(), **lines, instrument=instrument),
            **rows,
        )


def _positive(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        found = 0.0
    if not 0.0 < found < float("inf"):
        raise DataError(f"a smallest effect of `{text}`", hint="give a positive number of raw points")
    return found


@cache
def scoring_instruments() -> tuple[str, ...]:
    """The shipped instruments by whose key answers to items can be scored."""
    from affectlab.materials.catalogue import Catalogue
    from affectlab.materials.instrument import Instrument

    return tuple(id for id in Catalogue().ids(Instrument) if _has_key(id))


def _has_key(id: str) -> bool:
    from affectlab.tabular.scored import scoring_key

    try:
        return bool(scoring_key(id).items)
    except AffectlabError:
        return False
