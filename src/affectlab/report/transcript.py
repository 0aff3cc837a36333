"""A conversation in full: every turn as sent, and the questions asked on its branches with their answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from affectlab.report.design_cell import DesignCell
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import number_shown
from affectlab.report.table import Table

LIKELIEST = 8
"""Options shown at once; the others are behind a fold."""

_PROBES = """
SELECT score_rows.point, score_rows.measure, score_rows.item, responses.conversation, responses.opening, texts.text,
       responses.logprobs, responses.coverage, responses.obtained, responses.text
FROM score_rows JOIN responses ON responses.id = score_rows.response LEFT JOIN texts ON texts.id = responses.options
WHERE score_rows.session = ? ORDER BY score_rows.number"""


@dataclass(frozen=True)
class BranchQuestion:
    """A question on a branch, and what came back."""

    point: str
    measure: str
    question: str
    opening: str
    options: tuple[tuple[str, float], ...]
    """Every option with its probability, the likeliest first; empty for a free reply."""
    coverage: float
    obtained: str
    reply: str = ""
    place: int = 0
    """After how many turns of the conversation it was asked."""

    @property
    def table(self) -> Table:
        """The likeliest options."""
        return _table(self.options[:LIKELIEST], "The likeliest options")

    @property
    def others(self) -> Table | None:
        """The options that are not among the likeliest."""
        rest = self.options[LIKELIEST:]
        return _table(rest, "The other options") if rest else None

    @property
    def share(self) -> str:
        """The coverage, as it is printed."""
        return number_shown(self.coverage, 3)


@dataclass(frozen=True)
class ShownTurn:
    """What was said, by whom, and what was asked on a branch right after it."""

    role: str
    text: str
    asked: tuple[BranchQuestion, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """One session of a run."""

    session: int
    about: str
    turns: tuple[ShownTurn, ...]


def session_transcript(evidence: Evidence, design_cell: DesignCell) -> Transcript | None:
    """The session of the first state and the first regulation of a design cell."""
    session, about = _chosen(evidence, design_cell)
    if session is None:
        return None
    asked = list(_asked(evidence, design_cell, session))
    if not asked:
        return None
    longest, _ = max(asked, key=lambda one: one[1].place)
    said = evidence.run.store.turns(longest)[:-1]
    turns = []
    for index, (role, text) in enumerate(said, start=1):
        here = tuple(one for _, one in asked if one.place == index)
        turns.append(ShownTurn(role, text, here))
    return Transcript(session, about, tuple(turns))


def _chosen(evidence: Evidence, design_cell: DesignCell) -> tuple[int | None, str]:
    cells = evidence.sessions_of(design_cell)
    for wanted in (evidence.states[:1], evidence.study.states):
        for arm in (*evidence.techniques, *evidence.study.regulations):
            part = cells[cells["state"].isin(wanted) & (cells["regulation"] == arm)]
            if len(part):
                cell = part.sort_values("session").iloc[0]
                about = f"{cell['state']}, vignette {cell['vignette']}, {str(arm).replace('-', ' ')}"
                return int(cell["session"]), about
    return None, ""


def _asked(evidence: Evidence, design_cell: DesignCell, session: int) -> Iterator[tuple[str, BranchQuestion]]:
    """One question for each point and for each measure that can be read."""
    _, rows = evidence.run.store.query(_PROBES, (session,))
    usable = [id for id in evidence.probes if evidence.usable(design_cell.model, id, design_cell.language)] or list(
        evidence.probes
    )
    wanted = [usable[0], *[task.id for task in evidence.tasks if task.id in usable][:1]]
    seen: set[tuple[str, str, bool]] = set()
    for point, measure, _, conversation, opening, options, logprobs, coverage, obtained, text in rows:
        free = options is None
        if measure not in wanted or (point, measure, free) in seen:
            continue
        seen.add((point, measure, free))
        turns = evidence.run.store.turns(conversation)
        title = evidence.probes[measure].title
        one = BranchQuestion(point, title, turns[-1][1], opening, (), math.nan, obtained, text or "", len(turns) - 1)
        if not free:
            one = replace(one, options=_options(options, logprobs), coverage=float(coverage or 0.0))
        yield conversation, one


def _options(options: str, logprobs: bytes) -> tuple[tuple[str, float], ...]:
    names: Sequence[str] = json.loads(options)
    chances = np.exp(np.frombuffer(logprobs, dtype=np.float64))
    order = np.argsort(-chances, kind="stable")
    return tuple((names[index], float(chances[index])) for index in order)


def _table(options: Sequence[tuple[str, float]], caption: str) -> Table:
    rows = tuple((f"“{text.strip()}”", _chance(chance)) for text, chance in options)
    return Table(caption, ("option", "probability"), rows, frozenset({"probability"}))


def _chance(chance: float) -> str:
    return number_shown(chance, 4) if chance >= 0.0001 or chance == 0.0 else f"{chance:.1e}".replace("-", "−")
