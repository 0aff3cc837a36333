"""An example conversation turn by turn, and every conversation of the run as the tree that they are."""

from __future__ import annotations

from collections.abc import Iterator

from affectlab.report.conversations import Branch, conversations
from affectlab.report.evidence import Evidence
from affectlab.report.quote import Passage, Quote
from affectlab.report.section import Section
from affectlab.report.transcript import BranchQuestion, Transcript, session_transcript


def section(evidence: Evidence) -> Section:
    """The first session with what was asked on its branches; then all conversations."""
    shown = session_transcript(evidence, evidence.design_cells[0]) if evidence.design_cells else None
    if shown is None:
        said = "The store holds no question of a complete session."
        quotes: tuple[Quote, ...] = ()
    else:
        said = (
            f"Session {shown.session} ({shown.about}), every turn as it was sent. It is the first session of the "
            f"first "
            "state under the first regulation, not a chosen one. Questions were asked on branches: the conversation "
            "went "
            "on as if they had not been. Replies of the assistant are scripted, except where marked."
        )
        quotes = tuple(_turns(shown))
    return Section("conversation", "An example conversation", (said,), quotes=quotes, parts=(_every(evidence),))


def _every(evidence: Evidence) -> Section:
    grown = conversations(evidence)
    if grown is None:
        too_many = "They are too many for a page; `affectlab export` writes them all."
        return Section("conversations", "Every conversation", (too_many,))
    said = (
        "The conversations of all complete sessions, as the tree that they are. Open a branch to read on; the "
        "questions on its branches are in the export."
    )
    return Section("conversations", "Every conversation", (said,), quotes=tuple(map(_branch, grown)))


def _turns(shown: Transcript) -> Iterator[Quote]:
    """The turns up to each at which something was asked, and what was asked there."""
    lines: list[Passage] = []
    first = 1
    for number, turn in enumerate(shown.turns, start=1):
        lines.append(Passage(turn.role, turn.text))
        if turn.asked or number == len(shown.turns):
            yield Quote(lines=tuple(lines), first=first, quotes=tuple(map(_asked, turn.asked)))
            lines, first = [], number + 1


def _asked(one: BranchQuestion) -> Quote:
    title = f"Asked on a branch, {one.point}: {one.measure}"
    lines = (Passage("user", one.question), Passage("assistant, begun", one.opening, one.reply))
    if not one.options:
        return Quote(title, lines)
    others = (
        (Quote(f"{len(one.others.rows)} further options", tables=(one.others,), folded=True),) if one.others else ()
    )
    return Quote(title, lines, notes=(f"Coverage {one.share}, {one.obtained}.",), tables=(one.table,), quotes=others)


def _branch(one: Branch) -> Quote:
    return Quote(
        one.summary,
        tuple(Passage(role, text) for role, text in one.turns),
        notes=tuple(f"End of {place}." for place in one.ends),
        quotes=tuple(map(_branch, one.branches)),
        folded=True,
    )
