"""A codebook: what the columns of a table are, which codes stand for nothing, what levels are called."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from affectlab.errors import InputError
from affectlab.tabular.alike import visible
from affectlab.tabular.design import IDENTIFIERS, words
from affectlab.tabular.fileformat import read_bytes
from affectlab.tabular.source import read_table

_EMPTY = ("", "~", "null")
"""No value, as YAML writes it."""

ROLES = ("outcome", "condition", "unit", "within", "reader", "item")


@dataclass(frozen=True)
class Column:
    """What a codebook says of a column."""

    role: str = ""
    """outcome, condition, unit, within, reader, item; empty where it has none."""
    missing: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """Names of levels, by code."""
    least: float | None = None
    most: float | None = None
    """The ends of the scale."""

    def coded(self, column: pd.Series[Any]) -> pd.Series[Any]:
        """Scores, where a column holds words for them that have a code: the answers of a Likert scale as text.

        Raises:
            InputError: a word stands for two codes.
        """
        codes = {name.casefold(): code for code, name in self.labels.items()}
        for code, name in self.labels.items():
            if codes[name.casefold()] != code:
                hint = "give each code of a scale a label of its own"
                raise InputError(f"the label `{name}` stands for two codes", hint=hint)
        return column.map(lambda value: codes.get(str(value).strip().casefold(), value)) if codes else column


@dataclass(frozen=True)
class Codebook:
    """The columns of a table, by name."""

    columns: Mapping[str, Column]

    def role(self, role: str) -> str | None:
        """The column that has a role, if one has."""
        return next((name for name, column in self.columns.items() if column.role == role), None)

    def of(self, name: str) -> Column:
        """What is said of a column; nothing, if nothing is."""
        return self.columns.get(name, Column())

    def missing(self, columns: Collection[str]) -> tuple[str, ...]:
        """The codes of missing values, each said of its column, of those columns that a table has."""
        return tuple(f"{name}={code}" for name, of in self.columns.items() if name in columns for code in of.missing)

    def kept(self, columns: Collection[str]) -> tuple[str, ...]:
        """The codes and names of levels: they are labels, even where such a word usually stands for a gap."""
        return tuple(
            f"{name}={word}"
            for name, of in self.columns.items()
            if name in columns
            for word in (*of.labels, *of.labels.values())
            if word
        )

    @classmethod
    def load(cls, path: Path | str) -> Codebook:
        """Read a codebook.

        A YAML or JSON mapping from column to ``role``, ``missing``, ``labels``, ``least`` and ``most`` (below
        ``columns:`` or at the top); a CSV with a row for each column and these names in its header; the
        ``dataset_description.json`` of a Psych-DS dataset, or a Frictionless ``datapackage.json``.

        Raises:
            InputError: no such file, or one that is no codebook.
        """
        path = Path(path)
        if path.suffix.casefold() in (".csv", ".tsv", ".txt"):
            return cls(_from_rows(path))
        try:
            text = read_bytes(path).decode("utf-8-sig")
            # every value stays the text that it is: 1_1 is no 11, 01 no 1, and `yes` a label
            content = json.loads(text) if path.suffix.casefold() == ".json" else yaml.load(text, yaml.BaseLoader)
        except (yaml.YAMLError, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            raise InputError("neither YAML, JSON nor CSV", hint="see docs/reference/statistics.md", file=path) from None
        if not isinstance(content, dict):
            raise InputError("is no codebook", hint="write `column: {role: outcome}` for each column", file=path)
        return cls(_from_mapping(content, path))


def _from_mapping(content: Mapping[str, Any], path: Path) -> dict[str, Column]:
    if "variableMeasured" in content:
        of = [one for one in content["variableMeasured"] if isinstance(one, dict)]
        return {
            visible(str(one["name"])): _column({"least": one.get("minValue"), "most": one.get("maxValue")}, path)
            for one in of
        }
    if "resources" in content:
        fields = [one for resource in content["resources"] for one in resource.get("schema", {}).get("fields", [])]
        codes = [
            code for resource in content["resources"] for code in resource.get("schema", {}).get("missingValues", [])
        ]
        return {visible(str(one["name"])): _frictionless(one, codes, path) for one in fields}
    columns = content.get("columns", content)
    if not isinstance(columns, dict):
        raise InputError("`columns` is no mapping", hint="write `column: {role: outcome}` for each", file=path)
    return {
        visible(str(name)): _column(said if isinstance(said, dict) else {"role": said}, path)
        for name, said in columns.items()
    }


def _frictionless(one: Mapping[str, Any], codes: list[Any], path: Path) -> Column:
    limits = one.get("constraints", {})
    if words(str(one["name"])) & IDENTIFIERS:
        codes = []  # said of the whole table: a label that looks the same is no gap
    known = {"missing": codes, "least": limits.get("minimum"), "most": limits.get("maximum")}
    return _column(known, path)


def _from_rows(path: Path) -> dict[str, Column]:
    table = read_table(path)
    table.columns = table.columns.str.casefold()
    name = next((one for one in ("column", "variable", "name", "field") if one in table), None)
    if name is None:
        hint = "its header needs `column`, and `role`, `missing`, `labels`, `least` or `most`"
        raise InputError("has no column that names columns", hint=hint, file=path)
    columns = {}
    for row in table.to_dict("records"):
        said: dict[str, Any] = {str(key): value for key, value in row.items() if value not in ("", None)}
        for key in ("missing", "labels"):
            parts = [part.strip() for part in str(said.get(key, "")).replace("|", ";").split(";") if part.strip()]
            said[key] = dict(part.split("=", 1) for part in parts if "=" in part) if key == "labels" else parts
        columns[visible(str(row[name]))] = _column(said, path)
    return columns


def _column(said: Mapping[str, Any], path: Path) -> Column:
    role = str(said.get("role") or "").strip().casefold()
    role = "" if role in _EMPTY else role
    if role and role not in ROLES:
        raise InputError(f"unknown role `{role}`", hint=f"roles are {', '.join(ROLES)}", file=path)
    missing = said.get("missing") or ()
    codes = missing if isinstance(missing, list | tuple) else [missing]
    labels = said.get("labels") or {}
    if not isinstance(labels, dict):
        raise InputError("`labels` is no mapping from code to name", hint="write {1: sad, 2: neutral}", file=path)
    try:
        ends = [float(said[key]) if said.get(key) not in (None, *_EMPTY) else None for key in ("least", "most")]
    except (TypeError, ValueError):
        raise InputError("an end of a scale is no number", hint="write least: 0, most: 100", file=path) from None
    named = {str(code).strip(): str(name).strip() for code, name in labels.items()}
    return Column(role, tuple(str(code) for code in codes), named, *ends)
