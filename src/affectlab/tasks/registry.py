"""The forms of tasks that come with affectlab; other packages bring theirs by entry points."""

from __future__ import annotations

from collections.abc import Mapping

from affectlab.materials.tasks import Task
from affectlab.tasks.choice import Choice
from affectlab.tasks.completion import Completion
from affectlab.tasks.interactive import Interactive
from affectlab.tasks.rating import RatingTask
from affectlab.tasks.recall import Recall

OWN: Mapping[str, type[Task]] = {
    "completion": Completion,
    "choice": Choice,
    "recall": Recall,
    "rating": RatingTask,
    "interactive": Interactive,
}
