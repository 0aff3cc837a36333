"""A plan: the study expanded into sessions, each a cell of the design with a derived seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import product

from affectlab.design.procedure import Measure, Procedure, Say, procedure
from affectlab.design.study import NOTHING, Study
from affectlab.materials.schema import Induction, Instrument, Regulation
from affectlab.materials.tasks import Task
from affectlab.seeds import derive


@dataclass(frozen=True)
class Cell:
    """One session's place in the design. The fields are the factors, and columns of the trials."""

    index: int
    model: str
    frame: str
    state: str
    technique: str
    grade: str
    vignette: str
    text: int
    """The vignette's place in its file."""
    regulation: str
    script: str
    """The wording of the regulation."""
    replicate: int
    seed: int


@dataclass(frozen=True)
class Plan:
    """A study, its materials, and the cells in the order in which they are run.

    The order puts those that share a beginning next to each other: what they share is asked and evaluated once.
    """

    study: Study
    seed: int
    replicates: int
    models: tuple[str, ...]

    @classmethod
    def of(
        cls,
        study: Study,
        *,
        seed: int | None = None,
        replicates: int | None = None,
        models: Sequence[str] = (),
    ) -> Plan:
        """The plan of a study, with another seed, number of replicates or models than in its file."""
        return cls(
            study,
            study.seed if seed is None else seed,
            study.replicates if replicates is None else replicates,
            tuple(models) or study.models,
        )

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell of the design."""
        return tuple(self._expand())

    def procedure(self, cell: Cell) -> Procedure:
        """What is done in a cell's session."""
        return procedure(self.study, cell)

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hex, of every cell and every text that is said in it: the identity of the plan."""
        digest = hashlib.sha256(json.dumps(_content(self.study), sort_keys=True).encode())
        given: dict[str, Instrument | Task] = {}
        for cell in self.cells:
            digest.update(json.dumps(asdict(cell), sort_keys=True).encode())
            walk = self.procedure(cell)
            digest.update(walk.frame.text.encode())
            for step in walk.steps:
                if isinstance(step, Say):
                    digest.update(f"{step.text}\0{step.reply}".encode())
                else:
                    material = step.instrument if isinstance(step, Measure) else step.task
                    given[material.id] = material
                    digest.update(f"{step.point}\0{material.id}".encode())
        for id in sorted(given):
            digest.update(given[id].model_dump_json().encode())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.cells)

    def _expand(self) -> Iterator[Cell]:
        study = self.study
        wanted = study.induction
        factors = product(
            self.models, study.frames, study.states, range(wanted.texts), wanted.grades, study.regulations
        )
        for index, ((model, frame, state, text, grade, regulation), replicate) in enumerate(
            product(factors, range(self.replicates))
        ):
            induction = self.study.catalogue.get(Induction, f"{wanted.technique}-{state}")
            vignette = induction.texts[text].id
            script = self._script(regulation, text)
            place = (frame, state, wanted.technique, grade, vignette, text, regulation, script, replicate)
            yield Cell(index, model, *place, derive(self.seed, *place))

    def _script(self, regulation: str, text: int) -> str:
        """The wording used with a vignette: they take turns, so that no wording belongs to one vignette only."""
        if regulation == NOTHING:
            return NOTHING
        scripts = self.study.catalogue.get(Regulation, regulation).scripts
        return scripts[text % len(scripts)].id


def _content(study: Study) -> dict[str, object]:
    """What makes a study another one; the prose in its file does not."""
    prose = {"title", "tests", "against", "source", "hypotheses", "quick", "replicates", "seed", "models"}
    return study.model_dump(mode="json", exclude=prose)
