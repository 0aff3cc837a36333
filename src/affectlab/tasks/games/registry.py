"""The games that come with affectlab, by the name of their protocol; other packages bring theirs by entry points."""

from __future__ import annotations

from collections.abc import Mapping

from affectlab.extensions import Extensions
from affectlab.tasks.games.balloon import Balloon
from affectlab.tasks.games.bandit import Bandit
from affectlab.tasks.games.decks import Decks
from affectlab.tasks.games.game import Game
from affectlab.tasks.games.n_back import NBack
from affectlab.tasks.games.serial_order import SerialOrder
from affectlab.tasks.games.set_shifting import SetShifting

OWN: Mapping[str, type[Game]] = {one.name: one for one in (Bandit, Balloon, Decks, NBack, SerialOrder, SetShifting)}
GAMES: Extensions[type[Game]] = Extensions("game", "affectlab.games", "affectlab.tasks.games.registry")
