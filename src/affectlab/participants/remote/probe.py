"""Finding out what an endpoint can do, with up to twenty small requests, before anything is spent on a study.

What a provider documents is not taken for granted, because servers accept parameters that they then ignore: a
seed counts only if the same one gives the same words and another gives others, a begun turn only if it is
continued in the middle of a word, a constraint only if a word is said that nobody would say.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import Any

from affectlab.errors import ParticipantError
from affectlab.participants.remote.abilities import Abilities, Constraint, Continuation, System
from affectlab.participants.remote.calls import Call, ModelTurn, Rejected, Wanted
from affectlab.participants.remote.dialect import Dialect, Listing
from affectlab.participants.remote.model import ModelFile
from affectlab.participants.remote.openai import OpenAI, untruncated_sampling
from affectlab.participants.remote.probe_tokens import begun_ids, probe_tokens
from affectlab.participants.remote.sentinel import SEVERAL, FirstWords, first_words
from affectlab.participants.remote.thoughts import begins_reasoning, unknown_mark

Probing = Generator[list[Call], list[Any], Any]
"""Yields calls; receives for each what was read, or the Rejected that it met."""

_HELLO = ({"role": "user", "content": "Say the word yes, and nothing else."},)
_REPEAT = ({"role": "user", "content": "Repeat this word, and nothing else: extraordinary"},)
_BEGUN, _REST = "extraord", "inary"
_LONG = 400
"""Tokens in which reasoning about a word to be said comes to its end."""
_SYSTEM_SEEN: Mapping[System, str] = {
    "anywhere": "a request with a later system turn was taken",
    "first": "only one at the beginning was taken, or is known to be",
    "": "no request with one was taken",
}
_ODD = ("zebra", "quartz")
_OWNERS = {"llamacpp": "llama.cpp", "vllm": "vllm", "sglang": "sglang", "library": "ollama"}


def probe(dialect: Dialect, model: ModelFile) -> Generator[list[Call], list[Any], Abilities]:
    """What the endpoint can do for a model.

    Raises:
        ParticipantError: there is no such model there.
    """
    quirks = model.quirks
    listing = yield from _listed(dialect, model)
    abilities = Abilities(
        server=_OWNERS.get(listing.owner, ""),
        context=listing.context or model.context,
        vocabulary=listing.vocabulary,
        temperature=quirks.temperature is not False,
        reasons=quirks.reasons,
    )
    if isinstance(dialect, OpenAI):
        abilities = yield from _server(abilities)
    abilities = replace(abilities, sampling=tuple(untruncated_sampling(abilities.server)))
    abilities = yield from _greeted(dialect, model, abilities)
    if isinstance(dialect, OpenAI) and abilities.server == "vllm" and _answers_at_once(model, abilities):
        abilities = yield from probe_tokens(dialect.model, abilities)
    top = yield from _alternatives(dialect, model, abilities)
    shown = f"{top} came with the first token of a reply" if top else "none came, or it is known to give none"
    abilities = replace(abilities, alternatives=top).told("alternatives", shown)
    if top and not abilities.fingerprint and abilities.sentinel is None:
        wanted = first_words(top)
        [turn] = yield [replace(dialect.turn(wanted, abilities), optional=True)]
        if isinstance(turn, ModelTurn) and turn.positions:
            said = FirstWords(tuple((token.text, token.logprob) for token in turn.positions[0][: wanted.top]))
            abilities = replace(abilities, first_words=said)
    abilities = yield from _continuation(dialect, model, abilities)
    abilities = yield from _seed(dialect, model, abilities)
    system = yield from _system(dialect, abilities)
    abilities = replace(abilities, system=system).told("system", _SYSTEM_SEEN[system])
    if isinstance(dialect, OpenAI):
        if _answers_at_once(model, abilities):
            abilities = yield from _scoring(dialect, abilities)
        bias = yield from _logit_bias(dialect, abilities)
        shown = "three biases gave three replies" if bias else "a token that is pushed up is not said"
        abilities = replace(abilities, logit_bias=bias).told("logit_bias", shown)
    constraint = yield from _constraint(dialect, model, abilities)
    shown = f"one of {' and '.join(_ODD)} was said" if constraint else "nobody would have said what was to be said"
    return replace(abilities, constraint=constraint).told("constraint", shown)


def _listed(dialect: Dialect, model: ModelFile) -> Generator[list[Call], list[Any], Listing]:
    if dialect.listing is None:
        return Listing(())
    [listing] = yield [dialect.listing]
    if not isinstance(listing, Listing):
        return Listing(())
    if listing.names and model.model not in listing.names and not model.quirks.unlisted:
        raise _unknown(model.model, listing.names)
    return listing


def _unknown(name: str, known: tuple[str, ...]) -> ParticipantError:
    close = difflib.get_close_matches(name, known, n=1)
    shown = ", ".join(known[:6]) + (" …" if len(known) > 6 else "")
    hint = f"did you mean `{close[0]}`?" if close else f"it serves {shown}" if known else "check the name"
    return ParticipantError(f"unknown model `{name}` at this endpoint", hint=hint)


def _server(abilities: Abilities) -> Generator[list[Call], list[Any], Abilities]:
    """The server's version, and its context length, from where it says them."""
    paths = {"llama.cpp": "//props", "vllm": "//version", "sglang": "//get_server_info", "ollama": "//api/version"}
    path = paths.get(abilities.server)
    if path is None:
        return abilities
    [told] = yield [Call(path, None, dict, "version", free=True, optional=True)]
    if not isinstance(told, dict):
        return abilities
    build = str(told.get("build_info") or told.get("version") or "")
    settings = told.get("default_generation_settings") or {}
    return replace(abilities, build=build, context=int(settings.get("n_ctx") or abilities.context))


