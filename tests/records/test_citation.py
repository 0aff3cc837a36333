"""What a run rests on is cited: everything that was used, as the files said it then."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from affectlab.participants.simulated import Simulated
from affectlab.records.citation import Cited, as_bibtex, as_cff, as_text, cited
from affectlab.run import Run
from tests.conftest import laboratory, planted, run


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Cited]:
    folder = tmp_path_factory.mktemp("cited")
    lab = laboratory(folder)
    study = lab.load(tasks=[], regulations=["none"], states=["fear", "neutral"])
    done = run(study, Simulated(planted(), study.catalogue), folder / "run")
    done.store.close()
    (lab.materials / "instruments" / "words.yaml").unlink()
    return cited(Run.open(folder / "run"))


def test_everything_that_was_used_is_named_and_nothing_else(found: list[Cited]) -> None:
    named = {(one.sort, one.id) for one in found}
    assert found[0].sort == "software"
    assert {("instrument", "words"), ("frame", "plain"), ("induction", "scene-fear"), ("state", "fear")} <= named
    assert ("technique", "scene") in named
    assert not {("state", "anger"), ("task", "endings"), ("induction", "scene-sadness")} & named
    assert not {one.sort for one in found} & {"check", "references"}
    assert [one.title for one in found if one.id == "words"] == ["For a test"]


def test_each_form_has_all_of_them(found: list[Cited], tmp_path: Path) -> None:
    assert len(as_text(found).splitlines()) == len(found)
    entries = as_bibtex(found)
    assert entries.count("@misc{") == len(found)
    assert entries.count("{") == entries.count("}")
    assert len({line for line in entries.splitlines() if line.startswith("@misc")}) == len(found)
    written = yaml.safe_load(as_cff(found))
    assert written["cff-version"] == "1.2.0"
    assert len(written["references"]) == len(found) - 1
