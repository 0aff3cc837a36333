"""Whether a study can answer what it expects: hypotheses about what it does not measure, induce or compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from affectlab.design.hypothesis import BASELINE, Hypothesis
from affectlab.materials.document import Place
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import INDUCTION_TEXT, NEUTRAL, NOTHING
from affectlab.materials.tasks import Task

if TYPE_CHECKING:
    from affectlab.design.study import Study

STATES = "states"
"""Among what a scale must be largest: every other state of the study."""
FEWEST_RANDOM = 6
"""States that a mean over states in general needs."""


class Objection(NamedTuple):
    """What is wrong with a hypothesis: message, place in the file, remedy."""

    message: str
    place: Place
    hint: str


def objections(study: Study) -> Iterator[Objection]:
    """Everything in the hypotheses of a study, and in its pairs of techniques, that it cannot answer."""
    yield from _pairs(study)
    claims = {name: one for name, one in study.hypotheses.items() if one.computable}
    yield from _primary(study, claims)
    for name, one in claims.items():
        here: Place = ("hypotheses", name)
        for message, place, hint in _wrong(study, one):
            yield Objection(f"hypothesis `{name}`: {message}", (*here, *place), hint)


def _pairs(study: Study) -> Iterator[Objection]:
    """Techniques cannot be compared with each other that are not there, are controls, or are given in unlike ways."""
    techniques = [arm for arm in study.regulations if arm not in study.controls]
    known = f"the techniques are {', '.join(techniques)}" if techniques else "the study has no techniques"
    seen: set[frozenset[str]] = set()
    for at, pair in enumerate(study.regulation.pairs):
        place: Place = ("regulation", "pairs", at)
        for arm in (arm for arm in pair if arm not in techniques):
            is_control = arm in study.controls
            message = f"`{arm}` is a control, which is compared anyway" if is_control else f"`{arm}` is no arm here"
            yield Objection(message, place, f"leave the pair out; {known}")
        if len(set(pair)) == 1 or set(pair) in seen:
            message = "is one arm twice" if len(set(pair)) == 1 else "stands twice"
            yield Objection(f"the pair of `{pair[0]}` and `{pair[1]}` {message}", place, "leave it out")
        seen.add(frozenset(pair))
    for pair in study.pairs:
        talks = [arm for arm in pair if arm in study.manuals]
        if len(talks) == 1:
            (text,) = set(pair) - set(talks)
            message = f"`{talks[0]}` is given as a talk and `{text}` as a text, so a pair of them differs in that too"
            yield Objection(message, ("regulations",), "compare each with a control that is given in the same way")


def _primary(study: Study, claims: dict[str, Hypothesis]) -> Iterator[Objection]:
    """One claim is primary, and in a trial it is about the trial's primary outcome."""
    primary = [name for name, one in claims.items() if one.primary]
    if claims and not primary:
        hint = "write `primary: true` in the one that the study is about"
        yield Objection("no hypothesis is primary", ("hypotheses",), hint)
    for name in primary[1:]:
        message = f"`{primary[0]}` and `{name}` are both primary, and one can be"
        yield Objection(message, ("hypotheses", name, "primary"), "leave `primary` out of one of them")
    if (
        study.clinical_trial is not None
        and primary
        and claims[primary[0]].measure != study.clinical_trial.primary.measure
    ):
        message = (
            f"the primary hypothesis is not about the trial's primary outcome `{study.clinical_trial.primary.measure}`"
        )
        yield Objection(message, ("hypotheses", primary[0], "outcome"), "name the same outcome in both")


def measured(study: Study) -> dict[str, tuple[str, ...]]:
    """Every measure and task of a study, with its scales or outcomes."""
    found = {id: study.catalogue.get(Instrument, id).scales for id in study.measures}
    tasks = (study.catalogue.get(Task, testing.task) for testing in study.tasks)
    return found | {task.id: tuple(task.units) for task in tasks}