def _greeted(dialect: Dialect, model: ModelFile, abilities: Abilities) -> Generator[list[Call], list[Any], Abilities]:
    """A first, plain reply: whether the model is there, and which parameters it refuses."""
    for _ in range(4):
        call = dialect.turn(Wanted(_HELLO, limit=4, purpose="probe"), abilities)
        [turn] = yield [replace(call, optional=True)]
        if isinstance(turn, ModelTurn):
            reasons = abilities.reasons or bool(turn.thoughts or (turn.usage and turn.usage.reasoning))
            abilities = replace(abilities, model=turn.model, fingerprint=turn.fingerprint, reasons=reasons)
            return (yield from _reasoning(dialect, model, abilities, turn))
        complaint = str(turn).casefold()
        if "max_completion_tokens" in complaint and isinstance(dialect, OpenAI):
            dialect.quirks = dialect.quirks.model_copy(update={"max_tokens_field": "max_completion_tokens"})
        elif abilities.temperature and ("temperature" in complaint or "top_p" in complaint):
            abilities = replace(abilities, temperature=False)
        elif "model" in complaint:
            raise ParticipantError(f"unknown model `{model.model}` at this endpoint", hint=f"it says: {turn}") from None
        elif turn.status == 404:
            hint = f"check --base-url, which mostly ends in /v1; it says: {turn}"
            raise ParticipantError("there is no such interface at this address", hint=hint) from None
        else:
            break
    raise ParticipantError(f"the endpoint does not answer `{model.model}`", hint=f"it says: {turn}") from None


def _reasoning(
    dialect: Dialect, model: ModelFile, abilities: Abilities, greeted: ModelTurn
) -> Generator[list[Call], list[Any], Abilities]:
    """Where a reply that does not begin with its answer ends its reasoning, and whether its template begins that."""
    quirks = model.quirks
    abilities = replace(abilities, reasoning_begun=bool(quirks.reasoning_begun))
    if not isinstance(dialect, OpenAI) or greeted.raw.lstrip(" \n\"'*").casefold().startswith("yes"):
        return abilities
    call = dialect.turn(Wanted(_HELLO, limit=_LONG, purpose="probe"), replace(abilities, reasoning_begun=False))
    [turn] = yield [replace(call, optional=True)]
    if not isinstance(turn, ModelTurn):
        return abilities
    mark = unknown_mark(turn.raw, "yes") if not turn.thoughts else ""
    if not mark and turn.text == turn.raw:
        return abilities
    ends = (mark,) if mark else ()
    begun = bool(mark) or (not begins_reasoning(turn.raw) and bool(turn.text.strip()) and bool(turn.raw.strip()))
    if quirks.reasoning_begun is not None:
        begun = quirks.reasoning_begun
    return replace(abilities, reasons=True, reasoning_ends=ends, reasoning_begun=begun)


