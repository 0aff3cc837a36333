"""The conversations of a run: found, filtered, read with every question on its branch, and held against each other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from operator import methodcaller
from pathlib import Path
from typing import Any, NamedTuple, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from affectlab.experiment import standing
from affectlab.page.difference import TextPart, differences
from affectlab.page.early_looks import are_hidden, keep_look, require_shown, shown_run
from affectlab.page.folder import Folder
from affectlab.page.opened import Kept
from affectlab.page.view import named_run, shown_page
from affectlab.records.conversation import StoredSession, ToldTurn, stored_question, stored_session
from affectlab.records.search import Hit, SearchIndex
from affectlab.requests import Obtained
from affectlab.run import STORE
from affectlab.store.store import Store

FACTORS = (
    "model",
    "language",
    "frame",
    "state",
    "technique",
    "grade",
    "arm",
    "delivery",
    "vignette",
    "context",
    "regulation",
)
"""Levels of a session by which it is found."""
ASKED = {
    "point": "point = ?",
    "measure": "measure = ?",
    "obtained": "obtained = ?",
    "refused": "refused > 0.5",
    "coverage": "coverage < ?",
}
"""What a question can be found by, and how."""
_OF_RESPONSE = ("obtained", "refused", "coverage")
WAYS = (*get_args(Obtained), "generated", "read")
"""All ways to a response; which of them a run has, only a look at each of its responses tells."""
ON_A_PAGE = 60
_QUESTIONS = "SELECT DISTINCT session FROM observations JOIN probes ON probes.id = probe"
_RESPONSES = " JOIN responses ON responses.id = response"


class SessionPlace(NamedTuple):
    """A session by its place in the design."""

    session: int
    cell: Mapping[str, Any]

    @property
    def label(self) -> str:
        """What tells it from others, in words."""
        told = (self.cell.get(name) for name in ("state", "vignette", "arm", "regulation", "model"))
        return ", ".join(str(one).replace("-", " ") for one in told if one not in (None, "", "none"))


@dataclass(frozen=True)
class Places:
    """All sessions of a run that are complete, and by what they can be found."""

    sessions: tuple[SessionPlace, ...]
    levels: Mapping[str, Sequence[str]]
    """Of each factor that has several."""
    points: Sequence[str]
    measures: Sequence[str]


def _places(directory: Path) -> Places:
    with closing(_store(directory)) as store:
        _, rows = store.query("SELECT id, cell FROM sessions ORDER BY id")
        _, probes = store.query("SELECT DISTINCT point, measure FROM probes ORDER BY id")
    # read in one go: of a large run that takes a third of what cell after cell does
    cells = json.loads(f"[{','.join(cell for _, cell in rows)}]")
    sessions = tuple(SessionPlace(id, cell) for (id, _), cell in zip(rows, cells, strict=True))
    levels = {name: list(map(str, dict.fromkeys(map(methodcaller("get", name, ""), cells)))) for name in FACTORS}
    several = {name: found for name, found in levels.items() if len(found) > 1}
    points, measures = (list(dict.fromkeys(row[at] for row in probes)) for at in (0, 1))
    return Places(sessions, several, points, measures)


PLACES: Kept[Places] = Kept(_places, 6)


@dataclass(frozen=True)
class ListedSession:
    """A session in the list, with the words that were searched for."""

    place: SessionPlace
    hit: Hit | None


@dataclass(frozen=True)
class SessionList:
    """The sessions that were asked for."""

    listed: Sequence[ListedSession]
    total: int
    page: int
    pages: int


def listing(directory: Path, asked: Mapping[str, str], places: Places) -> SessionList:
    """The sessions that meet all that was asked for, a page of them.

    Args:
        asked: levels of factors; of questions as in ``ASKED``; ``words`` that were said; the number of the ``page``.
    """
    wanted = {name: level for name, level in asked.items() if name in places.levels and level}
    found = [one for one in places.sessions if all(str(one.cell.get(name, "")) == wanted[name] for name in wanted)]
    if (with_questions := _with_questions(directory, asked)) is not None:
        found = [one for one in found if one.session in with_questions]
    if words := asked.get("words", "").strip():
        among = {one.session: one for one in found}
        index, few = SearchIndex(directory), None if len(found) == len(places.sessions) else list(among)
        total = index.count(words, few)
        page, pages, after = _page(asked, total)
        hits = index.hits(words, few, after=after, many=ON_A_PAGE)
        return SessionList([ListedSession(among[one.session], one) for one in hits], total, page, pages)
    page, pages, after = _page(asked, len(found))
    shown = found[after : after + ON_A_PAGE]
    return SessionList([ListedSession(one, None) for one in shown], len(found), page, pages)


def _page(asked: Mapping[str, str], total: int) -> tuple[int, int, int]:
    """Which page is meant, how many there are, and how many sessions stand before it."""
    pages = max(1, -(-total // ON_A_PAGE))
    page = min(pages, max(1, int(asked["page"]) if asked.get("page", "").isdecimal() else 1))
    return page, pages, (page - 1) * ON_A_PAGE


def _with_questions(directory: Path, asked: Mapping[str, str]) -> set[int] | None:
    """The sessions with a question as it is asked for; None where no question is asked for."""
    conditions, values = [], []
    for name, condition in ASKED.items():
        if not asked.get(name):
            continue
        conditions.append(condition)
        if name == "coverage":
            values.append(_share(asked[name]))
        elif "?" in condition:
            values.append(asked[name])
    if not conditions:
        return None
    with closing(_store(directory)) as store:
        joined = _QUESTIONS + (_RESPONSES if any(asked.get(name) for name in _OF_RESPONSE) else "")
        _, rows = store.query(f"{joined} WHERE session >= 0 AND {' AND '.join(conditions)}", values)
    return {session for (session,) in rows}


def _share(text: str) -> Any:
    """A share in per cent, as it is typed."""
    try:
        return float(text.replace(",", ".").rstrip("% ")) / 100.0
    except ValueError:
        return 0.0


def _store(directory: Path) -> Store:
    return Store(directory / STORE, create=False, verified=False)


def read_session(directory: Path, session: int) -> StoredSession:
    """A session of the run in a directory.

    Raises:
        StoreError: it has no such session.
    """
    with closing(_store(directory)) as store:
        return stored_session(store, session)


def _conversations(request: Request) -> Response:
    """The list, and the first session of it."""
    return _reader(request, None)


def _conversation(request: Request) -> Response:
    return _reader(request, request.path_params["session"])


def _reader(request: Request, session: int | None) -> Response:
    name, directory = named_run(request)
    run = standing(directory)
    if are_hidden(directory, run):
        return shown_page(request, "conversations_hidden.html.j2", name=name, run=run, shown=directory.name)
    keep_look(directory, run)
    places, asked = PLACES.of(directory), dict(request.query_params)
    found = listing(directory, asked, places)
    if session is None and found.listed:
        session = found.listed[0].place.session
    at = next((at for at, one in enumerate(found.listed) if one.place.session == session), None)
    kept = {key: value for key, value in asked.items() if value and key != "page"}
    return shown_page(
        request,
        "conversations.html.j2",
        name=name,
        run=run,
        shown=directory.name,
        places=places,
        ways=WAYS,
        found=found,
        told=None if session is None else read_session(directory, session),
        label=next((one.label for one in places.sessions if one.session == session), ""),
        before=found.listed[at - 1].place if at else None,
        after=found.listed[at + 1].place if at is not None and at + 1 < len(found.listed) else None,
        asked=asked,
        kept=f"?{urlencode(kept)}" if kept else "",
        more=f"?{urlencode(kept)}&" if kept else "?",
        filtered=bool(set(kept) - {"words"}),
        beside=neighbours(places, session),
        wide=[name for name in places.levels if name != "vignette"],
    )


def neighbours(places: Places, session: int | None) -> list[tuple[str, SessionPlace]]:
    """The sessions that differ from one in one factor alone, with that factor, at most twelve."""
    own = next((one for one in places.sessions if one.session == session), None)
    if own is None:
        return []
    names = [*places.levels, "replicate"]
    found = []
    for one in places.sessions:
        differ = [name for name in names if one.cell.get(name) != own.cell.get(name)]
        # a vignette is of one state
        if len(differ) == 1 and differ != ["vignette"]:
            found.append((f"{differ[0]}: {one.cell.get(differ[0])}", one))
    return found[:12]


def _question(request: Request) -> Response:
    """The distribution of one question, for a view that unfolds it."""
    name, directory = shown_run(request)
    with closing(_store(directory)) as store:
        one = stored_question(store, request.path_params["session"], request.path_params["question"])
    return shown_page(request, "question.html.j2", name=name, one=one)


class Row(NamedTuple):
    """Two turns at the same place, each in parts that the other has or has not."""

    first: ToldTurn | None
    second: ToldTurn | None
    first_parts: Sequence[TextPart]
    second_parts: Sequence[TextPart]


def _beside(request: Request) -> Response:
    """Two conversations beside each other: of one run, or of two."""
    name, directory = shown_run(request)
    folder: Folder = request.app.state.folder
    other, session = request.path_params["other"], request.path_params["second"]
    there = folder.run(other)
    require_shown(there)
    first, second = read_session(directory, request.path_params["session"]), read_session(there, session)
    rows = []
    for one, two in zip_longest(first.turns, second.turns):
        parts = differences(one.turn.text if one else "", two.turn.text if two else "")
        rows.append(Row(one, two, *parts))
    pairs = _asked_in_both(first, second)
    labels = (SessionPlace(first.session, first.cell).label, SessionPlace(second.session, second.cell).label)
    values: dict[str, Any] = {"first": first, "second": second, "rows": rows, "pairs": pairs, "labels": labels}
    return shown_page(request, "beside.html.j2", name=name, other=other, **values)


def _asked_in_both(first: StoredSession, second: StoredSession) -> list[tuple[Any, Any]]:
    """The questions that stand in both sessions, those whose distributions differ most first."""
    known = {(one.point, one.measure, one.item, one.check, one.variant): one for one in second.questions}
    pairs = []
    for one in first.questions:
        two = known.get((one.point, one.measure, one.item, one.check, one.variant))
        if two is not None and one.kind == two.kind == "answer" and one.purpose == "outcome":
            there = dict(two.options)
            apart = sum(abs(chance - there.get(option, 0.0)) for option, chance in one.options) / 2.0
            pairs.append((apart, one, two))
    return [(one, two) for _, one, two in sorted(pairs, key=lambda pair: -pair[0])[:20]]


ROUTES: list[BaseRoute] = [
    Route("/runs/{run}/conversations", _conversations),
    Route("/runs/{run}/conversations/{session:int}", _conversation),
    Route("/runs/{run}/conversations/{session:int}/questions/{question:int}", _question),
    Route("/runs/{run}/conversations/{session:int}/beside/{other}/{second:int}", _beside),
]
