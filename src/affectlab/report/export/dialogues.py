"""The dialogues of a run by speaker turn, for qualitative coding: a table with a column for codes, and a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from affectlab.atomic import folder_filled
from affectlab.errors import StoreError
from affectlab.records.conversation import stored_session
from affectlab.report.export.layout import write_rows
from affectlab.run import Run
from affectlab.shown import line, marked
from affectlab.store.store import Store

TABLE, TEXT = "dialogues.csv", "dialogues.md"
SPEAKERS: Mapping[str, str] = {"system": "frame", "user": "experimenter", "assistant": "participant"}
"""Who speaks in a turn of each role; of what is done and not said, the role stands."""


def write_dialogues(run: Run, folder: Path) -> Path:
    """Write every session's dialogue, turn by turn; questions that were asked on branches are no part of it.

    Args:
        run: whose dialogues.
        folder: new, or empty. ``dialogues.csv`` has a row for each turn, with the session's levels and a column
            ``code`` to be filled by whoever codes it; ``dialogues.md`` is the same as a document.

    Returns:
        the folder.

    Raises:
        StoreError: the folder holds something, or cannot be written to; or the run is damaged.
    """
    run.store.check()
    if folder.is_dir() and any(one.name != ".part" for one in folder.iterdir()):
        raise StoreError(f"{folder} is not empty", hint="name a new folder as --to")
    sessions = [{str(name): value for name, value in row.items()} for row in run.sessions().to_dict("records")]
    levels = [str(name) for name in run.sessions() if name != "session"]
    with folder_filled(folder) as part:
        columns = ("session", *levels, "turn", "speaker", "own_words", "text", "code")
        write_rows(part / TABLE, columns, _rows(run.store, sessions, levels))
        with (part / TEXT).open("w", encoding="utf-8", newline="\n") as file:
            for paragraph in _paragraphs(run.store, sessions, levels):
                file.write(paragraph + "\n\n")
    return folder


def _turns(store: Store, session: int) -> Iterator[tuple[int, str, bool, str]]:
    """The turns of a session: number, speaker, whether it is the participant in its own words, and what is said."""
    spoken = {text for (text,) in store.query(_OWN, (session,))[1]}
    for one in stored_session(store, session).turns:
        speaker = SPEAKERS.get(one.turn.role, one.turn.role)
        yield one.number, speaker, one.turn.role == "assistant" and one.turn.text in spoken, one.turn.text


_OWN = """SELECT DISTINCT responses.text FROM observations JOIN responses ON responses.id = observations.response
WHERE observations.session = ? AND responses.kind = 'reply'"""


def _rows(store: Store, sessions: list[dict[str, Any]], levels: list[str]) -> Iterator[tuple[Any, ...]]:
    for row in sessions:
        for number, speaker, own, text in _turns(store, int(row["session"])):
            yield (row["session"], *(row[name] for name in levels), number, speaker, "yes" if own else "no", text, None)


def _paragraphs(store: Store, sessions: list[dict[str, Any]], levels: list[str]) -> Iterator[str]:
    varied = [
        name for name in levels if len({row[name] for row in sessions}) > 1 and name not in ("seed", "conversation")
    ]
    for row in sessions:
        told = ", ".join(f"{name} {marked(line(str(row[name])))}" for name in varied)
        yield f"## Session {row['session']}" + (f": {told}" if told else "")
        for number, speaker, _, text in _turns(store, int(row["session"])):
            said = "  \n".join(marked(line(one)) for one in text.splitlines() if one.strip())
            yield f"**{number} {speaker.capitalize()}:** {said}"
