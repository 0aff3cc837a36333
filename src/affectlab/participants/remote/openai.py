"""The interface of OpenAI, and of everything that is compatible with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.calls import Call, Finish, Malformed, ModelTurn, Usage, Wanted
from affectlab.participants.remote.dialect import Listing, cut_opening, cut_stops, sent_sampling
from affectlab.participants.remote.following import Following
from affectlab.participants.remote.incoming import in_one_line
from affectlab.participants.remote.logprobs import (
    MISSING,
    distinct,
    first_position,
    log_probability,
    summed,
    token_ends,
)
from affectlab.participants.remote.model import Quirks
from affectlab.participants.remote.thoughts import split_thoughts

_UNTRUNCATED: Mapping[str, Mapping[str, Any]] = {
    "llama.cpp": {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "typical_p": 1.0, "repeat_penalty": 1.0},
    "vllm": {"top_k": -1, "top_p": 1.0, "min_p": 0.0, "repetition_penalty": 1.0},
    "sglang": {"top_k": -1, "top_p": 1.0, "min_p": 0.0, "repetition_penalty": 1.0},
}
"""What switches a server's own truncation off, so that draws come from the model's distribution."""

_FINISH: Mapping[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "refused",
    "refusal": "refused",
}


def untruncated_sampling(server: str) -> Mapping[str, Any]:
    """The parameters by which a server samples from the whole distribution."""
    return _UNTRUNCATED.get(server, {})


class OpenAI:
    """Chat completions; for scoring also llama.cpp's completions."""

    name = "openai"

    def __init__(self, model: str, quirks: Quirks) -> None:
        self.model = model
        self.quirks = quirks
        self.listing: Call | None = Call(
            "/models", None, lambda payload: _listing(payload, model), "list of models", free=True, optional=True
        )

    def headers(self, key: str) -> Mapping[str, str]:
        """The key as a bearer token."""
        plain = {"content-type": "application/json", "accept-encoding": "identity"}
        if key and self.quirks.key_header:
            return {**plain, self.quirks.key_header: key}
        return {**plain, "authorization": f"Bearer {key}"} if key else plain

    def turn(self, wanted: Wanted, abilities: Abilities) -> Call:
        """A chat completion."""
        messages = list(wanted.messages)
        body: dict[str, Any] = {"model": self.model, "messages": messages, "stream": False}
        if wanted.opening:
            begun: dict[str, Any] = {"role": "assistant", "content": wanted.opening}
            if abilities.continuation == "flag":
                body |= {"add_generation_prompt": False, "continue_final_message": True}
            if abilities.continuation == "prefix":
                begun["prefix"] = True
            messages.append(begun)
        limit = max(wanted.limit, self.quirks.least_tokens) + self.quirks.reasoning_tokens
        body[self.quirks.max_tokens_field] = limit
        if abilities.temperature and wanted.temperature is not None:
            body["temperature"] = wanted.temperature
            body |= _UNTRUNCATED.get(abilities.server, {"top_p": 1.0})
        if wanted.seed is not None and abilities.seed:
            body[self.quirks.seed_field] = wanted.seed & 0x7FFFFFFF
        if wanted.stop and not abilities.reasons:
            body["stop"] = list(wanted.stop)
        if wanted.top:
            body |= {"logprobs": True, "top_logprobs": wanted.top}
        if self.quirks.reasoning:
            body["reasoning_effort"] = self.quirks.reasoning
        if wanted.choice:
            body |= constrained(wanted.choice, abilities.constraint)
        body |= self.quirks.extra
        if abilities.nonce and wanted.seed is not None:
            body[abilities.nonce] = f"affectlab-{wanted.seed & 0x7FFFFFFF}"
        read = _Reader(
            wanted, (*self.quirks.reasoning_ends, *abilities.reasoning_ends), begun=abilities.reasoning_begun
        )
        return Call("/chat/completions", body, read, wanted.purpose, output=limit, scores=bool(wanted.top))

    def honoured(self, wanted: Wanted, abilities: Abilities) -> dict[str, Any]:
        """What of the wanted parameters is sent."""
        reasoning = self.quirks.reasoning or self.quirks.reasoning_tokens or None
        return sent_sampling(wanted, abilities) | ({"effort": reasoning} if reasoning else {})

    def refusal(self, status: int, payload: Any) -> ModelTurn | None:
        """A prompt that a content filter stopped comes as a bad request (Azure, and gateways after it)."""
        if status not in (400, 403, 422) or not isinstance(payload, Mapping):
            return None
        error = payload.get("error")
        code = f"{error.get('code')} {error.get('type')}" if isinstance(error, Mapping) else ""
        if "content_filter" in code or "content_policy" in code:
            return ModelTurn("", "refused", usage=Usage(), why="content_filter")
        return None

    # What follows is llama.cpp's: its template and its tokens can be asked for.

    def rendering(self, messages: Sequence[Mapping[str, str]], opening: str) -> Call:
        """Asks for the text that the chat template makes of a conversation, with the turn begun."""
        turns = [*messages, {"role": "assistant", "content": opening}] if opening else list(messages)

        def read(payload: Any) -> str:
            text = str(payload["prompt"])
            if opening and not text.endswith(opening):
                raise Malformed("template", "the template does not leave the turn open")
            return text

        return Call("//apply-template", {"messages": turns}, read, "template", free=True, optional=False)

    def tokenisation(self, text: str) -> Call:
        """Asks for the tokens of an option."""
        body = {"content": text, "add_special": False, "parse_special": False}
        return Call("//tokenize", body, lambda payload: [int(t) for t in payload["tokens"]], "tokens", free=True)

    def following(self, prompt: Sequence[str | int], wanted: frozenset[int], top: int) -> Call:
        """Asks for the log probabilities of the tokens that may follow a prompt."""
        body = {
            "model": self.model,
            "prompt": list(prompt),
            "stream": False,
            "max_tokens": 1,
            "temperature": 1.0,
            "logprobs": top,
            "seed": 0,
            "cache_prompt": True,
        }
        return Call(
            "/completions",
            body,
            FollowingReader(wanted, top),
            "ask",
            output=1,
            scores=True,
            largest=(8 << 20) + 400 * top,
        )


