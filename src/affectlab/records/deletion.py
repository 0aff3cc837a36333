"""A session that is deleted for good: what was asked in it, what came back, and every text that nobody else used."""

from __future__ import annotations

from typing import NamedTuple

from affectlab.errors import StoreError
from affectlab.run import Run
from affectlab.store.schema import OLDER


class Deleted(NamedTuple):
    """How much went."""

    session: int
    observations: int
    responses: int
    turns: int
    copies: tuple[str, ...]
    """Files beside the run that held the session too, and were removed."""


def delete(run: Run, session: int) -> Deleted:
    """Delete a session for good. That there was one is still counted, and it is not asked again.

    Raises:
        StoreError: there is no such session, or the run cannot be written.
    """
    run.cell(session)
    counts = run.store.delete(session)
    copies: list[str] = []
    path = run.store.path
    if path is not None:
        # the file of an older form, from which this one was made
        for old in (path.with_name(f"{path.stem}.v{form}{path.suffix}") for form in OLDER):
            if old.exists():
                try:
                    old.unlink()
                except OSError as error:
                    hint = "remove it; the run itself has forgotten the session"
                    raise StoreError(f"{old} holds the session too ({error.strerror})", hint=hint) from None
                copies.append(old.name)
    run.score_by(run.store.scoring)
    return Deleted(session, *counts, tuple(copies))
