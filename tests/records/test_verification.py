"""Numbers that are derived otherwise: rounding is told from another version, and both from damage."""

from __future__ import annotations

import json
from contextlib import closing

from affectlab.run import STORE
from affectlab.store.store import Store
from tests.conftest import Called, Lab


def test_rounding_is_told_from_other_numbers_and_neither_is_damage(copied: Lab, called: Called) -> None:
    run = str(copied.folder / "run")
    assert "otherwise" not in called("verify", run)[1]
    with closing(Store(copied.folder / "run" / STORE)) as store:
        rows = store.query("SELECT rowid FROM scores WHERE value > 0.1 ORDER BY rowid LIMIT 3")[1]
        near, nearer, far = (rowid for (rowid,) in rows)
        store.change("UPDATE scores SET value = value * 1.00001 WHERE rowid = ?", [(near,), (nearer,)])
        store.change("UPDATE scores SET value = value + 1 WHERE rowid = ?", [(far,)])
    code, said, complaint = called("verify", run)
    assert (code, complaint) == (0, "")
    assert "2 of the numbers come out otherwise here by less than one part in ten thousand: that is rounding" in said
    assert "1 of the numbers come out otherwise here by more: they are as they were stored, by affectlab 0." in said
    found = json.loads(called("verify", run, "--json")[1])
    assert (found["whole"], found["otherwise"], found["rounded"]) == (True, 3, 2)