def constrained(choice: Sequence[str], way: str) -> dict[str, Any]:
    """The part of a request that limits the reply to a choice."""
    if way == "grammar":
        return {"grammar": "root ::= " + " | ".join(_quoted(text) for text in choice)}
    if way == "choice":
        return {"structured_outputs": {"choice": list(choice)}}
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": [text.strip() for text in choice]}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    return {
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
    }


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'


class _Reader:
    """Reads a chat completion."""

    def __init__(self, wanted: Wanted, ends: Sequence[str] = (), *, begun: bool = False) -> None:
        self.wanted = wanted
        self.ends = ends
        self.begun = begun

    def __call__(self, payload: Any) -> ModelTurn:
        if not payload.get("choices"):
            raise Malformed("empty choices", "a reply without choices")
        choice = payload["choices"][0]
        message = choice.get("message") or {}
        why = in_one_line(choice.get("finish_reason")) or "stop"
        finish = _FINISH.get(why, "stop")
        raw, thoughts = _parts(message)
        text, inline = split_thoughts(raw, self.ends, begun=self.begun and not thoughts)
        text = cut_stops(cut_opening(text, self.wanted.opening), self.wanted.stop)
        if message.get("refusal"):
            text, finish = text or str(message["refusal"]), "refused"
        elif not text.strip() and finish == "stop":
            finish = "empty"
        usage = usage_of(payload.get("usage"))
        first = [first_position(choice)] if self.wanted.top and finish != "refused" else []
        return ModelTurn(
            text,
            finish,
            positions=tuple(position for position, _ in first),
            spoken=tuple(token for _, token in first),
            usage=usage,
            model=in_one_line(payload.get("model")),
            fingerprint=in_one_line(payload.get("system_fingerprint")),
            thoughts=len(thoughts) + inline,
            why=why,
            id=in_one_line(payload.get("id")),
            raw=raw,
        )


