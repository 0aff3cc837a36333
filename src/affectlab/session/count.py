"""Counting a plan before it is run: questions, and the tokens that have to be read for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple, Protocol

from affectlab.conversation import Conversation
from affectlab.design.cell import Cell
from affectlab.design.plan import Plan
from affectlab.generators import blank
from affectlab.requests import Ask, Read, Request, Response, Speak
from affectlab.session.sentinels import sentinels
from affectlab.session.session import Ended, WholeSession, session


class Tokens(Protocol):
    """What a model makes of texts."""

    around: int
    """Tokens that its template puts around a turn."""
    begins: int
    """Tokens that begin the participant's turn."""

    def of(self, text: str) -> tuple[int, ...]:
        """The tokens of a text."""


class Words:
    """Counts words and marks: an estimate for models whose vocabulary is not here.

    >>> len(Words().of("Right now, I feel"))
    5
    """

    around = 4
    begins = 2

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.of: Callable[[str], tuple[int, ...]] = cache(self._of)

    def _of(self, text: str) -> tuple[int, ...]:
        return tuple(self._numbers.setdefault(one, len(self._numbers)) for one in _MARKS.findall(text))


class Count(NamedTuple):
    """What a plan asks, before anything is answered.

    What the participant says itself is taken to be as long as it may be, and its choices to be any; so a session
    whose course depends on them is counted as one of the courses that it can take.
    """

    sessions: int
    asks: int
    distinct_asks: int
    replies: int
    distinct_replies: int
    tokens: int
    """Of all requests, each with the whole conversation before it: what is sent where nothing is shared."""
    distinct_tokens: int
    """Of the conversation tree, every turn, question, option and reply once: what the embedded engine evaluates."""


class Added(NamedTuple):
    """What validity checks add to a plan."""

    distinct_asks: int
    distinct_tokens: int


def count(plan: Plan, tokens: Tokens, cells: Sequence[Cell] | None = None) -> Count:
    """Go through sessions, every one if none are named, to their end with responses that say nothing, and count."""
    counted_cells = plan.cells if cells is None else cells
    seen: dict[type[Request], set[str]] = {Ask: set(), Speak: set(), Read: set()}
    asked: dict[type[Request], int] = {Ask: 0, Speak: 0, Read: 0}
    tree = _Tree(tokens)
    total = said = 0
    for cell in counted_cells:
        for request in requests(plan, cell):
            kind = type(request)
            asked[kind] += 1
            total += tree.plant(request)
            if isinstance(request, Speak) and request.content not in seen[kind]:
                said += request.max_tokens
            seen[kind].add(request.content)
    return Count(
        len(counted_cells), asked[Ask], len(seen[Ask]), asked[Speak], len(seen[Speak]), total, tree.size + said
    )


def added(plan: Plan, tokens: Tokens) -> Added:
    """What the validity checks ask beyond the study itself: in the sampled sessions, and before and after the run."""
    sampled = [plan.cells[index] for index in plan.sampled]
    bare = replace(plan, study=plan.study.model_copy(update={"validity": ()}))
    whole, alone = (count(one, tokens, sampled) for one in (plan, bare))
    models = len(plan.models)
    return Added(
        whole.distinct_asks - alone.distinct_asks + 2 * models * len(sentinels(plan.study, "")),
        whole.distinct_tokens - alone.distinct_tokens + models * watched(plan, tokens),
    )


def evaluated(plan: Plan, tokens: Tokens, blocks: Iterable[Sequence[Cell]]) -> int:
    """The tokens that blocks of sessions evaluate one after another: of each, what the tree of its own requests has.

    What a block before it was answered is not asked again; what is only said before a question is evaluated anew. So
    it is what one run evaluates, or one shard.
    """
    known: set[str] = set()
    total = 0
    for cells in blocks:
        tree, asked = _Tree(tokens), set[str]()
        for request in (request for cell in cells for request in requests(plan, cell)):
            if request.content in known or request.content in asked:
                continue
            asked.add(request.content)
            tree.plant(request)
            total += request.max_tokens if isinstance(request, Speak) else 0
        known |= asked
        total += tree.size
    return total


def watched(plan: Plan, tokens: Tokens) -> int:
    """The tokens of the questions that are asked of a model before and after its part of a run."""
    tree = _Tree(tokens)
    for probe in sentinels(plan.study, ""):
        tree.plant(probe.request)
    return 2 * tree.size


class _Tree:
    """Every conversation and question as a path of tokens, each distinct beginning once."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._next: dict[tuple[int, int], int] = {}
        self._ends: dict[str, tuple[int, int]] = {Conversation.begin().id: (0, 0)}

    @property
    def size(self) -> int:
        """Distinct tokens."""
        return len(self._next)

    def plant(self, request: Request) -> int:
        """Put a request into the tree; how many tokens it is with all that came before it."""
        node, depth = self._end(request.conversation)
        if isinstance(request, Read):
            return depth
        opening = (*_sign("begins", self.tokens.begins), *self.tokens.of(request.opening))
        node = self._grow(node, opening)
        if isinstance(request, Speak):
            return depth + len(opening) + request.max_tokens
        options = [self.tokens.of(option) for option in request.options]
        for option in options:
            # after the last token of an option nothing has to be read
            self._grow(node, option[:-1])
        return depth + len(opening) + sum(map(len, options))

    def _end(self, said: Conversation) -> tuple[int, int]:
        """Where a conversation ends in the tree, and how many tokens it is."""
        if said.id not in self._ends:
            assert said.parent is not None
            node, depth = self._end(said.parent)
            if said.intervention is not None:
                # nothing is written; but what follows is evaluated apart from what follows without it
                self._ends[said.id] = (-1 - len(self._ends), depth)
                return self._ends[said.id]
            before = self.tokens.around // 2
            begun, over = _sign(str(said.role), before), _sign("over", self.tokens.around - before)
            turn = (*begun, *self.tokens.of(said.text), *over)
            self._ends[said.id] = (self._grow(node, turn), depth + len(turn))
        return self._ends[said.id]

    def _grow(self, node: int, tokens: Sequence[int]) -> int:
        for token in tokens:
            node = self._next.setdefault((node, token), len(self._next) + 1)
        return node


def _sign(name: str, tokens: int) -> tuple[int, ...]:
    """What a template writes, which no text holds."""
    return (-1 - _SIGNS.index(name),) * tokens


_MARKS = re.compile(r"\w+|[^\w\s]")
_SIGNS = ("begins", "over", "system", "user", "assistant")


def requests(plan: Plan, cell: Cell) -> Iterator[Request]:
    """Everything that a session asks for, if nothing that it is answered changes its course."""
    yield from requests_until_end(session(plan.procedure(cell), cell))


def requests_until_end(
    running: WholeSession, answered: Callable[[Request], Response] | None = None
) -> Generator[Request, None, Ended]:
    """Everything that a session asks for, answered with responses that say nothing; returns what it leaves.

    Args:
        answered: what is answered instead.
    """
    respond = answered or blank
    try:
        pending = next(running)
        while True:
            yield from pending
            pending = running.send([respond(request) for request in pending])
    except StopIteration as end:
        ended: Ended = end.value
        return ended
