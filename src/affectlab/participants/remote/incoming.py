"""What comes in, from bytes to a payload: no larger, no deeper than an answer can be, its text fit to be kept.

Whatever an endpoint sends was written by somebody else. A reply that unpacks to more than its call can need is left
where the ceiling is reached; one that nests deeper than any interface does is not read; halves of surrogate pairs,
control characters and directions for a terminal are taken out of every string, and so is the key.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

DEEPEST = 64
"""Objects within objects; the interfaces need ten."""


class TooLarge(Exception):
    """More came than a reply can be."""


class TooDeep(ValueError):
    """It nests deeper than any interface does."""


async def unpacked(chunks: AsyncIterator[bytes], encoding: str, largest: int) -> bytes:
    """The content of a reply, unpacked.

    Raises:
        TooLarge: it is larger than ``largest`` bytes, as it came or unpacked.
        ValueError: it is packed in a way that was not agreed, or wrongly.
    """
    packed = _packed(encoding)
    content = bytearray()
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > largest:
            raise TooLarge
        try:
            content += packed.decompress(chunk, largest + 1 - len(content)) if packed else chunk
        except zlib.error:
            raise ValueError(f"not packed as {encoding}, as it says") from None
        if len(content) > largest:
            raise TooLarge
    if packed and not packed.eof:
        raise ValueError(f"not the whole of what was packed as {encoding}")
    return bytes(content)


def _packed(encoding: str) -> Any:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(f"packed as {encoding[:20]!r}, which was not asked for")
    return zlib.decompressobj(zlib.MAX_WBITS | 32)


def payload_of(content: bytes, clean: Callable[[str], str]) -> Any:
    """The JSON of a reply, its strings cleaned; of one that streams although it was asked not to, the whole.

    Raises:
        ValueError: it is no JSON, or nests too deeply.
    """
    try:
        text = content.decode("utf-8", "replace").removeprefix("\ufeff")
        payload = _streamed(text) if text.lstrip()[:5] in ("data:", "event") else json.loads(text)
    except RecursionError:
        raise TooDeep("it nests too deeply") from None
    return cleaned_payload(payload, clean)


def cleaned_payload(payload: Any, clean: Callable[[str], str]) -> Any:
    """The payload with every string in it cleaned, in place.

    Raises:
        TooDeep: it nests too deeply.
    """
    top = [payload]
    level: list[Any] = [top]
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST + 1:
            raise TooDeep("it nests too deeply")
        deeper: list[Any] = []
        for holder in level:
            places = list(holder.items()) if isinstance(holder, dict) else enumerate(holder)
            for place, value in places:
                if isinstance(value, str):
                    if len(value) > 7 or not value.isascii() or not value.isprintable():
                        holder[place] = clean(value)
                elif isinstance(value, dict) or (isinstance(value, list) and place != "bytes"):
                    deeper.append(value)
        level = deeper
    return top[0]


def in_one_line(text: Any, most: int = 200) -> str:
    """What is shown in one line: the model's name, a fingerprint, a word on how it ended.

    >>> in_one_line("fp\\n1 "), in_one_line(None)
    ('fp 1', '')
    """
    if text is None or not isinstance(text, (str, int, float)):
        return ""
    return " ".join(str(text).split())[:most]


def _streamed(text: str) -> Any:
    """The whole that the pieces of a stream of events make, as it would have come at once."""
    whole: dict[str, Any] = {}
    said: list[str] = []
    thought: list[str] = []
    choice: dict[str, Any] = {}
    places: list[Any] = []
    ended = False
    for event in text.splitlines():
        if not event.startswith("data:"):
            continue
        data = event[5:].strip()
        if data == "[DONE]":
            ended = True
            break
        piece = json.loads(data)
        if not isinstance(piece, dict) or piece.get("error"):
            return piece
        whole |= {name: value for name, value in piece.items() if name != "choices" and value is not None}
        for part in (piece.get("choices") or ())[:1]:
            delta = part.get("delta") or part.get("message") or {}
            said.append(delta.get("content") or "")
            thought.append(delta.get("reasoning_content") or delta.get("reasoning") or "")
            places += (part.get("logprobs") or {}).get("content") or ()
            choice["finish_reason"] = part.get("finish_reason") or choice.get("finish_reason")
    if not ended and not choice.get("finish_reason"):
        raise ValueError("a stream that ends in the middle")
    choice["message"] = {"role": "assistant", "content": "".join(said), "reasoning_content": "".join(thought)}
    choice["logprobs"] = {"content": places} if places else None
    return {**whole, "choices": [choice]}
