"""A plan: the study expanded into sessions, each a cell of the design with a derived seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import count, groupby, islice, product
from typing import Any, NamedTuple

from affectlab import renamed
from affectlab.design.allocation import allocated
from affectlab.design.cell import Cell
from affectlab.design.crossing import in_fraction, latin
from affectlab.design.procedure import ProcedureKey, drawing, procedure, wording
from affectlab.design.size import require_size
from affectlab.design.steps import Procedure
from affectlab.design.study import Study
from affectlab.design.validity_probes import sampled_cells, with_validity_probes
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import CHOSEN, INDUCTION_TEXT, NOTHING, Induction, Material, Regulation
from affectlab.materials.state import State
from affectlab.seeds import derive

TALK = "talk"
"""How a manual is delivered."""
REMEMBERED = 1024
"""Procedures that are not written again for the next cell that needs them."""


class Scope(NamedTuple):
    """How far a plan went before it was extended."""

    texts: int
    """Per state."""
    replicates: int
    models: tuple[str, ...]


class PlanPart(NamedTuple):
    """What was planned at one time: all of a plan, or what an extension adds to what was planned before."""

    plan: Plan
    """As if it had been planned at once."""
    cells: tuple[Cell, ...]
    """Those that were not planned before."""


@dataclass(frozen=True)
class Plan:
    """A study, its materials, and the cells in the order in which they are run.

    The order puts those that share a beginning next to each other: what they share is asked and evaluated once.
    """

    study: Study
    seed: int
    replicates: int
    models: tuple[str, ...]
    before: tuple[Scope, ...] = ()
    """Where it was extended: how far it went at first, and after each extension but the last."""

    @classmethod
    def of(
        cls,
        study: Study,
        *,
        seed: int | None = None,
        replicates: int | None = None,
        models: Sequence[str] = (),
        large: bool = False,
    ) -> Plan:
        """The plan of a study, with another seed, number of replicates or models than in its file.

        Raises:
            InputError: it comes to more sessions than can be meant, and ``large`` does not say that they are.
        """
        require_size(study, replicates=replicates, models=len(models) or None, large=large)
        return cls(
            study,
            study.seed if seed is None else seed,
            study.replicates if replicates is None else replicates,
            tuple(models) or study.models,
        )

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell of the design. What extensions add follows, so that numbers of sessions stay as they were."""
        return tuple(cell for part in self.parts for cell in part.cells)

    @cached_property
    def parts(self) -> tuple[PlanPart, ...]:
        """What was planned at each time; one part where the plan was not extended."""
        if not self.before:
            return (PlanPart(self, tuple(self._expand())),)
        found: list[PlanPart] = []
        planned: set[Cell] = set()
        for stage in (*map(self.within, self.before), replace(self, before=())):
            added = [cell for cell in stage.cells if replace(cell, index=0) not in planned]
            cells = tuple(replace(cell, index=len(planned) + at) for at, cell in enumerate(added))
            planned.update(replace(cell, index=0) for cell in added)
            found.append(PlanPart(stage, cells))
        return tuple(found)

    def within(self, scope: Scope) -> Plan:
        """The plan as it was when it went no further, of a study that is the same otherwise."""
        induction = self.study.induction.model_copy(update={"texts": scope.texts})
        study = self.study.model_copy(update={"induction": induction})
        return replace(self, study=study, replicates=scope.replicates, models=scope.models, before=())

    def _part(self, cell: Cell) -> PlanPart:
        """The part to which a cell belongs."""
        return next(part for part in reversed(self.parts) if part.cells and part.cells[0].index <= cell.index)

    def procedure(self, cell: Cell) -> Procedure:
        """What is done in a cell's session; in a sampled one, the validity checks ask beside it."""
        plan = self._part(cell).plan
        done = plan._written(ProcedureKey.of(cell, drawn=cell.regulation in self._drawing))
        number = self.sampled.get(cell.index)
        return done if number is None else with_validity_probes(plan.study.in_language(cell.language), done, number)

    def procedures(self) -> Iterator[tuple[Procedure, list[Cell]]]:
        """The procedures in the order in which they are run, each with the neighbours of one model that it is for."""
        for (_, done), cells in groupby(self.cells, lambda cell: (cell.model, self.procedure(cell))):
            yield done, list(cells)

    @cached_property
    def _written(self) -> Callable[[ProcedureKey], Procedure]:
        return lru_cache(maxsize=REMEMBERED)(partial(procedure, self.study))

    @cached_property
    def _drawing(self) -> frozenset[str]:
        return drawing(self.study)

    @cached_property
    def sampled(self) -> Mapping[int, int]:
        """The cells in which validity checks ask, and the place of each in the sample of its model and language."""
        if not any(check.asked for check in self.study.checks):
            return {}
        chosen = [
            sampled_cells(
                part.plan.study, (one for one in part.cells if (one.model, one.language) == (model, language))
            )
            for part in self.parts
            for model in part.plan.models
            for language in part.plan.languages
        ]
        return {index: number for indices in chosen for number, index in enumerate(indices)}

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hex, of every cell and every text that is said in it: the identity of the plan."""
        if self.before:
            return hashlib.sha256("\0".join(part.plan.hash for part in self.parts).encode()).hexdigest()
        digest = hashlib.sha256(json.dumps(_content(self.study), sort_keys=True).encode())
        given: dict[str, Material] = {}
        written = json.JSONEncoder(sort_keys=True).encode
        for one, cells in self.procedures():
            said = "".join((one.frame.text, *("\0".join(step.content) for step in one.steps))).encode()
            given |= {_named(material, self.study): material for step in one.steps for material in step.materials}
            for cell in cells:
                digest.update(written(renamed.levels_before(cell.levels)).encode() + said)
        for id in sorted(given):
            digest.update(given[id].content.encode())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the study; an empty one where it names none."""
        return self.study.languages or ("",)

    def _expand(self) -> Iterator[Cell]:
        """The cells, those that share a beginning next to each other."""
        study = self.study
        if study.protocols:
            yield from self._of_protocols()
            return
        outer = product(self.models, self.languages, study.frame_ids, study.states, study.induction.techniques)
        number = count()
        for model, language, frame, state, technique in outer:
            for text in range(study.induction.texts):
                block = _Block(self, model, language, frame, state, technique, text)
                for levels, replicates in block.sessions():
                    place = block.place(levels)
                    for replicate in replicates:
                        seed = derive(self.seed, text, replicate)
                        yield Cell(index=next(number), text=text, replicate=replicate, seed=seed, **place)

    def _of_protocols(self) -> Iterator[Cell]:
        """The cells of a study of protocols: those of a participant next to each other, with the same seed."""
        study = self.study
        protocols = [study.catalogue.get(Protocol, id) for id in study.protocols]
        places = product(self.models, study.frame_ids, range(self.replicates), protocols)
        for index, (model, frame, replicate, protocol) in enumerate(places):
            yield Cell(
                index=index,
                model=model,
                frame=frame,
                state=protocol.state,
                technique=protocol.technique,
                vignette=f"{protocol.id}-{replicate + 1}",
                text=0,
                script=NOTHING,
                replicate=replicate,
                seed=derive(self.seed, 0, replicate),
                **{name: levels[0] for name, levels in self.levels().items()},
            )

    @cached_property
    def allocation(self) -> list[tuple[int, str, str, str]]:
        """Of a trial: each session with its stratum, its vignette and the arm that chance gave it."""
        if self.study.clinical_trial is None:
            return []
        return [(cell.index, cell.state, cell.vignette, cell.regulation) for cell in self.cells]

    def levels(self) -> dict[str, Sequence[str]]:
        """The factors that are crossed within a text, and their levels, outermost first."""
        study = self.study
        return {
            "grade": study.induction.grades,
            "arm": study.induction.arms,
            "delivery": study.induction.deliveries,
            "context": study.contexts,
            "order": study.regulation.orders,
            "regulation": study.regulations,
            "guidance": study.regulation.deliveries,
        }


