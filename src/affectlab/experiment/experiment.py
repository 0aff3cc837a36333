"""An experiment: a study, the models that take part, and the run that comes of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, Unpack

from affectlab.atomic import file_replaced
from affectlab.design.load import Written, load_study, shipped
from affectlab.design.plan import Plan
from affectlab.design.preregistration import SUFFIX, freeze, preregistration_beside, write
from affectlab.design.preregistration_text import preregistration_text
from affectlab.design.shard import WHOLE, Shard
from affectlab.design.study import Study
from affectlab.errors import InputError
from affectlab.execution.stream import prepared, stream
from affectlab.experiment.event import Event, Pace, event
from affectlab.experiment.participants import Model, Participants, participants_for, row_names
from affectlab.experiment.results import Results
from affectlab.experiment.settings import Settings
from affectlab.participants.base import Participant
from affectlab.requests import SessionRole
from affectlab.run import Run, store_made
from affectlab.session.work import Progress
from affectlab.store.store import Store

if TYPE_CHECKING:
    from affectlab.design.check import CheckedStudy
    from affectlab.experiment.pilot import Pilot
    from affectlab.experiment.planned import Planned
    from affectlab.experiment.preview import Turn
    from affectlab.importers.imported import Imported
    from affectlab.participants.remote.plan import CostEstimate

RUNS = Path("runs")
"""Where runs lie that are not told where to."""
LONGEST = 120
"""Letters of models' names in the name of a directory; file systems take 255 in all."""


class Frozen(NamedTuple):
    """A preregistration that was written."""

    file: Path
    content: dict[str, Any]


class Choices(TypedDict, total=False):
    """What an experiment takes besides its study; each may be left out."""

    models: Sequence[Model] | Mapping[str, Model]
    """Names as ``affectlab list models`` has them, or participants, by the names of their rows where they are given;
    those of the study if none."""
    others: Mapping[SessionRole, Participant] | None
    """Who is the therapist and who the reader, where somebody made them; else the study names them."""
    out: Path | str | None
    """The directory of the run; one below ``runs`` that is named after study, models and plan if None."""
    seed: int | None
    """Instead of the study's own."""
    replicates: int | None
    """Instead of the study's own."""
    large: bool
    """Whether more than a million sessions are meant."""
    settings: Settings | None
    """How the models are reached, and what they may cost; a shard may cost its share of that."""
    shard: Shard
    """The part of the plan that is to be run here."""


class Halt(NamedTuple):
    """That a run is to be interrupted after the answer that is under way, and why."""

    kind: Literal["paused", "stopped"]
    reason: str


