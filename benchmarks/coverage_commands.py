"""How often the intervals that commands print hold what was planted: one cell for each design, through the commands.

    python benchmarks/coverage_commands.py [STUDIES [DESIGN …]]     prints the table of docs/reference/statistics.md

A study is a seeded table of people, written to a file and given to ``affectlab analyse`` or ``affectlab tables``; or
a run on the simulated participant, which answers from a planted truth (``affectlab run``). What is read is what the
command prints as JSON. The grid of settings is in ``benchmarks/coverage.py``, in process;
``tests/stats/test_grid_commands.py`` repeats this one with few studies.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml

from affectlab.cli.app import app

STUDIES = 400
STATES = ("fear", "anxiety", "anger", "sadness", "disgust", "worry", "stress")
Rng = np.random.Generator


class Table(NamedTuple):
    """People's data of a study, what is asked of them, and what is true."""

    data: pd.DataFrame
    options: str
    held: Callable[[dict[str, Any]], bool]
    """Whether what was printed holds the truth; of a test whose null hypothesis is true, whether it does not reject."""


def printed(*words: str) -> Any:
    """What a command prints as JSON."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        app([*words, "--json"], standalone_mode=False)
    return json.loads(said.getvalue())


def holds(truth: float) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a record's interval holds the truth."""
    return lambda said: said["low"] <= truth <= said["high"]


def held(command: str, table: Table, path: Path) -> bool:
    """Whether the command's answer on a table is right."""
    table.data.to_csv(path, index=False)
    return table.held(printed(*command.split(), str(path), *table.options.split()))


# --- people's tables


def groups(rng: Rng, sizes: Iterable[int], means: Iterable[float], sds: Iterable[float]) -> pd.DataFrame:
    """Different units under each condition."""
    drawn = [mean + sd * rng.standard_normal(n) for n, mean, sd in zip(sizes, means, sds, strict=True)]
    condition = np.repeat([*"abcdef"[: len(drawn)]], [len(one) for one in drawn])
    scores = np.concatenate(drawn)
    return pd.DataFrame({"vp": range(1, len(scores) + 1), "c": condition, "y": scores})


def crossed(rng: Rng, units: int, *, item: float = 0.0, items: int = 1, reads: int = 1, within: bool) -> pd.DataFrame:
    """Units and items random, with their own effects under each of two conditions; ``a`` exceeds ``b`` by one half."""
    shape = (2, units, items, reads)
    unit = rng.standard_normal((1 if within else 2, units, 1, 1)) + 0.5 * rng.standard_normal((2, units, 1, 1))
    apart = item * rng.standard_normal((2, 1, items, 1)) + np.array([0.5, 0.0]).reshape(2, 1, 1, 1)
    y = np.broadcast_to(unit + apart, shape) + rng.standard_normal(shape)
    c, u, i, _ = np.indices(shape).reshape(4, -1)
    number = u if within else u + units * c
    return pd.DataFrame({"vp": [f"p{one}" for one in number], "c": np.array(["a", "b"])[c], "i": i, "y": y.ravel()})


def independent(rng: Rng) -> Table:
    """Four units against six, with twice the spread."""
    return Table(groups(rng, (4, 6), (1, 0), (1, 2)), "--outcome y --condition c --unit vp", holds(1.0))


def summary(rng: Rng) -> Table:
    """The same, of means, SDs and n."""
    of = groups(rng, (4, 6), (1, 0), (1, 2)).groupby("c")["y"].agg(["size", "mean", "std"]).reset_index()
    return Table(of.set_axis(["condition", "n", "mean", "sd"], axis=1), "--control b", holds(1.0))


def paired(rng: Rng) -> Table:
    """Five units under both conditions."""
    return Table(crossed(rng, 5, within=True), "--outcome y --condition c --unit vp --within vp", holds(0.5))


def of_items(rng: Rng, *, within: bool) -> Table:
    """Six units, or six under each condition, answer four items, which differ between conditions as much as units."""
    data = crossed(rng, 6, item=0.5, items=4, within=within)
    again = " --within vp" if within else ""
    return Table(data, f"--outcome y --condition c --unit vp --item i{again}", lambda said: holds(0.5)(_contrast(said)))


def _contrast(said: Mapping[str, Any]) -> dict[str, Any]:
    """The one contrast of an analysis, or of a table."""
    found: dict[str, Any] = said["contrasts"][0]
    return found


def omnibus(rng: Rng) -> Table:
    """Three conditions of six units each that do not differ, with spreads of 1, 2 and 3."""
    data = groups(rng, (6, 6, 6), (0, 0, 0), (1, 2, 3))
    return Table(data, "--outcome y --condition c --unit vp", lambda said: said["omnibus"]["p"] >= 0.05)


