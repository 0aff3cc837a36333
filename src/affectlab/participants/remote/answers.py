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
from affectlab.participants.remote.calls import Call, ModelTurn, Rejected, Unusable, Wanted
from affectlab.participants.remote.drawing import sampled
from affectlab.participants.remote.exact import answer_by_tokens
from affectlab.participants.remote.exact_by_ids import answer_by_ids
from affectlab.participants.remote.intervals import SEEN_ENOUGH, in_first_token, log_or_infinity
from affectlab.participants.remote.logprobs import ROUNDING, WRONG
from affectlab.participants.remote.request_builder import (
    ENOUGH,
    RequestBuilder,
    Steps,
    question_record,
    seed_of,
    turn_record,
)
from affectlab.requests import Answer, Ask, Reply, Speak

_READ = ("tokens", "token ids", "first token")
"""The ways on which log probabilities are read."""


def answer(ask: Ask, builder: RequestBuilder) -> Steps:
    """The best honest way to the answer of ``ask``."""
    way, abilities = builder.policy.way, builder.abilities
    if way in ("best", "exact", "bounded"):
        if abilities.tokens and builder.open("tokens"):
            read = yield from _believed(answer_by_tokens(ask, builder), "tokens", builder)
            if read is not None:
                return read
        if abilities.token_ids and builder.open("token ids"):
            read = yield from _believed(answer_by_ids(ask, builder), "token ids", builder)
            if read is not None and (abilities.named or _enough(read, builder)):
                return read
        if abilities.alternatives and builder.open("first token"):
            read = yield from _believed(first_token(ask, builder), "first token", builder)
            if read is not None and _enough(read, builder):
                return read
    if way in ("exact", "bounded") and any(map(builder.failures.get, _READ)):
        raise Rejected(f"no {way} answer is to be had, since the log probabilities cannot be used")
    if way == "exact":
        raise CapabilityError("no exact answer is to be had", hint="leave --way out, or take another endpoint")
    if way == "constrained":
        return (yield from sampled(ask, builder, constrained=True))
    free = yield from sampled(ask, builder)
    low = free.coverage < 0.5 and free.refused < 0.5
    if way == "best" and low and abilities.constraint:
        return (yield from sampled(ask, builder, constrained=True, free=free))
    return free


def _believed(steps: Steps, way: str, builder: RequestBuilder) -> Generator[list[Call], list[Any], Answer | None]:
    """The answer of a way to it; ``None`` where what came back on it cannot be believed."""
    try:
        read = yield from steps
    except Unusable:
        builder.failures[way] += 1
        if not builder.open(way):
            message = f"log probabilities ({way}) could not be used {ENOUGH} questions in a row"
            builder.told(WRONG, "all questions", message, "answered in another way from here on")
        return None
    if read.coverage > 1.0 + ROUNDING:
        builder.failures[way] += 1
        message = f"the options' probabilities ({way}) sum to {read.coverage:.3f}, more than one"
        builder.told(WRONG, "ask", message, "answered in another way")
        return None
    builder.failures[way] = 0
    return read


def _enough(read: Answer, builder: RequestBuilder) -> bool:
    """Whether an answer from the first token says as much as was wanted."""
    way = builder.policy.way
    out_of_sight = float(read.honoured["unaccounted"])
    useless = out_of_sight > builder.policy.unaccounted or not any(map(math.isfinite, read.logprobs))
    return way == "bounded" or (way == "exact" and read.obtained == "exact") or not useless


def first_token(ask: Ask, builder: RequestBuilder) -> Steps:
    """Exact or bounded: what the likeliest first tokens of a reply say about the options."""
    question = builder.pose(ask)
    top = builder.policy.alternatives or builder.abilities.alternatives
    seed = seed_of(ask.content, -1)
    wanted = Wanted(question.messages, question.opening, limit=1, temperature=1.0, seed=seed, top=top, purpose="ask")
    [turn] = yield [builder.dialect.turn(wanted, builder.abilities)]
    assert isinstance(turn, ModelTurn)
    honoured = builder.dialect.honoured(wanted, builder.abilities) | question_record(question) | turn_record(turn)
    honoured |= {"by": "first token", "alternatives": top}
    del honoured["seed"]  # what was drawn plays no part
    requested = builder.requested
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
    logprobs = tuple(log_or_infinity(part.seen) for part in seen)
    return Answer(logprobs, "exact" if exact else "bounded", requested, honoured, bounds=bounds)


def free_reply(speak: Speak, builder: RequestBuilder) -> Generator[list[Call], list[Any], Reply]:
    """A reply in the participant's own words."""
    question = builder.pose(speak)
    wanted = Wanted(
        question.messages,
        question.opening,
        limit=speak.max_tokens,
        temperature=speak.temperature,
        seed=speak.seed & 0x7FFFFFFF,
        stop=speak.stop,
        purpose="speak",
    )
    [turn] = yield [builder.dialect.turn(wanted, builder.abilities)]
    assert isinstance(turn, ModelTurn)
    text = turn.text
    if question.form == "asked to continue" and text.lstrip().startswith(speak.opening.strip()):
        text = text.lstrip()[len(speak.opening.strip()) :]
    finish = turn.finish if turn.finish != "stop" or text.strip() else "empty"
    honoured = builder.dialect.honoured(wanted, builder.abilities) | question_record(question) | turn_record(turn)
    tokens = turn.usage.output - turn.usage.reasoning if turn.usage else 0
    requested = {
        "temperature": speak.temperature,
        "seed": wanted.seed,
        "stop": list(speak.stop),
        "max_tokens": speak.max_tokens,
        "opening": bool(speak.opening),
    }
    return Reply(text, finish, tokens, requested, honoured)
