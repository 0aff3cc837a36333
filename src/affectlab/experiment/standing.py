"""How a run stands, whoever does it: read from its directory, at any moment, without a model."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from affectlab.errors import StoreError
from affectlab.run import STORE, store_files
from affectlab.store.lock import Holder, holder
from affectlab.store.store import Store

State = Literal["running", "interrupted", "stopped", "complete"]
"""Somebody does it; nobody does, and it can be gone on with; it was ended before its end; it is at its end."""
STOPPED, PAUSED = "stopped by hand", "paused by hand"
"""The incidents of a run that somebody interrupted."""


@dataclass(frozen=True)
class Standing:
    """How far a run is, and what happened in it."""

    title: str
    """Of its study."""
    study: str
    """The name of its study."""
    models: tuple[str, ...]
    plan: str
    """The hash of its plan."""
    state: State
    writer: Holder | None
    """The process that does it."""
    answers: int
    sessions: int
    """That are complete."""
    total: int
    """Sessions of the plan."""
    frozen: bool
    """Whether it keeps a preregistration."""
    incidents: Sequence[tuple[int, str, str]]
    """Start, kind and detail."""
    spent: Sequence[Mapping[str, Any]]
    """Calls, tokens and money of each start, model by model, up to its last block of sessions."""
    failed: Mapping[str, str]
    """The models that broke, and how."""
    changed: float
    """When something was last written, in seconds since 1970."""

    @property
    def share(self) -> float:
        """Of its sessions that are complete."""
        return self.sessions / self.total if self.total else 0.0


def standing(run: Path) -> Standing:
    """How a run stands.

    Raises:
        StoreError: there is no run, or it is of another version or damaged where it is looked at.
    """
    path = run / STORE
    writer = holder(path)
    with closing(Store(path, create=False, verified=False)) as store:
        study = store.described("study")
        if study is None:
            raise StoreError(f"{path} holds no run", hint="name the directory that `affectlab run` named")
        sessions, total, incidents = len(store.done()), int(store.described("sessions")), store.incidents()
        return Standing(
            title=str(study["title"]),
            study=str(study["id"]),
            models=tuple(store.described("participants") or ()),
            plan=str(store.described("plan_hash")),
            state=_state(writer, sessions, total, incidents),
            writer=writer,
            answers=store.count(),
            sessions=sessions,
            total=total,
            frozen=store.described("preregistration") is not None,
            incidents=incidents,
            spent=store.described("spent") or (),
            failed=store.described("failed") or {},
            changed=max(file.stat().st_mtime for file in store_files(run)),
        )


def sessions_by_model(run: Path) -> dict[str, int]:
    """How many sessions of each model are complete.

    Raises:
        StoreError: there is no run, or it is of another version.
    """
    counted = "SELECT json_extract(cell, '$.model'), count(*) FROM sessions GROUP BY 1"
    with closing(Store(run / STORE, create=False, verified=False)) as store:
        return {str(model): int(many) for model, many in store.query(counted)[1]}


def _state(writer: Holder | None, sessions: int, total: int, incidents: Sequence[tuple[int, str, str]]) -> State:
    if writer is not None:
        return "running"
    if sessions >= total:
        return "complete"
    return "stopped" if incidents and incidents[-1][1] == STOPPED else "interrupted"


def interrupt(run: Path) -> None:
    """Have the process that does a run end it after the answer that is under way; what was answered is kept.

    Raises:
        StoreError: nobody does it, or a process of another machine or user.
    """
    writer = holder(run / STORE)
    if writer is None:
        raise StoreError(f"nobody does {run.name} now", hint="look at it again: it may be complete")
    if not writer.here:
        raise StoreError(f"{run.name} is done by a process of {writer.machine}", hint="interrupt it there")
    try:
        os.kill(writer.process, signal.SIGINT)
    except OSError as error:
        raise StoreError(f"process {writer.process} cannot be interrupted: {error.strerror}") from None


def note_interruption(run: Path, kind: str, reason: str = "") -> None:
    """Keep with a run that somebody interrupted it: ``PAUSED`` or ``STOPPED``.

    Raises:
        StoreError: another process writes it.
    """
    found = standing(run)
    with closing(Store(run / STORE)) as store:
        store.attempt = int(store.described("attempts") or 1)
        store.incident(kind, f"after {found.sessions} of {found.total} sessions{f': {reason}' if reason else ''}")
