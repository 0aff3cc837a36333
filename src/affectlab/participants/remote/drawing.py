"""Sampled answers: replies are drawn, each with a seed of its own, until the shares are certain enough.

Constrained draws can only say the options; how often the model would have said one of them at all comes from free
draws before. Endpoints limit a reply token by token, so that what would have become another word is turned into an
option: " a" is likely, and under the constraint all of it becomes " afraid". So the record carries a caveat.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from affectlab.participants.remote.calls import Call, Turn, Wanted
from affectlab.participants.remote.forms import Posed
from affectlab.participants.remote.intervals import log
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.tally import Draw, Tally
from affectlab.participants.remote.voice import Steps, Voice, described, seed_of
from affectlab.requests import Answer, Ask, Obtained

CAVEAT = "limited token by token: an option that shares its beginning with likelier words is overstated"


def sampled(ask: Ask, voice: Voice, *, constrained: bool = False, free: Answer | None = None) -> Steps:
    """Draws, each with its own seed, until every share is certain enough or the limit is reached."""
    policy = voice.policy
    question = voice.pose(ask)
    kind = f"{ask.content} {'constrained' if constrained else 'free'}"
    longest = max(map(len, ask.options))
    wanted = voice.wanted(question, seed=None, limit=8 + longest // 2, purpose="draw")
    tally = Tally(len(ask.options))
    goal = policy.least_draws
    while len(tally.draws) < goal:
        calls: list[Call] = []
        order: list[int] = []
        batch: dict[int, Draw] = {}
        for draw in range(len(tally.draws), goal):
            kept = voice.ledger.get(kind, draw) if voice.ledger else None
            if kept is not None:
                batch[draw] = kept
                continue
            this = voice.wanted(
                question,
                seed=seed_of(kind, draw),
                limit=wanted.limit,
                purpose=f"draw {draw}",
                choice=ask.options if constrained else (),
            )
            call = voice.dialect.turn(this, voice.abilities)
            calls.append(_kept(call, ask, voice, kind, draw))
            order.append(draw)
        turns = (yield calls) if calls else []
        batch.update(zip(order, turns, strict=True))
        tally.draws += [batch[draw] for draw in sorted(batch)]
        if _copied(tally, voice):
            break  # more of them would say no more
        goal = _goal(tally, policy)
    return _from_draws(tally, question, wanted, voice, constrained, free)


def _kept(call: Call, ask: Ask, voice: Voice, kind: str, draw: int) -> Call:
    """The call, with its draw written into the ledger as soon as it is there, so that no paid draw is lost."""

    def then(turn: Turn) -> Draw:
        made = Draw.of(turn, ask.options, opening=ask.opening, strict=voice.policy.strict)
        if voice.ledger is not None:
            voice.ledger.put(kind, draw, made)
        return made

    return replace(call, then=then)


def _goal(tally: Tally, policy: Policy) -> int:
    """How many draws there are to be after this round: never more than double, never beyond the limit."""
    n = len(tally.draws)
    if tally.standard_error <= policy.standard_error:
        return n
    return min(policy.most_draws, 2 * n, max(tally.needed(policy.standard_error), n + 1))


def _copied(tally: Tally, voice: Voice) -> int:
    """How many of the draws are none: copies of another by their number, or all alike where replies never differ."""
    if voice.abilities.identified and tally.copies:
        return tally.copies
    alike = len({(draw.option, draw.kind) for draw in tally.draws}) == 1
    return len(tally.draws) - 1 if alike and not voice.abilities.varies else 0


def _uncopied(tally: Tally, copies: int, voice: Voice, honoured: dict[str, Any]) -> Tally:
    """The draws that are such, with a word in the record that no error can be told of them."""
    told = f"{copies} of {len(tally.draws)} draws are copies of another"
    if voice.abilities.varies or not voice.failures["draws"]:
        voice.told("draws are copies", "draws", told, "counted once, without a standard error")
    voice.failures["draws"] += 1
    kept = tally.distinct() if voice.abilities.identified and tally.copies else Tally(tally.options)
    kept.draws = kept.draws or tally.draws[:1]
    honoured |= kept.record() | {"standard_error": None, "copies": copies, "independent": False}
    return kept


def _from_draws(
    tally: Tally,
    question: Posed,
    wanted: Wanted,
    voice: Voice,
    constrained: bool,
    free: Answer | None,
) -> Answer:
    honoured = voice.dialect.honoured(wanted, voice.abilities) | tally.record()
    copies = _copied(tally, voice)
    if copies:
        tally = _uncopied(tally, copies, voice, honoured)
    honoured |= described(question)
    honoured["seed"] = "derived, one per draw" if voice.abilities.seed else None
    shares, refused, obtained = tally.shares, tally.refused, "sampled"
    if constrained:
        obtained = "constrained"
        honoured["by"] = voice.abilities.constraint
        honoured["coverage"] = "by force"
        honoured["caveat"] = CAVEAT
        if free is not None:
            total = math.fsum(shares) or 1.0
            shares = [share / total * free.coverage for share in shares]
            refused = free.refused
            honoured |= {"coverage": "from free draws", "free": dict(free.honoured)}
    logprobs = tuple(map(log, shares))
    kind: Obtained = "constrained" if obtained == "constrained" else "sampled"
    return Answer(logprobs, kind, voice.requested, honoured, refused=refused)
