"""What other packages bring is found by its entry points; what cannot be loaded is one line with a remedy."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from affectlab import extensions
from affectlab.errors import InputError
from affectlab.extensions import Extensions
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.instrument import Instrument
from affectlab.materials.schema import Frame


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


def bringing(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    found = [EntryPoint(f"p{number}", value, "affectlab.materials") for number, value in enumerate(values)]
    monkeypatch.setattr(extensions, "entry_points", lambda group: found)


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, **files: str) -> None:
    """A package that is on the path, with some frames among its materials."""
    frames = folder / name / "texts" / "frames"
    frames.mkdir(parents=True)
    (folder / name / "__init__.py").write_text("raise RuntimeError('its code is run')")
    for id, text in files.items():
        head = f"kind: frame\nid: {id}\nversion: 1\ntitle: T\nlicence: CC0-1.0\nsource: S\nannounces: false\n"
        (frames / f"{id}.yaml").write_text(f"{head}text: {text}\n")
    monkeypatch.syspath_prepend(folder)


def test_a_package_brings_materials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, monkeypatch, "bringer_a", guest="You are a guest.")
    bringing(monkeypatch, "bringer_a.texts")
    catalogue = Catalogue()
    assert catalogue.get(Frame, "guest").text == "You are a guest."
    assert catalogue.file(Frame, "guest").place == "frames/guest.yaml"
    assert "none" in catalogue.ids(Frame)


def test_two_packages_with_one_material_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path / "a", monkeypatch, "bringer_b", none="You are a guest.")
    bringing(monkeypatch, "bringer_b.texts")
    with pytest.raises(
        InputError, match=r"package of `bringer_b\.texts` brings the frame `none`, which there is already"
    ):
        Catalogue().ids(Frame)


@pytest.mark.parametrize("value", ["nowhere_at_all.texts", "nowhere_at_all", "affectlab.no_such_folder"])
def test_a_folder_of_materials_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    bringing(monkeypatch, value)
    with pytest.raises(InputError, match=f"names the folder `{value}`, which is not there; update that package"):
        Catalogue()


def test_a_run_is_read_without_the_packages_that_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Catalogue().file(Frame, "none")
    bringing(monkeypatch, "nowhere_at_all.texts")
    assert Catalogue.of([kept]).get(Frame, "none").text == ""
