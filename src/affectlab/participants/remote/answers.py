"""The ways to an answer, each a generator that yields the calls it needs next and returns the answer.

They do no input and no output, so that each is one piece of reasoning that a test can follow.

exact
    The probability of every option string, token by token, from the endpoint's own tokens (llama.cpp), from
    the log probabilities of a given turn (vLLM), or because nothing lies outside the returned alternatives.
bounded
    Some probability lies outside the returned alternatives: an interval for every option.
sampled
    Replies are drawn, each with a seed of its own, until the shares are certain enough.
constrained
    As sampled, but only the options can be said; how often the model would have said one of them at all comes
    from free draws before. Endpoints limit a reply token by token, so that what would have become another word
    is turned into an option: " a" is likely, and under the constraint all of it becomes " afraid". That is why
    this way is the last, and why the record carries a caveat.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from affectlab.errors import CapabilityError
from affectlab.participants.remote import forms
from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.calls import Call, Turn, Wanted
from affectlab.participants.remote.dialect import Dialect
from affectlab.participants.remote.forms import Posed, posed
from affectlab.participants.remote.intervals import SEEN_ENOUGH, Seen, in_first_token, log
from affectlab.participants.remote.openai import Following, OpenAI, Score
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.tally import Draw, Tally
from affectlab.requests import Answer, Ask, Obtained, Reply, Speak

CAVEAT = "limited token by token: an option that shares its beginning with likelier words is overstated"

Steps = Generator[list[Call], list[Any], Answer]

FIRST_LOOK = 2000
"""Alternatives asked of a server that returns any number; the whole vocabulary where an option is not in them."""


class Ledger(Protocol):
    """Where the draws of an unfinished question are kept."""

    def get(self, question: str, draw: int) -> Draw | None:
        """A draw that was made before."""

    def put(self, question: str, draw: int, made: Draw) -> None:
        """Keep a draw."""


@dataclass
class Voice:
    """Everything a way to an answer needs to know of the endpoint and of the user's decisions."""

    dialect: Dialect
    abilities: Abilities
    policy: Policy
    ledger: Ledger | None = None
    spellings: dict[str, list[int]] = field(default_factory=dict)
    """The tokens of the options met so far."""


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


def walked(ask: Ask, voice: Voice) -> Steps:
    """Exact: the options are spelt in the endpoint's own tokens, and each token's probability is looked up."""
    dialect = voice.dialect
    assert isinstance(dialect, OpenAI)
    unknown = [option for option in ask.options if option not in voice.spellings]
    question = posed(ask.conversation, ask.opening, can_continue=True)
    replies = yield [
        dialect.rendering(question.messages, question.opening),
        *(dialect.tokenisation(option) for option in unknown),
    ]
    if len(voice.spellings) > 20_000:
        voice.spellings.clear()
    voice.spellings.update(zip(unknown, replies[1:], strict=True))
    spelt = [tuple(voice.spellings.get(option) or replies[1 + unknown.index(option)]) for option in ask.options]
    places = _places(spelt, ask.nested)
    found = yield from _followed(dialect, replies[0], places, ask, spelt, voice)
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
    details: dict[str, Any] = {"by": "tokens", "alternatives": voice.policy.alternatives or "all"}
    if root.unseen:
        details["out_of_sight"] = root.unseen
    return _from_seen(seen, question, voice, details, logprobs=_sums(spelt, ask.nested, found))


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
    voice: Voice,
) -> Generator[list[Call], list[Any], dict[tuple[int, ...], Following]]:
    """What may follow at every place: first among the likeliest, then, where that is not enough, among all."""
    all_tokens = voice.abilities.vocabulary
    top = voice.policy.alternatives or (min(FIRST_LOOK, all_tokens) if all_tokens else FIRST_LOOK)
    ending = {tokens for tokens, nested in zip(spelt, ask.nested, strict=True) if nested}
    order = list(places)
    looks = yield [dialect.following([text, *place], frozenset(places[place]), top) for place in order]
    found: dict[tuple[int, ...], Following] = dict(zip(order, looks, strict=True))
    if voice.policy.alternatives or not all_tokens:
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
        sums.append(total + log(found[tokens].ended) if has_more else total)
    return sums


def scored(ask: Ask, voice: Voice) -> Steps:
    """Exact: each option is handed over as the end of the model's turn, and comes back with its log probability."""
    dialect = voice.dialect
    assert isinstance(dialect, OpenAI)
    question = posed(ask.conversation, ask.opening, can_continue=True)
    top = max(1, voice.abilities.alternatives)
    scores: list[Score] = yield [
        dialect.scoring(question.messages, question.opening, option, top) for option in ask.options
    ]
    seen: list[Seen] = []
    logprobs: list[float] = []
    for score, nested in zip(scores, ask.nested, strict=True):
        whole = math.exp(score)
        ended = score.ended if nested else 1.0
        unseen = score.unseen if nested else 0.0
        seen.append(Seen(whole * ended, whole * ended, whole * min(1.0, ended + unseen)))
        logprobs.append(float(score) + log(ended))
    return _from_seen(seen, question, voice, {"by": "given turn", "alternatives": top}, logprobs=logprobs)


