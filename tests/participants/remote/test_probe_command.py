"""What a model can do, found out without a study; and servers by their names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from affectlab.errors import ParticipantError
from affectlab.participants.providers import PROVIDERS
from affectlab.participants.registry import KNOWN, is_known
from affectlab.participants.remote import remote
from affectlab.participants.remote.make import model_of
from tests.conftest import Called
from tests.participants.remote.endpoint import KEY, Endpoint
from tests.participants.remote.vllm_server import VllmServer


def test_what_is_found_is_printed_with_what_was_seen_and_kept_in_a_file(called: Called, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    with VllmServer(most=50, lies=["ignores the seed"]) as server:
        code, printed, _ = called("probe", f"vllm:synthetic-1@{server.url}", "--out", str(file))
        assert code == 0
        assert "the server says it lists 50 at most" in " ".join(printed.split())
        first = server.model_calls
        code, printed, _ = called("probe", str(file), "--json")
        assert code == 0
        assert server.model_calls - first < first, "what the file keeps was asked for again"
    found = json.loads(printed)
    assert found["token_ids"]["found"] == "yes"
    assert found["seed"] == {"found": "no", "seen": "as its file says; not asked"}
    model = model_of(str(file))
    assert model.reads == "token ids"
    assert model.quirks.seed is False
    assert "another seed" in model.evidence["seed"]


def test_what_runs_in_this_process_is_not_probed(called: Called) -> None:
    code, _, told = called("probe", "smollm2")
    assert code == 3
    assert "not behind an interface" in told


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_server_is_known_by_its_name(name: str) -> None:
    model = model_of(f"{name}:some/model:8b")
    assert model.model == "some/model:8b"
    assert (model.base_url == "") == model.local
    assert is_known(f"{name}:some/model:8b")
    assert f"{name}:NAME" in KNOWN


def test_a_key_goes_to_a_providers_own_addresses_and_to_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    with pytest.raises(ParticipantError, match="no fixed address"):
        remote("azure:mine")
    for url, variable in {
        "https://mine.openai.azure.com/openai/v1": "AZURE_OPENAI_API_KEY",
        "http://mine.openai.azure.com/openai/v1": "",
        "https://azure.com.example.org/openai/v1": "",
    }.items():
        assert remote("azure:mine", base_url=url)._key.variable == variable
    headers: list[dict[str, str]] = []

    class Listening(Endpoint):
        async def _reply(self, head: str, body: bytes, writer: object) -> bool:
            headers.append(dict(line.split(": ", 1) for line in head.strip().lower().split("\r\n")[1:]))
            return await super()._reply(head, body, writer)  # type: ignore[arg-type]

    with (
        Listening() as endpoint,
        remote("azure:synthetic-1", base_url=endpoint.url, api_key_env="AZURE_OPENAI_API_KEY") as one,
    ):
        _ = one.abilities
    assert {one.get("api-key") for one in headers} == {KEY}
    assert not any("authorization" in one for one in headers)
