"""Exact answers: the probability of every option string, token by token.

From the endpoint's own tokens (llama.cpp), or from the log probabilities of a given turn (vLLM). Generators that
yield the calls they need next, and do no input and no output.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from affectlab.participants.remote.calls import Call
from affectlab.participants.remote.forms import Posed
from affectlab.participants.remote.intervals import SEEN_ENOUGH, Seen, log_or_infinity
from affectlab.participants.remote.openai import Following, OpenAI, TokenScores
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
    places = _places(spelt, ask.nested)
    found = yield from _followed(dialect, replies[0], places, ask, spelt, builder)
    seen: list[Seen] = []
    for tokens, nested in zip(spelt, ask.nested, strict=True):
        low = high = 1.0
        for step, token in enumerate(tokens):
            here = found[tokens[:step]]
            known = token in here
            low *= math.exp(here[token]) if known else 0.0
            high *= math.exp(here[token]) if known else min(here.least, here.unseen)
        if nested:
            here = found[tokens]
            low *= here.ended
            high *= min(1.0, here.ended + here.unseen)
        seen.append(Seen(low, low, high))
    root = found[()]
    details: dict[str, Any] = {"by": "tokens", "alternatives": builder.policy.alternatives or "all"}
    if root.unseen:
        details["out_of_sight"] = root.unseen
    return _from_seen(seen, question, builder, details, logprobs=_sums(spelt, ask.nested, found))


def _places(spelt: Sequence[tuple[int, ...]], nested: Sequence[bool]) -> dict[tuple[int, ...], set[int]]:
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


def _sums(
    spelt: Sequence[tuple[int, ...]], nested: Sequence[bool], found: Mapping[tuple[int, ...], Following]
) -> list[float]:
    """The log probabilities, summed as such, so that very small ones do not vanish on the way."""
    sums = []
    for tokens, has_more in zip(spelt, nested, strict=True):
        total = math.fsum(found[tokens[:step]].get(token, -math.inf) for step, token in enumerate(tokens))
        sums.append(total + log_or_infinity(found[tokens].ended) if has_more else total)
    return sums


def scored(ask: Ask, builder: RequestBuilder) -> Steps:
    """Exact: each option is handed over as the end of the model's turn, and comes back with its log probability."""
    dialect = builder.dialect
    assert isinstance(dialect, OpenAI)
    question = builder.pose(ask)
    top = max(1, builder.abilities.alternatives)
    scores: list[TokenScores] = yield [
        dialect.scoring(question.messages, question.opening, option, top) for option in ask.options
    ]
    seen: list[Seen] = []
    logprobs: list[float] = []
    for score, nested in zip(scores, ask.nested, strict=True):
        whole = math.exp(score)
        ended = score.ended if nested else 1.0
        unseen = score.unseen if nested else 0.0
        seen.append(Seen(whole * ended, whole * ended, whole * min(1.0, ended + unseen)))
        logprobs.append(float(score) + log_or_infinity(ended))
    return _from_seen(seen, question, builder, {"by": "given turn", "alternatives": top}, logprobs=logprobs)


def _from_seen(
    seen: Sequence[Seen],
    question: Posed,
    builder: RequestBuilder,
    details: Mapping[str, Any],
    *,
    logprobs: Sequence[float],
) -> Answer:
    widest = max(part.width for part in seen)
    honoured = {"temperature": 1.0, **question_record(question), **details}
    honoured["unaccounted"] = round(widest, 9)
    if builder.abilities.fingerprint:
        honoured["fingerprint"] = builder.abilities.fingerprint
    bounds = tuple((part.low, part.high) for part in seen)
    exact = widest <= SEEN_ENOUGH
    return Answer(
        tuple(logprobs), "exact" if exact else "bounded", builder.requested, honoured, bounds=() if exact else bounds
    )