def _answers_at_once(model: ModelFile, abilities: Abilities) -> bool:
    """Whether what comes first in its turn is its answer; of one that reasons it is not."""
    return not abilities.reasons or model.quirks.reasoning == "none"


def _alternatives(dialect: Dialect, model: ModelFile, abilities: Abilities) -> Generator[list[Call], list[Any], int]:
    known = model.quirks.alternatives
    if known == 0 or abilities.truncated or dialect.name == "anthropic" or not _answers_at_once(model, abilities):
        return 0
    most = [512, 20, 5] if abilities.server == "llama.cpp" else [20, 5, 1]
    for top in [known] if known else most:
        call = dialect.turn(Wanted(_HELLO, limit=1, top=top, purpose="probe"), abilities)
        [turn] = yield [replace(call, optional=True)]
        if isinstance(turn, ModelTurn) and turn.positions and len(turn.positions[0]) > 0:
            return min(top, len(turn.positions[0]))
    return 0


def _continuation(
    dialect: Dialect, model: ModelFile, abilities: Abilities
) -> Generator[list[Call], list[Any], Abilities]:
    """Whether a turn begun in the middle of a word is continued there.

    Judged is what the server says that it read, where it says so, and what came, before anything is repaired in it: a
    reply that has the whole word has begun a new turn.
    """
    if model.quirks.prefill is False or abilities.reasons:
        return abilities
    if abilities.server == "llama.cpp" and isinstance(dialect, OpenAI):
        [shown] = yield [replace(dialect.rendering(_REPEAT, _BEGUN), optional=True)]
        if isinstance(shown, str):
            # its template leaves the turn open; a small model may not finish the word
            return replace(abilities, continuation="prefill").told("continuation", "its template leaves the turn open")
    ways: tuple[Continuation, ...] = ("prefill",)
    if dialect.name == "openai":
        ways = ("prefill", "flag", "prefix") if not abilities.server else ("flag", "prefill")
    ids = (yield from begun_ids(model.model, _REPEAT, _BEGUN)) if abilities.token_ids else None
    for way in ways:
        wanted = Wanted(_REPEAT, _BEGUN, limit=6, temperature=0.0, purpose="probe")
        call = dialect.turn(wanted, replace(abilities, continuation=way))
        if ids is not None:
            call = replace(call, body={**(call.body or {}), "return_token_ids": True}, read=_with_ids(call.read))
        [reply] = yield [replace(call, optional=True)]
        turn, read = reply if isinstance(reply, tuple) else (reply, None)
        if isinstance(turn, ModelTurn) and _continued(turn, ids, read):
            told = "the server read the begun turn, and no more" if ids else f"came: {turn.raw!r}"
            return replace(abilities, continuation=way).told("continuation", told)
    return abilities.told("continuation", "a begun turn is closed, or begun anew")


