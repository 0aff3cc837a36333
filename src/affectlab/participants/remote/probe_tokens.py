"""Finding out what a server can do by token ids: by ids and numbers, never by a text that was perhaps repaired."""

from __future__ import annotations

import math
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.calls import Call, Rejected, Unusable
from affectlab.participants.remote.following import Following
from affectlab.participants.remote.sentinel import STRAY, WATCHED, Sentinel
from affectlab.participants.remote.token_ids import TokenIds
from affectlab.participants.remote.vllm import ALL, Ids, NextTokens, TokenServer

Probing = Generator[list[Call], list[Any], Any]

_ASKED = ({"role": "user", "content": "Say the word yes, and nothing else."},)
_OPENING = "The answer is"
_OPTIONS = (" yes", " no")
_FIRST = 5
"""Alternatives that every server lists."""
_USUAL = 20
_WATCH = "The"
"""The sentinel's prompt: much can follow it, so that two models hardly agree."""
_MOST = re.compile(r"max allowed: (\d+)")


def probe_tokens(model: str, abilities: Abilities) -> Generator[list[Call], list[Any], Abilities]:
    """The abilities, with what the server can do by token ids."""
    tokens = TokenIds(TokenServer(model))
    spelt = yield from attempt(tokens.spelt(_ASKED, _OPENING, _OPTIONS))
    if spelt is None:
        return abilities.told("token_ids", "it spells no conversation in tokens, or not as it spells the text of it")
    base, (yes, no) = spelt
    [reply] = yield [replace(tokens.server.listed([base], _FIRST), optional=True)]
    if not isinstance(reply, NextTokens):
        return abilities.told("token_ids", f"prompts of ids are not answered by id: {reply}")
    if reply.usage is not None and reply.usage.prompt != len(base):
        return abilities.told("token_ids", f"a prompt of {len(base)} ids counts {reply.usage.prompt} tokens")
    abilities = replace(abilities, token_ids=True)
    abilities = abilities.told("token_ids", f"a prompt of {len(base)} ids counts as many tokens, and is answered by id")
    abilities = yield from _named(tokens.server, base, (yes[0], no[0]), reply.places[0], abilities)
    if abilities.truncated:
        return abilities
    abilities = yield from _listed(tokens.server, base, abilities)
    return (yield from _watched(tokens.server, abilities))


def begun_ids(
    model: str, messages: Sequence[Mapping[str, str]], opening: str
) -> Generator[list[Call], list[Any], Ids | None]:
    """The ids of a conversation with the model's turn begun; None where the server does not spell them."""
    tokens = TokenIds(TokenServer(model))
    header = yield from attempt(tokens.header())
    if header is None:
        return None
    calls = [tokens.server.conversation(messages), tokens.server.spelling(header.text + opening)]
    conversation, whole = yield [replace(call, optional=True) for call in calls]
    if isinstance(conversation, Rejected) or isinstance(whole, Rejected):
        return None
    return (*conversation, *whole[len(header.ids) :])


def attempt(steps: Probing) -> Generator[list[Call], list[Any], Any]:
    """What some steps return; None where the endpoint does not know one of their calls."""
    try:
        calls = next(steps)
        while True:
            replies = yield [replace(call, optional=True) for call in calls]
            if any(isinstance(reply, Rejected) for reply in replies):
                return None
            calls = steps.send(replies)
    except StopIteration as stop:
        return stop.value
    except Unusable:
        return None


def _named(
    server: TokenServer, base: Ids, options: Ids, listed: Following, abilities: Abilities
) -> Generator[list[Call], list[Any], Abilities]:
    """Whether the log probabilities of the tokens that are named come, and whether temperature changes them."""
    ids = list(dict.fromkeys((*options, *base[:4], *listed)))
    calls = [server.named([base, base[:-1]], ids, temperature=temperature) for temperature in (1.0, 0.3)]
    plain, cold = yield [replace(call, optional=True) for call in calls]
    if not isinstance(plain, NextTokens):
        return abilities.told("named", f"the log probabilities of {len(ids)} named tokens do not come: {plain}")
    if any(math.isinf(plain.places[0][id]) for id in ids):
        told = "named tokens have no probability at all: the unlikely ones are cut off, although that was switched off"
        return replace(abilities, token_ids=False, truncated=True, sampling=()).told("truncated", told)
    moved = max(abs(plain.places[0][id] - logprob) for id, logprob in listed.items())
    if moved > STRAY:
        return abilities.told("named", f"a named token has another log probability than listed: {moved:.3f} off")
    told = f"{len(ids)} named tokens after 2 prompts came, those also listed within {moved:.2g} nats"
    abilities = replace(abilities, named=True).told("named", told)
    if not isinstance(cold, NextTokens):
        return abilities
    changed = max(abs(plain.places[0][id] - cold.places[0][id]) for id in listed)
    told = f"at temperature 0.3 instead of 1 a log probability moves by {changed:.2g} nats"
    return replace(abilities, processed=changed > STRAY).told("processed", told)


def _listed(server: TokenServer, base: Ids, abilities: Abilities) -> Generator[list[Call], list[Any], Abilities]:
    """How many alternatives are listed: all, or as many as the server says when it refuses them."""
    whole = server.listed([base], ALL, abilities.vocabulary or 1_000_000)
    [reply] = yield [replace(whole, optional=True)]
    if isinstance(reply, NextTokens):
        total = math.fsum(map(math.exp, reply.places[0].values()))
        if total > 1.0 - 1e-3 and len(reply.places[0]) > _USUAL:
            size = len(reply.places[0])
            told = f"all {size:,} were listed; their probabilities sum to {total:.6f}"
            return replace(abilities, listed=ALL, vocabulary=size).told("listed", told)
    said = _MOST.search(str(reply))
    for top in (int(said[1]),) if said else (_USUAL, _FIRST):
        [reply] = yield [replace(server.listed([base], top), optional=True)]
        if isinstance(reply, NextTokens) and len(reply.places[0]) >= top:
            limit = f"the server says it lists {top} at most, and did" if said else f"{top} were asked for, and came"
            return replace(abilities, listed=top).told("listed", limit)
    return replace(abilities, listed=_FIRST).told("listed", f"{_FIRST} came, and no more")


def _watched(server: TokenServer, abilities: Abilities) -> Generator[list[Call], list[Any], Abilities]:
    """The sentinel's first answer, where tokens can be named later."""
    if not abilities.named:
        return abilities
    [prompt] = yield [replace(server.spelling(_WATCH), optional=True)]
    if isinstance(prompt, Rejected):
        return abilities
    top = WATCHED if abilities.listed == ALL or abilities.listed >= WATCHED else _FIRST
    [reply] = yield [replace(server.listed([prompt], top), optional=True)]
    if not isinstance(reply, NextTokens):
        return abilities
    likeliest = sorted(reply.places[0].items(), key=lambda item: (-item[1], item[0]))[:WATCHED]
    return replace(abilities, sentinel=Sentinel(prompt, tuple(likeliest)))
