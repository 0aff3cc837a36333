"""The interface of Anthropic: the Messages API. It has no log probabilities and no seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.calls import Call, Finish, Malformed, ModelTurn, Usage, Wanted
from affectlab.participants.remote.dialect import Listing, cut_stops, sent_sampling
from affectlab.participants.remote.incoming import in_one_line
from affectlab.participants.remote.model import Quirks

_FINISH: Mapping[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "refusal": "refused",
    "model_context_window_exceeded": "length",
}


class Anthropic:
    """The Messages API, with the conversation's beginning marked for the provider's cache."""

    name = "anthropic"

    def __init__(self, model: str, quirks: Quirks) -> None:
        self.model = model
        self.quirks = quirks
        self.listing: Call | None = Call(
            "/models?limit=1000", None, _listing, "list of models", free=True, optional=True
        )

    def headers(self, key: str) -> Mapping[str, str]:
        """The key, and the version of the interface."""
        return {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "x-api-key": key,
            "anthropic-version": "2023-06-01",
        }

    def turn(self, wanted: Wanted, abilities: Abilities) -> Call:
        """A message."""
        system = "\n\n".join(m["content"] for m in wanted.messages if m["role"] == "system")
        messages: list[dict[str, Any]] = [dict(m) for m in wanted.messages if m["role"] != "system"]
        if len(messages) > 1:
            messages[-2]["content"] = [
                {"type": "text", "text": messages[-2]["content"], "cache_control": {"type": "ephemeral"}}
            ]
        if wanted.opening:
            messages.append({"role": "assistant", "content": wanted.opening})
        limit = max(wanted.limit, self.quirks.least_tokens)
        body: dict[str, Any] = {"model": self.model, "max_tokens": limit, "messages": messages, "stream": False}
        if system:
            body["system"] = system
        if abilities.temperature and wanted.temperature is not None:
            body["temperature"] = min(1.0, wanted.temperature)
        if wanted.stop:
            body["stop_sequences"] = [stop for stop in wanted.stop if stop.strip()]
        body |= self._thinking(limit)
        if "thinking" in body:
            body.pop("temperature", None)
        if wanted.choice:
            body.setdefault("output_config", {})["format"] = _choice(wanted.choice)
        body |= self.quirks.extra
        return Call("/messages", body, _Reader(wanted), wanted.purpose, output=int(body["max_tokens"]))

    def _thinking(self, limit: int) -> dict[str, Any]:
        """How it is to reason: newer models by an effort, older ones by a number of tokens."""
        quirks = self.quirks
        if not quirks.reasoning_tokens and not quirks.reasoning:
            return {}
        more: dict[str, Any] = {"max_tokens": limit + quirks.reasoning_tokens}
        if quirks.reasoning:
            return more | {"output_config": {"effort": quirks.reasoning}}
        return more | {"thinking": {"type": "enabled", "budget_tokens": quirks.reasoning_tokens}}

    def honoured(self, wanted: Wanted, abilities: Abilities) -> dict[str, Any]:
        """What of the wanted parameters is sent; temperatures end at 1 here."""
        sent = sent_sampling(wanted, abilities)
        if sent["temperature"] is not None:
            budgeted = self.quirks.reasoning_tokens and not self.quirks.reasoning
            sent["temperature"] = None if budgeted else min(1.0, sent["temperature"])
        if self.quirks.reasoning or self.quirks.reasoning_tokens:
            sent["effort"] = self.quirks.reasoning or self.quirks.reasoning_tokens
        return sent

    def refusal(self, status: int, payload: Any) -> ModelTurn | None:
        """A refused prompt comes as an ordinary reply here, except where a filter stands before the model."""
        if status == 400 and "content filtering policy" in str(payload):
            return ModelTurn("", "refused", usage=Usage(), why="content filtering policy")
        return None


class _Reader:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted

    def __call__(self, payload: Any) -> ModelTurn:
        content = payload["content"]
        why = in_one_line(payload.get("stop_reason"))
        finish = _FINISH.get(why, "stop")
        if not content and finish not in ("refused", "stop"):
            raise Malformed("empty choices", "a reply without content")
        text = "".join(part.get("text", "") for part in content if part.get("type") == "text")
        thoughts = sum(len(part.get("thinking", "")) for part in content if part.get("type") == "thinking")
        raw = text
        text = cut_stops(text, self.wanted.stop)
        if not text.strip() and finish == "stop":
            finish = "empty"
        return ModelTurn(
            text,
            finish,
            usage=_usage(payload.get("usage")),
            model=in_one_line(payload.get("model")),
            thoughts=thoughts,
            why=why,
            id=in_one_line(payload.get("id")),
            raw=raw,
        )


def _choice(options: Sequence[str]) -> dict[str, Any]:
    """The form of an answer that is one of the options."""
    schema = {
        "type": "object",
        "properties": {"answer": {"enum": [text.strip() for text in options]}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    return {"type": "json_schema", "schema": schema}


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    cached = int(usage.get("cache_read_input_tokens") or 0)
    fresh = int(usage.get("input_tokens") or 0) + int(usage.get("cache_creation_input_tokens") or 0)
    return Usage(fresh + cached, int(usage.get("output_tokens") or 0), cached)


def _listing(payload: Any) -> Listing:
    return Listing(tuple(str(model["id"]) for model in payload["data"]))
