"""What questions cost: the tree against the other ways to the same answers, and against the engine's own ceiling.

All ways are timed in one process, on one engine, with the same wording. A way that would take minutes is timed on
some of the questions, and its seconds are those of the median question times their number.
"""

from __future__ import annotations

import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from affectlab.bench.questions import conversation, end, instrument_questions, rating_questions
from affectlab.conversation import Conversation
from affectlab.design.load import load_study
from affectlab.experiment import Experiment
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.instrument import Instrument
from affectlab.participants.embedded import Counts, EmbeddedParticipant
from affectlab.participants.generation import choose
from affectlab.participants.machine import cores
from affectlab.participants.resolution import largest_changes
from affectlab.requests import Answer, Ask
from affectlab.seeds import derive

REPEATS = 3
QUESTIONS = 40
PREFIXES = (250, 500, 1000, 2000)
ALONE = 3
"""How many of the questions are timed each in a prompt of its own."""
STANDARD_ERROR = 0.05
"""Of a mean rating, in standard deviations of the answer: what sampling is timed for."""
DRAWS = round(STANDARD_ERROR**-2)
"""Draws per question for that standard error."""
TIMED_DRAWS = 16
ANSWER = 2
"""Tokens of a drawn rating: the blank and the number."""
GROWTH = (100, 1000, 10_000)
PART = ("fear",)
"""The state of ``dresden`` in which utilisation is measured."""
PLAIN = 2048
"""Tokens of the longest plain text that is timed."""
_WHOLE, _SEQUENCE = 0, 1


@dataclass(frozen=True)
class Ceiling:
    """Tokens per second of the engine alone, with nothing of ours around it."""

    prefill: float
    decode: float


def measure_speed(
    participant: EmbeddedParticipant, catalogue: Catalogue, told: Callable[[str], None]
) -> dict[str, Any]:
    """All figures of ``affectlab bench``, as plain values; ``told`` hears what is being measured."""
    told("the engine's ceiling")
    standard = conversation(participant, catalogue, 500)
    top = ceiling(participant, participant.prompt(rating_questions(catalogue, standard, 1)[0]))
    told("tokens of every instrument")
    instruments = {one.id: instrument_tokens(participant, one, standard) for one in catalogue.all(Instrument)}
    prefixes = []
    for length in PREFIXES:
        told(f"{QUESTIONS} questions after {length} tokens")
        asks = rating_questions(catalogue, conversation(participant, catalogue, length), QUESTIONS)
        prefixes.append({"prefix_tokens": length, **ways_compared(participant, asks)})
    told("growth")
    growth = [_grown(participant, catalogue, count) for count in GROWTH]
    told("a part of the study dresden")
    study = part_of_a_study(participant, catalogue)
    at_500 = next(one for one in prefixes if one["prefix_tokens"] == 500)
    scored = {one.id for one in catalogue.all(Instrument) if one.faint}
    rating = [one for id, one in instruments.items() if id not in scored]
    words = [one for id, one in instruments.items() if id in scored]
    return {
        "ceiling_tokens_per_second": top.prefill,
        "ceiling_decode_tokens_per_second": top.decode,
        "utilisation": study["utilisation"],
        "utilisation_same_length": median(study["tokens_per_second"]) / study["ceiling_same_length_tokens_per_second"],
        "evaluated_over_unique": study["evaluated"] / study["unique"],
        "tokens_per_rating_item": max(one["tokens_per_item"] for one in rating),
        "tokens_per_cloze_word": max(one["tokens_per_word"] for one in words),
        "speedup_full_prompt": at_500["speedup_full_prompt"],
        "speedup_sampling": at_500["speedup_sampling"],
        "max_probability_difference": max(one["max_probability_difference"] for one in prefixes),
        "peak_memory_mb": peak_memory_mb(),
        "draws": DRAWS,
        "instruments": instruments,
        "prefixes": prefixes,
        "growth": growth,
        "study": study,
    }


