"""Servers of our own that speak two closed providers' interfaces, written from their documentation.

They are strict: what the documentation calls an error is one, so that a request that a provider would refuse is refused
here. Their words are drawn from the distribution of :class:`Model`; tokens are counted in whole words.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.participants.remote.endpoint import KEY, Endpoint

THINKING = 1024
"""The least budget of reasoning that the Messages API takes."""
MARKS = 4
"""The most places of a prompt that can be marked for its cache."""
CACHED = 40
"""The fewest tokens that are kept; far more at a real one."""
THOUGHT = "The question asks for a number between the ends."


def words(text: str) -> int:
    """Tokens of a text: its words."""
    return len(text.split())


class Refused(Exception):
    """A request that the documentation calls an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ClosedServer(Endpoint):
    """What the two have in common: a key in a header of its own, drawn replies, reasoning, refusals, counts.

    Args:
        thinks: it reasons before every reply, whether or not it is asked to.
        count: how many tokens a text has; its words if nothing else is said.
        around: tokens that are put around a turn.
    """

    header = ""
    version = "/v1"

    def __init__(
        self, *, thinks: bool = False, count: Callable[[str], int] = words, around: int = 3, **more: Any
    ) -> None:
        super().__init__(**{"key": KEY, **more})
        self.count = count
        self.around = around
        self.thinks = thinks
        self.seen: list[dict[str, Any]] = []
        """Every request for a reply that was answered, in order."""
        self.tokens: list[tuple[int, int, int]] = []
        """Of each: tokens of the prompt, of them from the cache, and of the reply."""
        self._prefixes: set[str] = set()
        self._draws = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.version}"

    async def _reply(self, head: str, body: bytes, writer: asyncio.StreamWriter) -> bool:
        path = head.split(" ")[1]
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        assert KEY not in path, "the key stands in the address"
        mark = hashlib.sha256(body).hexdigest()
        try:
            if headers.get(self.header) != self.key.lower():
                raise Refused(401, "invalid x-api-key")
            if path.startswith(f"{self.version}/models?"):
                return self._send(writer, 200, self.models())
            asked = json.loads(body)
            self.asked += 1
            self._tries[mark] += 1
            if not self.quiet and (kind := self._fault(mark, asked)):
                self.injected[kind] += 1
                return await self._broken(kind, asked, writer)
            payload = self.replied(path, headers, asked)
        except Refused as refused:
            return self._send(writer, refused.status, self.error(refused))
        self.answered[mark] += 1
        self.seen.append(asked)
        return self._send(writer, 200, payload)

    def _fault(self, mark: str, asked: dict[str, Any]) -> str:
        kind = super()._fault(mark, asked)
        return "" if kind in ("no log probabilities", "empty choices") else kind

    def _said(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"type": "message", "role": "assistant"}  # half of a reply, where one is broken off

    def models(self) -> dict[str, Any]:
        """The list of what is served."""
        raise NotImplementedError

    def error(self, refused: Refused) -> dict[str, Any]:
        """An error as the provider writes it."""
        raise NotImplementedError

    def replied(self, path: str, headers: Mapping[str, str], asked: dict[str, Any]) -> dict[str, Any]:
        """The reply to a request."""
        raise NotImplementedError

    def word(self, text: str, choices: Sequence[str] = (), seed: int | None = None) -> str:
        """What is said to a text: one draw, which only a seed repeats."""
        self._draws += 1
        chance = random.Random(f"{text} {self._draws if seed is None else seed}")
        if "Say the word yes" in text and not choices:
            return "yes"
        if "random words" in text or "Tell" in text:
            return " ".join(chance.choice(("one", "two", "three", "four")) for _ in range(8))
        shares = self.model.shares(text)
        if choices:
            shares = {one: shares.get(one, 1e-3) for one in choices}
        return chance.choices(list(shares), list(shares.values()))[0]

    def cached(self, prefix: str) -> int:
        """How many tokens of a prompt that is to be kept were kept before; from now on it is."""
        size = self.count(prefix)
        if size < CACHED:
            return 0
        found = prefix in self._prefixes
        self._prefixes.add(prefix)
        return size if found else 0