def changes(rng: Rng) -> Table:
    """Two groups of five, before and after: their difference in change."""
    data = groups(rng, (5, 5), (0, 0), (1, 1))
    begin, end = data.assign(t="pre"), data.assign(t="post")
    end["y"] += 0.5 + np.where(end["c"] == "a", 1.0, 0.0) + rng.standard_normal(10)
    begin["y"] += rng.standard_normal(10)
    return Table(
        pd.concat([begin, end]), "--outcome y --condition c --unit vp --within t --control b",
        lambda said: holds(1.0)(next(one for one in said["contrasts"] if one["at"] == "post minus pre")),
    )  # fmt: skip


def factors(rng: Rng) -> Table:
    """Two factors of two levels with four units in each combination, and no interaction."""
    data = groups(rng, (4, 4, 4, 4), (0, 1, 0.5, 1.5), (1, 1, 1, 1))
    data = data.assign(f=np.repeat([*"xxyy"], 4), g=np.repeat([*"uvuv"], 4)).drop(columns="c")
    return Table(
        data, "--outcome y --condition f --condition g --unit vp",
        lambda said: next(one for one in said["effects"] if one["effect"] == "f × g")["p"] >= 0.05,
    )  # fmt: skip


def covariate(rng: Rng) -> Table:
    """Two groups of six at the mean of a covariate."""
    data = groups(rng, (6, 6), (1, 0), (1, 1))
    z = rng.standard_normal(12)
    return Table(
        data.assign(y=data["y"] + z, z=z), "--outcome y --condition c --unit vp --covariate z",
        lambda said: holds(1.0)(said["simple_effects"][0]),
    )  # fmt: skip


def slopes(rng: Rng) -> Table:
    """Eight units with five trials under each of two conditions."""
    data = crossed(rng, 8, reads=5, within=True)
    return Table(data, "--outcome y --condition c --unit vp --within vp --slopes", holds(0.5))


def correlation(rng: Rng) -> Table:
    """Two scores of twelve units that correlate .5."""
    a, b = rng.standard_normal((2, 12))
    data = pd.DataFrame({"vp": range(12), "a": a, "b": 0.5 * a + np.sqrt(0.75) * b})
    return Table(data, "--correlate a --correlate b --unit vp", lambda said: holds(0.5)(said["correlations"][0]))


PEOPLE: dict[str, Callable[[Rng], Table]] = {
    "analyse | independent units, 4 and 6, SDs 1 and 2": independent,
    "analyse --from-summary | the same from means, SDs and n": summary,
    "analyse | pairs, 5 units": paired,
    "analyse | independent units × items, 6 and 6 × 4": lambda rng: of_items(rng, within=False),
    "analyse | pairs × items, 6 × 4": lambda rng: of_items(rng, within=True),
    "analyse | three conditions, 6 each, F": omnibus,
    "analyse | change, 5 and 5": changes,
    "analyse | 2 × 2, 4 each, F of the interaction": factors,
    "analyse | adjusted means, 6 and 6": covariate,
    "analyse | slopes, 8 units × 5 trials": slopes,
    "analyse | correlation, 12 units": correlation,
    "tables | independent units, 4 and 6, SDs 1 and 2": lambda rng: of_table(independent(rng), 1.0),
    "tables | pairs, 5 units": lambda rng: of_table(paired(rng), 0.5),
    "tables | independent units × items, 6 and 6 × 4": lambda rng: of_items(rng, within=False),
}


def of_table(table: Table, truth: float) -> Table:
    """The same data, where ``tables`` is asked."""
    return table._replace(held=lambda said: holds(truth)(_contrast(said)))


# --- runs on the simulated participant

HEAD = {"version": 1, "title": "Planted", "licence": "CC0-1.0", "source": "Planted values; no claim about anybody"}
STUDY: dict[str, Any] = {
    "id": "planted", "version": 1, "title": "Planted", "tests": "What was planted.", "against": "No interval.",
    "seed": 1, "models": ["simulated"], "frames": ["human-plain"], "states": ["fear", "neutral"],
    "induction": {"techniques": ["imagery"], "grades": ["moderate"], "texts": 4, "arms": ["induction-text"]},
    "stabilisation": None, "regulations": ["none"], "measures": ["affect-cloze"], "validity": "none",
}  # fmt: skip
NOISE = {"text": 0.4, "item": 0.3, "regulation": 0.3, "task": 0.3}


def ran(folder: Path, seed: int, shifts: Iterable[Mapping[str, float]], truth: Mapping[str, Any], **study: Any) -> Path:
    """Run a study, in an empty folder, on a simulated participant for each planted set of shifts; where it is."""
    models = []
    for at, planted in enumerate(shifts):
        file = folder / f"m{at}.yaml"
        moved = {state: {state: shift} for state, shift in planted.items()}
        said = {**HEAD, "kind": "truth", "id": f"m{at}", "shifts": moved, "noise": NOISE, **truth}
        file.write_text(yaml.safe_dump(said))
        models += ["--model", f"simulated:{file}"]
    (folder / "study.yaml").write_text(yaml.safe_dump({**STUDY, **study}))
    out = folder / "run"
    (folder / "said.json").write_text(
        json.dumps(printed("run", str(folder / "study.yaml"), "--seed", str(seed), "--out", str(out), *models))
    )
    return out


