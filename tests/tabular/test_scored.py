"""Answers to items, scored by the key of an instrument: words, reversed items, missing ones; against arithmetic."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from affectlab.errors import AffectlabError
from affectlab.experiment.table import TableAnalysis, analyse_table
from affectlab.report.factorial import found_record
from affectlab.stats import cronbach_alpha
from affectlab.tabular.prepared import Preparation

STEPS = ("not at all", "a little", "quite", "very")
FILE = """\
kind: instrument
id: my-mood
version: 1
title: My mood
licence: CC0-1.0
source: own
form: rating
minimum_coverage: 0.5
question: How much do you feel each of these right now?
opening: "{item}:"
options: {from: 1, to: 4, labels: [not at all, a little, quite, very]}
items:
  - {id: low, text: low, scale: sadness}
  - {id: blue, text: blue, scale: sadness}
  - {id: tearful, text: tearful, scale: sadness}
  - {id: cheerful, text: cheerful, scale: sadness, reverse: true}
  - {id: sluggish, text: sluggish, scale: sadness}
"""
ITEMS = ("low", "blue", "tearful", "cheerful", "sluggish")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """Twenty people, five items, two times, in words; and their scores, made by hand."""
    folder, chance = tmp_path_factory.mktemp("items"), random.Random(7)
    (folder / "mood.yaml").write_text(FILE)
    rows, scores = [], []
    for one in range(20):
        row: dict[str, object] = {"vp": f"p{one}", "group": "film" if one % 2 else "walk"}
        for time in ("pre", "post"):
            level = min(max(chance.gauss(2.5, 0.8), 1), 4)
            given = {name: min(max(round(chance.gauss(level, 0.6)), 1), 4) for name in ITEMS}
            given["cheerful"] = 5 - given["cheerful"]
            known: dict[str, float] = {**given, "cheerful": 5 - given["cheerful"]}
            for at, name in enumerate(ITEMS, 1):
                row[f"mood_{at}_{time}"] = STEPS[given[name] - 1]
            for name in ITEMS[: {3: 1, 8: 2}.get(one, 0) if time == "pre" else 0]:
                row[f"mood_{ITEMS.index(name) + 1}_{time}"] = ""
                known.pop(name)
            scores.append({"vp": row["vp"], "group": row["group"], "time": time, **known,
                           "score": np.mean(list(known.values())) if len(known) > 3 else np.nan})  # fmt: skip
        rows.append(row)
    path = folder / "people.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path, pd.DataFrame(scores)


def asked(path: Path, **more: object) -> TableAnalysis:
    how = Preparation(wide="mood_{item}_{time}", instrument=str(path.with_name("mood.yaml")))
    roles = {"outcome": "sadness", "conditions": ("group",), "unit": "vp", "within": ("time",), "reading": how}
    return TableAnalysis(**{**roles, **more})  # type: ignore[arg-type]


def test_scores_are_those_of_plain_arithmetic(answers: tuple[Path, pd.DataFrame]) -> None:
    path, scores = answers
    said = found_record(analyse_table(path, asked(path)))
    post = scores[scores["time"] == "post"].groupby("group")["score"].mean()
    at_post = next(one for one in said["contrasts"] if one["at"] == "post")
    assert at_post["mean_first"] - at_post["mean_second"] == pytest.approx(post["walk"] - post["film"])
    assert said["missing"]["outcome"] == {"walk": 1, "film": 0}


def test_key_rule_and_reliability_are_told(answers: tuple[Path, pd.DataFrame]) -> None:
    path, scores = answers
    notes = found_record(analyse_table(path, asked(path)))["notes"]
    rule = next(note for note in notes if "is the mean of the 5 items of my-mood" in note)
    assert "cheerful reversed" in rule
    assert "at least 80% of them are answered: 1 of 40 scores are missing for that" in rule
    alpha = cronbach_alpha(scores.loc[scores["time"] == "post", list(ITEMS)].to_numpy(float)).value
    assert any(note.startswith(f"reliability (post): α = {alpha:.2f}") for note in notes)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("very", "extremely", "`extremely` is no answer to my-mood, whose steps are 1 to 4, or not at all"),
        ("mood_5_", "mood_6_", "my-mood has no item `6`"),
        ("mood_5_", "mood_low_", "two of the columns are of item `low`"),
    ],
)
def test_what_the_key_does_not_know_is_refused(
    answers: tuple[Path, pd.DataFrame], tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(answers[0].read_text().replace(old, new))
    (tmp_path / "mood.yaml").write_text(FILE)
    with pytest.raises(AffectlabError, match=message):
        analyse_table(path, asked(path))


def test_an_instrument_of_several_scales_wants_to_know_which(tmp_path: Path) -> None:
    path = tmp_path / "deq.csv"
    head = "vp,group,deq_sad,deq_grief,deq_lonely,deq_empty,deq_anger\n"
    path.write_text(
        head + "".join(f"p{n},{'ab'[n % 2]},{1 + n % 7},{1 + n % 5},{1 + n % 6},3,{7 - n % 3}\n" for n in range(12))
    )
    how = Preparation(wide="deq_{item}", instrument="deq")
    with pytest.raises(AffectlabError, match="`deq` is no scale of deq, and items of 2 are there"):
        analyse_table(path, TableAnalysis(conditions=("group",), unit="vp", reading=how))
    said = found_record(analyse_table(path, TableAnalysis("sadness", ("group",), "vp", reading=how)))
    assert said["n"] == 12
    by_hand = [np.mean([1 + n % 7, 1 + n % 5, 1 + n % 6, 3]) for n in range(12)]
    assert said["conditions"][0]["mean"] == pytest.approx(np.mean(by_hand[::2]))


def test_sampled_items_have_a_reliability_under_each_condition(
    answers: tuple[Path, pd.DataFrame], tmp_path: Path
) -> None:
    scores, path = answers[1], tmp_path / "long.csv"
    post = scores[scores["time"] == "post"]
    post.melt(["vp", "group"], list(ITEMS), "item", "x").to_csv(path, index=False)
    said = found_record(analyse_table(path, TableAnalysis("x", ("group",), "vp", item="item")))
    alpha = cronbach_alpha(post.loc[post["group"] == "film", list(ITEMS)].to_numpy(float)).value
    assert any(line.startswith(f"reliability (film): α = {alpha:.2f}") for line in said["reliability"])
