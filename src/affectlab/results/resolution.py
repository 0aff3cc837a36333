"""The resolution of a run: how far answers moved with what ought not to matter, in the units of its effects.

An effect that is smaller than that is not named, whatever its interval says: an interval is over texts, and a server
whose answers move moves those of all texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from affectlab.run import Run

MOVED: Mapping[str, str] = {
    "nats": "log probability",
    "log odds": "log probability",
    "probability": "probability",
    "share": "probability",
    "points": "expected value",
}
"""Per unit of an effect, what was measured that moves it. Points are those of a scale from 0 to 10."""


def resolution(run: Run, model: str) -> dict[str, float]:
    """Per unit, the largest change of a model's answers at the start and the end of every start of the run.

    Empty where none was measured, as of a simulated participant, or of answers that were drawn.
    """
    measured: Any = run.store.described("resolution")
    of_model = measured.get(model) if isinstance(measured, Mapping) else None
    conditions = of_model.values() if isinstance(of_model, Mapping) else ()
    moved: dict[str, list[float]] = {}
    for changes in (one for one in conditions if isinstance(one, Mapping)):
        for unit, part in MOVED.items():
            if isinstance(changes.get(part), int | float):
                moved.setdefault(unit, []).append(float(changes[part]))
    return {unit: max(each) for unit, each in moved.items()}
