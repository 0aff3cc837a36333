"""The interface of Gemini: generateContent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.calls import Call, Finish, Malformed, ModelTurn, Position, Usage, Wanted
from affectlab.participants.remote.dialect import Listing, cut_opening, cut_stops, sent_sampling
from affectlab.participants.remote.incoming import in_one_line
from affectlab.participants.remote.logprobs import MISSING, position_of
from affectlab.participants.remote.model import Quirks

_REFUSED = frozenset({"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY"})


class Gemini:
    """generateContent. The key goes into a header, never into the address."""

    name = "gemini"

    def __init__(self, model: str, quirks: Quirks) -> None:
        self.model = model
        self.quirks = quirks
        self.listing: Call | None = Call(
            "/models?pageSize=1000", None, _listing, "list of models", free=True, optional=True
        )

    def headers(self, key: str) -> Mapping[str, str]:
        """The key."""
        return {"content-type": "application/json", "accept-encoding": "identity", "x-goog-api-key": key}

    def turn(self, wanted: Wanted, abilities: Abilities) -> Call:
        """A generated content."""
        system = "\n\n".join(m["content"] for m in wanted.messages if m["role"] == "system")
        contents = [
            {"role": "model" if m["role"] == "assistant" else "user", "parts": [{"text": m["content"]}]}
            for m in wanted.messages
            if m["role"] != "system"
        ]
        if wanted.opening:
            contents.append({"role": "model", "parts": [{"text": wanted.opening}]})
        limit = max(wanted.limit, self.quirks.least_tokens) + self.quirks.reasoning_tokens
        config: dict[str, Any] = {"maxOutputTokens": limit, "topP": 1.0}
        if abilities.temperature and wanted.temperature is not None:
            config["temperature"] = wanted.temperature
        if wanted.seed is not None and abilities.seed:
            config["seed"] = wanted.seed & 0x7FFFFFFF
        if wanted.stop:
            config["stopSequences"] = list(wanted.stop)[:5]
        if wanted.top:
            config |= {"responseLogprobs": True, "logprobs": wanted.top}
        if self.quirks.reasoning == "none":
            config["thinkingConfig"] = {"thinkingBudget": 0}
        elif self.quirks.reasoning:
            config["thinkingConfig"] = {"thinkingLevel": self.quirks.reasoning}
        elif self.quirks.reasoning_tokens:
            config["thinkingConfig"] = {"thinkingBudget": self.quirks.reasoning_tokens}
        if wanted.choice:
            config["responseMimeType"] = "text/x.enum"
            config["responseSchema"] = {"type": "STRING", "enum": [text.strip() for text in wanted.choice]}
        body: dict[str, Any] = {"contents": contents, "generationConfig": config}
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        body |= self.quirks.extra
        path = f"/models/{self.model}:generateContent"
        return Call(path, body, _Reader(wanted), wanted.purpose, output=limit, scores=bool(wanted.top))

    def honoured(self, wanted: Wanted, abilities: Abilities) -> dict[str, Any]:
        """What of the wanted parameters is sent."""
        sent = sent_sampling(wanted, abilities)
        if self.quirks.reasoning or self.quirks.reasoning_tokens:
            sent["effort"] = self.quirks.reasoning or self.quirks.reasoning_tokens
        return sent

    def refusal(self, status: int, payload: Any) -> ModelTurn | None:
        """A blocked prompt comes as an ordinary reply here."""
        return None


class _Reader:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted

    def __call__(self, payload: Any) -> ModelTurn:
        model = in_one_line(payload.get("modelVersion"))
        usage = _usage(payload.get("usageMetadata"))
        blocked = (payload.get("promptFeedback") or {}).get("blockReason")
        if blocked:
            return ModelTurn("", "refused", usage=usage, model=model, why=in_one_line(blocked))
        if not payload.get("candidates"):
            raise Malformed("empty choices", "a reply without candidates")
        candidate = payload["candidates"][0]
        parts = (candidate.get("content") or {}).get("parts") or []
        text = "".join(part.get("text", "") for part in parts if not part.get("thought"))
        thoughts = sum(len(part.get("text", "")) for part in parts if part.get("thought"))
        raw = text
        text = cut_stops(cut_opening(text, self.wanted.opening), self.wanted.stop)
        why = in_one_line(candidate.get("finishReason")) or "STOP"
        finish: Finish = "refused" if why in _REFUSED else "length" if why == "MAX_TOKENS" else "stop"
        if finish == "stop" and not text.strip():
            finish = "empty"
        first = [_position(candidate)] if self.wanted.top and finish != "refused" else []
        return ModelTurn(
            text,
            finish,
            positions=tuple(position for position, _ in first),
            spoken=tuple(token for _, token in first),
            usage=usage,
            model=model,
            thoughts=thoughts,
            why=why,
            id=in_one_line(payload.get("responseId")),
            raw=raw,
        )


def _position(candidate: Mapping[str, Any]) -> tuple[Position, str]:
    """The alternatives at the first place, and the token that was drawn there."""
    result = candidate.get("logprobsResult") or {}
    tops = [step.get("candidates") or [] for step in result.get("topCandidates") or []]
    if not tops or not tops[0]:
        raise Malformed(MISSING, "a reply without the log probabilities asked for")
    tokens = [{"token": c.get("token"), "logprob": c.get("logProbability"), "id": c.get("tokenId")} for c in tops[0]]
    chosen = result.get("chosenCandidates") or [{}]
    return position_of(tokens), str(chosen[0].get("token", ""))


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    reasoning = int(usage.get("thoughtsTokenCount") or 0)
    output = int(usage.get("candidatesTokenCount") or 0) + reasoning
    return Usage(
        int(usage.get("promptTokenCount") or 0), output, int(usage.get("cachedContentTokenCount") or 0), reasoning
    )


def _listing(payload: Any) -> Listing:
    return Listing(tuple(str(model["name"]).removeprefix("models/") for model in payload["models"]))