class Experiment:
    """All that can be done with a study and its run; each method does what the command of its name does.

    >>> experiment = Experiment.load("dresden", quick=True, models=["simulated"])
    >>> experiment.plan.models
    ('simulated',)
    """

    def __init__(self, study: Study, **choices: Unpack[Choices]) -> None:
        """Set it up; no model is loaded, and nothing is asked.

        Args:
            study: what to do.
            choices: see ``Choices``.

        Raises:
            InputError: it comes to more sessions than can be meant.
            ParticipantError: two models would stand under the same name.
        """
        models = choices.get("models") or study.models
        named = models if isinstance(models, Mapping) else dict(zip(row_names(models), models, strict=True))
        seed, replicates, large = choices.get("seed"), choices.get("replicates"), choices.get("large", False)
        self.study = study
        self.models: tuple[Model, ...] = tuple(named.values())
        self.plan = Plan.of(study, seed=seed, replicates=replicates, models=tuple(named), large=large)
        self.shard = choices.get("shard", WHOLE)
        self.settings = choices.get("settings") or Settings()
        if self.shard != WHOLE:
            share = len(self.shard.sessions(len(self.plan))) / len(self.plan)
            self.settings = self.settings.part(share)
        self._others = choices.get("others") or {}
        self._out = None if (out := choices.get("out")) is None else Path(out)
        self._halt: Halt | None = None
        self._executor = "here"
        self._cast: Participants | None = None
        self._cards: Mapping[str, Mapping[str, Any]] = {}

    @classmethod
    def load(
        cls,
        study: str | Path | Written,
        *,
        quick: bool = False,
        therapist: str | None = None,
        reader: str | None = None,
        **choices: Unpack[Choices],
    ) -> Experiment:
        """The experiment of a study file, or of the name of a shipped study.

        Args:
            quick: the study's short form.
            therapist: the model that is the therapist, instead of the study's.
            reader: the model that reads the talks, instead of the study's.
            choices: see ``Choices``.

        Raises:
            InputError: something in the file or in a material is wrong; ``others`` holds the further ones. Or it
                comes to more sessions than can be meant.
            ParticipantError: two models would stand under the same name.
        """
        return cls(load_study(study, quick=quick).talking(therapist=therapist, reader=reader), **choices)

    @classmethod
    def open(cls, run: Path | str, *, settings: Settings | None = None) -> Experiment:
        """The experiment of a run, with the study, the materials and the models that it has.

        Args:
            settings: how the models are reached; those of the embedded engine are as they were if None.

        Raises:
            StoreError: there is no such run, it lacks materials, or does not say by which names its models are had.
        """
        from affectlab.experiment.reopened import reopened

        found = reopened(Run.open(run))
        own = Settings(threads=found.threads, weights=found.weights)
        made = cls(found.plan.study, models=found.models, out=run, settings=settings or own)
        made.plan, made._cards = found.plan, found.cards
        return made

    @staticmethod
    def check(study: str | Path | Written) -> CheckedStudy:
        """All that is wrong with a study file, its materials and its models, and what is to be known of it."""
        from affectlab.experiment.check import checked

        return checked(study)

    @staticmethod
    def import_folder(kind: str, folder: Path | str, to: Path | str) -> Imported:
        """Studies made of another laboratory's materials, written below ``to``; and what is wrong with those.

        Args:
            kind: of the folder, as ``affectlab list importers`` has them.

        Raises:
            InputError: there is no such kind or folder, a file is missing or cannot be read, or ``to`` holds something.
            StoreError: ``to`` cannot be written.
        """
        from affectlab.importers.write import import_folder

        return import_folder(kind, folder, to)

    @cached_property
    def directory(self) -> Path:
        """Where the run lies."""
        if self._out is not None:
            return self._out
        models = self.plan.models
        whom = "-".join(models)
        if len(models) > 3 or len(whom) > LONGEST:
            whom = f"{len(models)}-models" if len(models) > 1 else whom[:LONGEST]
        whole = RUNS / f"{self.study.id}-{whom}-{self.plan.hash[:8]}"
        return whole if self.shard == WHOLE else whole / f"shard-{self.shard.number}-of-{self.shard.of}"

    # before the run

    def planned(self) -> Planned:
        """What the plan would ask: cells, sessions, requests, tokens."""
        from affectlab.experiment.planned import Planned

        return Planned(self.plan, tuple(one for one in self.models if isinstance(one, str)))

    def preview(self, cell: int) -> list[Turn]:
        """The full conversation of a cell's session, with every question on its branch; needs no model.

        Raises:
            InputError: the plan has no such cell.
        """
        from affectlab.experiment.preview import preview

        return preview(self.plan, cell)

    def cost(self) -> dict[str, CostEstimate]:
        """What the plan would cost on each of its models that is behind an interface.

        Raises:
            InputError: the file of prices is wrong, or one of the models is not in it.
        """
        from affectlab.experiment.cost import cost

        return cost(self.plan, self.models, self.settings)

    def pilot(self, questions: int = 12) -> dict[str, Pilot]:
        """How many draws the study needs of each of its models behind an interface; draws from some of its questions.

        Raises:
            InputError: none of its models is behind an interface, or it asks nothing that has options.
            ParticipantError: a model cannot be had, or the budget does not cover the pilot.
        """
        from affectlab.experiment.pilot import pilot

        named = {row: name for row, name in zip(self.plan.models, self.models, strict=True) if isinstance(name, str)}
        return {row: pilot(self.plan, name, row, self.settings, questions) for row, name in named.items()}

    def power(
        self, earlier: Path | str | None = None, *, scoring: int | None = None, draws: int = 1000
    ) -> list[dict[str, Any]]:
        """How likely the study is to find its smallest effects, and how many texts would do.

        Args:
            earlier: a run, for the variance of its units and items; without one, effects are in SDs of units.
            scoring: of the earlier run; its latest if None.
            draws: simulated studies for each number.

        Raises:
            DataError: there is one unit in a condition.
            InputError: a scoring is named and no run.
            StoreError: there is no such run, or it has no such scoring.
        """
        from affectlab.results.power import expected_power, power

        if earlier is not None:
            return [one.row() for one in power(self.study, Run.open(earlier, scoring=scoring), draws=draws)]
        if scoring is not None:
            raise InputError("--scoring without --from", hint="it chooses among the scorings of an earlier run")
        return expected_power(self.study)

    def freeze(self, out: Path | None = None, *, text: Path | None = None) -> Frozen:
        """Write the preregistration: hypotheses, smallest effects, exclusions, analysis, plan hash.

        Args:
            out: the file; beside the study's own if None.
            text: a file for the same as Markdown, in the order of the form of the Open Science Framework.

        Raises:
            InputError: the study declares no hypotheses or smallest effects, or there is such a file already.
        """
        content = freeze(self.plan)
        document = self.study.document
        own = document.path if document is not None and document.path not in shipped().values() else None
        path = out or (preregistration_beside(own) if own is not None else Path(f"{self.study.id}{SUFFIX}"))
        if text is not None and text.exists():
            raise InputError("is there already", hint="name another file with --text", file=text)
        write(content, path)
        if text is not None:
            with file_replaced(text) as part:
                part.write_text(preregistration_text(content), "utf-8")
        return Frozen(path, content)

    # the run

    def run(self, executor: str = "here") -> Iterator[Event]:
        """Do the study, or go on with a run that was interrupted, as a stream of what happens.

        Every answer is stored before the next is asked for, and the next is asked for when the next event is. Whoever
        stops iterating, or is killed, goes on by running again.

        Args:
            executor: which decides where and in which order blocks of sessions are done.

        Raises:
            StoreError: the directory holds another study or another model's answers, or cannot be written.
            CapabilityError: a model lacks what the study requires; nothing was asked.
            InputError: a conversation would overrun a model's context; nothing was asked.
            ParticipantError: no model could be had, or the only one broke; what it had answered is kept.
        """
        self._halt = None
        self._executor = executor
        return self._running(executor)

    def pause(self, reason: str = "") -> None:
        """Interrupt the run after the answer that is under way: its stream ends with ``paused``."""
        self._halt = Halt("paused", reason)

    def stop(self, reason: str = "") -> None:
        """End the run after the answer that is under way; what is complete by then is its result."""
        self._halt = Halt("stopped", reason)

    def resume(self) -> Iterator[Event]:
        """Go on where the run was paused, by the same executor."""
        return self.run(self._executor)

    def extend(
        self,
        reason: str,
        *,
        texts: int | None = None,
        replicates: int | None = None,
        models: Sequence[str] = (),
    ) -> None:
        """Have the run go further than it was planned: more texts of each state, more replicates, a further model.

        It stays on record with the reason, with how much was done by then, and with the stopping rule that the study
        declares. The sessions that were planned stay as they are; ``run`` does the further ones. What the run has
        already is no extension, and nothing is written then.

        Args:
            reason: why more is collected.
            texts: so many of each state, from those that the files of the run have.
            replicates: so many of each cell; of a study of protocols, so many participants.
            models: that take part too.

        Raises:
            InputError: there is no reason, there are not so many texts, or the design cannot be extended.
            StoreError: the run was not begun, or its scores were derived again already.
        """
        from affectlab.experiment.extending import extend

        self._adopt()
        named_now = list(zip(row_names(models), models, strict=True))
        added = [name for row, name in named_now if row not in self.plan.models]
        wider = extend(self.directory, self.plan, reason, texts=texts, replicates=replicates, models=named_now)
        self.plan, self.study, self.models = wider, wider.study, (*self.models, *added)

    def _adopt(self) -> None:
        """Go on with the run as it has been extended since."""
        from affectlab.experiment.extending import adopted

        # where it lies follows from the plan at first
        directory = self.directory
        self.plan, names = adopted(directory, self.plan)
        self.study, self.models = self.plan.study, (*self.models, *names)

    def results(self) -> Results:
        """What the run has found so far.

        Raises:
            StoreError: it was not begun.
        """
        return Results.open(self.directory)

    @property
    def spent(self) -> dict[str, Any]:
        """What each model whose answers cost something has spent since the run was started: calls, tokens, money."""
        return {} if self._cast is None else self._cast.spent

    def _running(self, executor: str) -> Iterator[Event]:
        self._adopt()
        plan, needed = self.plan, self.shard.models(self.plan)
        models = {row: one for row, one in zip(plan.models, self.models, strict=True) if row in needed}
        with participants_for(
            plan.study, models, self._others, plan.seed, self.settings, self.directory, self._cards
        ) as participants:
            ready = prepared(self.plan, participants.clients, participants.others, executor, self.shard)
            self._cast = participants
            with closing(store_made(self.directory)) as store:
                yield from self._told(stream(ready, store), store, participants)

    def _told(
        self, steps: Generator[Progress, None, None], store: Store, participants: Participants
    ) -> Iterator[Event]:
        """What happens, until it has all happened or somebody interrupts it."""
        pace, last = Pace(), Event("started", 0.0, len(self.plan))
        with closing(steps):
            for step in steps:
                if step.kind == "started":
                    self._note_participants(store, participants)
                last = event(step, pace, self.spent.values())
                yield last
                if self._halt is not None:
                    break
        if self._halt is None:
            yield replace(last, kind="ended", message=f"{last.done:.0f} of {last.total} sessions are done")
            return
        kind, reason = self._halt
        told = f"after {last.done:.0f} of {last.total} sessions{f': {reason}' if reason else ''}"
        store.incident(f"{kind} by hand", told)
        yield replace(last, kind="paused" if kind == "paused" else "ended", message=f"{kind} by hand {told}")

    def _note_participants(self, store: Store, participants: Participants) -> None:
        """Keep by which names the participants are had again, so that the run can be replayed from its directory."""
        roles = participants.kept_names(store.described("participants") or {})
        store.describe("named_participants", {**(store.described("named_participants") or {}), **roles})
        named = {
            role: str(getattr(self.study.therapy, role)) for role in participants.others if role not in self._others
        }
        store.describe("named_by_role", named)