def ceiling(participant: EmbeddedParticipant, tokens: Sequence[int], repeats: int = REPEATS) -> Ceiling:
    """The engine's speed on one plain text, batch by batch, and on a reply of one token after another."""
    context = participant.context

    def prefill() -> None:
        context.clear()
        for start in range(0, len(tokens), context.size):
            part = tokens[start : start + context.size]
            last = start + len(part) == len(tokens)
            places = range(start, start + len(part))
            context.decode(part, places, [[_WHOLE]] * len(part), [False] * (len(part) - 1) + [last])

    def decode() -> None:
        for place in range(len(tokens), len(tokens) + TIMED_DRAWS):
            context.decode([tokens[-1]], [place], [[_WHOLE]], [True])

    prefill()
    whole = len(tokens) / median(_seconds(prefill) for _ in range(repeats))
    found = Ceiling(whole, TIMED_DRAWS / _seconds(decode))
    participant.reset()
    return found


def instrument_tokens(participant: EmbeddedParticipant, instrument: Instrument, after: Conversation) -> dict[str, Any]:
    """The tokens that an instrument adds to a conversation: its question, its items, and their options."""
    asks = list(instrument_questions(instrument, after))
    whole = participant.planted(asks).size
    opened = len(participant.prompt(end(after.user(instrument.question))))
    before = _shared([participant.prompt(end(after)), participant.prompt(asks[0])])
    options = sum(len(ask.options) for ask in asks)
    added = whole - before
    return {
        "form": instrument.form,
        "items": len(asks),
        "options": options,
        "tokens": added,
        "of_which_question": opened - before,
        "tokens_per_item": added / len(asks),
        "tokens_per_word": added / options,
    }


