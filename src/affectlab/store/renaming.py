"""The rows of a store of an older form under the names that their levels and facts have now."""

from __future__ import annotations

import json

from affectlab import renamed
from affectlab.store.store import Store


def rename(store: Store) -> None:
    """Give everything that was copied from an older form its name of now; see ``affectlab.renamed``."""
    cells = [(json.dumps(renamed.levels_now(cell)), session) for session, cell in store.finished()]
    store.change("UPDATE sessions SET cell = ? WHERE id = ?", cells)
    scales = [(new, old) for old, new in renamed.LEVELS["scale"].items()]
    store.change("UPDATE places SET scale = ? WHERE scale = ?", scales)
    for first, now in renamed.FACTS.items():
        if (known := store.described(first)) is not None:
            store.describe(now, known)
    if (study := store.described("study")) is not None:
        store.describe("study", renamed.study_now(study))
