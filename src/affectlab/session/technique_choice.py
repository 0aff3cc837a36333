"""A choice: the participant reads a list, its choice is read off as a distribution, and it says why."""

from __future__ import annotations

from random import Random

from affectlab.conversation import Conversation
from affectlab.design.cell import Cell
from affectlab.design.steps import ChooseTechnique
from affectlab.generators import Session, without_requests
from affectlab.materials.schema import NOTHING
from affectlab.observations import Observation, Probe
from affectlab.requests import Answer, Ask, Reply, Speak
from affectlab.score import legal
from affectlab.seeds import derive
from affectlab.session.branch import Branch


def choose_technique(
    step: ChooseTechnique, conversation: Conversation, cell: Cell, branches: list[Branch]
) -> Session[tuple[Conversation, str]]:
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
        branches.append(without_requests(seen))
        return conversation, NOTHING
    chance = Random(derive(cell.seed, "choice", asked.id))
    (place,) = chance.choices(range(len(menu.options)), weights=answer.probabilities)
    chosen, said = menu.offered[place], f"{menu.opening}{menu.options[place]}{menu.because}"
    speak = Speak(asked, derive(cell.seed, asked.id), said, menu.max_tokens)
    (reply,) = yield [speak]
    seen.append(Observation(Probe(step.point, menu, chosen, "spoken", speak, purpose="process"), reply))
    branches.append(without_requests(seen))
    reason = reply.text.rstrip() if isinstance(reply, Reply) else ""
    return asked.assistant(f"{said}{reason}"), chosen
