"""Answers to the items of an instrument, scored by its key: words as numbers, items reversed, a score per scale."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from affectlab.errors import AffectlabError, DataError, InputError
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.document import read, validate
from affectlab.materials.instrument import Instrument, Item
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.reliability import cronbach_alpha, omega_total
from affectlab.tabular.columns import first_line
from affectlab.tabular.missing import missing
from affectlab.tabular.number import finite_number

ANSWERED = 0.8
"""The share of a scale's items that must be answered, or the scale has no score."""


@dataclass(frozen=True)
class ScoringKey:
    """How the answers to an instrument become scores."""

    instrument: str
    items: tuple[Item, ...]
    values: tuple[int, ...]
    """The steps of the scale, ascending."""
    labels: tuple[str, ...]
    """What the steps are called, where they are."""

    @property
    def scales(self) -> tuple[str, ...]:
        """The scales, in the order of their first items."""
        return tuple(dict.fromkeys(one.scale for one in self.items))

    def scale(self, name: str, there: Collection[str]) -> str:
        """The scale that is asked for: by its name, or because no other has items here.

        Raises:
            DataError: several have, and none is named.
        """
        if name in self.scales:
            return name
        found = [one for one in self.scales if any(item.scale == one and item.id in there for item in self.items)]
        if len(found) != 1:
            msg = f"`{name}` is no scale of {self.instrument}, and items of {len(found)} are there"
            raise DataError(msg, hint=f"say --outcome with one of {', '.join(self.scales)}")
        return found[0]

    def item(self, label: str) -> Item:
        """The item of a label: its id, its words, or its place in the instrument, from 1.

        Raises:
            DataError: there is no such item.
        """
        plain = _plain(label)
        for one in self.items:
            if plain in (_plain(one.id), _plain(one.text)):
                return one
        if label.strip().isdigit() and 1 <= int(label) <= len(self.items):
            return self.items[int(label) - 1]
        hint = f"its items are {', '.join(one.id for one in self.items[:12])}, or numbers from 1 to {len(self.items)}"
        raise DataError(f"{self.instrument} has no item `{label}`", hint=hint)

    def value(self, text: str) -> float | None:
        """The number of an answer: a step of the scale, or the name of one; None where it is neither."""
        names = [_plain(label) for label in self.labels]
        if _plain(text) in names:
            return float(self.values[names.index(_plain(text))])
        number = finite_number(text.replace(",", "."))
        return number if number is not None and self.values[0] <= number <= self.values[-1] else None


