"""The page about truths has every key, its example is a truth, and where its answers end is as it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from affectlab.materials.catalogue import Catalogue
from affectlab.materials.document import parse_text, validate
from affectlab.materials.schema import Material
from affectlab.materials.truth import Truth
from affectlab.measures.cloze import MOST
from affectlab.participants.simulated import Simulated
from tests.conftest import Called, Lab, planted, run

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "reference" / "truths.md").read_text("utf-8")


def test_the_page_has_every_key_of_a_truth() -> None:
    told = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(set(Truth.model_fields) - set(Material.model_fields))


def test_the_examples_are_truths_whose_names_there_are() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    document = parse_text(example, Path("mine.yaml"))
    truth = validate(document, Truth)
    Catalogue().require_names(truth, document)
    assert truth.doses == {"5c1d0e": {"fear": -0.5}}


def test_a_study_page_lists_everything_that_can_be_required() -> None:
    told = (DOCS / "reference" / "studies.md").read_text("utf-8")
    for name in ("distribution", "opening", "seed", "identical", "reads", "intervenes"):
        assert f"`{name}` (" in told


def test_a_cloze_ends_where_the_page_says_and_shows_smaller_shifts(lab: Lab) -> None:
    for shift, expected in ((2.0, MOST), (1.0, -4.0)):
        study = lab.load(again=True, regulations=["none", "breathing"], tasks=[])
        truth = planted(shifts={"fear": {"fear": shift}}, removes={"breathing": 1.0})
        rows = run(study, Simulated(truth, study.catalogue)).scores()
        again = rows.query("point == 'again' and state == 'fear' and scale == 'fear'").groupby("regulation")["value"]
        assert abs(again.mean()["none"] - expected) < 1e-9
        assert abs(again.mean()["breathing"] - (-6.0 + shift)) < 1e-9


def test_list_models_says_who_can_be_intervened_on(called: Called) -> None:
    told = " ".join(called("list", "models")[1].split())
    assert re.search(r"simulated a participant with a known truth[^.]*; it can be looked into and intervened on", told)
    assert "fetches it; words alone reach it" in told


def test_affectlab_can_be_called_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "affectlab", "--help"], capture_output=True, text=True, check=True)
    assert "replay" in done.stdout
