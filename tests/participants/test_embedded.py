"""The embedded engine against itself: one tree, and every question in a prompt of its own, give the same answers."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affectlab.conversation import Conversation
from affectlab.design.load import load_study
from affectlab.errors import InputError
from affectlab.participants._llama import library
from affectlab.participants.attention import exact_in_tiles
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.participants.model import Context
from affectlab.requests import Answer, Ask, Reply, Request, Speak
from affectlab.run import STORE, Run, differing_responses
from tests.conftest import Lab, run

pytestmark = pytest.mark.model

FLOOR = 1e-4
"""What a probability may differ by with who shares the batch: the sums are the same, in another order."""
TEXT = "the cat sits by a warm stove while rain runs down the old window and nobody says a word all evening"
WORDS = TEXT.split()
OPTIONS = (
    (" calm", " afraid", " disgusted", " overwhelmed"),
    (" 0", " 1", " 2", " 10"),
    (" yes", " no"),
    (" happy", " happily ever after", " hap"),
)


@pytest.fixture(scope="module")
def model() -> Iterator[EmbeddedParticipant]:
    """The embedded model on one thread."""
    made = EmbeddedParticipant(threads=1)
    yield made
    made.close()


def tree(chance: random.Random, asks: int) -> list[Ask]:
    """Questions on a small random tree of conversations: branches at every depth, options that nest and that do not."""
    talks = [Conversation.begin("You take part in a study.")]
    found = []
    for _ in range(asks):
        talk = chance.choice(talks)
        if len(talks) < 4:
            said = " ".join(chance.choices(WORDS, k=chance.randint(3, 12)))
            talks.append(talk.user(said).assistant("Okay."))
        opening = chance.choice(["Right now I feel", "- fear:", "My answer is", ""])
        found.append(Ask(talk.user(f"Question {chance.randint(1, 3)}?"), opening, chance.choice(OPTIONS)))
    return found


def answers(model: EmbeddedParticipant, requests: Sequence[Request]) -> list[Answer]:
    """The answers of a model that has forgotten what was before."""
    model.reset()
    found = dict(model.respond(requests))
    return [one for _, one in sorted(found.items()) if isinstance(one, Answer)]


def furthest(first: Sequence[Answer], second: Sequence[Answer]) -> float:
    """The largest difference of a probability."""
    pairs = zip(first, second, strict=True)
    return max(float(np.max(np.abs(np.exp(a.logprobs) - np.exp(b.logprobs)))) for a, b in pairs)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2))])
def test_a_tree_answers_as_full_prompts_do_in_any_order_and_grouping(model: EmbeddedParticipant, seed: int) -> None:
    chance = random.Random(seed)
    asks = tree(chance, 8)
    together = answers(model, asks)
    alone = [answers(model, [ask])[0] for ask in asks]
    order = chance.sample(range(len(asks)), len(asks))
    cut = chance.randint(1, len(asks) - 1)
    model.reset()
    parts = [dict(model.respond([asks[at] for at in part])) for part in (order[:cut], order[cut:])]
    regrouped = [answer for part in parts for _, answer in sorted(part.items()) if isinstance(answer, Answer)]

    assert furthest(together, alone) < FLOOR
    assert furthest([together[at] for at in order], regrouped) < FLOOR


def test_the_same_questions_again_are_bit_identical(model: EmbeddedParticipant) -> None:
    asks = tree(random.Random(7), 8)
    assert answers(model, asks) == answers(model, asks)


def test_every_token_is_evaluated_once(model: EmbeddedParticipant) -> None:
    asks = tree(random.Random(8), 12)
    before = model.counts.evaluated
    answers(model, asks)
    assert model.counts.evaluated - before == model.planted(asks).size


def test_questions_one_after_the_other_cost_no_more_than_their_own_tokens(model: EmbeddedParticipant) -> None:
    talk = Conversation.begin("You take part in a study.").user(TEXT).assistant("Okay.")
    model.reset()
    in_turn, unique = [], []
    for question in range(5):
        talk = talk.user(f"Question {question}?")
        ask = Ask(talk, "My answer is", OPTIONS[2])
        before, seen = model.counts.evaluated, model.counts.unique
        in_turn += [answer for _, answer in model.respond([ask]) if isinstance(answer, Answer)]
        unique.append((model.counts.evaluated - before, model.counts.unique - seen))
        talk = talk.assistant("My answer is yes")
    evaluated = sum(tokens for tokens, _ in unique[2:])
    assert evaluated <= 1.2 * sum(tokens for _, tokens in unique[2:])
    asks = [Ask(turn, "My answer is", OPTIONS[2]) for turn in talk.turns if turn.text.startswith("Question")]
    assert furthest(in_turn, [answers(model, [ask])[0] for ask in asks]) < FLOOR


def test_a_tree_larger_than_the_cells_is_answered_the_same() -> None:
    words = random.Random(9)
    start = Conversation.begin("You take part in a study.")
    talks = [start.user(" ".join(words.choices(WORDS, k=40))).assistant("Okay.") for _ in range(6)]
    asks = [Ask(talk.user("And now?"), "Right now I feel", OPTIONS[0]) for talk in talks]
    small, large = (EmbeddedParticipant(threads=1, cells=cells) for cells in (256, 4096))
    assert small.planted(asks).size > 256
    assert furthest(answers(small, asks), answers(large, asks)) < FLOOR
    small.close()
    large.close()


def test_a_conversation_longer_than_the_cells_is_refused_before_anything_is_evaluated(
    model: EmbeddedParticipant,
) -> None:
    before = model.counts.evaluated
    endless = Conversation.begin().user(" ".join(WORDS * 600))
    with pytest.raises(InputError, match="longer than the"):
        list(model.respond([Ask(endless, "", (" yes", " no"))]))
    assert model.counts.evaluated == before


def test_a_reply_depends_on_its_seed_and_not_on_its_company(model: EmbeddedParticipant) -> None:
    talk = Conversation.begin("You take part in a study.").user("Tell me about your morning.")
    wanted = Speak(talk, seed=5, max_tokens=16)
    others = [Speak(talk, seed=seed, max_tokens=16) for seed in (6, 7)]

    def said(requests: Sequence[Request], at: int) -> Reply:
        model.reset()
        response = dict(model.respond(requests))[at]
        assert isinstance(response, Reply)
        return response

    alone = said([wanted], 0)
    assert said([*others, wanted], 2).text == alone.text
    assert said([wanted], 0) == alone
    assert said(others, 0).text != alone.text
    assert alone.tokens <= 16


def test_replies_go_along_in_the_batches_of_the_questions(
    model: EmbeddedParticipant, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Conversation.begin("You take part in a study.")
    asks = tree(random.Random(4), 60)
    speaks = [Speak(start.user("Tell me about your morning."), seed=seed, max_tokens=8) for seed in (5, 6, 7)]
    apart = answers(model, asks), dict(model.respond(speaks))
    decode, batches = Context.decode, list[int]()

    def counted(self: Context, tokens: Sequence[int], *rest: Sequence[Any]) -> None:
        batches.append(len(tokens))
        decode(self, tokens, *rest)

    monkeypatch.setattr(Context, "decode", counted)
    model.reset()
    together = dict(model.respond([*asks, *speaks]))
    found = [one for _, one in sorted(together.items()) if isinstance(one, Answer)]
    assert furthest(found, apart[0]) < FLOOR
    assert [together[len(asks) + at] for at in range(3)] == [apart[1][at] for at in range(3)]
    assert max(batches) == model.context.size
    # the first batch has the beginnings, and of what follows only the steps that outlast the questions stand alone
    assert sum(size <= len(speaks) for size in batches) < 8 - 1


def test_attention_is_in_tiles_where_they_keep_32_bits() -> None:
    compiled = library().build.startswith("llama-cpp-python")
    whole, halves = EmbeddedParticipant(threads=1, cells=256), EmbeddedParticipant(threads=1, cells=256, weights="f16")
    assert whole.tiles == compiled, "is the engine compiled with requirements/engine.cmake?"
    # whether weights of 16 bits keep the rest at 32 depends on the processor: what was measured is used
    assert halves.tiles == exact_in_tiles(halves.model)
    whole.close()
    halves.close()


def test_a_reply_ends_at_a_stop_string(model: EmbeddedParticipant) -> None:
    talk = Conversation.begin().user("Count from one to ten, separated by commas.")
    whole, cut = (Speak(talk, seed=1, max_tokens=12, temperature=0.0, stop=stop) for stop in ((), ("2.",)))
    model.reset()
    replies = dict(model.respond([whole, cut]))
    first, second = replies[0], replies[1]
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert "2." in first.text
    assert second.text == first.text.partition("2.")[0]
    assert second.finish == "stop"


RUN = """
    import sys
    from affectlab.design.load import load_study
    from affectlab.experiment import Experiment
    from affectlab.participants.embedded import EmbeddedParticipant

    models = {"smollm2": EmbeddedParticipant(threads=1)}
    for _ in Experiment(load_study(sys.argv[1]), models=models, out=sys.argv[2]).run():
        pass
