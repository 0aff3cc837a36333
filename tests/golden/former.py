"""Golden values that were replaced, kept so that `docs/reference/changed-values/` can be held against them.

Of the findings every version is here in full. Of the scores, which are many and hardly move, the ones that did, and the
SHA-256 of the first table: today's with them put back must have it.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Sequence
from functools import cache
from typing import Any

from affectlab import renamed
from tests.golden.values import HERE, golden, pack, unpack

FORMER = HERE / "former.json.xz"
Finding = dict[str, Any]


@cache
def former() -> dict[str, Any]:
    """By study: ``findings``, the versions before today's, oldest first; ``scores``, the former values by row, oldest
    first; ``sha256`` of the first score table, where its rows are those of today."""
    content: dict[str, Any] = json.loads(lzma.decompress(FORMER.read_bytes()))
    return content


def versions(name: str) -> list[list[Finding]]:
    """The findings of a study as they were, oldest first; levels by the names that they have now."""
    return [[renamed.levels_now(row) for row in version] for version in former()[name]["findings"]]


def digest(scores: dict[str, Any], kept: dict[str, list[float]]) -> str:
    """SHA-256 of a score table in which the first values stand again."""
    at = scores["columns"].index("value")
    rows = [list(row) for row in scores["rows"]]
    for place, values in kept.items():
        rows[int(place)][at] = values[0]
    return hashlib.sha256(json.dumps([scores["columns"], rows]).encode()).hexdigest()


def replace(name: str, now: dict[str, Any]) -> None:
    """Write golden values of a study anew and keep those that they replace; then `python -m tests.golden.changed`."""
    before, content = unpack(golden(name)), json.loads(lzma.decompress(FORMER.read_bytes()))
    kept = content.setdefault(name, {"findings": [], "scores": {}})
    if before["findings"] != now["findings"]:
        kept["findings"].append(before["findings"])
    scores = (before["scores"], now["scores"])
    if len(scores[0]["rows"]) != len(scores[1]["rows"]):
        kept["scores"], kept["sha256"] = {}, None
    else:
        _keep(kept["scores"], *scores)
    pack(golden(name), now)
    pack(FORMER, content)
    former.cache_clear()


def _keep(kept: dict[str, list[float]], before: dict[str, Any], now: dict[str, Any]) -> None:
    at = now["columns"].index("value")
    for place, (old, new) in enumerate(zip(before["rows"], now["rows"], strict=True)):
        if _without(old, at) != _without(new, at):
            msg = f"row {place} is of another answer than before"
            raise ValueError(msg)
        if old[at] != new[at]:
            kept.setdefault(str(place), []).append(old[at])


def _without(row: Sequence[Any], at: int) -> list[Any]:
    return [*row[:at], *row[at + 1 :]]
