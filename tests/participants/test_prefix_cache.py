"""What stays in the cells between two rounds, on a model of random weights: many trees in little time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType

from affectlab.conversation import Conversation
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.participants.weights import embedded
from affectlab.requests import Answer, Ask, Reply, Request, Response, Speak

pytestmark = pytest.mark.model

WIDTH, HEADS, HIDDEN, LAYERS, WORDS = 64, 2, 128, 2, 49152
SHAPE = {
    "llama.block_count": LAYERS,
    "llama.embedding_length": WIDTH,
    "llama.feed_forward_length": HIDDEN,
    "llama.attention.head_count": HEADS,
    "llama.attention.head_count_kv": 1,
    "llama.rope.dimension_count": WIDTH // HEADS,
}
TEXT = "the cat sits by a warm stove while rain runs down the old window and nobody says a word all evening"
OPTIONS = ((" calm", " afraid", " overwhelmed"), (" 0", " 1", " 10"), (" yes", " no"))
FLOOR = 1e-4
"""In a log probability: two layers of 32-bit sums, in another order."""


def write(path: Path) -> Path:
    """A model with the embedded one's words and random weights."""
    reader, writer = GGUFReader(embedded()), GGUFWriter(path, arch="llama")
    for name, entry in reader.fields.items():
        if not name.startswith("GGUF.") and name not in ("general.architecture", "general.file_type"):
            kind = entry.types[0]
            inner = entry.types[-1] if kind == GGUFValueType.ARRAY else None
            writer.add_key_value(name, SHAPE.get(name, entry.contents()), kind, sub_type=inner)
    writer.add_file_type(LlamaFileType.ALL_F32)
    chance = np.random.default_rng(1)
    narrow = WIDTH // HEADS
    writer.add_tensor("token_embd.weight", chance.normal(0, 0.2, (WORDS, WIDTH)).astype(np.float32))
    for layer in range(LAYERS):
        shapes = {"attn_q": (WIDTH, WIDTH), "attn_k": (narrow, WIDTH), "attn_v": (narrow, WIDTH)}
        shapes |= {"attn_output": (WIDTH, WIDTH), "ffn_gate": (HIDDEN, WIDTH), "ffn_up": (HIDDEN, WIDTH)}
        for name, shape in {**shapes, "ffn_down": (WIDTH, HIDDEN)}.items():
            writer.add_tensor(f"blk.{layer}.{name}.weight", chance.normal(0, 0.1, shape).astype(np.float32))
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the model."""
    return write(tmp_path_factory.mktemp("model") / "random.gguf")


@pytest.fixture(scope="module")
def model(random_weights: Path) -> Iterator[EmbeddedParticipant]:
    """A model of few cells, so that most of what it is asked finds no room beside what it holds."""
    made = EmbeddedParticipant("random", random_weights, threads=1, cells=512)
    yield made
    made.close()


def respond(model: EmbeddedParticipant, requests: Sequence[Request]) -> list[Response]:
    """All responses, in the order of the requests."""
    return [response for _, response in sorted(model.respond(requests), key=lambda pair: pair[0])]


def alone(model: EmbeddedParticipant, request: Request) -> Response:
    """The response of a model that has forgotten what was before."""
    model.reset()
    return respond(model, [request])[0]


def same(first: Response, second: Response) -> bool:
    """Whether two answers agree to within the floor, and two replies in every word."""
    if isinstance(first, Answer) and isinstance(second, Answer):
        return bool(np.allclose(first.logprobs, second.logprobs, rtol=0.0, atol=FLOOR))
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    return first.text == second.text


@pytest.mark.parametrize("seed", range(6))
def test_rounds_of_questions_and_replies_answer_as_each_alone(model: EmbeddedParticipant, seed: int) -> None:
    chance = random.Random(seed)
    start = Conversation.begin("You take part.")
    talks = [
        start.user(" ".join(chance.choices(TEXT.split(), k=chance.randint(3, 40)))) for _ in range(chance.randint(1, 5))
    ]
    asked: list[Request] = []
    responses: list[Response] = []
    model.reset()
    for number in range(4):
        requests: list[Request] = []
        for place, talk in enumerate(talks):
            if chance.random() < 0.6:
                requests += [Ask(talk, opening, chance.choice(OPTIONS)) for opening in ("I am", "")]
            if chance.random() < 0.6:
                requests.append(Speak(talk, seed=10 * number + place, max_tokens=6))
        asked += requests
        responses += respond(model, requests)
        talks = [talk.assistant("I am here.").user(chance.choice(["And now?", "Why is that?"])) for talk in talks]
    for request, response in zip(asked, responses, strict=True):
        assert same(alone(model, request), response)


def test_a_conversation_that_goes_on_is_not_evaluated_again(random_weights: Path) -> None:
    model = EmbeddedParticipant("random", random_weights, threads=1, cells=2048)
    talks = [Conversation.begin("You take part.").user(f"{word} {TEXT}.") for word in ("One", "Two")]
    costs = []
    for _ in range(6):
        evaluated, unique = model.counts.evaluated, model.counts.unique
        respond(model, [Ask(talk, "I am", OPTIONS[2]) for talk in talks])
        costs.append((model.counts.evaluated - evaluated, model.counts.unique - unique))
        talks = [talk.assistant("I am here.").user("And now?") for talk in talks]
    model.close()
    assert sum(cost for cost, _ in costs[2:]) <= 1.1 * sum(new for _, new in costs[2:])


def test_what_is_said_goes_on_from_where_it_was_said(model: EmbeddedParticipant) -> None:
    model.reset()
    talk = Conversation.begin("You take part.").user(TEXT)
    (reply,) = respond(model, [Speak(talk, seed=1, max_tokens=8)])
    assert isinstance(reply, Reply)
    before = model.counts.evaluated
    respond(model, [Speak(talk.assistant(reply.text).user("And?"), seed=2, max_tokens=1)])
    assert model.counts.evaluated - before < 30


def test_more_replies_than_fit_beside_a_long_question_are_all_given(model: EmbeddedParticipant) -> None:
    long = Ask(Conversation.begin().user(TEXT * 9), "I am", OPTIONS[0])
    speaks = [Speak(Conversation.begin().user(f"{at} {TEXT}"), seed=at, max_tokens=20) for at in range(12)]
    model.reset()
    responses = respond(model, [*speaks, long])
    assert len(responses) == 13
    assert same(responses[-1], alone(model, long))
    assert same(responses[7], alone(model, speaks[7]))


def test_what_is_held_and_what_is_asked_never_share_a_sequence(random_weights: Path) -> None:
    """After many replies, of which some are gone on from, there are as many branches as a batch can have."""
    model = EmbeddedParticipant("random", random_weights, threads=1, cells=4096)
    start = Conversation.begin("You take part.").user("We begin.").assistant("Yes.")
    talks = [start.user(f"Count to {number}.") for number in range(150)]
    spoken = respond(model, [Speak(talk, seed=at, max_tokens=3) for at, talk in enumerate(talks)])
    replies = [reply for reply in spoken if isinstance(reply, Reply)]
    assert len(replies) == len(talks)
    gone_on = [talk.assistant(reply.text).user("And?") for talk, reply in zip(talks, replies, strict=True)][::3]
    requests: list[Request] = [Ask(talk, opening, OPTIONS[1]) for talk in gone_on for opening in ("", "I am", "It is")]
    requests += [Speak(talk, seed=at, max_tokens=3) for at, talk in enumerate(gone_on)]
    responses = respond(model, requests)
    for at in (0, 70, 149, 150, len(requests) - 1):
        assert same(alone(model, requests[at]), responses[at])
    model.close()
