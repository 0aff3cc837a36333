"""A path that no file can have is one line, wherever it is named; so is an end that a signal brings in any guise."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

import affectlab.cli
from affectlab.stopping import STOPPING
from tests.conftest import Called

LONG = "n" * 300
PLACES = (
    *(("report", LONG), ("export", LONG, "--to", "out"), ("replay", LONG), ("verify", LONG), ("score", LONG)),
    *(("compare", LONG, LONG), ("sections", LONG), ("check", LONG), ("delete", LONG, "--session", "1")),
    *(("run", "dresden", "--model", "simulated", "--out", LONG), ("run", "dresden", "--model", f"./{LONG}.gguf")),
    *(("analyse", LONG, "--outcome", "x", "--condition", "c"), ("tables", LONG, "--outcome", "x", "--condition", "c")),
    *(("power", "dresden", "--from", LONG), ("freeze", LONG), ("run", "dresden", "--model", f"simulated:{LONG}.yaml")),
)


@pytest.mark.parametrize("words", PLACES, ids=lambda words: " ".join(words).replace(LONG, "NAME"))
def test_a_name_of_three_hundred_letters_is_one_line(
    words: tuple[str, ...], called: Called, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said, complaint = called(*words)
    told = said + complaint  # `check` prints the mistakes that it finds
    assert (code, told.count("\n")) in ((2, 1), (3, 1)), told
    assert complaint.startswith("affectlab: ") or words[0] == "check"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [ImportError("initialization failed"), SystemError("returned NULL"), MemoryError()])
def test_a_signal_that_a_library_turns_into_an_error_is_still_one(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(affectlab.cli, "_called", broken)
    monkeypatch.setattr(STOPPING, "signal", int(signal.SIGTERM))
    said: list[str] = []
    monkeypatch.setattr(STOPPING, "say", lambda: said.append("stopped"))
    with pytest.raises(SystemExit) as end:
        affectlab.cli.main()
    assert (end.value.code, said) == (143, ["stopped"])
    monkeypatch.setattr(STOPPING, "signal", None)
    with pytest.raises(type(error) if not isinstance(error, MemoryError) else SystemExit):
        affectlab.cli.main()
    capsys.readouterr()