def ways_compared(participant: EmbeddedParticipant, asks: Sequence[Ask]) -> dict[str, Any]:
    """Seconds for the same questions as one tree, in prompts of their own, on a kept prefix, and by sampling."""
    tree_seconds, answers, counts = _as_a_tree(participant, asks)
    alone = asks[:: max(1, len(asks) // ALONE)][:ALONE]
    alone_seconds, alone_answers = _alone(participant, alone)
    kept_seconds, draw_seconds = _one_after_another(participant, asks)
    together = [answers[asks.index(ask)] for ask in alone]
    count = len(asks)
    full, sampled = alone_seconds * count, draw_seconds * DRAWS * count
    return {
        "questions": count,
        **counts,
        "questions_per_second": count / tree_seconds,
        "seconds_tree": tree_seconds,
        "seconds_full_prompts": full,
        "seconds_kept_prefix": kept_seconds,
        "seconds_sampling": sampled,
        "draws_per_question": DRAWS,
        "speedup_full_prompt": full / tree_seconds,
        "speedup_kept_prefix": kept_seconds / tree_seconds,
        "speedup_sampling": sampled / tree_seconds,
        "max_probability_difference": largest_changes(together, alone_answers)["probability"],
    }


def part_of_a_study(participant: EmbeddedParticipant, catalogue: Catalogue) -> dict[str, Any]:
    """Some sessions of ``dresden`` through session, runner and store, against the engine alone on plain texts: one as
    long as the longest question, and one of as many tokens as the largest tree, or the most that are timed.

    A machine is not equally fast from minute to minute, so each repeat is held against a text timed right after it.
    """
    study = load_study("dresden").model_copy(update={"states": PART, "validity": ()})

    def plain(tokens: int, repeats: int = REPEATS) -> float:
        text = conversation(participant, catalogue, tokens)
        return ceiling(participant, participant.prompt(end(text)), repeats).prefill

    speeds, ceilings = [], []
    for _ in range(REPEATS):
        participant.counts = Counts()
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            *_, last = Experiment(study, models=[participant], out=folder).run()
            seconds = time.perf_counter() - start
            answers = last.answers
        done = participant.counts
        participant.reset()
        speeds.append(done.evaluated / seconds)
        ceilings.append(plain(done.longest))
    whole = min(done.largest, PLAIN, participant.capabilities.context)
    return {
        "study": "dresden",
        "states": list(PART),
        "answers": answers,
        "asked": done.asked,
        "unique": done.unique,
        "evaluated": done.evaluated,
        "spoken": done.spoken,
        "tokens_per_second": speeds,
        "longest": done.longest,
        "ceiling_tokens_per_second": ceilings,
        "utilisation": median(speed / top for speed, top in zip(speeds, ceilings, strict=True)),
        "largest_tree": done.largest,
        "same_length": whole,
        "ceiling_same_length_tokens_per_second": plain(whole, repeats=1),
    }


def machine(participant: EmbeddedParticipant) -> dict[str, Any]:
    """On what it was measured."""
    card = participant.card
    return {
        "processor": _processor(),
        "cores": cores(),
        **{name: card[name] for name in ("engine", "weights", "threads", "cells", "batch")},
    }


def peak_memory_mb() -> float:
    """The most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def _as_a_tree(participant: EmbeddedParticipant, asks: Sequence[Ask]) -> tuple[float, list[Answer], dict[str, int]]:
    """Seconds, answers, and tokens of the questions together."""
    taken = []
    for _ in range(REPEATS):
        participant.reset()
        participant.counts = Counts()
        start = time.perf_counter()
        responses = dict(participant.respond(asks))
        taken.append(time.perf_counter() - start)
    done = participant.counts
    answers = [response for _, response in sorted(responses.items()) if isinstance(response, Answer)]
    return median(taken), answers, {"asked": done.asked, "unique": done.unique, "evaluated": done.evaluated}


def _alone(participant: EmbeddedParticipant, asks: Sequence[Ask]) -> tuple[float, list[Answer]]:
    """Seconds of the median question whose whole prompt is evaluated, and the answers."""
    taken, answers = [], []
    for ask in asks:
        participant.reset()
        start = time.perf_counter()
        answers += [answer for _, answer in participant.respond([ask]) if isinstance(answer, Answer)]
        taken.append(time.perf_counter() - start)
    return median(taken), answers


def _one_after_another(participant: EmbeddedParticipant, asks: Sequence[Ask]) -> tuple[float, float]:
    """Seconds of the questions one after the other on a kept prefix, and of the median drawn answer on it.

    What the questions share is evaluated once and kept. Only the token before the answer is read, so what an option
    goes on with costs nothing; and every drawn answer is a request of its own.
    """
    context, prompts = participant.context, [participant.prompt(ask) for ask in asks]
    shared = _shared(prompts)
    held = _seconds(lambda: _hold(participant, prompts[0][:shared]))

    def read() -> None:
        for prompt in prompts:
            _branch(participant, prompt, shared)
            context.logits(len(prompt) - shared - 1)
            context.drop(_SEQUENCE)

    def draw(number: int, prompt: tuple[int, ...]) -> None:
        _branch(participant, prompt, shared)
        row = len(prompt) - shared - 1
        for step in range(ANSWER):
            token = choose(context.logits(row), 1.0, derive(number, step))
            if step + 1 < ANSWER:
                context.decode([token], [len(prompt) + step], [[_SEQUENCE]], [True])
                row = 0
        context.drop(_SEQUENCE)

    kept = held + median(_seconds(read) for _ in range(REPEATS))
    drawn = median(_seconds(partial(draw, *one)) for one in enumerate(prompts[:TIMED_DRAWS]))
    participant.reset()
    return kept, drawn


def _hold(participant: EmbeddedParticipant, tokens: Sequence[int]) -> None:
    participant.reset()
    context = participant.context
    for start in range(0, len(tokens), context.size):
        part = tokens[start : start + context.size]
        context.decode(part, range(start, start + len(part)), [[_WHOLE]] * len(part), [False] * len(part))


def _branch(participant: EmbeddedParticipant, prompt: Sequence[int], shared: int) -> None:
    context, rest = participant.context, prompt[shared:]
    context.share(_WHOLE, _SEQUENCE, shared)
    outputs = [False] * (len(rest) - 1) + [True]
    context.decode(rest, range(shared, len(prompt)), [[_SEQUENCE]] * len(rest), outputs)


def _shared(prompts: Sequence[tuple[int, ...]]) -> int:
    """How many tokens all prompts begin with; each keeps at least one of its own."""
    first, last = min(prompts), max(prompts)
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(map(len, prompts)))
    return min(same, *(len(prompt) - 1 for prompt in prompts))


def _grown(participant: EmbeddedParticipant, catalogue: Catalogue, count: int) -> dict[str, float]:
    """Seconds and peak memory of many questions, each told from the others by its number."""
    before = conversation(participant, catalogue, 100).user("Which of these are true?")
    asks = [Ask(before, f"Number {number:0{len(str(count - 1))}d}", (" yes", " no")) for number in range(count)]
    participant.reset()
    participant.counts = Counts()
    seconds = _seconds(lambda: list(participant.respond(asks)))
    evaluated = participant.counts.evaluated
    return {
        "questions": count,
        "seconds": seconds,
        "evaluated": evaluated,
        "questions_per_second": count / seconds,
        "tokens_per_second": evaluated / seconds,
        "peak_memory_mb": peak_memory_mb(),
    }


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