class AnthropicServer(ClosedServer):
    """The Messages API."""

    header = "x-api-key"

    def models(self) -> dict[str, Any]:
        return {"data": [{"type": "model", "id": self.model.name}], "has_more": False}

    def error(self, refused: Refused) -> dict[str, Any]:
        kind = "authentication_error" if refused.status == 401 else "invalid_request_error"
        return {"type": "error", "error": {"type": kind, "message": str(refused)}, "request_id": "req_1"}

    def replied(self, path: str, headers: Mapping[str, str], asked: dict[str, Any]) -> dict[str, Any]:
        if path != "/v1/messages":
            raise Refused(404, "Not found")
        if headers.get("anthropic-version") != "2023-06-01":
            raise Refused(400, "anthropic-version: header is required")
        self._strict(asked)
        turns = [(one["role"], _text(one["content"])) for one in asked["messages"]]
        text = "\n".join([asked.get("system", ""), *(said for _, said in turns)])
        thinking = asked.get("thinking") is not None or self.thinks
        form = (asked.get("output_config") or {}).get("format")
        choices = form["schema"]["properties"]["answer"]["enum"] if form else ()
        word = self.word(text, choices)
        said = json.dumps({"answer": word}) if form else word
        reason = "end_turn"
        if "forbidden" in text:
            said, reason, thinking = "", "refusal", False
        content: list[dict[str, Any]] = [{"type": "text", "text": said}] if said else []
        if thinking:
            content.insert(0, {"type": "thinking", "thinking": THOUGHT, "signature": "c2lnbmVk"})
        prompt = self.count(text) + self.around * (1 + len(turns))
        cached = self.cached(_kept(asked))
        output = self.count(said) + thinking * self.count(THOUGHT)
        self.tokens.append((prompt, cached, output))
        usage = {"input_tokens": prompt - cached, "cache_creation_input_tokens": 0, "cache_read_input_tokens": cached}
        return {
            "id": f"msg_{len(self.seen)}",
            "type": "message",
            "role": "assistant",
            "model": self.model.name,
            "content": content,
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": {**usage, "output_tokens": output},
        }

    def _strict(self, asked: dict[str, Any]) -> None:
        """Raise what the documentation calls an error."""
        known = [
            "model",
            "max_tokens",
            "messages",
            "stream",
            "system",
            "temperature",
            "stop_sequences",
            "thinking",
            "output_config",
        ]
        if strange := asked.keys() - known - {"output_config"}:
            raise Refused(400, f"{min(strange)}: Extra inputs are not permitted")
        if asked["model"] != self.model.name:
            raise Refused(404, f"model: {asked['model']}")
        if not isinstance(asked.get("max_tokens"), int):
            raise Refused(400, "max_tokens: Field required")
        roles = [one["role"] for one in asked["messages"]]
        if not roles or roles[0] != "user" or not set(roles) <= {"user", "assistant"}:
            raise Refused(400, "messages: first message must use the user role")
        if any(not _text(one["content"]).strip() for one in asked["messages"]):
            raise Refused(400, "messages: text content blocks must contain non-whitespace text")
        if roles[-1] == "assistant" and _text(asked["messages"][-1]["content"])[-1].isspace():
            raise Refused(400, "messages: final assistant content cannot end with trailing whitespace")
        if not 0.0 <= asked.get("temperature", 1.0) <= 1.0:
            raise Refused(400, "temperature: range: 0..1")
        if any(not stop.strip() for stop in asked.get("stop_sequences", ())):
            raise Refused(400, "stop_sequences: each stop sequence must contain non-whitespace")
        marked = sum("cache_control" in part for one in asked["messages"] for part in _parts(one["content"]))
        if marked > MARKS:
            raise Refused(400, f"A maximum of {MARKS} blocks with cache_control may be provided. Found {marked}.")
        if (thinking := asked.get("thinking")) is not None:
            budget = thinking.get("budget_tokens", 0)
            if budget < THINKING or asked["max_tokens"] <= budget:
                raise Refused(400, "`max_tokens` must be greater than `thinking.budget_tokens`, which is at least 1024")
            if asked.get("temperature", 1.0) != 1.0:
                raise Refused(400, "`temperature` may only be set to 1 when thinking is enabled.")
            if roles[-1] == "assistant":
                raise Refused(400, "a final assistant message must start with a thinking block")


