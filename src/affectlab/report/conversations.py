"""Every conversation of a run, as the tree that they are: what sessions share stands once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted

MOST = 2000
"""Different conversations that a page holds; of more, the export has all."""
_SUMMARY = 70
"""Characters of the first words by which a branch is told from its neighbours."""
_FACTORS = ("model", "language", "frame", "state", "arm", "vignette", "regulation", "order", "replicate")


@dataclass
class Branch:
    """Turns that follow each other in all sessions that come through here, and how they go on."""

    turns: list[tuple[str, str]] = field(default_factory=list)
    """Role and text."""
    ends: list[str] = field(default_factory=list)
    """The sessions that end after these turns, by their place in the design."""
    branches: list[Branch] = field(default_factory=list)

    @property
    def sessions(self) -> int:
        """How many sessions come through here."""
        return len(self.ends) + sum(one.sessions for one in self.branches)

    @property
    def summary(self) -> str:
        """How many sessions, and the first words."""
        role, text = self.turns[0]
        begun = text if len(text) <= _SUMMARY else f"{text[:_SUMMARY].rstrip()} …"
        return f"{counted(self.sessions, 'session')}, {role}: {begun}"


def conversations(evidence: Evidence) -> list[Branch] | None:
    """The branches that all conversations of complete sessions grow from; None where they are too many for a page."""
    store = evidence.run.store
    _, ((distinct,),) = store.query("SELECT count(DISTINCT conversation) FROM sessions")
    if distinct > MOST:
        return None
    _, rows = store.query("SELECT conversation, cell FROM sessions ORDER BY id")
    cells = [json.loads(cell) for _, cell in rows]
    differ = [name for name in _FACTORS if len({cell.get(name) for cell in cells}) > 1]
    ends: dict[str, list[str]] = {}
    for (conversation, _), cell in zip(rows, cells, strict=True):
        place = ", ".join([f"session {cell['index']}", *(str(cell[name]).replace("-", " ") for name in differ)])
        ends.setdefault(conversation, []).append(place)
    root = Branch()
    for conversation, places in ends.items():
        node = root
        for turn in store.turns(conversation):
            node = next((one for one in node.branches if one.turns == [turn]), None) or _grown(node, turn)
        node.ends += places
    return [_joined(one) for one in root.branches]


def _grown(node: Branch, turn: tuple[str, str]) -> Branch:
    branch = Branch([turn])
    node.branches.append(branch)
    return branch


def _joined(branch: Branch) -> Branch:
    """The branch with what always follows it."""
    while len(branch.branches) == 1 and not branch.ends:
        (only,) = branch.branches
        branch = Branch([*branch.turns, *only.turns], only.ends, only.branches)
    return Branch(branch.turns, branch.ends, list(map(_joined, branch.branches)))
