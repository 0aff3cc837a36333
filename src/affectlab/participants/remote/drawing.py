"""Sampled answers: replies are drawn, each with a seed of its own, until the shares are certain enough.

Constrained draws can only say the options; how often the model would have said one of them at all comes from free
draws before. Endpoints limit a reply token by token, so that what would have become another word is turned into an
option: " a" is likely, and under the constraint all of it becomes " afraid". So the record carries a caveat.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from affectlab.participants.remote.calls import Call, ModelTurn, Wanted
from affectlab.participants.remote.draw_counts import Draw, DrawCounts
from affectlab.participants.remote.forms import Posed
from affectlab.participants.remote.intervals import log_or_infinity
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.request_builder import RequestBuilder, Steps, question_record, seed_of
from affectlab.requests import Answer, Ask, Obtained

CAVEAT = "limited token by token: an option that shares its beginning with likelier words is overstated"


def sampled(ask: Ask, builder: RequestBuilder, *, constrained: bool = False, free: Answer | None = None) -> Steps:
    """Draws, each with its own seed, until every share is certain enough or the limit is reached."""
    policy = builder.policy
    question = builder.pose(ask)
    kind = f"{ask.content} {'constrained' if constrained else 'free'}"
    longest = max(map(len, ask.options))
    wanted = Wanted(
        question.messages,
        question.opening,
        limit=8 + longest // 2,
        temperature=policy.temperature,
        choice=ask.options if constrained else (),
        purpose="draw",
    )
    counts = DrawCounts(len(ask.options))
    goal = policy.least_draws
    while len(counts.draws) < goal:
        calls: list[Call] = []
        order: list[int] = []
        batch: dict[int, Draw] = {}
        for draw in range(len(counts.draws), goal):
            kept = builder.ledger.get(kind, draw) if builder.ledger else None
            if kept is not None:
                batch[draw] = kept
                continue
            this = replace(wanted, seed=seed_of(kind, draw), purpose=f"draw {draw}")
            call = builder.dialect.turn(this, builder.abilities)
            calls.append(_kept(call, ask, builder, kind, draw))
            order.append(draw)
        turns = (yield calls) if calls else []
        batch.update(zip(order, turns, strict=True))
        counts.draws += [batch[draw] for draw in sorted(batch)]
        if _copied(counts, builder):
            break  # more of them would say no more
        goal = _goal(counts, policy)
    return _from_draws(counts, question, wanted, builder, constrained, free)


def _kept(call: Call, ask: Ask, builder: RequestBuilder, kind: str, draw: int) -> Call:
    """The call, with its draw written into the ledger as soon as it is there, so that no paid draw is lost."""

    def then(turn: ModelTurn) -> Draw:
        made = Draw.of(turn, ask.options, opening=ask.opening, strict=builder.policy.strict)
        if builder.ledger is not None:
            builder.ledger.put(kind, draw, made)
        return made

    return replace(call, then=then)


def _goal(counts: DrawCounts, policy: Policy) -> int:
    """How many draws there are to be after this round: never more than double, never beyond the limit."""
    n = len(counts.draws)
    if counts.standard_error <= policy.standard_error:
        return n
    return min(policy.most_draws, 2 * n, max(counts.needed(policy.standard_error), n + 1))


def _copied(counts: DrawCounts, builder: RequestBuilder) -> int:
    """How many of the draws are none: copies of another by their number, or all alike where replies never differ."""
    if builder.abilities.identified and counts.copies:
        return counts.copies
    alike = len({(draw.option, draw.kind) for draw in counts.draws}) == 1
    return len(counts.draws) - 1 if alike and not builder.abilities.varies else 0


def _uncopied(counts: DrawCounts, copies: int, builder: RequestBuilder, honoured: dict[str, Any]) -> DrawCounts:
    """The draws that are such, with a word in the record that no error can be told of them."""
    told = f"{copies} of {len(counts.draws)} draws are copies of another"
    if builder.abilities.varies or not builder.failures["draws"]:
        builder.told("draws are copies", "draws", told, "counted once, without a standard error")
    builder.failures["draws"] += 1
    kept = counts.distinct() if builder.abilities.identified and counts.copies else DrawCounts(counts.options)
    kept.draws = kept.draws or counts.draws[:1]
    honoured |= kept.record() | {"standard_error": None, "copies": copies, "independent": False}
    return kept


def _from_draws(
    counts: DrawCounts,
    question: Posed,
    wanted: Wanted,
    builder: RequestBuilder,
    constrained: bool,
    free: Answer | None,
) -> Answer:
    honoured = builder.dialect.honoured(wanted, builder.abilities) | counts.record()
    copies = _copied(counts, builder)
    if copies:
        counts = _uncopied(counts, copies, builder, honoured)
    honoured |= question_record(question)
    honoured["seed"] = "derived, one per draw" if builder.abilities.seed else None
    shares, refused, obtained = counts.shares, counts.refused, "sampled"
    if constrained:
        obtained = "constrained"
        honoured["by"] = builder.abilities.constraint
        honoured["coverage"] = "by force"
        honoured["caveat"] = CAVEAT
        if free is not None:
            total = math.fsum(shares) or 1.0
            shares = [share / total * free.coverage for share in shares]
            refused = free.refused
            honoured |= {"coverage": "from free draws", "free": dict(free.honoured)}
    logprobs = tuple(map(log_or_infinity, shares))
    kind: Obtained = "constrained" if obtained == "constrained" else "sampled"
    return Answer(logprobs, kind, builder.requested, honoured, refused=refused)
