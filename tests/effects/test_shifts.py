"""Places and their means: as pandas groups by several keys, however many levels they have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from affectlab.effects import shifts
from affectlab.effects.shifts import averaged, by_point
from affectlab.errors import DataError

KEYS = ["state", "vignette", "item"]


@pytest.mark.parametrize("kind", ["str", "category"])
@pytest.mark.parametrize("most", [2**62, 5], ids=["few places", "more places than a number holds"])
def test_means_of_places_are_those_of_groups(kind: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shifts, "_MOST", most)
    rng = np.random.default_rng(1)
    table = pd.DataFrame({name: rng.choice(list("edcba"), 400) for name in KEYS}).astype(kind)
    table = table.assign(value=np.where(rng.random(400) < 0.1, np.nan, rng.normal(size=400)))
    table.loc[table["state"] == "a", "value"] = np.nan
    expected = table.groupby(KEYS, observed=True, sort=False)["value"].mean().reset_index()
    pd.testing.assert_frame_equal(averaged(table, KEYS).reset_index(drop=True), expected, check_exact=True)


def test_of_no_rows_there_are_no_points() -> None:
    with pytest.raises(DataError, match="no session"):
        by_point(pd.DataFrame())
