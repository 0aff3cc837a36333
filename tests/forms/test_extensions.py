"""What other packages bring is found by its entry points; what cannot be loaded is one line with a remedy."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from affectlab import extensions
from affectlab.errors import InputError
from affectlab.extensions import Extensions
from affectlab.materials.schema import Instrument


def with_points(monkeypatch: pytest.MonkeyPatch, *points: tuple[str, str]) -> Extensions[type[Instrument]]:
    found = [EntryPoint(name, value, "affectlab.measures") for name, value in points]
    monkeypatch.setattr(extensions, "entry_points", lambda group: found)
    return Extensions("form of an instrument", "affectlab.measures", "affectlab.measures.registry")


def test_own_ones_need_no_package() -> None:
    assert set(Instrument.forms.own) == {"rating", "cloze"}


def test_one_is_found_beside_the_own_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = with_points(monkeypatch, ("mine", "affectlab.measures.cloze:Cloze"))
    assert "mine" in forms
    assert forms["mine"] is forms["cloze"]
    with pytest.raises(KeyError):
        forms["yours"]


def test_one_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = with_points(monkeypatch, ("mine", "nowhere_at_all:Mine"))
    assert "cloze" in forms, "the others work"
    with pytest.raises(InputError, match=r"form of an instrument `mine` .+ loaded: .+nowhere_at_all.+; update"):
        forms["mine"]


@pytest.mark.parametrize("points", [[("cloze", "a:B")], [("mine", "a:B"), ("mine", "c:D")]])
def test_two_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch, points: list[tuple[str, str]]) -> None:
    forms = with_points(monkeypatch, *points)
    with pytest.raises(InputError, match="which there is already; uninstall one of the two"):
        _ = forms.names