class GeminiServer(ClosedServer):
    """generateContent.

    Args:
        alternatives: the most log probabilities that it gives; 0 where it gives none.
    """

    header = "x-goog-api-key"
    version = "/v1beta"

    def __init__(self, *, alternatives: int = 0, **more: Any) -> None:
        super().__init__(**more)
        self.alternatives = alternatives

    def models(self) -> dict[str, Any]:
        return {"models": [{"name": f"models/{self.model.name}", "inputTokenLimit": 100_000}]}

    def error(self, refused: Refused) -> dict[str, Any]:
        return {"error": {"code": refused.status, "message": str(refused), "status": "INVALID_ARGUMENT"}}

    def replied(self, path: str, headers: Mapping[str, str], asked: dict[str, Any]) -> dict[str, Any]:
        if path != f"/v1beta/models/{self.model.name}:generateContent":
            raise Refused(404, f"{path.rpartition('/')[2]} is not found")
        config = asked.get("generationConfig") or {}
        self._strict(asked, config)
        turns = [_text(one["parts"]) for one in asked["contents"]]
        system = _text((asked.get("systemInstruction") or {"parts": []})["parts"])
        text = "\n".join([system, *turns])
        prompt = self.count(text) + self.around * (1 + len(turns))
        cached = self.cached("\n".join([system, *turns[:-1]]))
        usage = {"promptTokenCount": prompt, "cachedContentTokenCount": cached}
        common = {"modelVersion": self.model.name, "responseId": f"r{len(self.seen)}"}
        if "forbidden" in text:
            self.tokens.append((prompt, cached, 0))
            return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage, **common}
        choices = (config.get("responseSchema") or {}).get("enum") or ()
        said = self.word(text, choices, config.get("seed"))
        budget = (config.get("thinkingConfig") or {}).get("thinkingBudget")
        thought = 0 if budget == 0 or not (self.thinks or budget) else self.count(THOUGHT)
        self.tokens.append((prompt, cached, self.count(said) + thought))
        usage |= {"candidatesTokenCount": self.count(said), "thoughtsTokenCount": thought}
        candidate: dict[str, Any] = {
            "index": 0,
            "content": {"role": "model", "parts": [{"text": said}]},
            "finishReason": "STOP",
        }
        if config.get("responseLogprobs"):
            candidate["logprobsResult"] = self._logprobs(text, said, config["logprobs"])
        return {"candidates": [candidate], "usageMetadata": usage, **common}

    def _logprobs(self, text: str, said: str, top: int) -> dict[str, Any]:
        listed = sorted(self.model.shares(text).items(), key=lambda one: -one[1])
        shown = [{"token": word, "logProbability": math.log(share), "tokenId": 7} for word, share in listed]
        for at, one in enumerate(shown):
            one["tokenId"] = at
        chosen = next((one for one in shown if one["token"] == said), shown[0])
        return {"topCandidates": [{"candidates": shown[:top]}], "chosenCandidates": [chosen]}

    def _strict(self, asked: dict[str, Any], config: dict[str, Any]) -> None:
        """Raise what the documentation calls an error."""
        if strange := asked.keys() - {"contents", "generationConfig", "systemInstruction"}:
            raise Refused(400, f'Unknown name "{min(strange)}": Cannot find field.')
        if any(one["role"] not in ("user", "model") for one in asked["contents"]):
            raise Refused(400, "Please use a valid role: user, model.")
        if any(not _text(one["parts"]) for one in asked["contents"]):
            raise Refused(400, "contents.parts must not be empty.")
        if not 0.0 <= config.get("temperature", 1.0) <= 2.0 or not 0.0 <= config.get("topP", 1.0) <= 1.0:
            raise Refused(400, "temperature must be in the range [0.0, 2.0], topP in [0.0, 1.0].")
        if len(config.get("stopSequences", ())) > 5:
            raise Refused(400, "at most 5 stop sequences")
        if not -(2**31) <= config.get("seed", 0) < 2**31:
            raise Refused(400, "seed: not a 32-bit number")
        if config.get("responseLogprobs") and not 0 < config.get("logprobs", 0) <= self.alternatives:
            told = f"the number of logprobs is between 0 and {self.alternatives}"
            raise Refused(400, told if self.alternatives else "Logprobs is not enabled for this model")
        if ("responseSchema" in config) != (config.get("responseMimeType") == "text/x.enum"):
            raise Refused(400, "a schema of a string with an enum needs the type text/x.enum")


def _parts(content: Any) -> list[dict[str, Any]]:
    return [] if isinstance(content, str) else list(content)


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _kept(asked: dict[str, Any]) -> str:
    """The beginning of a prompt up to the last place that is marked for the cache."""
    told = [asked.get("system", "")]
    kept = ""
    for one in asked["messages"]:
        told.append(_text(one["content"]))
        if any("cache_control" in part for part in _parts(one["content"])):
            kept = "\n".join(told)
    return kept
