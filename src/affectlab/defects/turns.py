"""Turns of a conversation: that somebody answers what is said."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from affectlab.defects.defect import Defect


class SaidTurn(NamedTuple):
    """A turn, and where it is written."""

    role: str
    """``system``, ``user`` or ``assistant``."""
    text: str
    file: str
    line: int | None = None


def unanswered_turns(turns: Sequence[SaidTurn]) -> Iterator[Defect]:
    """Turns of the user, or of the participant, after which the same one speaks again."""
    said = [one for one in turns if one.role == "system" or one.text.strip()]
    for one, following in itertools.pairwise(said):
        if one.role == following.role == "user":
            yield two_in_a_row("no reply stands after it, so the next turn is the user's again", one.file, one.line)


def two_in_a_row(message: str, file: str, line: int | None) -> Defect:
    """That two turns of the user follow each other."""
    return Defect("two user turns in a row", message, file, line)
