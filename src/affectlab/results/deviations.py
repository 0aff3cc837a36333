"""Where a run departs from its preregistration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from affectlab import renamed
from affectlab.design.preregistration import KIND, described_plan
from affectlab.run import Run

_UNTOLD = ("kind", "checksum", "plan_hash")


class Deviation(NamedTuple):
    """One thing that is not as it was preregistered."""

    what: str
    planned: str
    done: str


def preregistered(run: Run) -> Mapping[str, Any] | None:
    """The preregistration that is kept with a run, or None."""
    content: Mapping[str, Any] | None = run.store.described(KIND)
    return content


def deviations(run: Run, frozen: Mapping[str, Any]) -> list[Deviation]:
    """Everything in which a run is not what was preregistered: its design, its texts, and what became of it."""
    done, frozen = described_plan(run.plan), renamed.preregistration_now(frozen)
    found = list(_differing("", {k: v for k, v in frozen.items() if k not in _UNTOLD}, done))
    if not found and run.plan_hash != frozen["plan_hash"]:
        found.append(Deviation("texts of the materials", frozen["plan_hash"][:12], run.plan_hash[:12]))
    found += [Deviation("extension", one.rule or "no stopping rule", str(one)) for one in run.extensions]
    complete, planned = len(run.store.done()), int(run.store.described("sessions"))
    if complete < planned:
        found.append(Deviation("complete sessions", str(planned), str(complete)))
    found += [Deviation(f"model {name}", "answers", f"broke: {why}") for name, why in run.failed.items()]
    return found


def _differing(place: str, planned: Any, done: Any) -> Iterator[Deviation]:
    if isinstance(planned, Mapping) and isinstance(done, Mapping):
        for name in dict.fromkeys([*planned, *(key for key in done if place)]):
            yield from _differing(f"{place}.{name}" if place else str(name), planned.get(name), done.get(name))
    elif planned != done:
        yield Deviation(place, _shown(planned), _shown(done))


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return str(value)
