"""What was measured of this machine, remembered: the same machine, engine and weights give the same answers again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

from affectlab.participants.cache import cache_folder


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine_kind() -> dict[str, Any]:
    """What a shard keeps of the machine that did it: its kind, and not which one it is."""
    return {"system": f"{platform.system()} {platform.machine()}", "processor": _processor(), "cores": cores()}


def _processor() -> str:
    """Its name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor()


def remembered(what: str, *of: object, measure: Callable[[], Any]) -> Any:
    """What was measured before of the same things on this machine; else it is measured now. A plain JSON value."""
    machine = json.dumps([platform.machine(), platform.processor(), platform.node(), cores(), *of])
    record = cache_folder() / what / hashlib.sha256(machine.encode()).hexdigest()
    try:
        return json.loads(record.read_text())
    except (OSError, ValueError):
        pass
    found = measure()
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(found))
    return found
