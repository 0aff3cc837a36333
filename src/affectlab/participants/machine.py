"""What was measured of this machine, remembered: the same machine, engine and weights give the same answers again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable
from typing import Any

from affectlab.participants.cache import cache_folder


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
