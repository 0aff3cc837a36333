"""A base model, whose file has no chat template: one that lies beside it under its name is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from affectlab.conversation import Conversation
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.requests import Answer, Ask, Reply, Speak
from tests.participants.remote.conftest import weights

pytestmark = pytest.mark.model

TEMPLATE = """{% for turn in messages %}
{% if turn.role == 'user' %}Researcher:
{% elif turn.role == 'assistant' %}Participant:
{% endif %}
{{ turn.content }}

{% endfor %}
Participant:{{ '\\n' }}
"""
TOLD = Conversation.begin("A talk between a researcher and a participant.").user("How are you?")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("base") / "base.gguf"
    file.symlink_to(weights())
    file.with_suffix(".jinja").write_text(TEMPLATE)
    return file


def test_turns_are_written_as_the_template_beside_the_file_says(base: Path) -> None:
    model = EmbeddedParticipant("base", base, threads=1)
    try:
        shown = model.model.tokenize(
            "A talk between a researcher and a participant.\n\nResearcher:\nHow are you?\n\nParticipant:\nI feel"
        )
        assert model.prompt(Ask(TOLD, "I feel", (" sad", " calm"))) == shown
        found = dict(model.respond([Ask(TOLD, "I feel", (" sad", " calm")), Speak(TOLD, 1, max_tokens=200)]))
        revision = model.revision
    finally:
        model.close()
    answer, reply = found[0], found[1]
    assert isinstance(answer, Answer)
    assert 0.0 < answer.coverage < 1.0
    assert isinstance(reply, Reply)
    assert "Researcher:" not in reply.text, "the reply goes on with somebody else's turn"
    base.with_suffix(".jinja").write_text(TEMPLATE.replace("Researcher", "Experimenter"))
    other = EmbeddedParticipant("base", base, threads=1)
    try:
        assert other.revision != revision, "another template is another participant"
    finally:
        other.close()
