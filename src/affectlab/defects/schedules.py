"""Published schedules whose items are not ours to pass on: the digests of their items, by which they are recognised."""

from __future__ import annotations

from collections.abc import Mapping

_PANAS = frozenset(
    (
        *("a30d5f87", "d2621e35", "8d1c8a7a", "8b2f4063", "eda15ce4", "51997f8a", "67f711e8"),
        *("8f383ccd", "6d847aae", "d069c852", "3f55cd56", "df905058", "b6d9e56c", "5f067754"),
        *("fb3a7850", "891af286", "e0e6c2af", "77939a07", "96879611", "180366dd"),
    )
)
"""Watson, D., Clark, L. A., & Tellegen, A. (1988). Journal of Personality and Social Psychology 54, 1063-1070."""

_STATE_ANXIETY = frozenset(
    (
        *("2b4b2ead", "6a934b45", "deb8cc25", "127222f7", "1bc37be0", "8b2f4063", "b2819741"),
        *("fde281f3", "1d0dbd15", "46fd05f3", "d2e247db", "fb3a7850", "77939a07", "c7d44b7f"),
        *("acd85c97", "ed7002b4", "13d9ead0", "f1937e8b", "57e1f047", "54c0bcab"),
    )
)
"""Spielberger, C. D. (1983). Manual for the State-Trait Anxiety Inventory, form Y-1."""

_DASS = frozenset(
    (
        *("9c73ba11", "cd1276f9", "d9fd5457", "9060a4cb", "64a9d5f5", "701bf906", "042c7e16"),
        *("b7450a48", "2952c00c", "1dd18496", "3e2cadb0", "44117aec", "db36f4fc", "29d0a5b7"),
        *("dd1ca67f", "91a5e9cd", "f4c3d1f1", "88f20643", "988b4f2a", "ee403554", "9d72c003"),
    )
)
"""Lovibond, S. H., & Lovibond, P. F. (1995). Manual for the Depression Anxiety Stress Scales, the short form."""

SCHEDULES: Mapping[str, frozenset[str]] = {
    "Positive and Negative Affect Schedule": _PANAS,
    "state-anxiety inventory (form Y-1)": _STATE_ANXIETY,
    "Depression Anxiety Stress Scales (21 items)": _DASS,
}
"""Digests of the items of each, as ``affectlab.defects.items.digest`` makes them."""
