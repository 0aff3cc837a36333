"""The ways to an answer, each a generator that yields the calls it needs next and returns the answer.

They do no input and no output, so that each is one piece of reasoning that a test can follow.

exact
    The probability of every option string, token by token (:mod:`~affectlab.participants.remote.exact`), or because
    nothing lies outside the returned alternatives.
bounded
    Some probability lies outside the returned alternatives: an interval for every option.
sampled
    Replies are drawn, each with a seed of its own (:mod:`~affectlab.participants.remote.drawing`).
constrained
    As sampled, but only the options can be said.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

from affectlab.errors import CapabilityError
from affectlab.participants.remote.calls import Call, Turn, Wanted
from affectlab.participants.remote.drawing import sampled
from affectlab.participants.remote.exact import scored, walked
from affectlab.participants.remote.intervals import SEEN_ENOUGH, in_first_token, log
from affectlab.participants.remote.voice import Steps, Voice, described, seed_of, told
from affectlab.requests import Answer, Ask, Reply, Speak


def answer(ask: Ask, voice: Voice) -> Steps:
    """The best honest way to the answer of ``ask``."""
    way, abilities = voice.policy.way, voice.abilities
    if way in ("best", "exact", "bounded"):
        if abilities.tokens:
            return (yield from walked(ask, voice))
        if abilities.scored and way != "bounded":
            return (yield from scored(ask, voice))
        if abilities.alternatives:
            read = yield from first_token(ask, voice)
            out_of_sight = float(read.honoured["unaccounted"])
            useless = out_of_sight > voice.policy.unaccounted or not any(map(math.isfinite, read.logprobs))
            if way == "bounded" or (way == "exact" and read.obtained == "exact") or not useless:
                return read
    if way == "exact":
        raise CapabilityError("no exact answer is to be had", hint="leave --way out, or take another endpoint")
    if way == "constrained":
        return (yield from sampled(ask, voice, constrained=True))
    free = yield from sampled(ask, voice)
    low = free.coverage < 0.5 and free.refused < 0.5
    if way == "best" and low and abilities.constraint:
        return (yield from sampled(ask, voice, constrained=True, free=free))
    return free


def first_token(ask: Ask, voice: Voice) -> Steps:
    """Exact or bounded: what the likeliest first tokens of a reply say about the options."""
    question = voice.pose(ask)
    top = voice.policy.alternatives or voice.abilities.alternatives
    wanted = voice.wanted(question, seed=seed_of(ask.content, -1), limit=1, top=top, purpose="ask")
    [turn] = yield [voice.dialect.turn(wanted, voice.abilities)]
    assert isinstance(turn, Turn)
    honoured = voice.dialect.honoured(wanted, voice.abilities) | described(question) | told(turn)
    honoured |= {"by": "first token", "alternatives": top}
    del honoured["seed"]  # what was drawn plays no part
    requested = voice.requested
    if turn.finish == "refused":
        honoured |= {"unaccounted": 0.0, "replies": {"refused": 1}, "why": turn.why}
        nothing = tuple(-math.inf for _ in ask.options)
        return Answer(nothing, "bounded", requested, honoured, refused=1.0)
    lenient = question.form == "asked to continue"
    seen, assumed = in_first_token(turn.positions[0], ask.options, ask.nested, lenient=lenient)
    total = math.fsum(math.exp(token.logprob) for token in turn.positions[0])
    honoured["unaccounted"] = round(max(0.0, 1.0 - total), 9)
    if assumed:
        honoured["assumed"] = f"taken as ended: {', '.join(map(repr, assumed))}"
    exact = max(part.width for part in seen) <= SEEN_ENOUGH
    bounds = () if exact else tuple((part.low, part.high) for part in seen)
    logprobs = tuple(log(part.seen) for part in seen)
    return Answer(logprobs, "exact" if exact else "bounded", requested, honoured, bounds=bounds)


def spoken(speak: Speak, voice: Voice) -> Generator[list[Call], list[Any], Reply]:
    """A reply in the participant's own words."""
    question = voice.pose(speak)
    wanted = Wanted(
        question.messages,
        question.opening,
        limit=speak.max_tokens,
        temperature=speak.temperature,
        seed=speak.seed & 0x7FFFFFFF,
        stop=speak.stop,
        purpose="speak",
    )
    [turn] = yield [voice.dialect.turn(wanted, voice.abilities)]
    assert isinstance(turn, Turn)
    text = turn.text
    if question.form == "asked to continue" and text.lstrip().startswith(speak.opening.strip()):
        text = text.lstrip()[len(speak.opening.strip()) :]
    finish = turn.finish if turn.finish != "stop" or text.strip() else "empty"
    honoured = voice.dialect.honoured(wanted, voice.abilities) | described(question) | told(turn)
    tokens = turn.usage.output - turn.usage.reasoning if turn.usage else 0
    requested = {
        "temperature": speak.temperature,
        "seed": wanted.seed,
        "stop": list(speak.stop),
        "max_tokens": speak.max_tokens,
        "opening": bool(speak.opening),
    }
    return Reply(text, finish, tokens, requested, honoured)
