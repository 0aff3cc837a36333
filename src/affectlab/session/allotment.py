"""An allotment: which sessions each of those has who arrive while the run goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from affectlab.seeds import derive, permuted


class Allotment:
    """Open sessions, and who has which. Safe for several threads.

    Sessions are allotted in an order that is drawn from the seed, so that whoever comes early or late may meet any
    condition. One who comes again has those again that it did not finish, as long as nobody else has them.

    >>> made = Allotment([4, 5, 6], seed=1, each=2)
    >>> len(made.arrive("first")), len(made.arrive("second")), made.arrive("third")
    (2, 1, [])
    >>> len(made.leave("second")), len(made.arrive("third"))
    (1, 1)
    """

    def __init__(
        self, sessions: Iterable[int], seed: int, each: int, before: Mapping[str, Sequence[int]] | None = None
    ) -> None:
        """Open some sessions.

        Args:
            each: how many each is allotted.
            before: who had which when the run was interrupted.
        """
        self._open = deque(permuted(sorted(sessions), derive(seed, "allotment")))
        self._each = each
        self._held: dict[str, list[int]] = {}
        self._before = {name: list(sessions) for name, sessions in (before or {}).items()}
        self._lock = Lock()

    @property
    def held(self) -> dict[str, list[int]]:
        """Who has which sessions that are not complete; and who had some when the run was interrupted."""
        with self._lock:
            return {**self._before, **{name: list(sessions) for name, sessions in self._held.items()}}

    def arrive(self, name: str) -> list[int]:
        """The sessions of one who arrives; none where nothing is open, or where it is there already."""
        with self._lock:
            if name in self._held:
                return []
            own = [one for one in self._before.pop(name, ()) if one in self._open]
            for one in own:
                self._open.remove(one)
            more = min(self._each, len(self._open)) if not own else 0
            allotted = own + [self._open.popleft() for _ in range(more)]
            if allotted:
                self._held[name] = list(allotted)
            return allotted

    def finish(self, name: str, session: int) -> None:
        """A session is complete."""
        with self._lock:
            self._held[name].remove(session)

    def leave(self, name: str, reopened: Iterable[int] = ()) -> list[int]:
        """One leaves: what it had not finished is open again, and what of the rest it took back; for the next first."""
        with self._lock:
            freed = [*reopened, *self._held.pop(name, ())]
            self._open.extendleft(reversed(freed))
            return freed