def scoring_key(name: str) -> ScoringKey:
    """The key of an instrument: one that is shipped, by its id, or a file of one's own.

    Raises:
        InputError: there is no such instrument, or its answers are no ratings.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml", ".json"):
        document = read(path)
        form = document.data.get("form") if isinstance(document.data, dict) else None
        if str(form) not in Instrument.forms.names:
            raise document.error(f"`{form}` is no form of an instrument", hint="`form: rating` has rated items")
        found = validate(document, Instrument)
    else:
        found = Catalogue().get(Instrument, name)
    items, options = getattr(found, "items", ()), getattr(found, "options", None)
    values = found.values
    if not items or len(values) < 2 or not isinstance(items[0], Item):
        raise InputError(f"{name} is no list of rated items", hint="name an instrument of the form `rating`")
    return ScoringKey(found.id, tuple(items), tuple(values), tuple(getattr(options, "labels", ()) or ()))


@dataclass(frozen=True)
class ScoredTable:
    """A table with one score for each unit and place."""

    rows: pd.DataFrame
    remarks: tuple[str, ...]


def scored_table(
    table: pd.DataFrame,
    key: ScoringKey,
    item: str,
    outcome: str,
    places: Sequence[str],
    codes: Collection[str] = (),
    apart: Sequence[str] = (),
) -> ScoredTable:
    """One score for each combination of what the places say: the mean of the scale's items, reversed ones turned.

    Args:
        table: text, a row for each answer.
        key: of the instrument.
        item: the column that says which item was answered.
        outcome: the column of answers, or the scale that is scored.
        places: the columns that tell scores apart: unit, conditions, times, readers.
        codes: of missing answers.
        apart: of the places, those at whose levels reliability is told: times of measurement.

    Raises:
        DataError: an item is none of the instrument's, or an answer no step of its scale.
    """
    labels = {str(label): key.item(str(label)) for label in table[item].unique()}
    twice = [one.id for one in labels.values()]
    again = next((one for one in twice if twice.count(one) > 1), None)
    if again is not None:
        raise DataError(f"two of the columns are of item `{again}` of {key.instrument}", hint="leave one out")
    scale = key.scale(outcome, twice)
    rows = table[table[item].map(lambda label: labels[str(label)].scale == scale)]
    answers = _answers(rows[outcome], key, outcome, codes)
    turned = rows[item].map(lambda label: labels[str(label)].reverse).to_numpy(bool)
    answers = np.where(turned, key.values[0] + key.values[-1] - answers, answers)
    wide = _wide(rows, item, places, answers, labels)
    count = sum(one.scale == scale for one in key.items)
    enough = wide.notna().sum(axis=1) >= ANSWERED * count - 1e-9
    scores = wide.mean(axis=1).where(enough)
    made = scores.rename(outcome).reset_index()
    lines = rows[list(places)].assign(_line=rows.index).groupby(list(places), sort=False)["_line"].first()
    made.index = pd.Index(lines.loc[wide.index].to_numpy(), name=table.index.name)
    told = [*_said(key, scale, count, wide, labels, int((~enough).sum())), *reliability_lines(wide, apart)]
    return ScoredTable(made, tuple(told))


def _answers(column: pd.Series[Any], key: ScoringKey, name: str, codes: Collection[str]) -> np.ndarray[Any, Any]:
    found = np.full(len(column), math.nan)
    for at, text in enumerate(column.astype(str).str.strip()):
        if missing(text, codes):
            continue
        value = key.value(text)
        if value is None:
            ends = f"{key.values[0]} to {key.values[-1]}" + (f", or {', '.join(key.labels)}" if key.labels else "")
            rows = column.astype(str).str.strip().eq(text).to_numpy()
            msg = f"`{text[:30]}` is no answer to {key.instrument}, whose steps are {ends}"
            hint = f"if it stands for a missing answer, say --missing '{name}={text[:30]}'"
            raise DataError(msg, hint=hint, line=first_line(column.index, rows))
        found[at] = value
    return found


def _wide(
    rows: pd.DataFrame, item: str, places: Sequence[str], answers: np.ndarray[Any, Any], labels: dict[str, Item]
) -> pd.DataFrame:
    long = rows[list(places)].assign(_item=rows[item].map(lambda label: labels[str(label)].id), _answer=answers)
    again = long.duplicated([*places, "_item"])
    if again.any():
        first = long[again].iloc[0]
        where = ", ".join(str(first[name]) for name in places)
        msg = f"item `{first['_item']}` is answered twice by {where}"
        raise DataError(msg, hint="name what tells the answers apart: --within COLUMN, or --where COLUMN=LEVEL")
    return long.set_index([*places, "_item"])["_answer"].unstack("_item", sort=False)


def _said(
    key: ScoringKey, scale: str, count: int, wide: pd.DataFrame, labels: dict[str, Item], without: int
) -> Iterator[str]:
    turned = [one.id for one in labels.values() if one.reverse and one.scale == scale]
    reversed_ = f", {', '.join(turned)} reversed" if turned else ", none reversed"
    yield (
        f"`{scale}` is the mean of the {count} items of {key.instrument}{reversed_}, where at least "
        f"{ANSWERED:.0%} of them are answered: {without} of {len(wide)} scores are missing for that"
    )
    lacking = [one.id for one in key.items if one.scale == scale and one.id not in wide.columns]
    if lacking:
        yield f"items of `{scale}` that are not there: {', '.join(lacking)}"


def reliability_lines(wide: pd.DataFrame, apart: Sequence[str]) -> Iterator[str]:
    """α and ω of a scale, a column for each item, in words; at each level of what is named of the index."""
    groups = wide.groupby(level=list(apart), sort=False) if apart else [("", wide)]
    for level, part in groups:
        complete = part.dropna()
        where = f" ({', '.join(map(str, level if isinstance(level, tuple) else (level,)))})" if apart else ""
        found = [_of(function, complete) for function in (cronbach_alpha, omega_total)]
        shown = [
            f"{name} = {one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"
            for name, one in zip("αω", found, strict=True)
            if one is not None
        ]
        if shown:
            items = f"{part.shape[1]} items, {len(complete)} of {len(part)} answered all of them"
            yield f"reliability{where}: {', '.join(shown)}; {items}"


def _of(function: Any, complete: pd.DataFrame) -> PointEstimate | None:
    try:
        made: PointEstimate = function(complete.to_numpy(float))
    except AffectlabError:
        return None
    return made


def _plain(text: str) -> str:
    return re.sub(r"[^\w]|_", "", text.casefold())
