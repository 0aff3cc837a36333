"""What the cells still hold when a pass is over: conversations that go on, so that they are not evaluated again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from affectlab.participants.model import Context
from affectlab.participants.tree import Node, Tree

MOST = 32
"""Conversations that are held for the next pass, at most; beside them there must be sequences for replies, and for the
leaves of a batch."""


class PrefixCache:
    """Sequences of the engine, and the tokens whose cells are in them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._paths: dict[int, tuple[int, ...]] = {}

    def settle(self, tree: Tree, room: int) -> None:
        """Let a tree begin where the cells are. What it does not need is freed; where the rest is more than the
        room, so is that."""
        count = 0
        for sequence, path in sorted(self._paths.items(), key=lambda one: -len(one[1])):
            used = tree.settle(path, sequence) if count < MOST else 0
            count += used > 0
            self._context.drop(sequence, used)
            self._paths[sequence] = path[:used]
            if not used:
                del self._paths[sequence]
        if tree.settled > room:
            tree.unsettle()
            self.forget()

    def free(self) -> list[int]:
        """The sequences that can be given away, from the top of the range."""
        return [one for one in range(self._context.sequences - 1, 0, -1) if one not in self._paths]

    def keep(self, sequence: int, path: Iterable[int]) -> None:
        """Note that a sequence holds a path."""
        self._paths[sequence] = tuple(path)

    def forget(self) -> None:
        """Free the cells of all sequences."""
        for sequence in self._paths:
            self._context.drop(sequence)
        self._paths.clear()

    def __len__(self) -> int:
        return len(self._paths)


def ends_that_fit(nodes: Sequence[Node], taken: Set[Node], room: int) -> list[Node]:
    """Of the ends of conversations, those that fit into the room beside the nodes that are taken."""
    chosen: list[Node] = []
    for node in nodes[:MOST]:
        fresh = {one for one in node.path() if one.home is None} - taken
        if len(fresh) <= room:
            chosen.append(node)
            taken = taken | fresh
            room -= len(fresh)
    return chosen