def claimed(study: Study, one: Hypothesis) -> tuple[str, ...]:
    """The states that a hypothesis is about: those it names, else all that are induced and in which it is measured."""
    if one.states is not None and one.states.each:
        return one.states.each
    at = next((testing for testing in study.tasks if testing.task == one.measure), None)
    if at is None or study.task_states == "all":
        return study.induced
    return study.erring(study.catalogue.get(Task, at.task))


def _wrong(study: Study, one: Hypothesis) -> Iterator[Objection]:
    known = measured(study)
    if one.people is not None:
        yield from _of_people(study, one)
    elif one.measure not in known:
        hint = f"name one of {', '.join(known)}, or add it to `measures` or `tasks`"
        yield Objection(f"`{one.measure}` is not measured in this study", ("outcome",), hint)
        return
    else:
        yield from _scale(study, one, known[one.measure])
        yield from _points(study, one)
        yield from _smallest(study, one)
    yield from _states(study, one)
    yield from _techniques(study, one)
    for at, control in enumerate(one.exceeds):
        yield from _control(study, one, control, ("exceeds", at))
    yield from _levels(study, one)
    yield from _rivals(study, one, known)


def _of_people(study: Study, one: Hypothesis) -> Iterator[Objection]:
    if not study.tasks:
        yield Objection("the registry is of tasks, and none is given", ("people",), "add `tasks`, or an `outcome`")
    given = [name for name in ("technique", "among", "change", "smallest") if getattr(one, name)]
    for name in given:
        yield Objection(f"effects of people have no `{name}` here", (name,), "leave it out")


def _scale(study: Study, one: Hypothesis, scales: Sequence[str]) -> Iterator[Objection]:
    if one.scale:
        if one.scale not in scales:
            hint = f"name one of {', '.join(scales)}"
            yield Objection(f"`{one.measure}` has no scale `{one.scale}`", ("outcome", one.measure), hint)
    elif one.measure in study.measures:
        for state in (state for state in claimed(study, one) if state in study.states and state not in scales):
            hint = f"name a scale, as in `outcome: {{{one.measure}: {scales[0]}}}`, or other states"
            yield Objection(f"`{one.measure}` has no scale of its own for `{state}`", ("outcome",), hint)


def _points(study: Study, one: Hypothesis) -> Iterator[Objection]:
    testing = next((testing for testing in study.tasks if testing.task == one.measure), None)
    if testing is not None:
        if one.change is not None:
            hint = f"write `at: {testing.at}`"
            yield Objection(f"`{one.measure}` is given once, so it has no change", ("change",), hint)
        elif one.at not in (None, testing.at):
            yield Objection(f"`{one.measure}` is not given at `{one.at}`", ("at",), f"write `at: {testing.at}`")
        return
    named = [("at",)] if one.at is not None else [("change", "from"), ("change", "to")] if one.change else []
    points = [one.at] if one.at is not None else [one.change.from_, one.change.to] if one.change else []
    for place, point in zip(named, points, strict=True):
        if point not in study.points:
            hint = f"it is measured at {', '.join(study.points)}"
            yield Objection(f"nothing is measured at `{point}`", place, hint)
    if one.change is not None and one.change.from_ == one.change.to:
        yield Objection("a change needs two points", ("change", "to"), "name a later one")


def _smallest(study: Study, one: Hypothesis) -> Iterator[Objection]:
    bounded = one.direction in ("within", "not higher", "not lower")
    if bounded and one.smallest is None and one.measure not in study.smallest_effect:
        message = f"`{one.direction}` needs a smallest effect, and none is declared for `{one.measure}`"
        yield Objection(message, ("direction",), "write `smallest:`, in the unit of the outcome")


