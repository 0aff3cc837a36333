"""A model in this process, whose answers are read off exactly.

All pending requests become one tree of tokens, of which every distinct one is evaluated once (see ``tree``). The
probability of an option is the product of its tokens' probabilities after the opening; of an option that is the
beginning of another, times the mass of all tokens that can end it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from affectlab.errors import InputError
from affectlab.participants._llama import library
from affectlab.participants.attention import exact_in_tiles
from affectlab.participants.base import Capabilities, worded
from affectlab.participants.generation import Stream
from affectlab.participants.machine import remembered
from affectlab.participants.model import Context, Logits, Model
from affectlab.participants.prefix_cache import PrefixCache, ends_that_fit
from affectlab.participants.resolution import measure_resolution
from affectlab.participants.spelling import Speller, Spelling
from affectlab.participants.threads import threads as measured_threads
from affectlab.participants.tree import Node, Tree, TreeRead, evaluate
from affectlab.participants.weights import weights as find_weights
from affectlab.participants.wording import Wording, template_beside
from affectlab.requests import Answer, Ask, Request, Response, Speak, Worded

CELLS = 8192
"""Tokens that the context holds: one conversation, one batch, and the conversations in which replies are spoken."""
BATCH = 128
"""Tokens evaluated at once."""
STREAMS = 96
"""Replies spoken together, at most."""

EXACT: Mapping[str, Any] = {"form": "continued turn"}


@dataclass
class Counts:
    """What the engine has done since it was started."""

    asked: int = 0
    """Tokens of all questions, each with its whole conversation and options."""
    unique: int = 0
    """Tokens of the trees, every one once between two resets, however often it is needed again."""
    evaluated: int = 0
    outputs: int = 0
    """Distributions computed."""
    spoken: int = 0
    longest: int = 0
    """Tokens of the longest question, with its conversation."""
    largest: int = 0
    """Tokens of the largest tree."""


@dataclass
class _Question:
    """An ask in the tree: where it is read, and what is still missing."""

    position: int
    spelling: Spelling
    base: Node
    waiting: int
    reads: list[Node] = field(default_factory=list)


class EmbeddedParticipant:
    """A GGUF model as a participant.

    Args:
        name: under which its rows stand.
        path: the GGUF file; None for the embedded model.
        weights: the format in which they are evaluated; f32 is the one whose answers do not depend on the batch.
        threads: of the engine; None to measure which number is fastest.
        cells: tokens that the context holds, which bounds the memory.
    """

    def __init__(
        self,
        name: str = "smollm2",
        path: Path | None = None,
        *,
        weights: str | None = None,
        threads: int | None = None,
        cells: int = CELLS,
    ) -> None:
        self.name = name
        self._made = (name, path, weights, threads, cells)
        self.weights = find_weights(path, weights or ("f32" if path is None else "as-is"))
        self.model = Model(self.weights.path)
        self._given = template_beside(self.weights.source)
        self._wording = Wording(self.model, str(self.weights.source), self._given)
        self._engine = (*library().identity, self.weights.source_sha256, self.weights.format)
        self.tiles = bool(remembered("tiles", *self._engine, measure=lambda: exact_in_tiles(self.model)))
        self.context = Context(self.model, cells=cells, batch=min(BATCH, cells // 2), threads=1, tiles=self.tiles)
        self.threads = threads or measured_threads(self.context, *self._engine)
        self.context.use_threads(self.threads)
        self._ends = _word_ends(self.model)
        self._prefixes = PrefixCache(self.context)
        self._asked: set[str] = set()
        self._seen: set[int] = set()
        self.counts = Counts()
        self._fragment, self._stops = self._wording.fragment, self._wording.stops
        self._speller = Speller(self._fragment, self._wording.split)
        self._begun = lru_cache(maxsize=4096)(self._wording.begun)

    def __reduce__(self) -> tuple[Any, ...]:
        """It is sent to another process as that of which it was made; the weights are read there from the same file."""
        name, path, weights, threads, cells = self._made
        return partial(type(self), weights=weights, threads=threads, cells=cells), (name, path)

    def share_processors(self, threads: int) -> None:
        """Take no more threads than these, unless a number was asked for."""
        if self._made[3] is None:
            self.threads = min(threads, self.threads)
            self.context.use_threads(self.threads)

    @property
    def revision(self) -> str:
        """The checksum of the file, the format evaluated, and the engine's build."""
        template = f"-template-{hashlib.sha256(self._given.encode()).hexdigest()[:8]}" if self._given else ""
        return f"{self.weights.source_sha256[:16]}-{self.weights.format}-{library().build.replace(' ', '-')}{template}"

    @property
    def capabilities(self) -> Capabilities:
        """It can do everything, up to its context."""
        longest = min(self.context.cells - self.context.size, self.model.trained_context)
        return Capabilities(distribution=True, opening=True, seed=True, identical=True, context=longest)

    @property
    def card(self) -> Mapping[str, Any]:
        """File, checksum, template, engine, attention, threads and cells."""
        return {
            "file": self.weights.source.name,
            "sha256": self.weights.source_sha256,
            "weights": self.weights.format,
            "engine": library().build,
            "system": library().system,
            "threads": self.threads,
            "cells": self.context.cells,
            "batch": self.context.size,
            "cache_format": "f32",
            "attention": "in tiles" if self.tiles else "as a whole",
            "architecture": self.model.meta("general.architecture"),
            "model": self.model.meta("general.name"),
            "licence": self.model.meta("general.license"),
            "template": self._wording.template,
        }

    @property
    def circumstances(self) -> frozenset[str]:
        """The machine, and how its work is cut."""
        return frozenset(("system", "threads", "cells", "batch", "attention"))

    def reset(self) -> None:
        """Free all cells."""
        self.context.clear()
        self._prefixes.forget()
        self._asked.clear()
        self._seen.clear()

    def resolution(self) -> Mapping[str, Any]:
        """How far an answer moves with who shares the batch; measured once on a machine."""
        of = (*self._engine, self.threads, self.context.size)
        found: Mapping[str, Any] = remembered("resolution", *of, measure=lambda: measure_resolution(self))
        return found

    def tokens(self, text: str) -> int:
        """How many tokens a text is."""
        return len(self.model.tokenize(text))

    def planted(self, asks: Sequence[Ask]) -> Tree:
        """The tree of some questions, not evaluated: what they would cost together."""
        tree = Tree()
        for position, ask in enumerate(asks):
            self._plant(tree, position, ask)
        return tree

    def close(self) -> None:
        """Give weights and cells back."""
        self.context.close()
        self.model.close()

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer every request; what shares a beginning is evaluated together.

        Raises:
            InputError: a conversation is longer than the context; nothing was evaluated then.
            CapabilityError: it is to be looked into, or something is to be done to it that is not said.
        """
        said = worded(self, requests)
        lengths = [self._length(request) for request in said]
        for request, length in zip(said, lengths, strict=True):
            self._must_fit(request, length)
        speaks = [(position, one) for position, one in enumerate(said) if isinstance(one, Speak)]
        asks = [(position, one) for position, one in enumerate(said) if isinstance(one, Ask)]
        longest = max(lengths, default=0)
        alone = max((lengths[position] + one.max_tokens for position, one in speaks), default=0)
        if asks and alone and longest + alone > self.context.cells - self.context.size:
            # the longest question finds no room beside a reply
            yield from self._round(asks, [])
            asks, longest = [], max(lengths[position] for position, _ in speaks)
        groups = list(self._groups(speaks, longest)) or [[]]
        for number, group in enumerate(groups):
            yield from self._round(asks if number == 0 else [], group)

    def _round(
        self, asks: Sequence[tuple[int, Ask]], speaks: Sequence[tuple[int, Speak]]
    ) -> Iterator[tuple[int, Response]]:
        """One pass: the beginnings of replies, and then questions and replies side by side."""
        tree = Tree()
        waiting: dict[Node, list[_Question]] = {}
        ends: dict[str, Node] = {}
        for position, ask in asks:
            question = self._plant(tree, position, ask)
            for node in question.reads:
                waiting.setdefault(node, []).append(question)
            if any(turn.id in self._asked for turn in ask.conversation.turns[:-1]):
                ends[ask.conversation.id] = question.base
        self._asked.update(ask.conversation.id for _, ask in asks)
        begun = self._plant_replies(tree, speaks)
        kept = self._hold(tree, list(ends.values()), begun, sum(one.max_tokens for _, one in speaks))
        first: dict[Node, list[Stream]] = {}
        streams: list[tuple[Stream, int, Node]] = []
        for (position, one), (sequence, node) in zip(speaks, tree.begun.items(), strict=True):
            speak = replace(one, stop=(*one.stop, *self._stops)) if self._stops else one
            stream = Stream(speak, sequence, node.depth + 1, self.model)
            first.setdefault(node, []).append(stream)
            streams.append((stream, position, node))
        self.counts.unique += tree.unseen(self._seen)
        self.counts.largest = max(self.counts.largest, tree.size)
        finished: list[_Question] = []

        def receive(node: Node, logits: Logits) -> None:
            self.counts.outputs += 1
            self._read(node, logits)
            for stream in first.get(node, ()):
                stream.draw(logits)
            for question in waiting.get(node, ()):
                question.waiting -= 1
                if not question.waiting:
                    finished.append(question)

        for tokens in evaluate(tree, self.context, receive, [stream for stream, _, _ in streams]):
            self.counts.evaluated += tokens
            for question in finished:
                yield question.position, Answer(_logprobs(question), "exact", {}, EXACT)
            finished.clear()
        self._prefixes.forget()
        for sequence, node in kept.items():
            self._prefixes.keep(sequence, node.tokens())
        spoken = sum(stream.position - node.depth - 1 for stream, _, node in streams)
        self.counts.evaluated += spoken
        self.counts.unique += spoken
        self.counts.spoken += spoken
        for stream, position, node in streams:
            # the conversation goes on from here, if its reply is said in it
            self._prefixes.keep(stream.sequence, (*node.tokens(), *stream.said[: stream.position - node.depth - 1]))
            yield position, stream.reply()

    def _hold(self, tree: Tree, ends: Sequence[Node], begun: Sequence[Node], said: int) -> dict[int, Node]:
        """Begin the tree where the cells are, and give every path that stays after it a sequence: where a reply begins,
        and as many of the conversations with questions as there is room for; returns these.

        Beside them there must be room for the longest path, a batch, and the replies with all that they may say.
        """
        room = self.context.cells - self.context.size - tree.deepest - said
        taken = {node for end in begun for node in end.path()}
        self._prefixes.settle(tree, room - len(taken))
        room -= tree.settled + sum(node.home is None for node in taken)
        free = self._prefixes.free()
        tree.begun = dict(zip(free, begun, strict=False))
        rest = free[len(begun) :]
        kept = dict(zip(rest[: len(rest) // 2], ends_that_fit(ends, taken, room), strict=False))
        for sequence, node in (*tree.begun.items(), *kept.items()):
            node.keep = (*node.keep, sequence)
        tree.free = rest[len(kept) :][::-1]
        return kept

    def _plant(self, tree: Tree, position: int, ask: Ask) -> _Question:
        """Put a question and its options into the tree."""
        head, tail = self._begun(ask.conversation)
        spelling = self._speller.spell(tail + ask.opening, ask.options)
        base = tree.add(spelling.base, at=tree.start(head))
        reads: dict[Node, None] = {}
        total = base.depth + 1
        for tokens, nested in zip(spelling.options, spelling.nested, strict=True):
            node = base
            for index, token in enumerate(tokens):
                if node.read is None:
                    node.read = TreeRead()
                node.read.logprobs[token] = 0.0
                reads[node] = None
                if index + 1 < len(tokens) or nested:
                    node = tree.add((token,), at=node)
            if nested:
                if node.read is None:
                    node.read = TreeRead()
                node.read.ends = True
                reads[node] = None
            total += len(tokens)
        self.counts.asked += total
        self.counts.longest = max(self.counts.longest, base.depth + 1)
        return _Question(position, spelling, base, len(reads), list(reads))

    def _plant_replies(self, tree: Tree, speaks: Sequence[tuple[int, Speak]]) -> list[Node]:
        """Put the beginnings of replies into the tree."""
        begun = []
        for _, request in speaks:
            node = tree.add(self.prompt(request))
            node.read = node.read or TreeRead()
            begun.append(node)
            self.counts.asked += node.depth + 1
        return begun

    def _groups(self, speaks: Sequence[tuple[int, Speak]], longest: int) -> Iterator[list[tuple[int, Speak]]]:
        """Cut the replies into groups whose conversations fit into the cells together, beside the longest path."""
        room = self.context.cells - self.context.size - longest
        streams = min(STREAMS, self.context.sequences // 2)
        group: list[tuple[int, Speak]] = []
        nodes: set[tuple[int, ...]] = set()
        cells = 0
        for position, request in speaks:
            path = self.prompt(request)
            fresh = {path[:end] for end in range(1, len(path) + 1)} - nodes if len(speaks) > 1 else set()
            cost = len(fresh) + request.max_tokens
            if group and (cells + cost > room or len(group) == streams):
                yield group
                group, nodes, cells = [], set(), 0
                fresh = {path[:end] for end in range(1, len(path) + 1)}
                cost = len(fresh) + request.max_tokens
            group.append((position, request))
            nodes |= fresh
            cells += cost
        if group:
            yield group

    def prompt(self, request: Worded) -> tuple[int, ...]:
        """The tokens up to where the participant goes on by itself."""
        head, tail = self._begun(request.conversation)
        return (*head, *self._fragment(tail + request.opening))

    def _length(self, request: Worded) -> int:
        head, tail = self._begun(request.conversation)
        return len(head) + len(self._fragment(tail + request.opening))

    def _read(self, node: Node, logits: Logits) -> None:
        """Keep of a distribution what was asked for."""
        read = node.read
        if read is None or not (read.logprobs or read.ends):
            return
        top = float(logits.max())
        masses = np.exp(logits - top)
        total = float(masses.sum(dtype=np.float64))
        log_total = top + math.log(total)
        for token in read.logprobs:
            read.logprobs[token] = float(logits[token]) - log_total
        if read.ends:
            ending = float(masses.take(self._ends).sum(dtype=np.float64))
            read.end_logprob = math.log(ending / total) if ending > 0.0 else -math.inf

    def _must_fit(self, request: Worded, prompt: int) -> None:
        length = prompt + (request.max_tokens if isinstance(request, Speak) else 32)
        longest = self.capabilities.context
        if length > longest:
            said = request.conversation.turns[-1].text[:40]
            message = (
                f"a conversation of {length} tokens (… “{said}…”) is longer than the {longest} that {self.name} holds"
            )
            raise InputError(message, hint="shorten the texts, or give the model more cells")


def _logprobs(question: _Question) -> tuple[float, ...]:
    """The log probability of each whole option."""
    values = []
    for tokens, nested in zip(question.spelling.options, question.spelling.nested, strict=True):
        node, logprob = question.base, 0.0
        for index, token in enumerate(tokens):
            assert node.read is not None
            logprob += node.read.logprobs[token]
            if index + 1 < len(tokens) or nested:
                node = node.children[token]
        if nested:
            assert node.read is not None
            logprob += node.read.end_logprob
        values.append(logprob)
    return tuple(values)


def _word_ends(model: Model) -> np.ndarray[Any, np.dtype[np.intp]]:
    """The tokens that end the word before them: they begin with neither letter nor digit, or end the turn."""
    ends = np.zeros(model.vocabulary_size, dtype=np.bool_)
    for token in range(model.vocabulary_size):
        text = model.piece(token).decode(errors="replace")
        ends[token] = model.ends_turn(token) or (bool(text) and not text[0].isalnum())
    return np.flatnonzero(ends)
