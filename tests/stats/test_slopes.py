"""Random intercepts and slopes: lmerTest gives the same numbers; a balanced design is the paired t test of means."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from affectlab.errors import DataError
from affectlab.experiment.table import TableAnalysis, analyse_table
from affectlab.report.factorial import found_record
from affectlab.stats import paired_t
from affectlab.stats.slopes import random_slopes
from tests.needs import needs_r


def rows(seed: int, *, conditions: int, uneven: bool) -> pd.DataFrame:
    """Eighteen people with several rows under each condition, fewer and more of them where they are uneven."""
    rng = np.random.default_rng(seed)
    made = []
    for unit in range(18):
        own = rng.normal(0, 1, conditions) + rng.normal(0, 1)
        for at in range(conditions):
            count = int(rng.integers(1, 7)) if uneven else 4
            made += [(f"p{unit}", f"c{at}", at * 0.8 + own[at] + rng.normal()) for _ in range(count)]
    return pd.DataFrame(made, columns=["unit", "condition", "y"])


def test_a_balanced_design_is_the_paired_t_test_of_means() -> None:
    table = rows(1, conditions=2, uneven=False)
    means = table.groupby(["unit", "condition"], sort=False)["y"].mean().unstack()
    known = paired_t(means["c1"].to_numpy(), means["c0"].to_numpy())
    found = random_slopes(table["y"], table["condition"], table["unit"]).contrast("c1", "c0")
    assert (found.difference, found.t, found.df, found.p) == pytest.approx(
        (known.difference, known.t, known.df, known.p), rel=1e-4
    )


def test_lmer_gives_the_same_numbers(tmp_path: Path) -> None:
    command = needs_r("lme4", "lmerTest")
    tables = [rows(2, conditions=2, uneven=True), rows(3, conditions=3, uneven=True)]
    for at, table in enumerate(tables):
        table.to_csv(tmp_path / f"d{at}.csv", index=False)
    code = """
    suppressMessages(library(lmerTest)); out <- NULL
    for (at in 0:1) {
      d <- read.csv(paste0("d", at, ".csv"), stringsAsFactors = TRUE)
      m <- lmer(y ~ 0 + condition + (0 + condition | unit), d, control = lmerControl(optCtrl = list(xtol_abs = 1e-9, ftol_abs = 1e-10)))
      k <- nlevels(d$condition); w <- rep(0, k); w[1] <- -1; w[k] <- 1
      r <- contest1D(m, w)
      out <- rbind(out, data.frame(difference = r$Estimate, se = r$`Std. Error`, df = r$df, t = r$`t value`, p = r$`Pr(>|t|)`,
        criterion = REMLcrit(m), residual = sigma(m)^2))
    }
    write.csv(out, "out.csv", row.names = FALSE)
    """  # noqa: E501
    (tmp_path / "fit.R").write_text(code)
    subprocess.run([command, "fit.R"], cwd=tmp_path, check=True, capture_output=True)
    for table, known in zip(tables, pd.read_csv(tmp_path / "out.csv").to_dict("records"), strict=True):
        model = random_slopes(table["y"], table["condition"], table["unit"])
        found = model.contrast(model.conditions[-1], model.conditions[0])
        assert model.criterion == pytest.approx(known["criterion"], rel=1e-6)
        assert model.residual == pytest.approx(known["residual"], rel=1e-4)
        assert (found.difference, found.se, found.t) == pytest.approx(
            (known["difference"], known["se"], known["t"]), rel=1e-4
        )
        assert (found.df, found.p) == pytest.approx((known["df"], known["p"]), rel=2e-3)


def test_what_has_no_slopes_is_refused() -> None:
    table = rows(1, conditions=2, uneven=False).drop_duplicates(["unit", "condition"])
    with pytest.raises(DataError, match="no unit has two rows"):
        random_slopes(table["y"], table["condition"], table["unit"])
    one = table[table["condition"] == "c0"]
    with pytest.raises(DataError, match="1 condition"):
        random_slopes(one["y"], one["condition"], one["unit"])


def test_the_command_gives_the_numbers_of_the_model(tmp_path: Path) -> None:
    table, path = rows(2, conditions=2, uneven=True), tmp_path / "trials.csv"
    table.rename(columns={"unit": "vp"}).to_csv(path, index=False)
    known = random_slopes(table["y"], table["condition"], table["unit"]).contrast("c0", "c1")
    made = analyse_table(path, TableAnalysis("y", ("condition",), "vp", ("vp",), slopes=True))
    said = found_record(made)
    assert (said["difference"], said["df"], said["p"]) == pytest.approx((known.difference, known.df, known.p))
    assert (said["n"], said["test"]) == (18, "mixed")
    assert set(said["variance"]) == {"units under c0", "units under c1", "residual"}


def test_two_units_under_a_condition_have_no_interval(tmp_path: Path) -> None:
    table, path = rows(2, conditions=2, uneven=True), tmp_path / "trials.csv"
    two = table["unit"].isin(sorted(table["unit"].unique())[:2])
    table[two | (table["condition"] == "c0")].rename(columns={"unit": "vp"}).to_csv(path, index=False)
    said = found_record(analyse_table(path, TableAnalysis("y", ("condition",), "vp", ("vp",), slopes=True)))
    assert said["gap"] == "`c1` has 2 units; at least 3 are needed"
    assert [said[key] for key in ("low", "high", "p", "d")] == [None] * 4
    assert said["difference"] is not None
