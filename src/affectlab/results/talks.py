"""What was chosen; what a reader who knows neither arm nor state found in the talks: adherence, and the arm guessed."""

from __future__ import annotations

import math

import pandas as pd

from affectlab.errors import DataError
from affectlab.materials.manual import Manual
from affectlab.run import Run
from affectlab.stats.agreement import krippendorff_alpha

_ASIDE = ["model", "state", "vignette", "regulation", "session", "point", "item", "value"]


def choices(run: Run) -> pd.DataFrame:
    """Per model, state and technique on offer: the mean probability with which it was chosen.

    Columns: model, state, regulation; ``probability``, averaged within vignettes, then over them; ``n`` vignettes;
    ``drawn``, how often it was taken to be chosen; ``reason``, the first that was given.
    """
    scores = run.numbers()
    rows = scores[scores["measure"] == "techniques"]
    offered = rows[(rows["obtained"] != "generated") & rows["value"].notna()]
    if offered.empty:
        return pd.DataFrame(columns=["model", "state", "regulation", "probability", "drawn", "n", "reason"])
    keys = ["model", "state", "item"]
    vignettes = offered.groupby([*keys, "vignette"], observed=True)["value"].mean()
    table = vignettes.groupby(keys, observed=True).agg(probability="mean", n="size")
    told = rows[rows["obtained"] == "generated"].groupby(keys, observed=True)["text"]
    table = table.join(told.agg(drawn="size", reason="first"))
    table["drawn"] = table["drawn"].fillna(0).astype(int)
    ordered: pd.DataFrame = table.reset_index().sort_values(
        ["model", "state", "probability"], ascending=[True, True, False]
    )
    return ordered.rename(columns={"item": "regulation"}).reset_index(drop=True)


def talk_turns(run: Run) -> pd.DataFrame:
    """The talks as they were said, turn by turn, beginning with the opening of the manual.

    Columns: ``talk``, what it was part of (state, vignette, manual, session, and the model where there are several);
    turn; who; text.
    """
    scores = run.numbers()
    said = scores[scores["measure"].isin(run.study.manuals) & (scores["obtained"] == "generated")]
    if said.empty:
        return pd.DataFrame(columns=["talk", "turn", "who", "text"])
    who, turn = said["item"].str.rsplit("-", n=1).str[0], said["item"].str.rsplit("-", n=1).str[1]
    told = said.assign(who=who, turn=turn.astype(int), text=said["text"].fillna(""))
    begun = told[told["turn"] == 0]
    words = {id: run.study.catalogue.get(Manual, id).opening for id in run.study.manuals}
    opened = begun.assign(who="therapist", text=begun["regulation"].map(words))
    ordered = pd.concat([told, opened]).assign(last=lambda one: one["who"] == "client")
    ordered = ordered.sort_values(["session", "turn", "last"], kind="stable").reset_index(drop=True)
    parts = [*(["model"] if ordered["model"].nunique() > 1 else []), "state", "vignette", "regulation"]
    talk = ordered[parts].agg(", ".join, axis=1) + ", session " + ordered["session"].astype(str)
    return ordered.assign(talk=talk)[["talk", "turn", "who", "text"]]


def adherence(run: Run) -> pd.DataFrame:
    """Per manual and criterion, how a reader answered it of the talks under this manual, and of all other talks.

    Columns: model, manual, criterion, ``fulfilled`` (the answer of a therapist who keeps to the manual), ``own`` and
    ``others``: the mean probability of that answer; ``n`` talks under the manual.
    """
    read = _read(run)
    rows = []
    for model, part in read.groupby("model", observed=True, sort=False):
        for id in run.study.manuals:
            talks = part[part["regulation"] == id]
            for criterion in run.study.catalogue.get(Manual, id).adherence if len(talks) else ():
                asked = part[part["item"] == criterion.id]
                agreed = asked["value"] if criterion.fulfilled else 1.0 - asked["value"]
                own = asked["regulation"] == id
                rows.append(
                    {
                        "model": model,
                        "manual": id,
                        "criterion": criterion.id,
                        "fulfilled": criterion.fulfilled,
                        "own": agreed[own].mean(),
                        "others": agreed[~own].mean(),
                        "n": int(own.sum()),
                    }
                )
    return pd.DataFrame(rows)


def blinding(run: Run) -> pd.DataFrame:
    """Whether the talks can be told apart: per model, how often the likeliest guess is the manual, against chance.

    Columns: model; ``right``, the share of right guesses; ``chance``; ``alpha``, ``low``, ``high``: Krippendorff's α of
    guess and manual; ``n`` talks; ``note``. High agreement says that the treatments differ as told, not what they do.
    """
    scores = run.numbers()
    read = scores[(scores["measure"] == "manuals") & scores["value"].notna()]
    rows = []
    for model, part in read.groupby("model", observed=True, sort=False):
        best = part.loc[part.groupby(["session", "point"])["value"].idxmax()]
        codes = {id: float(number) for number, id in enumerate(run.study.manuals)}
        pairs = best[["regulation", "item"]].map(codes.get).to_numpy(float)
        found = {"right": float((pairs[:, 0] == pairs[:, 1]).mean()), "chance": 1.0 / len(codes), "n": len(pairs)}
        try:
            alpha = krippendorff_alpha(pairs, "nominal")
            found |= {"alpha": alpha.value, "low": alpha.low, "high": alpha.high}
            note = ""
        except DataError as error:
            found |= {"alpha": math.nan, "low": math.nan, "high": math.nan}
            note = error.message
        rows.append({"model": model, **found, "note": note})
    return pd.DataFrame(rows)


def _read(run: Run) -> pd.DataFrame:
    """The reader's answers to criteria, one row each."""
    scores = run.numbers()
    asked = scores["measure"].isin(run.study.manuals) & (scores["obtained"] != "generated")
    return scores.loc[asked & scores["value"].notna(), _ASIDE]
