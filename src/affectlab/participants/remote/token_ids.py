"""What was learnt of a server's tokens: how conversations and options are spelt in them, and which end a word.

Generators that yield the calls they need next. What was learnt is kept, so that a conversation is spelt once, however
many questions follow it, and options once, however many conversations they follow.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple

from affectlab.participants.remote.calls import Call, Unusable
from affectlab.participants.remote.vllm import Ids, TokenServer
from affectlab.participants.spelling import merged

Steps = Generator[list[Call], list[Any], Any]

_START = ({"role": "user", "content": "Say the word yes, and nothing else."},)
_MARK = "¦§¦"
"""Stands between tokens whose texts are asked for together; in no token's own text."""
_TOGETHER = 2048
_KEPT = 20_000


class Header(NamedTuple):
    """A short conversation up to where the model is to speak, as text and as ids."""

    text: str
    ids: Ids


class Begun(NamedTuple):
    """How an opening and its options go on from a conversation."""

    dropped: Ids
    """The conversation's last ids that merge with what follows, and are not there then."""
    opening: Ids
    options: tuple[Ids, ...]


class TokenIds:
    """Conversations, openings and options in a server's tokens."""

    def __init__(self, server: TokenServer) -> None:
        self.server = server
        self.ends: dict[int, bool] = {}
        """Of the tokens met so far, whether they end the word before them."""
        self._header: Header | None = None
        self._mark: Ids = ()
        self._conversations: dict[tuple[tuple[str, str], ...], Ids] = {}
        self._begun: dict[tuple[str, tuple[str, ...]], Begun] = {}

    def header(self) -> Generator[list[Call], list[Any], Header]:
        """A short conversation; the text before every opening, as far as an opening can depend on it.

        Raises:
            Unusable: its text is not spelt as the conversation is.
        """
        if self._header is None:
            [ids] = yield [self.server.conversation(_START)]
            [text] = yield [self.server.text(ids)]
            [again] = yield [self.server.spelling(text)]
            if again != ids:
                raise Unusable("the text of a conversation is not spelt in the tokens of the conversation")
            self._header = Header(text, ids)
        return self._header

    def spelt(
        self, messages: Sequence[Mapping[str, str]], opening: str, options: tuple[str, ...]
    ) -> Generator[list[Call], list[Any], tuple[Ids, tuple[Ids, ...]]]:
        """The ids that all options have before them, and those of each option.

        What a tokenizer merges over the seam counts as option, as it does in the embedded engine.

        Raises:
            Unusable: the conversation ends otherwise than conversations do, so that nothing is known of the seam.
        """
        conversation = yield from self._conversation(messages)
        begun = yield from self._options(opening, options)
        kept = len(conversation) - len(begun.dropped)
        if conversation[kept:] != begun.dropped:
            raise Unusable("a conversation that does not end as others do")
        return (*conversation[:kept], *begun.opening), begun.options

    def _conversation(self, messages: Sequence[Mapping[str, str]]) -> Generator[list[Call], list[Any], Ids]:
        key = tuple((message["role"], message["content"]) for message in messages)
        if key not in self._conversations:
            [ids] = yield [self.server.conversation(messages)]
            if len(self._conversations) > _KEPT:
                self._conversations.clear()
            self._conversations[key] = ids
            return tuple(ids)
        return self._conversations[key]

    def _options(self, opening: str, options: tuple[str, ...]) -> Generator[list[Call], list[Any], Begun]:
        key = (opening, options)
        if key not in self._begun:
            header = yield from self.header()
            text = header.text + opening
            texts = [text, *(text + option for option in options)]
            spelt = yield [self.server.spelling(one) for one in texts]
            spelling = merged(dict(zip(texts, spelt, strict=True)).__getitem__, text, options)
            same = shared(spelling.base, header.ids)
            if len(self._begun) > _KEPT:
                self._begun.clear()
            self._begun[key] = Begun(header.ids[same:], spelling.base[same:], spelling.options)
            return Begun(header.ids[same:], spelling.base[same:], spelling.options)
        return self._begun[key]

    def learn_ends(self, ids: Sequence[int]) -> Steps:
        """Find out of some tokens whether they end the word before them: they begin with neither letter nor digit."""
        unknown = [id for id in dict.fromkeys(ids) if id not in self.ends]
        if unknown and not self._mark:
            [self._mark] = yield [self.server.spelling(_MARK)]
        parts = [unknown[at : at + _TOGETHER] for at in range(0, len(unknown), _TOGETHER)]
        while parts:
            texts = yield [self.server.text(self._marked(part)) for part in parts]
            halves: list[list[int]] = []
            for part, text in zip(parts, texts, strict=True):
                told = text.split(_MARK)[1:-1]
                if len(told) == len(part):
                    self.ends |= {id: not one[:1].isalnum() for id, one in zip(part, told, strict=True)}
                elif len(part) == 1:
                    self.ends[part[0]] = True  # its own text has the mark
                else:
                    halves += [part[: len(part) // 2], part[len(part) // 2 :]]
            parts = halves

    def _marked(self, ids: Sequence[int]) -> Ids:
        """The ids, each between two marks, so that none stands at the beginning, where some lose their blank."""
        return (*self._mark, *(part for id in ids for part in (id, *self._mark)))


def shared(first: Sequence[int], second: Sequence[int]) -> int:
    """How many ids two texts begin with together.

    >>> shared((1, 2, 3), (1, 2, 4, 5))
    2
    """
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))