def _parts(message: Mapping[str, Any]) -> tuple[str, str]:
    """What a message says, and the reasoning that stands beside it or in parts of its own."""
    content = message.get("content") or ""
    beside = message.get("reasoning_content") or message.get("reasoning") or message.get("thinking") or ""
    if isinstance(content, str):
        return content, str(beside)
    parts = [part for part in content if isinstance(part, Mapping)]
    said = [part.get("text") or "" for part in parts if part.get("type") in (None, "text", "output_text", "refusal")]
    thought = [str(part.get("thinking") or part.get("text") or "") for part in parts if _is_thought(part)]
    return "".join(said), str(beside) or "".join(thought)


def _is_thought(part: Mapping[str, Any]) -> bool:
    return part.get("type") not in (None, "text", "output_text", "refusal")


class FollowingReader:
    """Reads llama.cpp's completion of one token."""

    def __init__(self, wanted: frozenset[int], top: int) -> None:
        self.wanted = wanted
        self.top = top

    def __call__(self, payload: Any) -> Following:
        choices = payload["choices"]
        if not choices:
            raise Malformed("empty choices", "a reply without choices")
        content = (choices[0].get("logprobs") or {}).get("content")
        if not content or not content[0].get("top_logprobs"):
            raise Malformed(MISSING, "a reply without the log probabilities asked for")
        found = Following()
        likeliest = content[0]["top_logprobs"]
        logprobs = [log_probability(token.get("logprob")) for token in likeliest]
        probabilities = list(map(math.exp, logprobs))
        distinct([token["id"] for token in likeliest])
        for token, logprob, probability in zip(likeliest, logprobs, probabilities, strict=True):
            if token["id"] in self.wanted:
                found[token["id"]] = logprob
            if token_ends(token):
                found.ended += probability
        total = summed(logprobs)
        found.ended = min(1.0, found.ended)
        found.unseen = max(0.0, 1.0 - total) if len(likeliest) >= self.top else 0.0
        found.least = min(probabilities)
        found.usage = usage_of(payload.get("usage"))
        found.fingerprint = in_one_line(payload.get("system_fingerprint"))
        return found


def usage_of(usage: Any) -> Usage | None:
    """The tokens that a reply says were used."""
    if not isinstance(usage, Mapping) or usage.get("prompt_tokens") is None:
        return None
    try:
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        reasoning = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
        counted = Usage(*map(int, (usage["prompt_tokens"], usage.get("completion_tokens") or 0, cached, reasoning)))
    except (TypeError, ValueError, OverflowError, AttributeError):
        return None  # what was spent is then estimated; the reply itself is none the worse
    if min(counted) < 0:
        return None
    # what a server says of its cache can be wrong; no more than all of the prompt can have been in it
    return counted._replace(cached=min(counted.cached, counted.prompt))


def _listing(payload: Any, model: str) -> Listing:
    data = payload["data"] if isinstance(payload, Mapping) else payload
    names: list[str] = []
    mine: Mapping[str, Any] = data[0] if len(data) == 1 else {}
    for listed in data:
        known_as = [str(listed["id"]), *map(str, listed.get("aliases") or ())]
        names += known_as
        mine = listed if model in known_as else mine
    meta = mine.get("meta") or {}
    context = meta.get("n_ctx") or mine.get("max_model_len") or mine.get("context_length") or 0
    return Listing(
        tuple(dict.fromkeys(names)), str(mine.get("owned_by") or ""), int(context), int(meta.get("n_vocab") or 0)
    )
