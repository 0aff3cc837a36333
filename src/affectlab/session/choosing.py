"""A choice: the participant reads a list, its choice is read off as a distribution, and it says why."""

from __future__ import annotations

from random import Random

from affectlab.conversation import Conversation
from affectlab.design.cell import Cell
from affectlab.design.steps import Choose
from affectlab.materials.schema import NOTHING
from affectlab.observations import Observation, Probe
from affectlab.requests import Answer, Ask, Reply, Speak
from affectlab.seeds import derive
from affectlab.session.fork import Fork
from affectlab.trial import legal
from affectlab.walks import Walk, given


def choose(step: Choose, conversation: Conversation, cell: Cell, forks: list[Fork]) -> Walk[tuple[Conversation, str]]:
    """The conversation in which the choice is made and its reason given, and what was chosen.

    What is taken to be chosen is drawn from the distribution that was read. Without a legal answer nothing is chosen,
    and the conversation stays as it was.
    """
    menu = step.menu
    asked = conversation.user(menu.text)
    ask = Ask(asked, menu.opening, menu.options)
    (answer,) = yield [ask]
    seen = [Observation(Probe(step.point, menu, "choice", "read", ask, purpose="process"), answer)]
    if not isinstance(answer, Answer) or not legal(answer):
        forks.append(given(seen))
        return conversation, NOTHING
    chance = Random(derive(cell.seed, "choice", asked.id))
    (place,) = chance.choices(range(len(menu.options)), weights=answer.probabilities)
    chosen, said = menu.offered[place], f"{menu.opening}{menu.options[place]}{menu.because}"
    speak = Speak(asked, derive(cell.seed, asked.id), said, menu.max_tokens)
    (reply,) = yield [speak]
    seen.append(Observation(Probe(step.point, menu, chosen, "spoken", speak, purpose="process"), reply))
    forks.append(given(seen))
    reason = reply.text.rstrip() if isinstance(reply, Reply) else ""
    return asked.assistant(f"{said}{reason}"), chosen