@dataclass(frozen=True)
class _Block:
    """One text of one state, within which the factors are crossed."""

    plan: Plan
    model: str
    language: str
    frame: str
    state: str
    technique: str
    text: int

    @cached_property
    def number(self) -> int:
        """The block's place among those of its technique."""
        study = self.plan.study
        return study.states.index(self.state) * study.induction.texts + self.text

    def sessions(self) -> Iterator[tuple[dict[str, str], Sequence[int]]]:
        """The levels and the replicates of the sessions with this text."""
        clinical_trial, replicates = self.plan.study.clinical_trial, self.plan.replicates
        if clinical_trial is None:
            yield from ((levels, range(replicates)) for levels in self.cells())
            return
        study, place = self.plan.study, (self.state, self.technique, *filter(None, (self.language,)))
        strata = allocated(
            study.regulations,
            study.induction.texts,
            clinical_trial.sessions * replicates,
            derive(self.plan.seed, *place),
        )
        for levels in islice(self.cells(), 1):
            yield from (({**levels, "regulation": arm}, (at,)) for at, arm in enumerate(strata[self.text]))

    def cells(self) -> Iterator[dict[str, str]]:
        """The combinations of levels that are run with this text."""
        study, levels, seed = self.plan.study, self.plan.levels(), self.plan.seed
        crossing = study.crossing
        row, column = self.text, study.states.index(self.state)
        if "frames" in crossing.latin:
            frames = study.frame_ids
            if frames[latin(len(frames), row, column, derive(seed, "frames"))] != self.frame:
                return
        for name in levels:
            if f"{name}s" in crossing.latin or (name == "delivery" and "deliveries" in crossing.latin):
                values = levels[name]
                levels[name] = (values[latin(len(values), row, column, derive(seed, name))],)
        for places in product(*(range(len(values)) for values in levels.values())):
            chosen = {name: values[at] for at, (name, values) in zip(places, levels.items(), strict=True)}
            if self._differs(chosen, levels) and in_fraction(places, self.number, crossing.fraction, seed):
                yield chosen

    def _differs(self, chosen: Mapping[str, str], levels: Mapping[str, Sequence[str]]) -> bool:
        """Whether a combination differs from every other: a neutral text has no controls, and nothing no manner."""
        if self.plan.study.catalogue.get(State, self.state).neutral and chosen["arm"] != INDUCTION_TEXT:
            return False
        idle: list[str] = []
        if self.plan.study.brief(chosen["arm"]):
            idle += ["regulation", "guidance", "order"]
        if chosen["regulation"] == NOTHING:
            idle += ["guidance", "order"]
        if chosen["regulation"] in self.plan.study.manuals:
            idle += ["guidance"]
        return all(chosen[name] == levels[name][0] for name in idle)

    def place(self, levels: dict[str, str]) -> dict[str, str]:
        """All of a cell but its replicate, for a combination of levels."""
        study = self.plan.study
        if study.brief(levels["arm"]):
            levels = {**levels, "regulation": NOTHING}
        if levels["regulation"] in study.manuals:
            levels = {**levels, "guidance": TALK}
        texts = study.texts_of(study.catalogue.get(Induction, f"{self.technique}-{self.state}"))
        return {
            **levels,
            "model": self.model,
            "language": self.language,
            "frame": self.frame,
            "state": self.state,
            "technique": self.technique,
            "vignette": texts[self.text].id,
            "script": self._script(levels["regulation"]),
        }

    def _script(self, regulation: str) -> str:
        if regulation in (NOTHING, CHOSEN, *self.plan.study.manuals):
            return regulation
        return wording(self.plan.study.catalogue.get(Regulation, regulation), self.text).id


def _named(material: Material, study: Study) -> str:
    """The id of a material, with its language where the study has several."""
    return f"{material.language}/{material.id}" if study.languages else material.id


def _content(study: Study) -> dict[str, object]:
    """What makes a study another one, by the names that it had first; prose and what is compared with what do not."""
    prose = {"title", "tests", "against", "source", "hypotheses", "quick", "replicates", "seed", "models", "require"}
    prose |= {"stopping_rule"}
    left_out: dict[str, Any] = {**dict.fromkeys(prose, True), "regulation": {"pairs"}}
    if study.induction.draw == "first":  # which is what a file says that knows nothing of it
        left_out["induction"] = {"draw"}
    return renamed.study_before(study.model_dump(mode="json", exclude=left_out))
