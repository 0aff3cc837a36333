"""Exact answers: the probability of every option string, token by token, in the endpoint's own tokens.

One call for each place (llama.cpp), or one for all (vLLM). Generators that yield the calls they need next, and do no
input and no output.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Generator, Mapping, Sequence
from typing import Any

from affectlab.participants.remote.calls import Call
from affectlab.participants.remote.following import Following
from affectlab.participants.remote.forms import Posed
from affectlab.participants.remote.intervals import SEEN_ENOUGH, Seen, log_or_infinity
from affectlab.participants.remote.openai import OpenAI
from affectlab.participants.remote.request_builder import RequestBuilder, Steps, question_record
from affectlab.requests import Answer, Ask

FIRST_LOOK = 2000
"""Alternatives asked of a server that returns any number; the whole vocabulary where an option is not in them."""


def answer_by_tokens(ask: Ask, builder: RequestBuilder) -> Steps:
    """Exact: the options are spelt in the endpoint's own tokens, and each token's probability is looked up."""
    dialect = builder.dialect
    assert isinstance(dialect, OpenAI)
    unknown = [option for option in ask.options if option not in builder.spellings]
    question = builder.pose(ask)
    replies = yield [
        dialect.rendering(question.messages, question.opening),
        *(dialect.tokenisation(option) for option in unknown),
    ]
    if len(builder.spellings) > 20_000:
        builder.spellings.clear()
    builder.spellings.update(zip(unknown, replies[1:], strict=True))
    spelt = [tuple(builder.spellings.get(option) or replies[1 + unknown.index(option)]) for option in ask.options]
    places = places_of(spelt, ask.nested)
    found = yield from _followed(dialect, replies[0], places, ask, spelt, builder)
    details: dict[str, Any] = {"by": "tokens", "alternatives": builder.policy.alternatives or "all"}
    if found[()].unseen:
        details["out_of_sight"] = found[()].unseen
    fingerprints = {here.fingerprint for here in found.values()}
    return answer_from(found, spelt, ask, question, builder, details, fingerprints)


def places_of(spelt: Sequence[tuple[int, ...]], nested: Sequence[bool]) -> dict[tuple[int, ...], set[int]]:
    """The places at which the next token must be known, and which tokens are wanted there."""
    places: dict[tuple[int, ...], set[int]] = {}
    for tokens, has_more in zip(spelt, nested, strict=True):
        for step, token in enumerate(tokens):
            places.setdefault(tokens[:step], set()).add(token)
        if has_more:
            places.setdefault(tokens, set())
    return places


def _followed(
    dialect: OpenAI,
    text: str,
    places: Mapping[tuple[int, ...], set[int]],
    ask: Ask,
    spelt: Sequence[tuple[int, ...]],
    builder: RequestBuilder,
) -> Generator[list[Call], list[Any], dict[tuple[int, ...], Following]]:
    """What may follow at every place: first among the likeliest, then, where that is not enough, among all."""
    all_tokens = builder.abilities.vocabulary
    top = builder.policy.alternatives or (min(FIRST_LOOK, all_tokens) if all_tokens else FIRST_LOOK)
    ending = {tokens for tokens, nested in zip(spelt, ask.nested, strict=True) if nested}
    order = list(places)
    looks = yield [dialect.following([text, *place], frozenset(places[place]), top) for place in order]
    found: dict[tuple[int, ...], Following] = dict(zip(order, looks, strict=True))
    if builder.policy.alternatives or not all_tokens:
        return found
    again = [
        place
        for place in order
        if not places[place] <= found[place].keys() or (place in ending and found[place].unseen > 1e-7)
    ]
    if again:
        looks = yield [dialect.following([text, *place], frozenset(places[place]), all_tokens) for place in again]
        found.update(zip(again, looks, strict=True))
    return found


def answer_from(
    found: Mapping[tuple[int, ...], Following],
    spelt: Sequence[tuple[int, ...]],
    ask: Ask,
    question: Posed,
    builder: RequestBuilder,
    details: Mapping[str, Any],
    fingerprints: Collection[str],
) -> Answer:
    """The answer that follows from what may follow at every place: exact, or with an interval for every option."""
    seen: list[Seen] = []
    logprobs: list[float] = []
    for tokens, nested in zip(spelt, ask.nested, strict=True):
        # summed as logarithms, so that very small ones do not vanish on the way
        total, low, high = 0.0, 1.0, 1.0
        for step, token in enumerate(tokens):
            here = found[tokens[:step]]
            total += here.get(token, -math.inf)
            low *= math.exp(here[token]) if token in here else 0.0
            high *= math.exp(here[token]) if token in here else min(here.least, here.unseen)
        if nested:
            here = found[tokens]
            total += log_or_infinity(here.ended_in_all)
            low *= here.ended
            high *= min(1.0, here.ended + here.unseen)
        seen.append(Seen(math.exp(total), low, high))
        logprobs.append(total)
    widest = max(part.width for part in seen)
    honoured = {"temperature": 1.0, **question_record(question), **details, "unaccounted": round(widest, 9)}
    told = sorted(filter(None, fingerprints))
    if told:
        honoured["fingerprint"] = told[0] if len(told) == 1 else told
    exact = widest <= SEEN_ENOUGH
    bounds = () if exact else tuple((part.low, part.high) for part in seen)
    return Answer(tuple(logprobs), "exact" if exact else "bounded", builder.requested, honoured, bounds=bounds)
