"""Forms and a game from a package outside the tree work in every command, and their planted effects are recovered."""

from __future__ import annotations

import csv
import json
import math
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from tests.outside import done_outside

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="module")
def done(folder: Path) -> dict[str, dict[str, Any]]:
    """Every command, in a process that has the package on its path."""
    return done_outside(HERE / "commands.py", folder)


COMMANDS = ("check", "plan", "run", "html", "md", "json", "csv", "tables", "export", "validity", "list", "show")


@pytest.mark.parametrize("command", [*COMMANDS, "power", "multiverse", "humans", "score", "replay"])
def test_every_command_takes_it(done: dict[str, dict[str, Any]], command: str) -> None:
    assert done[command]["code"] == 0, done[command]["err"]


def test_each_form_has_findings_of_its_own(done: dict[str, dict[str, Any]], folder: Path) -> None:
    findings = json.loads((folder / "run" / "report.json").read_text("utf-8"))["findings"]
    text = json.dumps(findings)
    for measure in ("line", "inside", "told", "balls", "waits"):
        assert f'"{measure}"' in text, measure


def test_the_report_describes_them(folder: Path, done: dict[str, dict[str, Any]]) -> None:
    said = (folder / "run" / "report.md").read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert "from 0 to 100, scored as the expected value" in said
    assert "projections on 2 directions at 2 layers" in said
    assert "rated by 2 raters on 2 scales" in said


def test_the_state_moves_its_own_scale_most(done: dict[str, dict[str, Any]], folder: Path) -> None:
    findings = json.loads((folder / "run" / "report.json").read_text("utf-8"))["findings"]
    rows = [one for one in findings if (one["claim"], one["against"]) == ("induction", "baseline")]
    assert len(rows) == 6, "two states, three measures"
    assert {row["largest"] for row in rows} == {True}


# What is planted, in the unit of each measure: 20 points on the line and 1 inside per unit of the latent state; the
# reply has two steps per unit, and one of the task of durations stretches each by a tenth.
OWN = {
    **{("line", "fear"): 20.0 * 1.5, ("line", "sadness"): 20.0 * 1.0},
    **{("inside", "fear"): 1.5, ("inside", "sadness"): 1.0},
    **{("told", "fear"): 2.0 * 1.5, ("told", "sadness"): 2.0 * 1.0},
    ("balls", "fear"): 1.0 / (1.0 + math.exp(-0.5)) - 0.5,
    ("waits", "sadness"): 0.1 * 2.0,
}
OTHERS = [(measure, scale) for measure in ("line", "inside", "told") for scale in ("fear", "sadness")]


@pytest.fixture(scope="module")
def recovered(done: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    assert done["known"]["code"] == 0, done["known"]["err"]
    findings: list[dict[str, Any]] = json.loads(done["known"]["out"])["findings"]
    return findings


@pytest.mark.parametrize(("measure", "state"), OWN)
def test_what_is_planted_is_recovered_in_the_measure_s_own_unit(
    recovered: list[dict[str, Any]], measure: str, state: str
) -> None:
    found = [one for one in recovered if (one["measure"], one["state"]) == (measure, state)]
    shifts = [one["estimate"] for one in found if one["regulation"] is None]
    assert shifts, "no finding"
    assert shifts == pytest.approx([OWN[measure, state]] * len(shifts), abs=1e-9)


@pytest.mark.parametrize(("measure", "scale"), OTHERS)
def test_a_scale_on_which_nothing_is_planted_does_not_move(folder: Path, measure: str, scale: str) -> None:
    rows = [one for one in _scores(folder / "known") if (one["measure"], one["scale"]) == (measure, scale)]
    means = {
        place: fmean(float(one["value"]) for one in rows if (one["state"], one["point"]) == place)
        for place in product(("fear", "sadness", "neutral"), ("baseline", "induced"))
    }
    moved = {state: means[state, "induced"] - means[state, "baseline"] for state in ("fear", "sadness", "neutral")}
    assert moved == pytest.approx({state: OWN[measure, scale] * (state == scale) for state in moved}, abs=1e-9)


def _scores(exported: Path) -> list[dict[str, str]]:
    (table,) = exported.glob("data/*scores_data.csv")
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