def _states(study: Study, one: Hypothesis) -> Iterator[Objection]:
    known = study.induced
    for at, state in enumerate(one.states.each if one.states is not None else ()):
        if state not in known:
            hint = f"the states are {', '.join(known)}"
            yield Objection(f"`{state}` is not induced in this study", ("states", "each", at), hint)
    if one.states is not None and one.states.mean == "random" and len(known) < FEWEST_RANDOM:
        message = f"{len(known)} states are no sample of states in general; {FEWEST_RANDOM} are needed"
        yield Objection(message, ("states", "mean"), "leave `states` out: then it is claimed in each state")
    if one.states is not None and one.states.mean == "fixed":
        hint = "write `mean: random` with six states or more, or leave `states` out: then it is claimed in each state"
        yield Objection("texts of several states are no sample of one kind", ("states", "mean"), hint)
    for at, state in enumerate(one.among):
        if state not in (*known, STATES):
            hint = f"write `states`, or some of {', '.join(known)}"
            yield Objection(f"`{state}` is not induced in this study", ("among", at), hint)


def _techniques(study: Study, one: Hypothesis) -> Iterator[Objection]:
    arms = [arm for arm in study.regulations if study.role(arm) == "technique"]
    for at, technique in enumerate(one.technique):
        if technique not in arms:
            hint = f"the techniques are {', '.join(arms)}" if arms else "leave it out"
            yield Objection(f"`{technique}` is no technique of this study", ("technique", at), hint)
    if one.correlates and not arms:
        yield Objection("the study has no techniques to correlate", ("correlates",), "leave it out")


def controls_for(study: Study, one: Hypothesis) -> tuple[str, ...]:
    """What a hypothesis can be held against: of a regulation, controls and other techniques; else texts and arms."""
    if one.technique:
        others = [arm for arm in study.regulations if study.role(arm) == "technique" and arm not in one.technique]
        return (*study.controls, *others)
    if one.correlates:
        return study.controls
    neutral = (NEUTRAL,) if NEUTRAL in study.states else ()
    arms = [arm for arm in study.induction.arms if arm != INDUCTION_TEXT]
    if study.induction.control_measures:
        arms = arms if one.measure in study.induction.control_measures else []
    return (*neutral, *arms, BASELINE)


def _control(study: Study, one: Hypothesis, control: str, place: Place) -> Iterator[Objection]:
    can = controls_for(study, one)
    if control in can:
        return
    if control in study.induction.arms and not (one.technique or one.correlates):
        message = f"`{one.measure}` is not measured under the control `{control}`"
        hint = f"leave it out, or add `{one.measure}` to `induction.control_measures`"
    elif control in study.controls or (control == NOTHING and not one.technique):
        message, hint = f"`{control}` is a control of regulation, and no `technique` is named", "name a technique"
    else:
        message, hint = f"`{control}` is no control of this study", f"it has {', '.join(can)}"
    yield Objection(message, place, hint)


def levels(study: Study) -> dict[str, tuple[str, ...]]:
    """The factors that a hypothesis can name, and their levels in a study."""
    return {
        "frame": study.frame_ids,
        "technique": study.protocol_techniques or study.induction.techniques,
        "grade": study.induction.grades,
        "delivery": study.induction.deliveries,
        "context": study.contexts,
        "language": study.languages or ("",),
        "order": study.regulation.orders,
        "guidance": study.regulation.deliveries,
    }


def _levels(study: Study, one: Hypothesis) -> Iterator[Objection]:
    known = levels(study)
    named = [("where", factor, level, ("where", factor)) for factor, level in one.where.items()]
    named += [("over", factor, level, ("over", factor)) for factor, many in one.over.items() for level in many]
    for _, factor, level, place in named:
        if level not in known[factor]:
            hint = f"it has {', '.join(known[factor])}"
            yield Objection(f"the study has no {factor} `{level}`", place, hint)


def _rivals(study: Study, one: Hypothesis, known: dict[str, tuple[str, ...]]) -> Iterator[Objection]:
    for at, measure in enumerate(one.rivals.same_on):
        if measure not in known:
            yield Objection(
                f"`{measure}` is not measured here", ("rivals", "same_on", at), f"it has {', '.join(known)}"
            )
    for name in ("same_after", "among"):
        for at, state in enumerate(getattr(one.rivals, name)):
            if state not in study.states and state != STATES:
                hint = f"the states are {', '.join(study.states)}"
                yield Objection(f"`{state}` is not induced in this study", ("rivals", name, at), hint)
