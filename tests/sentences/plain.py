"""Contrasts of a run, from its exported table alone, by plain formulas: nothing of affectlab is used.

With n units and k items, both sampled, and mean squares MS: the variance of the mean of n × k differences is
(MS_unit + MS_item − MS_rest) / nk; the interval is the widest of that, of a t test over units and of one over items.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

CELL = ["model", "frame", "technique", "grade", "delivery", "context"]
FACTORS = ("grade", "context")
"""Of these, what a study varies and compares."""
Part = tuple[float, float]


@dataclass(frozen=True)
class Contrast:
    """A difference as it comes out of the table."""

    kind: str
    """``induction``, ``regulation``, ``task`` or ``mean``."""
    measure: str
    scale: str
    state: str
    against: str
    technique: str
    estimate: float
    low: float
    high: float
    df: float
    n: int
    point: str = ""

    @property
    def family(self) -> tuple[str, ...]:
        """What it has in common with the same contrast of other states."""
        return (
            self.kind, self.measure, self.against, self.technique, str(self.scale == self.state), self.point,
        )  # fmt: skip


class Table:
    """The table of scores that a run exports."""

    def __init__(self, folder: Path) -> None:
        (scores,) = (folder / "data").glob("*scores_data.csv")
        (answers,) = (folder / "data").glob("*answers_data.csv")
        (sessions,) = (folder / "data").glob("*sessions_data.csv")
        self.rows = pd.read_csv(scores, low_memory=False)
        self.rows = self.rows[self.rows["scale"] != "reply"]
        self.answers, self.sessions = len(pd.read_csv(answers)), len(pd.read_csv(sessions))
        self.states = [str(one) for one in self.rows["state"].unique() if one != "neutral"]
        self.texts = int(self.rows.groupby("state")["vignette"].nunique().max())
        tasks = self.rows.groupby("measure")["point"].nunique()
        at_start = set(self.rows.loc[self.rows["point"] == "baseline", "measure"])
        self.instruments = [str(one) for one in tasks.index if one in at_start]
        self.tasks = [str(one) for one in tasks.index if one not in at_start]

    def contrasts(self) -> list[Contrast]:
        """Every one that a sentence may speak of."""
        found = []
        for _, cell in self.rows.groupby(CELL, dropna=False):
            for measure in self.instruments:
                of = cell[cell["measure"] == measure]
                found += [*self._inductions(of, measure), *self._regulations(of, measure)]
            for measure in self.tasks:
                found += self._levels(cell[cell["measure"] == measure], measure)
        for measure in self.instruments:
            for factor in FACTORS:
                found += self._between_levels(self.rows[self.rows["measure"] == measure], measure, factor)
        return found

    def _between_levels(self, of: pd.DataFrame, measure: str, factor: str) -> Iterator[Contrast]:
        """The shift of a state's own scale under one level of a factor, against that under another."""
        own = of[(of["arm"] == "induction-text") & (of["scale"] == of["state"])]
        for _, part in own.groupby([*(one for one in CELL if one != factor), "state"], dropna=False):
            tables = {str(level): _change(rows, "baseline", "induced") for level, rows in part.groupby(factor)}
            state = part["state"].iloc[0]
            for one, other in itertools.permutations(tables, 2):
                first, second = tables[one], tables[other]
                if first is not None and second is not None:
                    yield _made("factor", measure, state, state, other, "", first, second, paired=True)

    def _inductions(self, of: pd.DataFrame, measure: str) -> Iterator[Contrast]:
        points = [one for one in of["point"].unique() if one != "baseline"]
        for point, scale in ((p, s) for p in points for s in of["scale"].unique()):
            rows = of[(of["scale"] == scale)]
            if point not in ("induced", "stabilised", "arithmetic") and "none" in set(
                rows.loc[rows["arm"] == "induction-text", "regulation"]
            ):
                rows = rows[rows["regulation"] == "none"]
            tables = {
                key: made
                for key, part in rows.groupby(["state", "arm"])
                if (made := _change(part, "baseline", point)) is not None
            }
            for (state, arm), own in tables.items():
                if state == "neutral" or arm != "induction-text":
                    continue
                made = _made("induction", measure, scale, state, "baseline", "", own, None, paired=False)
                yield replace(made, point=str(point))
                others = {("neutral", "induction-text"): "neutral"}
                others |= {(state, other): other for _, other in tables if other != arm}
                others |= {(other, arm): f"texts of {other}" for other, _ in tables if other not in (state, "neutral")}
                for key, name in others.items():
                    if key in tables:
                        same = key[0] == state
                        made = _made("induction", measure, scale, state, name, "", own, tables[key], paired=same)
                        yield replace(made, point=str(point))

    def _regulations(self, of: pd.DataFrame, measure: str) -> Iterator[Contrast]:
        of = of[(of["arm"] == "induction-text")]
        before = next((p for p in ("stabilised", "arithmetic", "induced") if p in set(of["point"])), None)
        if before is None or "regulated" not in set(of["point"]):
            return
        means: dict[tuple[str, str], dict[str, Any]] = {}
        still: dict[tuple[str, str], list[Any]] = {}
        apart: dict[tuple[str, str, str], list[float]] = {}
        for (state, scale), part in of.groupby(["state", "scale"]):
            if state not in (scale, "neutral"):
                continue
            arms = {str(arm): _change(rows, before, "regulated") for arm, rows in part.groupby("regulation")}
            for one, own in arms.items():
                for other, control in arms.items():
                    if one != other and own is not None and control is not None:
                        name = str(scale) if state == "neutral" else str(state)
                        kind = "after neutral" if state == "neutral" else "regulation"
                        made = _made(kind, measure, str(scale), name, other, one, own, control, paired=True)
                        yield made
                        moved = (own - control).mean(axis=1).dropna()
                        if state != "neutral":
                            by_item = (own - control).mean(axis=0)
                            means.setdefault((one, other), {})[str(state)] = by_item
                            scripts = part[part["regulation"] == one].groupby("script")["vignette"].unique()
                            for script, texts in scripts.items() if len(scripts) > 1 else ():
                                own_texts = moved[moved.index.isin(texts)]
                                apart.setdefault((one, other, str(script)), []).append(float(own_texts.mean()))
                        elif scale in self.states:
                            still.setdefault((one, other), []).append(moved)
        for (one, other), by_scale in still.items():
            texts = pd.concat(by_scale, axis=1).mean(axis=1).to_numpy(float)
            yield _t("nothing to regulate", measure, "all", "neutral", other, one, texts[:, None], None)
        for (one, other, script), of_states in apart.items():
            yield _t("script", measure, "all", script, other, one, np.array(of_states)[:, None], None)
        for (one, other), by_state in means.items():
            values = pd.DataFrame(by_state).T.to_numpy(float)
            if len(values) > 2:
                yield _t("mean", measure, "all", "all", other, one, values, None)

    def _levels(self, of: pd.DataFrame, measure: str) -> Iterator[Contrast]:
        for (point, scale), part in of.groupby(["point", "scale"]):
            rows = part[part["regulation"] == "none"] if point == "regulated" else part
            tables = {key: _wide(own, "value") for key, own in rows.groupby(["state", "arm"])}
            for (state, arm), own in tables.items():
                if state == "neutral" or arm != "induction-text":
                    continue
                for key in tables:
                    if key in (("neutral", arm), *((state, other) for _, other in tables if other != arm)):
                        same = key[0] == state
                        name = str(key[1]) if same else "neutral"
                        yield _made("task", measure, str(scale), str(state), name, "", own, tables[key], paired=same)