"""


def test_a_run_is_replayed_bit_for_bit_and_a_killed_one_equals_it(
    model: EmbeddedParticipant, lab: Lab, tmp_path: Path
) -> None:
    study = lab.study_with(
        models=["smollm2"],
        states=["fear", "neutral"],
        induction={"techniques": ["scene"], "grades": ["moderate"], "texts": 2},
        regulations=["reading"],
        tasks=[],
    )
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(RUN))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    command = [sys.executable, str(script), str(study), str(tmp_path / "killed")]
    process = subprocess.Popen(command, env=environment)
    while process.poll() is None and not _stored(tmp_path / "killed"):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    interrupted = _stored(tmp_path / "killed")
    subprocess.run(command, env=environment, check=True)

    whole = run(load_study(str(study)), {"smollm2": model}, tmp_path / "whole")
    again = run(load_study(str(study)), {"smollm2": model}, tmp_path / "again")
    killed = Run.open(tmp_path / "killed")
    assert 0 < interrupted < whole.store.count()
    assert differing_responses(whole, again) == []
    first, second = whole.scores(), killed.scores()
    assert list(first["key"]) == list(second["key"])
    np.testing.assert_allclose(first["value"], second["value"], atol=1e-3)
    assert set(second["attempt"]) == {1, 2}


def _stored(folder: Path) -> int:
    try:
        with sqlite3.connect(f"file:{folder / STORE}?mode=ro", uri=True) as database:
            return int(database.execute("SELECT count(*) FROM responses").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
