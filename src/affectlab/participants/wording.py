"""From a conversation to the tokens that the model reads: its chat template, and its tokenizer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from affectlab.conversation import Conversation
from affectlab.errors import InputError
from affectlab.participants.model import Model

NO_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)
"""The date that a template is told, so that the same study is the same text on every day."""


class Wording:
    """The template in a model's file, and its vocabulary."""

    def __init__(self, model: Model, name: str) -> None:
        self._model = model
        self.template = model.meta("tokenizer.chat_template")
        if not self.template:
            raise InputError("has no chat template", hint="use an instruction-tuned GGUF", file=name)
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = NO_CLOCK.strftime
        self._template = environment.from_string(self.template)
        self._special = {"bos_token": model.spelled("bos"), "eos_token": model.spelled("eos")}
        self._signs = _signs(model)
        self.render = lru_cache(maxsize=4096)(self._render)
        self._fragment = lru_cache(maxsize=65536)(self._tokenize)
        self.by_fragments = self._fragments_are_faithful()

    def _render(self, conversation: Conversation) -> str:
        """The text up to where the participant is to speak."""
        messages = conversation.messages
        try:
            return self._apply(messages)
        except TemplateError:
            if messages and messages[0]["role"] == "system":
                # a template without a system turn: what it would have said opens the first user turn
                first = {"role": "user", "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
                return self._apply([first, *messages[2:]])
            raise

    def _apply(self, messages: list[dict[str, str]]) -> str:
        return self._template.render(messages=messages, add_generation_prompt=True, **self._special)

    def tokens(self, text: str) -> tuple[int, ...]:
        """The tokens of a rendered text.

        The tokenizer treats what stands between two control tokens by itself, so the fragments are remembered:
        the same question under a hundred conversations is tokenised once.
        """
        begin = self._model.begin
        head: tuple[int, ...] = ()
        if begin is not None and not text.startswith(self._special["bos_token"]):
            head = (begin,)
        if not self.by_fragments:
            return (*head, *self._model.tokenize(text))
        parts = [self._fragment(part) for part in self._signs.split(text) if part]
        return (*head, *(token for part in parts for token in part))

    def last_fragment(self, text: str) -> int:
        """Where the text's last control token ends: what comes after is tokenised by itself."""
        if not self.by_fragments:
            return 0
        end = 0
        for match in self._signs.finditer(text):
            end = match.end()
        return end

    def _tokenize(self, text: str) -> tuple[int, ...]:
        return tuple(self._model.tokenize(text))

    def _fragments_are_faithful(self) -> bool:
        """Whether fragment by fragment gives what the tokenizer gives for the whole."""
        self.by_fragments = True
        told = Conversation.begin().user("One  two.\nThree ").assistant(" Four: 5").user("Six?")
        text = f"{self.render(told)}Right now I feel 10"
        begin = self._model.begin
        head = (begin,) if begin is not None and not text.startswith(self._special["bos_token"]) else ()
        return self.tokens(text) == (*head, *self._model.tokenize(text))


def _signs(model: Model) -> re.Pattern[str]:
    """Matches the control tokens as they are written in a text."""
    spelled = {
        model.piece(token, special=True).decode(errors="replace")
        for token in range(model.vocabulary_size)
        if model.is_control(token)
    }
    longest_first = sorted((sign for sign in spelled if sign), key=lambda sign: (-len(sign), sign))
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})" if longest_first else r"((?!))")


def _refuse(message: str) -> Any:
    raise TemplateError(message)
