"""A game in several rounds: what is asked next depends on what was chosen before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from affectlab.conversation import Conversation
from affectlab.generators import Session, run_together, without_requests
from affectlab.materials.document import Misplaced
from affectlab.materials.form import Asked, Disposition, FormScore, Mistake, Shown, replied
from affectlab.materials.schema import Id, places, unique
from affectlab.materials.tasks import Task
from affectlab.probabilities import log
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.score import legal
from affectlab.seeds import derive
from affectlab.tasks.agent import LEGAL, moved, parameters
from affectlab.tasks.games.game import Block, Game, History, PlayedStep, Step
from affectlab.tasks.games.registry import GAMES
from affectlab.tasks.item import ACKNOWLEDGED, ALL


class Interactive(Task):
    """Rounds of a game, whose rules are code."""

    form: Literal["interactive"]
    protocol: Id
    """The rules: the name of a game."""
    steps: int = Field(ge=2)
    numbers: dict[str, float] = Field(default_factory=dict)
    """The parameters of the game."""
    lines: dict[str, str]
    """What is said in it; templates."""
    opening: str
    blocks: tuple[Block, ...] = Field(min_length=1)

    branches: ClassVar[bool] = True

    @model_validator(mode="after")
    def _blocked(self) -> Self:
        unique("block", places("blocks", (block.id for block in self.blocks)))
        counts = {len(block.options) for block in self.blocks}
        if len(counts) > 1:
            index = next(i for i, one in enumerate(self.blocks) if len(one.options) != len(self.blocks[0].options))
            message = f"has {len(self.blocks[index].options)} options where the first block has "
            message += f"{len(self.blocks[0].options)}; give every block as many"
            raise Misplaced(message, "blocks", index)
        return self

    @property
    def game(self) -> Game:
        """The rules."""
        return GAMES[self.protocol]()

    def check(self) -> Iterator[Mistake]:
        """Play every round once."""
        if self.protocol not in GAMES:
            remedy = f"the protocols are {', '.join(GAMES.names)}"
            yield Mistake(f"unknown protocol `{self.protocol}`", ("protocol",), remedy)
            return
        for index, block in enumerate(self.blocks):
            try:
                history: History = ()
                while self.step(block, history) is not None:
                    history = (*history, len(history) % len(block.options))
            except KeyError as missing:
                remedy = "add it to `lines`, to `numbers` or to the round's `fields`"
                yield Mistake(f"the game needs `{missing.args[0]}`", ("blocks", index), remedy)
                return

    def step(self, block: Block, history: History) -> Step | None:
        """The step that follows a history; None where the round is over."""
        return self.game.step(self, block, history)

    @property
    def item_count(self) -> int:
        return len(self.blocks)

    def shortened(self, items: int) -> Self:
        """The first round and the first control round, of three steps for every item."""
        kept = [*[one for one in self.blocks if not one.control][:1], *[one for one in self.blocks if one.control][:1]]
        return self.model_copy(update={"blocks": tuple(kept), "steps": min(3 * items, self.steps)})

    def shown(self) -> Iterator[Shown]:
        for block in self.blocks:
            first = self.step(block, ())
            if first is not None:
                yield Shown(first.say, f"{first.say} {first.opening}", block.control, "")

    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        """The rounds side by side, each from the same beginning."""
        branch = conversation.user(self.question).assistant(ACKNOWLEDGED)
        rounds = [self._round(block, branch, seed) for block in self.blocks]
        nobody: list[None] = []
        _, asked = yield from run_together(without_requests(nobody), rounds)
        return asked

    def _round(self, block: Block, branch: Conversation, seed: int) -> Session[list[Asked]]:
        """A round to its end, or to the first step without a legal answer: from there the game cannot go on.

        The choice is drawn from the distribution that was read; what is scored is the distribution. The chance by
        which it is drawn belongs to the step, so that equal participants make equal choices.
        """
        asked: list[Asked] = []
        history: History = ()
        while (now := self.step(block, history)) is not None:
            branch = branch.user(now.say)
            ask = Ask(branch, now.opening, now.options)
            (response,) = yield [ask]
            asked.append(Asked(f"{block.id}-{len(history):02}", ask, response))
            if not isinstance(response, Answer) or not legal(response):
                break
            chance = Random(derive(seed, self.id, block.id, len(history)))
            (choice,) = chance.choices(range(len(now.options)), weights=response.probabilities)
            branch = branch.assistant(now.opening + now.options[choice])
            history = (*history, choice)
        return asked

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        """Round by round, and what is scored over all rounds together, apart for controls."""
        rounds = [(block, *self.replayed(block, asked)) for block in self.blocks]
        for block, turns, at in rounds:
            for outcome, value in self.game.outcomes(turns).items():
                if outcome in self.units:
                    yield FormScore(block.id, outcome + block.suffix, value, at or (0,))
        for control in (False, True):
            part = [one for one in rounds if one[0].control is control and one[1]]
            overall = self.game.overall([turns for _, turns, _ in part]) if part else {}
            for outcome, value in overall.items():
                if outcome in self.units:
                    at = tuple(place for *_, places_ in part for place in places_)
                    yield FormScore(ALL, outcome + part[0][0].suffix, value, at)

    def replayed(self, block: Block, asked: Sequence[Asked]) -> tuple[list[PlayedStep], tuple[int, ...]]:
        """A round as it went, from what stands in the conversation: each question shows the choice before it."""
        own = [(place, one) for place, one in enumerate(asked) if one.item.rpartition("-")[0] == block.id]
        history: History = ()
        turns: list[PlayedStep] = []
        for number, (_, one) in enumerate(own):
            now = self.step(block, history)
            if now is None or not isinstance(one.response, Answer) or not legal(one.response):
                break
            choice = _choice(own[number + 1][1], now) if number + 1 < len(own) else None
            turns.append(PlayedStep(now, one.response.probabilities, choice))
            history = (*history, choice) if choice is not None else history
        return turns, tuple(place for place, _ in own)

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        """As the game's agent plays it; a control round without the shift."""
        if not isinstance(request, Ask):
            return replied(disposition)
        turns = [turn for turn in request.conversation.turns if turn.role != "system"]
        start = max(place for place, turn in enumerate(turns) if turn.text == self.question)
        put, said = turns[start + 2 :: 2], turns[start + 3 :: 2]
        shift, agent = moved(disposition, self.id), parameters(disposition)
        for block in self.blocks:
            history = self._history(block, put, said)
            now = self.step(block, history) if history is not None else None
            if history is not None and now is not None and (now.say, now.options) == (put[-1].text, request.options):
                shares = self.game.play(self, block, history, now, 0.0 if block.control else shift, agent)
                return Answer(tuple(log(LEGAL * share) for share in shares))
        return None

    def _history(self, block: Block, put: Sequence[Conversation], said: Sequence[Conversation]) -> History | None:
        """What was chosen, if this is the round that is being played."""
        history: History = ()
        for question, reply in zip(put, said, strict=False):
            now = self.step(block, history)
            if now is None or now.say != question.text or reply.text.removeprefix(now.opening) not in now.options:
                return None
            history = (*history, now.options.index(reply.text.removeprefix(now.opening)))
        return history


def _choice(following: Asked, before: Step) -> int:
    answered = following.request.conversation.parent
    assert answered is not None
    return before.options.index(answered.text.removeprefix(before.opening))
