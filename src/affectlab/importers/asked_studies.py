"""Studies of questionnaires that come without texts: asked as they were, and before and after texts of affectlab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from affectlab.importers.imported import ImportedStudy
from affectlab.importers.origin import Origin

Content = Mapping[str, Any]
NO_FRAME = "none"
SEED = 20260101
_STATES = ("sadness", "anxiety", "neutral")


def asked_studies(
    instruments: Mapping[str, Content],
    frames: Mapping[str, Content],
    origin: Origin,
    *,
    context: str = "branched",
    replicates: int = 1,
    differs: Sequence[str] = (),
) -> tuple[ImportedStudy, ImportedStudy]:
    """Two studies: the questions alone, and the questions with an induction, its controls and checks.

    Args:
        instruments: by their places.
        frames: by their places; none, where nobody is told who to be.
        origin: of all of them.
        context: in which the questions were asked.
        replicates: how often they were.
        differs: in what the first study differs from what was done.
    """
    measures = [str(one["id"]) for one in instruments.values()]
    named = [str(one["id"]) for one in frames.values()] or [NO_FRAME]
    head = {"version": 1, "source": origin.source, "seed": SEED, "stabilisation": None, "regulations": ["none"]}
    published = {
        "id": "as-published",
        "title": "As published",
        "tests": "Which answers the questions get.",
        "against": "Answers that are not stable over orders and wordings.",
        **head,
        "frames": named,
        "states": [_STATES[0]],
        "induction": {"techniques": ["imagery"], "grades": ["moderate"], "texts": 1, "arms": ["no-text"]},
        "contexts": [context],
        "measures": measures,
        "measure_at": ["baseline"],
        "replicates": replicates,
        "validity": "none",
    }
    well = {
        "id": "done-well",
        "title": "The same questions, done well",
        "tests": "Whether the answers move after a text of a state more than after its words in another order.",
        "against": "Answers that move as much after the control, or that do not move on the scale of the state.",
        **head,
        "frames": [*(frames and named[:4]), "human-plain"] if frames else ["human-plain"],
        "states": list(_STATES),
        "induction": {
            "techniques": ["imagery"],
            "grades": ["moderate"],
            "texts": 6,
            "arms": ["induction-text", "scrambled"],
        },
        "contexts": ["branched"],
        "measures": [*measures, *(id for id in ("ratings",) if id not in measures)],
        "measure_at": ["baseline", "induced"],
        "validity": "default",
    }
    said = (
        "A score is the expected value of the distribution over the steps, and no single answer that was drawn.",
        "A line that comes with affectlab opens the session.",
        *differs,
    )
    better = (
        "Every item is asked on a branch of its own, so that no answer is seen by another.",
        "Texts of affectlab induce two states; the same words in random order and neutral texts are held against them.",
        "The ratings that come with affectlab are asked beside, so that it is seen whether the state was reached.",
        *(("Of the frames, the first four and a plain one are used.",) if len(named) > 4 else ()),
    )
    materials = {**instruments, **frames}
    return (
        ImportedStudy("as-published", published, materials, said),
        ImportedStudy("done-well", well, materials, better),
    )
