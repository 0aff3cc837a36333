"""From a conversation to the tokens that the model reads: its chat template, and its tokenizer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from affectlab.conversation import Conversation
from affectlab.errors import InputError
from affectlab.participants.model import Model
from affectlab.participants.template import ChatTemplate
from affectlab.untrusted_file import regular


def template_beside(file: Path) -> str:
    """The chat template that lies beside a model's file under its name, as ``NAME.jinja``; empty where none does."""
    beside = file.with_suffix(".jinja")
    if not beside.exists():
        return ""
    raw = regular(beside, 2**20, hint="put a chat template there, or nothing", smaller="a chat template is smaller")
    return raw.decode(errors="replace")


class Wording:
    """A model's chat template and its vocabulary.

    Args:
        given: a template instead of the one in the model's file, as a base model needs, which has none.
    """

    def __init__(self, model: Model, name: str, given: str = "") -> None:
        self._model = model
        self.template = given or model.meta("tokenizer.chat_template")
        if not self.template:
            hint = "put one beside it, under its name and .jinja, or use an instruction-tuned GGUF"
            raise InputError("has no chat template", hint=hint, file=name)
        self.split = model.meta("tokenizer.ggml.pre")
        """How the vocabulary splits a text into words."""
        self._special = {"bos_token": model.spelled("bos"), "eos_token": model.spelled("eos")}
        self._apply = ChatTemplate(self.template, self._special, name)
        self.stops = self._said_after_a_turn() if given else ()
        """What ends the participant's turn in a given template, where no token does."""
        self._signs = _signs(model)
        self.render = lru_cache(maxsize=4096)(self._render)
        self.fragment: Callable[[str], tuple[int, ...]] = lru_cache(maxsize=65536)(model.tokenize)
        self.by_fragments = self._fragments_are_faithful()
        if not self.by_fragments:
            # a whole conversation each time, of which so many are not to be remembered
            self.fragment = model.tokenize

    def _render(self, conversation: Conversation) -> str:
        """The text up to where the participant is to speak."""
        messages = conversation.messages
        try:
            return self._apply(messages)
        except InputError:
            if messages and messages[0]["role"] == "system":
                # a template without a system turn: what it would have said opens the first user turn
                first = {"role": "user", "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
                return self._apply([first, *messages[2:]])
            raise

    def _said_after_a_turn(self) -> tuple[str, ...]:
        """What the template writes between the participant's turn and the next."""
        turns = [("user", "one"), ("assistant", "two"), ("user", "three")]
        text = self._apply([{"role": role, "content": content} for role, content in turns])
        after = text.partition("two")[2].partition("three")[0].rstrip()
        return (after,) if after.strip() else ()

    def begun(self, conversation: Conversation) -> tuple[tuple[int, ...], str]:
        """A rendered conversation in two: the tokens up to its last control token, and the text after it.

        What comes after is tokenised by itself (see ``fragment``).
        """
        text = self.render(conversation)
        cut = self._last_sign(text) if self.by_fragments else 0
        return (*self._begin(text), *self._parts(text[:cut])), text[cut:]

    def tokens(self, text: str) -> tuple[int, ...]:
        """The tokens of a rendered text."""
        return (*self._begin(text), *(self._parts(text) if self.by_fragments else self._model.tokenize(text)))

    def _begin(self, text: str) -> tuple[int, ...]:
        """The token before all others, where the model wants one and its template does not write it."""
        begin = self._model.begin
        return () if begin is None or text.startswith(self._special["bos_token"]) else (begin,)

    def _parts(self, text: str) -> Iterator[int]:
        """The tokens fragment by fragment.

        The tokenizer treats what stands between two control tokens by itself, so the fragments are remembered:
        the same question under a hundred conversations is tokenised once.
        """
        return (token for part in self._signs.split(text) if part for token in self.fragment(part))

    def _last_sign(self, text: str) -> int:
        """Where the text's last control token ends."""
        end = 0
        for match in self._signs.finditer(text):
            end = match.end()
        return end

    def _fragments_are_faithful(self) -> bool:
        """Whether fragment by fragment gives what the tokenizer gives for the whole."""
        self.by_fragments = True
        told = Conversation.begin().user("One  two.\nThree ").assistant(" Four: 5").user("Six?")
        text = f"{self.render(told)}Right now I feel 10"
        return self.tokens(text) == (*self._begin(text), *self._model.tokenize(text))


def _signs(model: Model) -> re.Pattern[str]:
    """Matches the control tokens as they are written in a text."""
    spelled = {
        model.piece(token, special=True).decode(errors="replace")
        for token in range(model.vocabulary_size)
        if model.is_control(token)
    }
    longest_first = sorted((sign for sign in spelled if sign), key=lambda sign: (-len(sign), sign))
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})" if longest_first else r"((?!))")