def _with_ids(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Reads a turn, and beside it the ids of its prompt, where the server shows them."""

    def both(payload: Any) -> tuple[Any, tuple[int, ...] | None]:
        shown = payload.get("prompt_token_ids")
        return read(payload), tuple(map(int, shown)) if shown else None

    return both


def _continued(turn: ModelTurn, ids: tuple[int, ...] | None, read: tuple[int, ...] | None) -> bool:
    """Whether what came goes on from the begun turn."""
    if ids is None:
        return turn.raw.startswith(_REST)
    if turn.raw.lstrip().casefold().startswith(_BEGUN):
        return False
    if read is not None:
        return read == ids
    return turn.usage is not None and turn.usage.prompt == len(ids)


def _seed(dialect: Dialect, model: ModelFile, abilities: Abilities) -> Generator[list[Call], list[Any], Abilities]:
    """Whether the same seed gives the same words, and another seed others; and whether replies are new ones at all.

    Two of three must be equal: a first reply, computed without a cached prefix, can round differently.
    """
    if model.quirks.seed is not None:
        return replace(abilities, seed=model.quirks.seed).told("seed", "as its file says; not asked")
    if dialect.name == "anthropic":
        return replace(abilities, seed=False)
    said: list[ModelTurn] = []
    for seed in (11, 11, 11, 12):
        wanted = Wanted(SEVERAL, limit=12, temperature=1.0, seed=seed, purpose="probe")
        [turn] = yield [replace(dialect.turn(wanted, replace(abilities, seed=True)), optional=True)]
        if not isinstance(turn, ModelTurn):
            return replace(abilities, seed=False)
        said.append(turn)
    first, second, third, other = (turn.raw for turn in said)
    texts: dict[str, set[str]] = {}
    for turn in said:
        texts.setdefault(turn.id, set()).add(turn.raw)
    kept = second in (first, third) and other != second
    seen = f"one seed gave {len({first, second, third})} replies in three tries, another seed "
    abilities = replace(abilities, seed=kept, identified=all(len(having) == 1 for having in texts.values())).told(
        "seed", seen + ("another one" if other not in (first, second, third) else "one of the same")
    )
    if len({first, second, third, other}) > 1 or not first.strip():
        return abilities
    return (yield from _nonce(dialect, abilities, first))


def _nonce(dialect: Dialect, abilities: Abilities, said: str) -> Generator[list[Call], list[Any], Abilities]:
    """Whether replies that never differ come from a cache, which a field that is new each time gets past."""
    if isinstance(dialect, OpenAI):
        able = replace(abilities, nonce="user")
        for seed in (13, 14):
            wanted = Wanted(SEVERAL, limit=12, temperature=1.0, seed=seed, purpose="probe")
            [turn] = yield [replace(dialect.turn(wanted, able), optional=True)]
            if not isinstance(turn, ModelTurn):
                break
            if turn.raw != said:
                return able
    return replace(abilities, varies=False)


def _system(dialect: Dialect, abilities: Abilities) -> Generator[list[Call], list[Any], System]:
    """Where a system turn is taken. Only whether it is, not how far the model follows it."""
    if not isinstance(dialect, OpenAI):
        return "first"
    opened = [{"role": "system", "content": "Be brief."}, *_HELLO]
    later = [*opened, {"role": "assistant", "content": "yes"}, {"role": "system", "content": "Go on."}, *_HELLO]
    places: tuple[tuple[System, list[dict[str, str]]], ...] = (("anywhere", later), ("first", opened))
    for place, messages in places:
        [turn] = yield [replace(dialect.turn(Wanted(messages, limit=1, purpose="probe"), abilities), optional=True)]
        if isinstance(turn, ModelTurn):
            return place
    return ""


def _scoring(dialect: OpenAI, abilities: Abilities) -> Generator[list[Call], list[Any], Abilities]:
    """Whether option strings can be scored whole."""
    if abilities.server == "llama.cpp":
        calls = [
            dialect.rendering(_HELLO, "Right"),
            dialect.tokenisation(" yes"),
            dialect.following(["yes"], frozenset((0,)), 2),
        ]
        told = yield [replace(call, optional=True) for call in calls]
        able = not any(isinstance(reply, Rejected) for reply in told)
        return replace(abilities, tokens=able, completions=not isinstance(told[2], Rejected))
    return abilities


def _logit_bias(dialect: OpenAI, abilities: Abilities) -> Generator[list[Call], list[Any], bool]:
    """Whether a token that is pushed up is said. Not used by any way to an answer; part of the record."""
    if not abilities.temperature or abilities.reasons:
        return False
    said = []
    for bias in ({}, {"300": 100}, {"700": 100}):
        call = dialect.turn(Wanted(_HELLO, limit=2, temperature=0.0, purpose="probe"), abilities)
        body = {**(call.body or {}), **({"logit_bias": bias} if bias else {})}
        [turn] = yield [replace(call, body=body, optional=True)]
        if not isinstance(turn, ModelTurn):
            return False
        said.append(turn.text)
    return len(set(said)) == 3


def _constraint(
    dialect: Dialect, model: ModelFile, abilities: Abilities
) -> Generator[list[Call], list[Any], Constraint]:
    """How the words can be limited, if at all."""
    if model.quirks.constraint is not None:
        return model.quirks.constraint
    ways: tuple[Constraint, ...] = ("schema",)
    if dialect.name == "gemini":
        ways = ("enum",)
    elif abilities.server == "llama.cpp":
        ways = ("grammar", "schema")
    elif abilities.server in ("vllm", "sglang"):
        ways = ("choice", "schema")
    for way in ways:
        wanted = Wanted(_HELLO, limit=16, choice=_ODD, purpose="probe")
        [turn] = yield [replace(dialect.turn(wanted, replace(abilities, constraint=way)), optional=True)]
        if isinstance(turn, ModelTurn) and any(word in turn.text for word in _ODD):
            return way
    return ""
