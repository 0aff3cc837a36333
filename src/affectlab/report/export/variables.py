"""The codebook: what every column of the exported tables holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import pandas as pd

Kind = Literal["string", "integer", "number"]

MOST_LEVELS = 60
"""A column of strings with more distinct values than this is no factor, and its values are not listed."""


class Variable(NamedTuple):
    """A column: its name, the kind of its values, what it holds."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    levels: tuple[str, ...] = ()
    """The values that a factor takes."""
    least: float | None = None
    """The smallest value that is possible, where there is one."""


_TEXTS = frozenset({"key", "text", "conversation", "opening", "logprobs", "bounds", "parent"})
"""Columns of free text and of hashes, whose values are no levels."""

MEANINGS: Mapping[str, str] = {
    "session": "Number of the session in the plan, from 0",
    "model": "Model, by the name under which it took part",
    "frame": "Frame: who the participant was asked to be",
    "language": "In which everything was said and asked",
    "state": "State that the text is to induce; neutral is the condition without one",
    "technique": "Technique of induction",
    "grade": "Severity of the text",
    "arm": "What was given: the text itself, or a control made from it",
    "delivery": "How the text was given",
    "vignette": "The text that was given: the sampled unit",
    "person": "Who took part, of those who came while the run went on",
    "text_number": "The text's place in its file, from 0",
    "context": "Whether the items of a rating shared one context",
    "regulation": "Regulation: technique, control, or none",
    "script": "Wording of the regulation",
    "guidance": "How the regulation was delivered",
    "order": "Whether the regulation came after or before the induction",
    "replicate": "Replicate, from 0: a repeated read, not a further unit",
    "seed": "Seed; a 64-bit integer, which a double cannot hold exactly",
    "point": "Point of the session at which it was measured",
    "measure": "Instrument or task",
    "item": "Item, stem or part of the instrument or task",
    "scale": "Scale on which the value stands; reply where it is one in the participant's own words",
    "value": "The number; empty where there was no legal answer, or where the row is a reply",
    "coverage": "Summed probability of the legal options",
    "entropy": "Entropy of the distribution over the legal options",
    "obtained": "How the answer was obtained: exact, bounded, constrained, sampled, chosen; or generated, a reply",
    "refused": "Share of draws that were refusals, where the answer was sampled",
    "text": "The reply in the participant's own words",
    "attempt": "Start of the run in which the response came: 1, or more after a resume",
    "key": "Identity of the response: SHA-256 of who was asked what",
    "conversation": "What had been said: id of the last turn in materials/turns.csv",
    "participant": "Model and revision that responded",
    "opening": "How the participant's turn was begun",
    "kind": "answer, a distribution over options; reply; or reading, numbers that were read from inside",
    "options": "Number of the list of options in materials/options.json",
    "logprobs": "Natural logarithm of each option's probability, in the list's order, as a JSON array; null for zero",
    "bounds": "For a bounded answer, lowest and highest probability of each option, as a JSON array of pairs",
    "finish": "Why the reply ended: stop, length, refused or empty",
    "tokens": "Length of the reply",
    "seconds": "How long the answer took a person",
    "requested": "Number of the requested parameters in materials/parameters.json",
    "honoured": "Number of the honoured parameters in materials/parameters.json",
    "block": "Part of the plan with which it was asked",
    "target": "1 where the scale is the state's own, else 0",
    "baseline": "The same item's value at baseline of the same session",
    "shift": "value minus baseline",
}

SAID = (
    Variable("conversation", "string", "Identity of what was said and done up to here: SHA-256"),
    Variable("parent", "string", "The conversation before this; empty at the beginning"),
    Variable(
        "role",
        "string",
        "Who speaks: user is the experimenter, assistant the participant; intervention is something done and not said",
        levels=("system", "user", "assistant", "intervention"),
    ),
    Variable(
        "text",
        "string",
        "What was said; of an intervention, kind, material and dose as a JSON array, and it lasts for all that follows",
    ),
)
"""The variables of what was said and done, which lies among the materials."""

_UNITS: Mapping[str, str] = {
    "coverage": "probability",
    "entropy": "bits",
    "refused": "share",
    "logprobs": "nats",
    "tokens": "tokens",
    "seconds": "seconds",
    "value": "unit of the measure",
    "baseline": "unit of the measure",
    "shift": "unit of the measure",
}

_COUNTED = frozenset({"coverage", "refused", "tokens", "session", "replicate", "text_number", "attempt"})


def codebook(table: pd.DataFrame) -> tuple[Variable, ...]:
    """The variables of a table, in its order.

    A column that has no entry of its own is a factor of the design, and described as one.

    >>> (one,) = codebook(pd.DataFrame({"coverage": [0.5]}))
    >>> one.kind, one.unit, one.least
    ('number', 'probability', 0)
    """
    return tuple(_variable(str(name), table[name]) for name in table)


def united(tables: Iterable[Sequence[Variable]]) -> tuple[Variable, ...]:
    """The variables of several tables, each name once, with the levels of all."""
    found: dict[str, Variable] = {}
    for variable in (one for table in tables for one in table):
        known = found.get(variable.name)
        if known is None:
            found[variable.name] = variable
        elif known.levels and variable.levels:
            levels = tuple(dict.fromkeys((*known.levels, *variable.levels)))
            found[variable.name] = known._replace(levels=levels)
    return tuple(found.values())


def _variable(name: str, column: pd.Series[str]) -> Variable:
    meaning = MEANINGS.get(name, f"Factor of the design: {name.replace('_', ' ')}")
    least = 0 if name in _COUNTED else None
    return Variable(name, _kind(column), meaning, _UNITS.get(name, ""), _levels(name, column), least)


def _kind(column: pd.Series[str]) -> Kind:
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    return "number" if pd.api.types.is_float_dtype(column) else "string"


def _levels(name: str, column: pd.Series[str]) -> tuple[str, ...]:
    if name in _TEXTS or _kind(column) != "string":
        return ()
    values = [str(value) for value in column.dropna().unique()]
    return tuple(values) if len(values) <= MOST_LEVELS else ()
