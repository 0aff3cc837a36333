"""A reply: the participant answers in its own words, which then belong to the conversation."""

from __future__ import annotations

from affectlab.conversation import Conversation
from affectlab.design.steps import Generate
from affectlab.generators import Session
from affectlab.observations import Observation, Probe
from affectlab.requests import Reply, Response, Speak
from affectlab.seeds import derive

SILENCE = "…"
"""What stands in a conversation where nothing was said: a turn must not be empty."""


def generate(step: Generate, conversation: Conversation, seed: int) -> Session[tuple[Conversation, Observation]]:
    """The experimenter says a text, the participant replies; returns the conversation after it, and the reply.

    The seed is derived from the conversation, so that arms which have not parted yet hear the same words.
    """
    told = conversation.user(step.text)
    speak = Speak(told, derive(seed, told.id), "", step.max_tokens, step.temperature)
    (reply,) = yield [speak]
    probe = Probe(step.point, step.material, step.turn, "spoken", speak, purpose="process")
    observation = Observation(probe, reply)
    return told.assistant(spoken(reply)), observation


def spoken(reply: Response) -> str:
    """What stands in the conversation for a reply."""
    return (reply.text.strip() or SILENCE) if isinstance(reply, Reply) else SILENCE
