"""How large a study is, known before it is unrolled: what would take days, or the memory, is refused in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from affectlab.errors import InputError
from affectlab.materials.document import Place

if TYPE_CHECKING:
    from affectlab.design.study import Study

MOST_SESSIONS = 1_000_000
"""Sessions above which a plan is refused, unless it is said that it is meant."""
SWITCH = "--large"
"""What says so on the command line."""


def sessions(study: Study, *, replicates: int | None = None, models: int | None = None) -> int:
    """How many sessions a study has at most: every combination of its levels, as far as they are crossed."""
    many = (study.replicates if replicates is None else replicates) * (len(study.models) if models is None else models)
    many *= max(len(study.languages), 1)
    frames = len(study.frame_ids)
    if study.protocols:
        return many * frames * len(study.protocols)
    texts = len(study.states) * len(study.induction.techniques) * study.induction.texts
    if study.clinical_trial is not None:
        return many * frames * texts * study.clinical_trial.sessions
    frames = 1 if "frames" in study.crossing.latin else frames
    return many * frames * texts * _most_kept(list(_crossed(study).values()), study.crossing.fraction)


def require_size(study: Study, *, replicates: int | None = None, models: int | None = None, large: bool = False) -> int:
    """See that a study is not larger than can be meant; returns how many sessions it has at most.

    Raises:
        InputError: it is.
    """
    found = sessions(study, replicates=replicates, models=models)
    if found > MOST_SESSIONS and not large:
        hint = f"ask for fewer replicates, texts or levels, or say {SWITCH}"
        message = f"`{study.id}` comes to {found:,} sessions; that more than {MOST_SESSIONS:,} are meant must be said"
        raise InputError(message, hint=hint)
    return found


def unbalanced(study: Study) -> Iterator[tuple[str, Place, str]]:
    """A fraction that is larger than what it is taken of, so that a technique may be left without a session."""
    texts = len(study.states) * study.induction.texts
    most = texts + sum(levels - 1 for levels in _crossed(study).values())
    if study.crossing.fraction > most and study.clinical_trial is None and not study.protocols:
        hint = f"write {most} or less, or leave it out"
        message = f"one cell in {study.crossing.fraction} cannot be taken of these texts and what they are crossed with"
        yield message, ("crossing", "fraction"), hint


def _most_kept(levels: list[int], fraction: int) -> int:
    """The most combinations of levels of which the sum of places leaves one remainder: those that a text has."""
    sums = Counter({0: 1})
    for many in levels:
        sums = Counter({total: sum(sums[total - place] for place in range(many)) for total in range(max(sums) + many)})
    shares: Counter[int] = Counter()
    for total, times in sums.items():
        shares[total % fraction] += times
    return max(shares.values())


def _crossed(study: Study) -> dict[str, int]:
    """How many levels each factor has that is crossed with the texts."""
    levels = {
        "grades": len(study.induction.grades),
        "arms": len(study.induction.arms),
        "deliveries": len(study.induction.deliveries),
        "contexts": len(study.contexts),
        "orders": len(study.regulation.orders),
        "regulations": len(study.regulations),
        "guidance": len(study.regulation.deliveries),
    }
    return {name: 1 if name in study.crossing.latin else number for name, number in levels.items()}
