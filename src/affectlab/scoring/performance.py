"""What a participant did in a protocol: how it spoke, and how it did its sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from affectlab.materials.protocol import Arithmetic, Protocol
from affectlab.observations import Observation
from affectlab.requests import Reply
from affectlab.score import Score
from affectlab.scoring.sums import Counting


def performance_scores(protocol: Protocol, observations: Sequence[Observation], keys: Sequence[str]) -> Iterator[Score]:
    """The scores of a stage in which the participant spoke, under the name of the protocol that it is, or controls.

    Silence, repetition and refusal are counted beside the rest: how often it said nothing, the same as just
    before, or that it will not.
    """
    point = observations[0].probe.point
    replies = [one.response for one in observations if isinstance(one.response, Reply)]
    scores = {**_manner(replies), **(_sums(protocol.arithmetic, replies) if point == "arithmetic" else {})}
    for scale, value in scores.items():
        yield Score(point, protocol.technique, point, scale, float(value), keys[0])


def _manner(replies: Sequence[Reply]) -> dict[str, int]:
    said = [" ".join(reply.text.lower().split()) for reply in replies]
    return {
        "words": sum(len(text.split()) for text in said),
        "stopped-early": sum(reply.finish != "length" for reply in replies),
        "silent": sum(not text for text in said),
        "repeated": sum(bool(text) and text == before for before, text in pairwise(said)),
        "refused": sum(reply.finish == "refused" for reply in replies),
    }


def _sums(sums: Arithmetic, replies: Sequence[Reply]) -> dict[str, int]:
    """Errors, right results, the longest run of them, and the replies without a new number."""
    count, without = Counting(sums.start), 0
    for reply in replies:
        count, verdict = count.after_reply(sums, reply)
        without += verdict == "none"
    return {"errors": count.errors, "correct": count.correct, "longest-run": count.longest, "without-number": without}
