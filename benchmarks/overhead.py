"""What store and runner cost beside the engine.

    python benchmarks/overhead.py [ANSWERS]
    python benchmarks/overhead.py embedded
    python benchmarks/overhead.py questions

The first prints one JSON object: microseconds for each answer written, in a file, the median of repeats; seconds in
which a finished run of so many answers (a million) is found to be finished, in a process that runs already and from
the start of one; and the seconds of processor time that a run of ``dresden`` takes outside the participant, with the
memory of one replicate and of ten. The second prints the memory of the embedded participant for five replicates and
for fifty of a session in which it speaks, so that no two are the same. The third prints the processor time that
10,000 questions take in the embedded participant where the engine evaluates nothing, the median of processes.
"""

from __future__ import annotations

import ctypes
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from affectlab.bench.questions import conversation, rating_questions
from affectlab.conversation import Conversation
from affectlab.design.load import load_study
from affectlab.design.plan import Plan
from affectlab.design.study import Study
from affectlab.experiment import Experiment
from affectlab.materials.catalogue import Catalogue
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.participants.registry import participant
from affectlab.requests import Answer, Ask, Request, Response
from affectlab.run import STORE, Run
from affectlab.store.store import Store
from report import build

REPEATS = 5
WRITTEN = 5000
SPEAKING = {
    "id": "speaking",
    "version": 1,
    "title": "One text, elaborated in the participant's own words and rated",
    "tests": "how much memory a replicate takes",
    "against": "that it takes any",
    "states": ["fear"],
    "induction": {"texts": 1, "deliveries": ["elaborated"]},
    "measures": ["ratings"],
    "measure_at": ["baseline", "induced"],
    "stabilisation": None,
    "validity": "none",
}


def writing() -> dict[str, float]:
    """Microseconds for each answer that is kept, every one on disk before the next."""
    options = tuple(f" {number}" for number in range(11))
    answer = Answer(tuple(-2.0 - 0.1 * number for number in range(11)))
    taken = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder) / STORE)
            asks = [Ask(Conversation.begin().user(f"Question {at}?"), "- fear:", options) for at in range(WRITTEN)]
            start = time.perf_counter()
            for at, ask in enumerate(asks):
                store.keep(f"key {at}", "somebody", ask, answer, 0)
            taken.append((time.perf_counter() - start) / WRITTEN * 1e6)
            store.close()
    return {"microseconds_per_answer_written": median(taken)}


