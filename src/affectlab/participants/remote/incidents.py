"""What went wrong on the way, one record each: the page of incidents of a run."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that did not go as it should, and what was done about it."""

    kind: str
    """timeout, dropped, rate limited, …"""
    purpose: str
    """What was being asked."""
    attempt: int
    """The how manieth try of the same request this was."""
    message: str
    """One line, without secrets."""
    then: str
    """What followed: asked again, waited, recorded, gave up, stopped."""
    waited: float = 0.0
    """Seconds before the next try."""
    at: float = 0.0
    """Seconds since the participant was opened."""

    def __str__(self) -> str:
        """
        >>> print(Incident("timeout", "draw 3", 2, "no whole reply in time", "asked again", 1.5))
        draw 3, try 2: no whole reply in time; asked again after 1.5 s
        """
        after = f" after {self.waited:g} s" if self.waited else ""
        return f"{self.purpose}, try {self.attempt}: {self.message}; {self.then}{after}"


class Incidents:
    """The incidents of a participant: all are counted, the latest are kept, each is handed on as it happens.

    Handing on (``heard``) is how a run writes them down; keeping only the latest is what holds memory flat.
    """

    def __init__(self, keep: int = 1000) -> None:
        self.counts: Counter[str] = Counter()
        self.latest: deque[Incident] = deque(maxlen=keep)
        self.on_incident: Callable[[Incident], None] | None = None
        self._untold: deque[Incident] = deque(maxlen=10_000)

    def add(self, incident: Incident) -> None:
        """Note an incident. Called on the network's thread."""
        self.counts[incident.kind] += 1
        self.latest.append(incident)
        self._untold.append(incident)

    def tell(self) -> None:
        """Hand on what has not been heard. Called on the thread of the run, which owns the store."""
        while self._untold and self.on_incident is not None:
            self.on_incident(self._untold.popleft())

    def __len__(self) -> int:
        return self.counts.total()

    def __iter__(self) -> Iterator[Incident]:
        return iter(tuple(self.latest))
