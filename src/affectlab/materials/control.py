"""Controls: arms made from an induction's own text, each of which keeps all of it but one thing."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Literal, Self

from pydantic import Field, model_validator

from affectlab.materials.document import Misplaced
from affectlab.materials.schema import Id, Material, Name, ScriptedTurn, Technique
from affectlab.materials.state import State
from affectlab.materials.words import put_together, words_of
from affectlab.seeds import derive


class Control(Material):
    """An arm made from an induction's text, which keeps all of it but one thing."""

    kind: Literal["control"]
    separates: str
    """What an effect of the text is told apart from, if the text has more of it than this arm."""
    uses: Literal["text", "words", "word", "nothing"]
    """All that the technique says; its text with the words in random order; the state's word alone; nothing."""
    turns: Literal["kept", "one"] = "one"
    """Whether the technique goes on as it does otherwise, or all of it is said in one turn and acknowledged."""
    wrap: str = ""
    """What is said: ``{text}`` stands for the text, or the words; ``{word}`` for the state's word."""
    words: dict[Id, str] = Field(default_factory=dict)
    """Where the state's word alone is used: per state, another word than the adjective in its file."""
    names_state: bool = False
    """Whether it may hold words that a measure scores, because these words are its very point."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        place = {"text": "{text}", "words": "{text}", "word": "{word}", "nothing": ""}[self.uses]
        if self.uses == "nothing" and self.wrap:
            raise Misplaced("says something, and `uses` is nothing; leave out `wrap`", "wrap")
        if place not in self.wrap:
            raise Misplaced(f"`wrap` has no `{place}`; write where it goes", "wrap")
        return self

    def names(self) -> Iterator[Name]:
        yield from (Name("state", ("words", state), state) for state in self.words)

    def obstacle(self, text: str) -> str | None:
        """Why this control cannot be made from a text, where it cannot."""
        if self.uses == "words" and len(set(words_of(text))) < 2:
            return "it has nothing to scramble"
        return None

    def say(self, text: str, state: State, seed: int = 0) -> str:
        """What is said in a text's place; nothing, if empty. The order of scrambled words comes from the seed."""
        if self.uses == "words":
            text = scrambled(text, derive(seed, self.id, text))
        return self.wrap.replace("{word}", self._word(state)).replace("{text}", text)

    def _word(self, state: State) -> str:
        return self.words.get(state.id, state.label.adjective)

    def script(self, technique: Technique, text: str, state: State, seed: int = 0) -> tuple[ScriptedTurn, ...]:
        """The turns of a technique's text in this arm."""
        if self.uses == "nothing":
            return ()
        if self.uses == "words":
            return technique.script(self.say(text, state, seed))
        turns = technique.script(text)
        if self.turns == "one":
            return (ScriptedTurn(say=self.say("\n\n".join(turn.say for turn in turns), state)),)
        before, after = self.wrap.split("{text}", 1)
        says = [turn.say for turn in turns]
        says[0] = before + says[0]
        says[-1] += after
        return tuple(turn.model_copy(update={"say": say}) for turn, say in zip(turns, says, strict=True))


def scrambled(text: str, seed: int) -> str:
    """The words of a text in another order.

    >>> scrambled("the dog ran", 1) in {"dog the ran", "dog ran the", "ran the dog", "ran dog the", "the ran dog"}
    True
    """
    told = words_of(text)
    order = list(told)
    random = Random(seed)
    while order == told and len(set(told)) > 1:
        random.shuffle(order)
    return put_together(order, text)
