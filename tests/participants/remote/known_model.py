"""A model whose every probability is known: its tokenizer merges, splits and nests, its distribution is a hash."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from string import ascii_lowercase

import numpy as np
import numpy.typing as npt

from affectlab.participants.spelling import merged
from affectlab.requests import Ask

START, END, TEXT_END = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
CONTROL = (START, END, TEXT_END)
_SAID = "system user assistant the a and to of in is it you are was I feel Right now am un happy sad calm afraid angry"
_BLANK = (
    "yes no sad happy calm afraid angry unhappy unsure sure 1 2 3 4 5 6 7 8 9 0 the a to of in is it you how now feel "
    "very not at all word text read one study part dog runs gate behind box coat"
)
SCRIPT = {
    "Say the word yes": "yes",
    "Repeat this word, and nothing else: extraordinary": "extraordinary",
}
"""What it says to some requests, nearly always, as the models do that a probe asks."""

Distribution = npt.NDArray[np.float64]


class KnownModel:
    """Chat turns in ChatML; bytes for whatever no word covers; the longest word first, so that seams merge.

    Args:
        seed: of its distribution: another seed is another model.
        likely: what is likely to follow anything, so that options have some probability.
        words: further words of its vocabulary.
    """

    def __init__(self, seed: int = 0, likely: Sequence[str] = (" yes", " no"), words: Sequence[str] = ()) -> None:
        self.seed = seed
        said = [*_SAID.split(), *(f" {word}" for word in _BLANK.split()), "0", "1", "extraord", "inary", "\n"]
        pairs = (f" {a}{b}" for a in ascii_lowercase for b in ascii_lowercase[:18])
        ordered = dict.fromkeys([*said, "extraordinary", *likely, *words, *pairs])
        self.pieces: list[bytes] = [
            *(control.encode() for control in CONTROL),
            *(bytes([byte]) for byte in range(256)),
            *(word.encode() for word in ordered if len(word.encode()) > 1),
        ]
        self.size = len(self.pieces)
        self._ids = {piece: id for id, piece in enumerate(self.pieces)}
        self._longest = max(map(len, self.pieces))
        self._likely = [self.tokenize(text)[0] for text in likely]
        text = [piece.decode(errors="replace") for piece in self.pieces]
        self.ends = np.array([not one[:1].isalnum() for one in text])
        self.tokenize = lru_cache(4096)(self._tokenize)  # type: ignore[method-assign]
        self.logprobs = lru_cache(2_000)(self._logprobs)  # type: ignore[method-assign]

    def tokenize(self, text: str) -> tuple[int, ...]:
        """The tokens of a text, in which control tokens may be written."""
        return self._tokenize(text)

    def _tokenize(self, text: str) -> tuple[int, ...]:
        found: list[int] = []
        for part in re.split(f"({'|'.join(map(re.escape, CONTROL))})", text):
            if part in CONTROL:
                found.append(CONTROL.index(part))
                continue
            rest = part.encode()
            while rest:
                length = next(n for n in range(min(self._longest, len(rest)), 0, -1) if rest[:n] in self._ids)
                found.append(self._ids[rest[:length]])
                rest = rest[length:]
        return tuple(found)

    def text(self, ids: Sequence[int]) -> str:
        """The text of some tokens; half characters are replaced, as servers do."""
        return b"".join(self.pieces[id] for id in ids).decode(errors="replace")

    def render(self, messages: Sequence[dict[str, str]], *, begun: bool = False, new: bool = True) -> str:
        """A conversation as text: with a new turn, or with its last one left open (``begun``)."""
        text = "".join(f"{START}{one['role']}\n{one['content']}{END}\n" for one in messages)
        if begun:
            return text.removesuffix(f"{END}\n")
        return f"{text}{START}assistant\n" if new else text

    def logprobs(self, ids: tuple[int, ...]) -> Distribution:
        """The log probabilities of the next token."""
        return self._logprobs(ids)

    def _logprobs(self, ids: tuple[int, ...]) -> Distribution:
        seed = hashlib.blake2b(np.array([self.seed, *ids], dtype=np.int64).tobytes(), digest_size=8).digest()
        logits = 2.0 * np.random.default_rng(int.from_bytes(seed)).standard_normal(self.size)
        logits[: len(CONTROL)] -= 3.0
        logits[1] += 5.0
        logits[self._likely] += 4.0
        leaning = self._scripted(ids)
        if leaning is not None:
            logits[leaning] += 14.0
        top = logits.max()
        return np.asarray(logits - top - math.log(np.exp(logits - top).sum()))

    def _scripted(self, ids: tuple[int, ...]) -> int | None:
        turns = self.text(ids[-400:]).split(START)
        said = turns[-1].removeprefix("assistant\n")
        before = "".join(turns[-3:-1])  # also of a begun turn that was closed
        reply = next((SCRIPT[key] for key in SCRIPT if key in before), None)
        if reply is None or not turns[-1].startswith("assistant\n") or not reply.startswith(said):
            return None
        return self.tokenize(reply[len(said) :])[0] if reply != said else 1

    def truth(self, ask: Ask) -> list[float]:
        """The probability of every option, as the embedded engine defines it."""
        text = self.render(ask.conversation.messages) + ask.opening
        spelling = merged(self.tokenize, text, ask.options)
        found = []
        for tokens, nested in zip(spelling.options, spelling.nested, strict=True):
            path, logprob = spelling.base, 0.0
            for token in tokens:
                logprob += float(self.logprobs(path)[token])
                path = (*path, token)
            ended = float(np.exp(self.logprobs(path))[self.ends].sum()) if nested else 1.0
            found.append(math.exp(logprob) * ended)
        return found
