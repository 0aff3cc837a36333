"""Exact answers in one call: the places of the options' tree are its prompts, and the options' tokens are named by id.

An option that is the beginning of another needs the mass of all tokens that can end it: of the whole vocabulary where
the server lists it, so that the answer is exact, and else of the likeliest, which leaves an interval.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from affectlab.participants.remote.calls import Call
from affectlab.participants.remote.exact import answer_from, places_of
from affectlab.participants.remote.following import Following
from affectlab.participants.remote.request_builder import RequestBuilder, Steps
from affectlab.participants.remote.token_ids import TokenIds
from affectlab.participants.remote.vllm import ALL, MOST_NAMED, Ids, NextTokens
from affectlab.requests import Ask

NEGLIGIBLE = 1e-7
"""A part of the probability that makes no difference to an answer that counts as exact."""

_Places = Mapping[Ids, set[int]]


def answer_by_ids(ask: Ask, builder: RequestBuilder) -> Steps:
    """Exact where tokens can be named and, for nested options, the vocabulary is listed; else bounded."""
    assert builder.tokens is not None
    question = builder.pose(ask, begun=True)
    base, spelt = yield from builder.tokens.spelt(question.messages, question.opening, ask.options)
    places = places_of(spelt, ask.nested)
    ending = [tokens for tokens, nested in zip(spelt, ask.nested, strict=True) if nested]
    named = builder.abilities.named and builder.policy.way != "bounded" and not builder.policy.alternatives
    top = builder.policy.alternatives or builder.abilities.listed
    chunks = list(_chunks(places)) if named else []
    look = ending if named else list(places)
    calls = [builder.tokens.server.named([base + place for place in order], ids) for order, ids in chunks]
    if look and top:
        calls.append(builder.tokens.server.listed([base + place for place in look], top, builder.abilities.vocabulary))
    replies: list[NextTokens] = yield calls
    found = {place: Following() for place in places}
    for place in ending:
        found[place].unseen = 1.0  # unless the likeliest tokens are listed
    for (order, _), reply in zip(chunks, replies, strict=False):
        for place, here in zip(order, reply.places, strict=True):
            found[place].update(here)
    if len(replies) > len(chunks):
        yield from _listed(found, dict(zip(look, replies[-1].places, strict=True)), ending, builder.tokens)
    details: dict[str, Any] = {"by": "token ids", "alternatives": "named" if named else top}
    if ending and named:
        details["ends"] = "all" if top == ALL else top
    fingerprints = {reply.fingerprint for reply in replies}
    return answer_from(found, spelt, ask, question, builder, details, fingerprints)


def _chunks(places: _Places) -> Iterator[tuple[list[Ids], list[int]]]:
    """The places and the tokens that are named after them, as many at a time as one request takes."""
    ids = sorted(set().union(*places.values()))
    for at in range(0, len(ids), MOST_NAMED):
        some = ids[at : at + MOST_NAMED]
        order = [place for place, wanted in places.items() if not wanted.isdisjoint(some)]
        yield order, some


def _listed(
    found: Mapping[Ids, Following], looks: Mapping[Ids, Following], ending: Sequence[Ids], tokens: TokenIds
) -> Generator[list[Call], list[Any], None]:
    """Put what was listed beside what was named, and find out which share of it ends a word."""
    for place, look in looks.items():
        here = found[place]
        beside = math.fsum(math.exp(logprob) for id, logprob in here.items() if id not in look)
        here.unseen = max(0.0, look.unseen - beside)
        here.least = look.least
        here.update(look)
    likely = {place: _likely(found[place]) for place in ending}
    yield from tokens.learn_ends([id for ids in likely.values() for id in ids])
    for place, ids in likely.items():
        here = found[place]
        here.unseen += math.fsum(math.exp(here[id]) for id in here.keys() - set(ids))
        here.ended = min(1.0, math.fsum(math.exp(here[id]) for id in ids if tokens.ends[id]))


def _likely(here: Following) -> list[int]:
    """The likeliest tokens that hold all but a negligible part: what the others are need not be asked."""
    order = sorted(here, key=lambda id: here[id])
    left = NEGLIGIBLE
    for at, id in enumerate(order):
        left -= math.exp(here[id])
        if left < 0.0:
            return order[at:][::-1]
    return order[::-1]
