"""How many questions a run asks in all: counted once, beside the server's other work, and remembered."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from affectlab.errors import AffectlabError
from affectlab.participants.cache import cache_folder, replaced
from affectlab.run import Run
from affectlab.session.count import Words, count
from affectlab.session.sentinels import sentinels

_COUNTING: set[str] = set()
_LOCK = threading.Lock()


def questions(directory: Path, plan: str) -> int | None:
    """The distinct questions and replies of a run's plan; None until they are counted.

    Args:
        plan: the hash of the plan.
    """
    file = cache_folder() / "page" / "questions" / f"{plan}.txt"
    with suppress(OSError, ValueError):
        return int(file.read_text())
    with _LOCK:
        counting = plan in _COUNTING
        _COUNTING.add(plan)
    if not counting:
        threading.Thread(target=_count, args=(directory, file), daemon=True).start()
    return None


def _count(directory: Path, file: Path) -> None:
    # where it cannot be counted, the view goes by sessions
    with suppress(AffectlabError, OSError):
        planned = Run.open(directory, say=lambda _: None).plan
        found = count(planned, Words())
        # what is asked of each model at the start and at the end of a run, in no session
        watched = 2 * len(planned.models) * len(sentinels(planned.study, ""))
        file.parent.mkdir(parents=True, exist_ok=True)
        replaced(file, str(found.distinct_asks + found.distinct_replies + watched).encode())
