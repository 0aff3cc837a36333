"""A server that speaks vLLM's protocol, counts what it computes beside a prefix cache, and has vLLM's traps.

By default it is honest. Each name in ``lies`` makes it do one thing that a real server was seen to do, or could do.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.participants.remote.endpoint import Endpoint
from tests.participants.remote.known_model import Distribution, KnownModel

NAMED = 128
"""The most ids whose log probabilities can be named in one request."""
LIES = frozenset(
    {
        "closes the turn",
        "names no ids",
        "ids as text",
        "wrong id",
        "one place too few",
        "closes the turn unseen",
        "no prompt ids",
        "no tokenizer",
        "ignores the seed",
        "ignores biases",
        "ignores the constraint",
        "processed",
        "truncates",
        "wrong cached",
        "no fingerprint",
        "drifts",
        "has moved",
    }
)


class PrefixCache:
    """Full blocks of tokens, the least recently used forgotten first."""

    def __init__(self, block: int, blocks: int) -> None:
        self.block = block
        self.blocks = blocks
        self._kept: OrderedDict[tuple[int, ...], None] = OrderedDict()

    def computed(self, ids: tuple[int, ...]) -> int:
        """How many tokens of a prompt are computed; the last one always is."""
        full = [ids[:end] for end in range(self.block, len(ids) + 1, self.block)]
        hit = 0
        for prefix in full:
            if prefix not in self._kept or len(prefix) == len(ids):
                break
            hit = len(prefix)
        for prefix in reversed(full):
            self._kept[prefix] = None
            self._kept.move_to_end(prefix)
        while len(self._kept) > self.blocks:
            self._kept.popitem(last=False)
        return len(ids) - hit


class VllmServer(Endpoint):
    """A known model behind vLLM's protocol.

    Args:
        known: the model.
        block: tokens per block of the prefix cache.
        blocks: how many it holds.
        most: the most alternatives; -1 for the whole vocabulary.
        lies: what it does wrong.
    """

    def __init__(
        self,
        known: KnownModel | None = None,
        *,
        block: int = 16,
        blocks: int = 100_000,
        most: int = 20,
        lies: Sequence[str] = (),
        **more: Any,
    ) -> None:
        super().__init__(**more)
        assert set(lies) <= LIES
        self.known = known or KnownModel()
        self.cache = PrefixCache(block, blocks)
        self.most = most
        self.lies = frozenset(lies)
        self.dtype = "float32"
        self.model_calls = self.prompts = self.prompt_tokens = self.computed_tokens = self.free_calls = 0
        self.seen: list[dict[str, Any]] = []
        """Every request for a completion, in order."""
        self.computed_prompts: list[tuple[int, ...]] = []

    def lied(self, lie: str) -> bool:
        """Whether it does a thing wrong."""
        return lie in self.lies

    async def _reply(self, head: str, body: bytes, writer: asyncio.StreamWriter) -> bool:
        path = head.split(" ")[1]
        if self.down:
            return False
        asked = json.loads(body) if body else {}
        known = {
            "/v1/models": self._models,
            "/version": lambda _: {"version": "0.32.0"},
            "/tokenize": self._tokenized,
            "/detokenize": lambda asked: {"prompt": self.known.text(asked["tokens"])},
            "/v1/chat/completions": self._chat,
            "/v1/completions": self._completion,
        }
        if path not in known or (path in ("/tokenize", "/detokenize") and self.lied("no tokenizer")):
            return self._send(writer, 404, {"error": {"message": "Not Found", "code": 404}})
        if not path.endswith("completions"):
            self.free_calls += 1
            try:
                return self._send(writer, 200, known[path](asked))
            except ValueError as error:
                return self._send(writer, 400, {"error": {"message": str(error), "code": 400}})
        self.asked += 1
        mark = body.decode()
        self._tries[mark] += 1
        if not self.quiet:
            kind = self._fault(mark, asked)
            if kind:
                self.injected[kind] += 1
                return await self._broken(kind, asked, writer)
        try:
            said = known[path](asked)
        except ValueError as error:
            return self._send(writer, 400, {"error": {"message": str(error), "type": "BadRequestError", "code": 400}})
        self.seen.append(asked)
        self.answered[mark] += 1
        return self._send(writer, 200, said)

    def _said(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._chat(asked) if "messages" in asked else self._completion(asked)

    def _models(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"object": "list", "data": [{"id": self.model.name, "owned_by": "vllm", "max_model_len": 100_000}]}

    def _ids(self, asked: dict[str, Any]) -> tuple[int, ...]:
        """The tokens of a conversation; a begun turn is closed, unless both of vLLM's flags say otherwise."""
        new = asked.get("add_generation_prompt", True)
        begun = asked.get("continue_final_message", False) and not self.lied("closes the turn")
        if new and begun:
            raise ValueError("Cannot set both `continue_final_message` and `add_generation_prompt` to True.")
        return self.known.tokenize(self.known.render(asked["messages"], begun=begun, new=new or not begun))

    def _tokenized(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "prompt" in asked:
            ids = self.known.tokenize(asked["prompt"])
            ids = (2, *ids) if asked.get("add_special_tokens", True) else ids
        else:
            ids = self._ids(asked)
        return {"tokens": list(ids), "count": len(ids), "max_model_len": 100_000}

    def _chat(self, asked: dict[str, Any]) -> dict[str, Any]:
        prompt = self._ids(asked)
        top = asked.get("top_logprobs", 0) if asked.get("logprobs") else 0
        self._allowed(top)
        drawn, logprobs = self._drawn(prompt, asked)
        choice: dict[str, Any] = {
            "index": 0,
            "message": {"role": "assistant", "content": self.known.text([id for id in drawn if id > 2])},
            "finish_reason": "length" if 1 not in drawn else "stop",
            "logprobs": None,
        }
        if top:
            content = []
            for id, here in zip(drawn, logprobs, strict=True):
                tops = [self._shown(one, here, asked) for one in self._top(here, top)]
                content.append({**self._shown(id, here, asked), "top_logprobs": tops})
            choice["logprobs"] = {"content": content}
        said = self._whole([prompt], [choice], len(drawn))
        if asked.get("return_token_ids") and not self.lied("no prompt ids"):
            shown = self.known.tokenize(self.known.render(asked["messages"], begun=True, new=False))
            said["prompt_token_ids"] = list(shown if self.lied("closes the turn unseen") else prompt)
        return said

    def _completion(self, asked: dict[str, Any]) -> dict[str, Any]:
        given = asked["prompt"]
        if any(isinstance(one, list) and any(isinstance(part, str) for part in one) for one in given):
            raise ValueError("prompt must be a string, a list of strings, token ids, or a list of token ids")
        prompts = [tuple(one) for one in (given if isinstance(given[0], list) else [given])]
        named = asked.get("logprob_token_ids") or []
        if len(named) > NAMED:
            raise ValueError(f"Too many logprob_token_ids: {len(named)}, the most is {NAMED}")
        top = asked.get("logprobs") or 0
        self._allowed(top)
        choices = []
        for index, prompt in enumerate(prompts):
            drawn, logprobs = self._drawn(prompt, {**asked, "seed": (asked.get("seed") or 0) + index})
            listed = named if named and not self.lied("names no ids") else self._top(logprobs[0], top)
            if named and self.lied("wrong id"):
                listed = [*listed[:-1], (listed[-1] + 1) % self.known.size]
            ids = dict.fromkeys([drawn[0], *listed])
            key = self._key(asked)
            tops = {key(id): float(max(logprobs[0][id], -9999.0)) for id in ids}
            shown = {"tokens": [key(drawn[0])], "top_logprobs": [tops], "token_logprobs": [tops[key(drawn[0])]]}
            text = self.known.text([id for id in drawn if id > 2])
            choice = {"index": index, "text": text, "finish_reason": "stop" if 1 in drawn else "length"}
            choices.append({**choice, "logprobs": shown if asked.get("logprobs") is not None else None})
        if self.lied("one place too few") and len(choices) > 1:
            choices.pop()
        return self._whole(prompts, choices[::-1], sum(1 for _ in prompts))

    def _key(self, asked: dict[str, Any]) -> Any:
        by_id = asked.get("return_tokens_as_token_ids") and not self.lied("ids as text")
        return (lambda id: f"token_id:{id}") if by_id else lambda id: self.known.text([id])

    def _shown(self, id: int, here: Distribution, asked: dict[str, Any]) -> dict[str, Any]:
        token = self._key(asked)(id)
        content = token.encode() if token.startswith("token_id:") else self.known.pieces[id]
        return {"token": token, "logprob": float(max(here[id], -9999.0)), "bytes": list(content)}

    def _allowed(self, top: int) -> None:
        if self.most >= 0 and (top > self.most or top < 0):
            told = self.known.size if top < 0 else top
            raise ValueError(f"Requested sample logprobs of {told}, which is greater than max allowed: {self.most}")

    def _top(self, here: Distribution, top: int) -> list[int]:
        order = np.argsort(-here, kind="stable")
        return [int(id) for id in (order if top < 0 else order[:top])]

    def _drawn(self, prompt: tuple[int, ...], asked: dict[str, Any]) -> tuple[list[int], list[Distribution]]:
        """Tokens up to the limit or the end of the turn, and the log probabilities that are shown of each place."""
        limit = asked.get("max_tokens", 16)
        seed = asked.get("seed")
        self.draws = getattr(self, "draws", 0) + 1
        chance = np.random.default_rng(self.draws if seed is None or self.lied("ignores the seed") else seed)
        drawn: list[int] = []
        shown: list[Distribution] = []
        choices = None if self.lied("ignores the constraint") else (asked.get("structured_outputs") or {}).get("choice")
        allowed = [self.known.tokenize(choice) for choice in choices or ()]
        while len(drawn) < limit and 1 not in drawn:
            raw = self.known.logprobs((*prompt, *drawn))
            if self.lied("drifts"):
                raw = _moved(raw, self.draws)
            if self.lied("has moved"):
                raw = _moved(raw, 0)
            used = self._used(raw, asked, allowed, drawn)
            shown.append(used if self.lied("processed") or allowed else raw)
            if asked.get("temperature") == 0.0:
                drawn.append(int(used.argmax()))
            else:
                drawn.append(int(np.searchsorted(np.cumsum(np.exp(used)), chance.random() * np.exp(used).sum())))
        return drawn, shown

    def _used(
        self, raw: Distribution, asked: dict[str, Any], allowed: Sequence[tuple[int, ...]], drawn: list[int]
    ) -> Distribution:
        """The distribution that is drawn from: by temperature, bias, the likeliest, and what is allowed."""
        logits = raw.copy()
        for id, bias in ({} if self.lied("ignores biases") else asked.get("logit_bias") or {}).items():
            logits[int(id)] += bias
        logits = logits / (asked.get("temperature") or 1.0)
        top = 3 if self.lied("truncates") else asked.get("top_k", -1)
        if top > 0:
            logits[logits < np.sort(logits)[-top]] = -math.inf
        if allowed:
            follow = [
                one[len(drawn)] if len(one) > len(drawn) else 1 for one in allowed if one[: len(drawn)] == tuple(drawn)
            ]
            kept = np.full(len(logits), -math.inf)
            kept[follow] = np.maximum(logits[follow], -1e4)
            logits = kept
        top_logit = logits.max()
        return np.asarray(logits - top_logit - math.log(np.exp(logits - top_logit).sum()))

    def _whole(self, prompts: Sequence[tuple[int, ...]], choices: list[dict[str, Any]], drawn: int) -> dict[str, Any]:
        total = sum(map(len, prompts))
        computed = sum(map(self.cache.computed, prompts))
        self.model_calls += 1
        self.prompts += len(prompts)
        self.prompt_tokens += total
        self.computed_tokens += computed
        self.computed_prompts += prompts
        cached = total + 1000 if self.lied("wrong cached") else total - computed
        said: dict[str, Any] = {
            "id": f"cmpl-{self.model_calls}",
            "model": self.model.name,
            "choices": choices,
            "usage": {
                "prompt_tokens": total,
                "completion_tokens": drawn,
                "prompt_tokens_details": {"cached_tokens": cached},
            },
        }
        if not self.lied("no fingerprint"):
            said["system_fingerprint"] = f"vllm-0.32.0-{self.dtype}"
        return said

    @property
    def distinct_tokens(self) -> int:
        """The distinct tokens of all prompts: the nodes of their tree."""
        return len({prompt[:end] for prompt in self.computed_prompts for end in range(1, len(prompt) + 1)})

    def unavoidable(self) -> int:
        """What its prompts cost at its block size."""
        return unavoidable(self.computed_prompts, self.cache.block)


def _moved(logprobs: Distribution, how: int) -> Distribution:
    """Every log probability moved by some 0.06 nats at most."""
    moved = logprobs + 0.06 * np.sin(np.arange(len(logprobs)) + how)
    return np.asarray(moved - math.log(np.exp(moved).sum()))


def unavoidable(prompts: Sequence[tuple[int, ...]], block: int = 16) -> int:
    """What some prompts cost with a cache that forgets nothing, whoever comes first."""
    return sum(map(PrefixCache(block, 10**9).computed, sorted(prompts)))