def _wide(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    return rows.pivot_table(index="vignette", columns="item", values=value, aggfunc="mean")


def _change(rows: pd.DataFrame, before: str, after: str) -> pd.DataFrame | None:
    """Vignette by item: the change, over sessions."""
    keys = ["vignette", "item"]
    ends = [rows[rows["point"] == point].groupby(keys)["value"].mean() for point in (before, after)]
    moved = (ends[1] - ends[0]).dropna()
    return moved.unstack("item") if len(moved) else None


def _made(
    kind: str, measure: Any, scale: Any, state: Any, against: str, technique: str,
    first: pd.DataFrame, second: pd.DataFrame | None, *, paired: bool,
) -> Contrast:  # fmt: skip
    if paired and second is not None:
        both = first.index.intersection(second.index)
        first, second = first.loc[both] - second.loc[both, first.columns], None
    others = None if second is None else second[first.columns].to_numpy(float)
    told = (kind, str(measure), str(scale), str(state), against, technique)
    return _t(*told, first.to_numpy(float), others)


def _t(
    kind: str, measure: str, scale: str, state: str, against: str, technique: str,
    first: np.ndarray[Any, Any], second: np.ndarray[Any, Any] | None,
) -> Contrast:  # fmt: skip
    """The widest of the three intervals."""
    tables = [first] if second is None else [first, second]
    difference = float(np.nanmean(np.nanmean(first, axis=1))) - (
        0.0 if second is None else float(np.nanmean(np.nanmean(second, axis=1)))
    )
    n = min(len(one) for one in tables)
    told = (kind, measure, scale, state, against, technique, difference)
    if n < 3 or any(np.isnan(one).any() for one in tables):
        return Contrast(*told, math.nan, math.nan, math.nan, n)
    ways = list(_ways(tables))
    half, df = max(((stats.t.ppf(0.975, df) * math.sqrt(v), df) for v, df in ways if v > 0.0), default=(math.nan, 0.0))
    return Contrast(*told, difference - half, difference + half, df, n)


def _ways(tables: list[np.ndarray[Any, Any]]) -> Iterator[Part]:
    """Variance of the difference and degrees of freedom: over units, over items, over both."""
    k = tables[0].shape[1]
    units = [(one.mean(axis=1).var(ddof=1) / len(one), len(one) - 1.0) for one in tables]
    total = sum(v for v, _ in units)
    sizes = sorted(len(one) for one in tables)
    if total > 0.0 and len(sizes) > 1 and sizes[0] == 3 < sizes[1]:
        yield total, 2.0
    elif total > 0.0:
        yield total, total**2 / sum(v**2 / df for v, df in units if v > 0.0)
    if k < 2:
        return
    by_item = tables[0].mean(axis=0) - (tables[1].mean(axis=0) if len(tables) > 1 else 0.0)
    item: Part = (by_item.var(ddof=1) / k, k - 1.0)
    yield item
    rests = []
    for one in tables:
        n = len(one)
        rest = one - one.mean(axis=1, keepdims=True) - one.mean(axis=0, keepdims=True) + one.mean()
        rests.append(((rest**2).sum() / ((n - 1) * (k - 1)) / (n * k), (n - 1.0) * (k - 1)))
    rest = sum(v for v, _ in rests)
    if total > rest and item[0] > rest:
        both = total + item[0] - rest
        df = both**2 / (sum(v**2 / df for v, df in (*units, item, *rests)))
        yield both, max(df, min(min(df for _, df in units), item[1]))
