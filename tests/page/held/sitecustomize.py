"""On the path of a run, this has it wait after its first sessions until a file is there, so that it can be paused."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from affectlab.store.store import Store

UNTIL = Path(os.environ["HELD_UNTIL"])
_finish = Store.finish
_first = iter([True])


def _held(self: Store, sessions: Iterable[Any]) -> None:
    if not next(_first, False):
        while not UNTIL.exists():
            time.sleep(0.01)
    _finish(self, sessions)


Store.finish = _held  # type: ignore[method-assign]
