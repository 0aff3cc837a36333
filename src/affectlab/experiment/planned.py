"""What a plan would ask, counted before anything is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from affectlab.design.plan import Plan
from affectlab.design.shard import Shard
from affectlab.errors import InputError
from affectlab.participants.registry import is_embedded
from affectlab.participants.remote.make import is_remote
from affectlab.session.block import computed_blocks
from affectlab.session.count import Added, Count, Tokens, Words, added, count, evaluated, watched
from affectlab.session.needs import needs, unable

_OWN = ("index", "vignette", "text", "script", "replicate", "seed")
"""What tells the sessions of a cell of the design apart."""


SPEEDS = (780.0, 260.0)
"""Tokens a second of whole runs of `dresden` on two threads: with the compiled engine, and with the wheel."""


@dataclass(frozen=True)
class Planned:
    """A plan's factors and cells, and its requests."""

    plan: Plan
    names: tuple[str, ...]
    """By which its models were asked for."""

    @cached_property
    def assignment(self) -> list[dict[str, Any]]:
        """Every session with its place in the design."""
        return [asdict(cell) for cell in self.plan.cells]

    @cached_property
    def levels(self) -> dict[str, list[Any]]:
        """Everything that a session's place consists of, and which values it takes."""
        return {name: list(dict.fromkeys(one[name] for one in self.assignment)) for name in self.assignment[0]}

    @property
    def factors(self) -> Mapping[str, list[Any]]:
        """What is crossed, and its levels."""
        return {name: found for name, found in self.levels.items() if name not in _OWN}

    @property
    def cells(self) -> int:
        """Cells of the design; each has several sessions."""
        return len({tuple(one[name] for name in self.factors) for one in self.assignment})

    @cached_property
    def tokens(self) -> Tokens:
        """How tokens are counted: as the embedded model reads where it takes part, else one for each word and mark.

        Raises:
            ParticipantError: it takes part, and is not installed.
        """
        if not any(map(is_embedded, self.names)):
            return Words()
        from affectlab.participants.tokens import EmbeddedTokens

        return EmbeddedTokens()

    @cached_property
    def count(self) -> Count:
        """Sessions, requests and tokens."""
        return count(self.plan, self.tokens)

    @cached_property
    def checks(self) -> Added:
        """What the validity checks add to them."""
        return added(self.plan, self.tokens)

    @property
    def share(self) -> float:
        """The tokens that the checks add, as a share of those without them."""
        return self.checks.distinct_tokens / (self.count.distinct_tokens - self.checks.distinct_tokens)

    @property
    def seconds(self) -> tuple[float, float] | None:
        """How long it would take, at least and at most, where the embedded model alone takes part.

        At the speeds at which whole runs went on two threads: where the engine is compiled, and with the wheel
        (``docs/explanation/performance.md``). Another machine has others; ``affectlab bench`` measures them.
        """
        if not self.names or not all(map(is_embedded, self.names)):
            return None
        fast, slow = SPEEDS
        return self.count.distinct_tokens / fast, self.count.distinct_tokens / slow

    def evaluated(self, shards: int = 1) -> int:
        """The tokens that an engine here evaluates for the plan in so many shards, or in one run.

        Raises:
            InputError: one of the shards would have no block.
        """
        total = 0
        for number in range(1, shards + 1):
            shard = Shard(number, shards)
            found = [
                (model, [block.cells for block in computed_blocks(self.plan, model, not is_remote(name), shard)])
                for model, name in zip(self.plan.models, self.names, strict=True)
            ]
            if not any(blocks for _, blocks in found):
                hint = "a block of sessions is never split; take fewer shards"
                raise InputError(f"no block begins in shard {shard} of {len(self.plan):,} sessions", hint=hint)
            for _, blocks in found:
                if blocks:
                    total += evaluated(self.plan, self.tokens, blocks) + watched(self.plan, self.tokens)
        return total

    @cached_property
    def unable(self) -> tuple[str, ...]:
        """Why a run would be refused: what its models cannot do that it needs, as far as their names tell."""
        needed = needs(self.plan)
        return tuple(str(error) for name in self.names for error in unable(name, self.plan.study, needed))

    def record(self) -> dict[str, Any]:
        """All of it as plain values; the sessions one by one stand under ``assignment``."""
        return {
            "plan_hash": self.plan.hash,
            "factors": dict(self.factors),
            "cells": self.cells,
            "seconds": list(self.seconds) if self.seconds is not None else None,
            **self.count._asdict(),
            "validity": {**self.checks._asdict(), "share": self.share},
            "unable": list(self.unable),
        }