def resuming(answers: int) -> dict[str, float]:
    """Seconds until a finished run has been found to be finished, plan and hash included."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), answers, "dresden")
        store = Store(Path(folder) / STORE)
        study, replicates = Run(store).study, int(store.described("replicates"))
        store.describe("plan_hash", Plan.of(study, replicates=replicates, models=("simulated",)).hash)
        count = store.count()
        store.close()
        model = participant("simulated", study.catalogue, seed=1, threads=None, weights=None)
        inside, begun = [], []
        for _ in range(REPEATS):
            start = time.perf_counter()
            done(study, model, folder, replicates)
            inside.append(time.perf_counter() - start)
            start = time.perf_counter()
            subprocess.check_call([sys.executable, __file__, "resume", folder, str(replicates)])
            begun.append(time.perf_counter() - start)
        return {
            "answers_of_finished_run": count,
            "seconds_to_resume_it": median(inside),
            "seconds_from_the_start_of_the_process": median(begun),
        }


def resume(folder: str, replicates: int) -> None:
    """Find out that a run is finished, as the command does before it reads the run."""
    study = load_study("dresden")
    model = participant("simulated", study.catalogue, seed=1, threads=None, weights=None)
    done(study, model, folder, replicates)


def done(study: Study, model: Any, folder: str, replicates: int) -> Experiment:
    """A study done, or found to be done."""
    experiment = Experiment(study, models=[model], out=folder, replicates=replicates)
    for _ in experiment.run():
        pass
    return experiment


class Timed:
    """A participant whose own processor time is counted apart."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """Answer, and note how long that took."""
        start = time.process_time()
        responses = list(self._whole.respond(requests))
        self.seconds += time.process_time() - start
        yield from responses


def running(replicates: int) -> dict[str, float]:
    """Processor time outside the participant, and peak memory, of a simulated run."""
    study = load_study("dresden")
    model = Timed(participant("simulated", study.catalogue, seed=1, threads=None, weights=None))
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        experiment = done(study, model, folder, replicates)
        outside = time.process_time() - start - model.seconds
        answers = experiment.results().run.store.count()
    return {"answers": answers, "seconds_outside": outside, "peak_memory_mb": _peak_memory_mb()}


def speaking(replicates: int) -> dict[str, float]:
    """Peak memory of sessions in which the embedded participant speaks."""
    study = Study.of(SPEAKING)
    model = participant("smollm2", study.catalogue, threads=1)
    with tempfile.TemporaryDirectory() as folder:
        made = done(study, model, folder, replicates).results().run
        _, ((replies,),) = made.store.query("SELECT count(DISTINCT text) FROM responses WHERE kind = 'reply'")
        answers = made.store.count()
    return {"answers": answers, "different_replies": replies, "peak_memory_mb": _peak_memory_mb()}


class Idle:
    """The engine's functions, of which the one that evaluates does nothing; what is read is always the same."""

    def __init__(self, functions: Any, vocabulary: int) -> None:
        self._functions = functions
        self._left = (ctypes.c_float * vocabulary)(*(-3.0 - at % 7 for at in range(vocabulary)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._functions, name)

    def llama_decode(self, *_: Any) -> int:
        """Evaluate nothing."""
        return 0

    def llama_get_logits_ith(self, *_: Any) -> Any:
        """What is read after any token."""
        return ctypes.cast(self._left, ctypes.POINTER(ctypes.c_float))


def questions(form: str, count: int) -> dict[str, float]:
    """Processor time of questions with two options, or of ratings from 0 to 10, without the engine's."""
    model, catalogue = EmbeddedParticipant(threads=1), Catalogue()
    told = conversation(model, catalogue, 100)
    if form == "ratings":
        asks = rating_questions(catalogue, told, count)
    else:
        before = told.user("Which of these are true?")
        asks = [Ask(before, f"Number {number}", (" yes", " no")) for number in range(count)]
    model.context._call = Idle(model.context._call, model.model.vocabulary_size)
    start = time.process_time()
    for _ in model.respond(asks):
        pass
    return {"seconds_outside": time.process_time() - start}


def _peak_memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _apart(*command: str) -> dict[str, float]:
    """What a part of this script finds in a process of its own, to which no other's memory belongs."""
    found: dict[str, float] = json.loads(subprocess.check_output([sys.executable, __file__, *command]))
    return found


def _asked(form: str) -> dict[str, float]:
    """The median of fresh processes, since what is asked again is remembered."""
    found = [_apart("questions", form, "10000")["seconds_outside"] for _ in range(REPEATS)]
    return {"seconds_outside": median(found)}


def main() -> None:
    match sys.argv[1:]:
        case ["replicates", replicates]:
            print(json.dumps(running(int(replicates))))
        case ["speaking", replicates]:
            print(json.dumps(speaking(int(replicates))))
        case ["resume", folder, replicates]:
            resume(folder, int(replicates))
        case ["questions"]:
            print(json.dumps({form: _asked(form) for form in ("two options", "ratings")}, indent=2))
        case ["questions", form, count]:
            print(json.dumps(questions(form, int(count))))
        case ["embedded"]:
            found = {f"replicates: {count}": _apart("speaking", str(count)) for count in (5, 50)}
            print(json.dumps(found, indent=2))
        case [] | [_]:
            everything(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)


def everything(answers: int) -> None:
    """All that needs no embedded participant. Memory comes first: a process begins with the peak of the one that
    started it."""
    found: dict[str, Any] = {f"dresden, replicates: {count}": _apart("replicates", str(count)) for count in (1, 10)}
    found |= {**writing(), **resuming(answers)}
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
