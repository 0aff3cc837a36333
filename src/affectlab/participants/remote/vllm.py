"""What vLLM's server is asked by token ids: how a text is spelt in them, and what may follow them.

Log probabilities of named tokens keep the server's prefix cache, which those of a prompt do not; and ids are told
apart where texts are not, since several tokens can have the same text, and half a character has none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from affectlab.participants.remote.calls import Call, Malformed, Usage
from affectlab.participants.remote.following import Following
from affectlab.participants.remote.incoming import in_one_line
from affectlab.participants.remote.logprobs import MISSING, WRONG, log_probability, summed
from affectlab.participants.remote.openai import untruncated_sampling, usage_of
from affectlab.participants.remote.sentinel import WATCHED, Sentinel

MOST_NAMED = 128 - WATCHED
"""The most ids whose log probabilities one request asks for: vLLM's ``MAX_LOGPROB_TOKEN_IDS``, less a sentinel's."""
ALL = -1
"""All alternatives: the whole vocabulary."""
_BYTES_EACH = 64
"""A generous size of one alternative as it is written."""
_ROUNDED = 1e-4
"""By how much the probabilities of a whole vocabulary fall short of one, in 32 bits."""
_KEY = "token_id:"

Ids = tuple[int, ...]


@dataclass(frozen=True)
class NextTokens:
    """What may follow each of several prompts, as one reply says it."""

    places: tuple[Following, ...]
    usage: Usage | None = None
    fingerprint: str = ""
    model: str = ""
    moved: float = 0.0
    """How far, in nats, the sentinel that was asked with them has moved from what it said first."""


class TokenServer:
    """The requests to a server that takes and names tokens by id.

    Args:
        model: the name by which the server knows it.
        sentinel: a prompt that is asked along with every other, and what followed it first: another model that answers
            under the same name is found out by it in the very reply that it gave.
    """

    def __init__(self, model: str, sentinel: Sentinel | None = None) -> None:
        self.model = model
        self.sentinel = sentinel

    def conversation(self, messages: Sequence[Mapping[str, str]]) -> Call:
        """Asks for the ids of a conversation, up to where the model is to speak."""
        body = {"model": self.model, "messages": list(messages), "add_generation_prompt": True}
        return Call("//tokenize", body, _ids, "tokens", free=True)

    def spelling(self, text: str) -> Call:
        """Asks for the ids of a text in which control tokens may be written; none is put before it."""
        body = {"model": self.model, "prompt": text, "add_special_tokens": False}
        return Call("//tokenize", body, _ids, "tokens", free=True)

    def text(self, ids: Sequence[int]) -> Call:
        """Asks for the text of some ids."""
        body = {"model": self.model, "tokens": list(ids)}
        return Call("//detokenize", body, lambda payload: str(payload["prompt"]), "tokens", free=True)

    def named(self, prompts: Sequence[Ids], ids: Sequence[int], *, temperature: float = 1.0) -> Call:
        """Asks for the log probabilities of named tokens after every prompt."""
        watched = self.sentinel if temperature == 1.0 else None
        if watched is not None:
            prompts, ids = [*prompts, watched.prompt], [*dict.fromkeys((*ids, *watched.ids))]
        more = {"logprobs": 1, "logprob_token_ids": list(ids)}
        read = NextTokensReader(len(prompts), frozenset(ids), sentinel=watched)
        return self._completion(prompts, more, len(ids), read, temperature)

    def listed(self, prompts: Sequence[Ids], top: int, size: int = 0) -> Call:
        """Asks for the likeliest tokens after every prompt; all of them with :data:`ALL`.

        ``size`` is that of the vocabulary, for the length that the reply may have.
        """
        read = NextTokensReader(len(prompts), frozenset(), top)
        return self._completion(prompts, {"logprobs": top}, size if top == ALL else top, read)

    def _completion(
        self,
        prompts: Sequence[Ids],
        more: Mapping[str, Any],
        each: int,
        read: NextTokensReader,
        temperature: float = 1.0,
    ) -> Call:
        body = {
            "model": self.model,
            "prompt": [list(prompt) for prompt in prompts],
            "stream": False,
            "max_tokens": 1,
            # no seed: what is drawn plays no part, and on processors a seeded prompt that comes in parts stops vLLM
            "temperature": temperature,
            **untruncated_sampling("vllm"),
            "return_tokens_as_token_ids": True,
            **more,
        }
        largest = (8 << 20) + _BYTES_EACH * each * len(prompts)
        return Call("/completions", body, read, "ask", output=len(prompts), scores=True, largest=largest)


class NextTokensReader:
    """Reads a completion of one token after each of several prompts.

    Args:
        prompts: how many there are.
        wanted: the ids that must be among those given after each.
        top: how many alternatives were asked for; :data:`ALL` for all, 0 where ids were named.
        sentinel: where the last prompt is one.
    """

    def __init__(self, prompts: int, wanted: frozenset[int], top: int = 0, *, sentinel: Sentinel | None = None) -> None:
        self.prompts = prompts
        self.wanted = wanted
        self.top = top
        self.sentinel = sentinel

    def __call__(self, payload: Any) -> NextTokens:
        choices = {choice["index"]: choice for choice in payload["choices"]}
        if sorted(choices) != list(range(self.prompts)):
            raise Malformed(WRONG, f"{len(choices)} places in a reply to {self.prompts} prompts")
        places = tuple(self._place(choices[index]) for index in range(self.prompts))
        return NextTokens(
            places if self.sentinel is None else places[:-1],
            usage_of(payload.get("usage")),
            in_one_line(payload.get("system_fingerprint")),
            in_one_line(payload.get("model")),
            0.0 if self.sentinel is None else self.sentinel.moved(places[-1]),
        )

    def _place(self, choice: Mapping[str, Any]) -> Following:
        tops = (choice.get("logprobs") or {}).get("top_logprobs")
        if not tops or not isinstance(tops[0], Mapping):
            raise Malformed(MISSING, "a reply without the log probabilities asked for")
        found = Following({_id(key): log_probability(value) for key, value in tops[0].items()})
        if not self.wanted <= found.keys():
            raise Malformed(MISSING, "a reply without the log probabilities of the tokens that were named")
        seen = summed(found.values())
        unseen = max(0.0, 1.0 - seen)
        found.unseen = 0.0 if self.top == ALL and unseen < _ROUNDED else unseen
        # the token that was drawn comes on top of the likeliest, and can be less likely than one that is not shown
        found.least = math.exp(min(sorted(found.values())[-self.top :] if self.top > 0 else found.values()))
        return found


def _id(key: str) -> int:
    """The id that a key stands for."""
    number = key.removeprefix(_KEY)
    if number == key or not number.isdecimal():
        raise Malformed("tokens", "a reply that names tokens by their text, which several can share")
    return int(number)


def _ids(payload: Any) -> Ids:
    return tuple(int(id) for id in payload["tokens"])
