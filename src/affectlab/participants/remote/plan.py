"""What a study would cost on an endpoint, before anything is sent: on the way on which its answers will be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from affectlab.conversation import Conversation
from affectlab.participants.remote.calls import Usage
from affectlab.participants.remote.exact import places_of
from affectlab.participants.remote.forms import request_to_continue
from affectlab.participants.remote.model import ModelFile, Reads
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.secret import is_local
from affectlab.participants.remote.spending import Price
from affectlab.participants.remote.token_ids import shared as shared_ids
from affectlab.participants.remote.vllm import MOST_NAMED
from affectlab.requests import Ask, Read, Request, Speak

Spell = Callable[[str], tuple[int, ...]]

BLOCK = 16
"""Tokens that a server keeps or forgets together."""
LEAST_KEPT = 1024
"""The shortest beginning of a prompt that providers keep, and charge less for when it is sent again: OpenAI's
documentation and Anthropic's give this number, Gemini's the same or more, by model."""
AROUND = 4
"""Tokens that a chat template puts around a turn."""


class Ends(NamedTuple):
    """A number at least and at most."""

    least: int = 0
    most: int = 0

    def plus(self, least: int, most: int) -> Ends:
        """Both ends raised."""
        return Ends(self.least + least, self.most + most)


@dataclass(frozen=True)
class CostEstimate:
    """Calls, tokens and money, at least and at most: a sampled answer takes as many draws as it needs."""

    calls: tuple[int, int]
    prompt: tuple[int, int]
    output: tuple[int, int]
    money: tuple[float, float] | None
    sampled: Literal["no", "perhaps", "yes"] = "no"
    """Whether answers would be drawn rather than read. Where that is not known yet, the least is for answers that are
    read and the most for drawn ones."""
    currency: str = ""
    cached: tuple[int, int] = (0, 0)
    """How many of the prompt's tokens a server that keeps prefixes does not compute again. The least money takes them
    at the price of cached ones, the most at that of others."""

    def record(self) -> dict[str, Any]:
        """The estimate as plain values."""
        return asdict(self)


def estimate_cost(
    requests: Iterable[Request],
    model: ModelFile,
    policy: Policy | None = None,
    price: Price | None = None,
    currency: str = "",
    *,
    spell: Spell | None = None,
    around: int = AROUND,
) -> CostEstimate:
    """What ``requests`` would cost.

    Args:
        spell: the tokens of a text, best the model's own; else four letters are taken for a token.
        around: tokens that the chat template puts around a turn.
    """
    policy = policy or Policy()
    ways = _ways(model, policy)
    keeps = BLOCK if model.dialect == "openai" and is_local(model.base_url) else LEAST_KEPT
    prefixes = _Prefixes(spell or _by_letters, around, keeps)
    calls, prompt, cached, output = Ends(), Ends(), Ends(), Ends()
    for request in requests:
        if isinstance(request, Read):
            continue
        times = _times(request, ways, policy)
        said = _said(request, drawn=ways[-1] == "draws")
        places = _places(request, ways[0], prefixes.spell)
        sent, kept = prefixes.sent(request.conversation, prefixes.spell(_ending(request, ways[0], model)), places)
        again = (
            sent - 1 if keeps == BLOCK or sent > keeps else 0
        )  # of a prompt that was just sent, all but its last token
        calls = calls.plus(*(times_ * _calls(request, ways[0], prefixes.spell) for times_ in times))
        prompt = prompt.plus(*(times_ * sent for times_ in times))
        cached = cached.plus(*(kept + (times_ - 1) * again for times_ in times))
        thought = model.quirks.reasoning_tokens
        output = output.plus(times[0] * said[0], times[1] * (said[1] + thought))
    money = None
    if price is not None:
        least = price.of(Usage(prompt.least, output.least, min(cached.least, prompt.least)))
        money = (least, price.of(Usage(prompt.most, output.most)))
    drawn: Literal["no", "perhaps", "yes"] = "no" if ways[-1] != "draws" else "perhaps" if len(ways) > 1 else "yes"
    return CostEstimate(calls, prompt, output, money, drawn, currency, cached)


def _ways(model: ModelFile, policy: Policy) -> tuple[Reads, ...]:
    """How its answers may be read, as far as its file says: the cheapest way first."""
    if policy.way in ("sampled", "constrained") or model.quirks.alternatives == 0 or model.dialect == "anthropic":
        return ("draws",)
    known = model.reads != "first token" or bool(model.quirks.alternatives)
    return (model.reads,) if known or policy.way in ("exact", "bounded") else ("first token", "draws")


def _times(request: Ask | Speak, ways: tuple[Reads, ...], policy: Policy) -> tuple[int, int]:
    """How often a request is made, at least and at most.

    Options that few draws name are drawn under a constraint too; tokens that are not among the likeliest are looked for
    among all.
    """
    if isinstance(request, Speak) or ways[-1] != "draws":
        return 1, 2 if isinstance(request, Ask) and ways == ("tokens",) else 1
    most = policy.most_draws * (2 if policy.way == "best" else 1)
    return policy.least_draws if ways[0] == "draws" else 1, most


def _ending(request: Ask | Speak, way: Reads, model: ModelFile) -> str:
    """What is sent after the conversation: the begun turn, or the request to go on from it."""
    continues = way in ("token ids", "tokens") or bool(model.quirks.prefill)
    return request.opening if continues or not request.opening else f"\n\n{request_to_continue(request.opening)}"


def _said(request: Ask | Speak, *, drawn: bool) -> tuple[int, int]:
    """The tokens that one reply has, at least and at most."""
    if isinstance(request, Speak):
        return request.max_tokens // 2, request.max_tokens
    return 1, 8 + max(map(len, request.options)) // 2 if drawn else 1


def _places(request: Ask | Speak, way: Reads, spell: Spell) -> list[int]:
    """The lengths by which the prompts go beyond the opening; of one that is not read token by token, nothing."""
    if isinstance(request, Speak) or way not in ("token ids", "tokens"):
        return [0]
    spelt = [spell(option) for option in request.options]
    places = [len(place) for place in places_of(spelt, request.nested)]
    ends = [len(tokens) for tokens, nested in zip(spelt, request.nested, strict=True) if nested]
    return [*places, *ends]


def _calls(request: Ask | Speak, way: Reads, spell: Spell) -> int:
    """How many calls a request takes, each time that it is asked."""
    if isinstance(request, Speak) or way not in ("token ids", "tokens"):
        return 1
    if way == "tokens":
        return len(_places(request, way, spell))
    named = {token for option in request.options for token in spell(option)}
    return -(-len(named) // MOST_NAMED) + any(request.nested)


def _by_letters(text: str) -> tuple[int, ...]:
    """A token for every four letters."""
    return tuple(hash(text[at : at + 4]) for at in range(0, len(text), 4))


class _Prefixes:
    """What of every conversation was sent before."""

    def __init__(self, spell: Spell, around: int, least: int) -> None:
        self._least = least
        self._known: dict[str, tuple[int, ...]] = {}
        self._spell = spell
        self._around = around
        self._depths: dict[str, int] = {}
        self._nexts: dict[str, tuple[int, ...]] = {}
        """What was last said after a conversation."""

    def spell(self, text: str) -> tuple[int, ...]:
        """The tokens of a text; those of openings and options are met again and again."""
        if text not in self._known:
            self._known[text] = self._spell(text) if text else ()
        return self._known[text]

    def sent(self, conversation: Conversation, opening: tuple[int, ...], places: list[int]) -> tuple[int, int]:
        """The tokens of all prompts of a question, and how many of them were sent before in the same order."""
        depth, shared, parent = 0, 0, ""
        for turn in conversation.turns:
            before = self._depths.get(turn.id)
            if before is None:
                ids = self._spell(turn.text)
                if shared == depth:
                    shared += self._beside(parent, ids)
                before = self._depths[turn.id] = depth + len(ids) + self._around
            else:
                shared = before
            depth, parent = before, turn.id
        if shared == depth:
            shared += self._beside(f"{parent} opening", opening)
        base = depth + self._around - 2 + len(opening)
        sent = kept = 0
        for length in places:
            whole = base + length
            sent += whole
            again = min(shared, whole - 1) // BLOCK * BLOCK
            kept += again if again >= self._least else 0
            shared = max(shared, base)
        return sent, kept

    def _beside(self, parent: str, ids: tuple[int, ...]) -> int:
        """The tokens with which a turn begins as the last one did that followed the same conversation."""
        last = self._nexts.get(parent)
        self._nexts[parent] = ids
        return 0 if last is None else self._around - 2 + shared_ids(last, ids)