def one_state(rng: Rng, folder: Path) -> Iterator[tuple[str, bool]]:
    """Every kind of finding of a state that is moved by one."""
    induction = {**STUDY["induction"], "arms": ["induction-text", "scrambled"]}
    ran(
        folder, int(rng.integers(1 << 30)), [{"fear": 1.0}],
        {"arms": {"scrambled": 0.25}, "removes": {"mindfulness-breathing": 0.5, "neutral-reading": 0.2},
         "tasks": {"sentence-completion": {"fear": 0.6}}},
        induction=induction, regulations=["mindfulness-breathing", "neutral-reading"],
        tasks=[{"task": "sentence-completion", "at": "induced"}],
    )  # fmt: skip
    true = {
        ("induction", "neutral"): ("two samples of texts", 1.0),
        ("induction", "baseline"): ("change of texts", 1.0),
        ("induction", "scrambled"): ("pairs of texts", 0.75),
        ("regulation", "neutral-reading"): ("pairs of texts, regulation", -0.3),
        ("error", "neutral"): ("two samples of texts, task", 0.6),
    }
    for one in json.loads((folder / "said.json").read_text())["findings"]:
        name, truth = true.get((one["claim"], one["against"]), ("", 0.0))
        if name:
            yield f"{name}, 4", holds(truth)(one)
            if one["against"] != "baseline":  # where it would be for this reading of the baseline
                yield f"{name}, 4, for these items", one["low_these_items"] <= truth <= one["high_these_items"]


def over_states(rng: Rng, folder: Path) -> Iterator[tuple[str, bool]]:
    """A regulation in seven states, whose shifts are a sample: 0.3 of them is taken beyond what the control takes."""
    shifts = {state: 1.5 + 0.4 * float(rng.standard_normal()) for state in STATES}
    claim = {"technique": "mindfulness-breathing", "outcome": "affect-cloze", "direction": "lower", "primary": True}
    ran(
        folder, int(rng.integers(1 << 30)), [shifts],
        {"removes": {"mindfulness-breathing": 0.5, "neutral-reading": 0.2}},
        states=list(STATES), regulations=["mindfulness-breathing", "neutral-reading"],
        hypotheses={"claim": {**claim, "exceeds": ["neutral-reading"], "states": {"mean": "random"}}},
    )  # fmt: skip
    (claimed,) = json.loads((folder / "said.json").read_text())["hypotheses"]
    yield "over 7 states, pairs, 4 texts each", holds(-0.45)(claimed["contrasts"][0])


def over_models(rng: Rng, folder: Path) -> Iterator[tuple[str, bool]]:
    """Six models, whose shifts are a sample, moved by the same texts."""
    out = ran(
        folder, int(rng.integers(1 << 30)), [{"fear": 1.0 + 0.4 * float(rng.standard_normal())} for _ in range(6)], {}
    )
    section: dict[str, Any] = printed("sections", str(out), "models")[0]
    (row,) = next(rows for caption, rows in section["tables"].items() if caption.startswith("Over models"))
    yield "over 6 models, 4 texts", holds(1.0)(row)


RUNS = {"one state": one_state, "over states": over_states, "over models": over_models}


# --- the table


def rates(studies: int, designs: Iterable[str] = (*PEOPLE, *RUNS), seed: int = 18) -> dict[str, list[bool]]:
    """Per command and design, whether the truth was held in each study."""
    found: dict[str, list[bool]] = {}
    places = [*PEOPLE, *RUNS]
    for name in designs:
        rng = np.random.default_rng([seed, places.index(name)])
        for _ in range(studies):
            folder = Path(tempfile.mkdtemp(prefix="coverage-"))
            try:
                if name in PEOPLE:
                    command = name.split(" | ")[0]
                    found.setdefault(name, []).append(held(command, PEOPLE[name](rng), folder / "d.csv"))
                else:
                    for cell, right in RUNS[name](rng, folder):
                        found.setdefault(f"run | {cell}", []).append(right)
            finally:
                shutil.rmtree(folder)
    return found


def main(studies: int = STUDIES, *designs: str) -> None:
    """Print the table."""
    print("| command | design | studies | held |\n|---|---|--:|--:|", flush=True)
    for name in designs or (*PEOPLE, *RUNS):
        for cell, right in rates(studies, [name]).items():
            print(f"| {cell} | {len(right)} | {sum(right) / len(right):.3f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STUDIES, *sys.argv[2:])