def first_token(ask: Ask, voice: Voice) -> Steps:
    """Exact or bounded: what the likeliest first tokens of a reply say about the options."""
    question = posed(ask.conversation, ask.opening, can_continue=bool(voice.abilities.continuation))
    top = voice.policy.alternatives or voice.abilities.alternatives
    wanted = _wanted(question, voice, seed=_seed(ask.content, -1), limit=1, top=top, purpose="ask")
    [turn] = yield [voice.dialect.turn(wanted, voice.abilities)]
    assert isinstance(turn, Turn)
    honoured = voice.dialect.honoured(wanted, voice.abilities) | _common(question, turn)
    honoured |= {"by": "first token", "alternatives": top}
    del honoured["seed"]  # what was drawn plays no part
    requested = _requested(voice)
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


def sampled(ask: Ask, voice: Voice, *, constrained: bool = False, free: Answer | None = None) -> Steps:
    """Draws, each with its own seed, until every share is certain enough or the limit is reached."""
    policy = voice.policy
    question = posed(ask.conversation, ask.opening, can_continue=bool(voice.abilities.continuation))
    kind = f"{ask.content} {'constrained' if constrained else 'free'}"
    longest = max(map(len, ask.options))
    wanted = _wanted(question, voice, seed=None, limit=8 + longest // 2, purpose="draw")
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
            this = _wanted(
                question,
                voice,
                seed=_seed(kind, draw),
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
        goal = _goal(tally, policy)
    return _from_draws(tally, question, wanted, voice, constrained, free)


def _kept(call: Call, ask: Ask, voice: Voice, kind: str, draw: int) -> Call:
    """The call, with its draw written into the ledger as soon as it is there, so that no paid draw is lost."""

    def then(turn: Turn) -> Draw:
        made = Draw.of(turn, ask.options, ask.nested, opening=ask.opening, strict=voice.policy.strict)
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


def _from_draws(
    tally: Tally,
    question: Posed,
    wanted: Wanted,
    voice: Voice,
    constrained: bool,
    free: Answer | None,
) -> Answer:
    honoured = voice.dialect.honoured(wanted, voice.abilities) | tally.record()
    honoured |= {"form": question.form, "wording": forms.version()}
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
    return Answer(logprobs, kind, _requested(voice), honoured, refused=refused)


def _from_seen(
    seen: Sequence[Seen], question: Posed, voice: Voice, details: Mapping[str, Any], *, logprobs: Sequence[float]
) -> Answer:
    widest = max(part.width for part in seen)
    honoured = {"temperature": 1.0, "form": question.form, "wording": forms.version(), **details}
    honoured["unaccounted"] = round(widest, 9)
    if voice.abilities.fingerprint:
        honoured["fingerprint"] = voice.abilities.fingerprint
    bounds = tuple((part.low, part.high) for part in seen)
    exact = widest <= SEEN_ENOUGH
    return Answer(
        tuple(logprobs), "exact" if exact else "bounded", _requested(voice), honoured, bounds=() if exact else bounds
    )


def spoken(speak: Speak, voice: Voice) -> Generator[list[Call], list[Any], Reply]:
    """A reply in the participant's own words."""
    question = posed(speak.conversation, speak.opening, can_continue=bool(voice.abilities.continuation))
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
    honoured = voice.dialect.honoured(wanted, voice.abilities) | _common(question, turn)
    tokens = turn.usage.output - turn.usage.reasoning if turn.usage else 0
    requested = {
        "temperature": speak.temperature,
        "seed": wanted.seed,
        "stop": list(speak.stop),
        "max_tokens": speak.max_tokens,
        "opening": bool(speak.opening),
    }
    return Reply(text, finish, tokens, requested, honoured)


def _wanted(
    question: Posed,
    voice: Voice,
    *,
    seed: int | None,
    limit: int,
    purpose: str,
    top: int = 0,
    choice: tuple[str, ...] = (),
) -> Wanted:
    return Wanted(
        question.messages,
        question.opening,
        limit=limit,
        temperature=voice.policy.temperature if not top else 1.0,
        seed=seed,
        top=top,
        choice=choice,
        purpose=purpose,
    )


def _requested(voice: Voice) -> dict[str, Any]:
    policy = voice.policy
    return {
        "way": policy.way,
        "temperature": policy.temperature,
        "standard_error": policy.standard_error,
        "most_draws": policy.most_draws,
    }


def _common(question: Posed, turn: Turn) -> dict[str, Any]:
    common: dict[str, Any] = {"form": question.form, "wording": forms.version()}
    if turn.fingerprint:
        common["fingerprint"] = turn.fingerprint
    if turn.thoughts or (turn.usage and turn.usage.reasoning):
        common["reasoning"] = {"letters": turn.thoughts, "tokens": turn.usage.reasoning if turn.usage else 0}
    if turn.why and turn.finish == "refused":
        common["why"] = turn.why
    return common


def _seed(content: str, draw: int) -> int:
    """The seed of a draw: different for every draw of every question, the same whenever it is made again.

    >>> _seed("a", 0) == _seed("a", 0), _seed("a", 0) == _seed("a", 1)
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(f"{content}\0{draw}".encode()).digest()[:4]) >> 1
