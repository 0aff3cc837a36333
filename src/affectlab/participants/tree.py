"""The tree of all that is asked: every distinct token is evaluated once.

All pending questions, with their options, are one trie of tokens. It is walked depth first, and cut into batches of
as many tokens as the engine takes at once. In a batch every leaf is a sequence of its own, and a token belongs to
the sequences of all leaves below it; so a whole subtree, branches and option words included, is evaluated in one go.
What later batches still need of the earlier ones is exactly the path to the last token: the spine. It is kept, and
everything else is freed. So the cells in use are one path and one batch, however large the tree is.

Where replies are to be spoken the walk goes there first, and they are spoken beside the rest of the tree, a token of
each in every batch: a batch costs the engine little more for them, and a great deal where they are all that is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from affectlab.participants.generation import Stream
from affectlab.participants.model import Context, Logits

SPINE = 0
"""The sequence that holds the path to the last token evaluated."""


@dataclass(eq=False, slots=True)
class TreeRead:
    """What is wanted of the distribution over the token after a node, and then what it was."""

    logprobs: dict[int, float] = field(default_factory=dict)
    """The log probability of each token that was asked for."""
    ends: bool = False
    """Whether the mass of all tokens that end a word or the turn is wanted."""
    end_logprob: float = 0.0


@dataclass(eq=False, slots=True)
class Node:
    """A token after the tokens above it."""

    token: int
    parent: Node | None
    depth: int
    """Its position: how many tokens are above it."""
    children: dict[int, Node] = field(default_factory=dict)
    read: TreeRead | None = None
    keep: tuple[int, ...] = ()
    """The sequences in which the path to it is to stay after the walk."""
    home: int | None = None
    """The sequence in which the path to it is already, from an earlier walk."""

    def path(self) -> Iterator[Node]:
        """This node and those above it, up to the first."""
        node: Node | None = self
        while node is not None and node.depth >= 0:
            yield node
            node = node.parent

    def tokens(self) -> tuple[int, ...]:
        """The tokens from the first to this one."""
        return tuple(node.token for node in self.path())[::-1]


class Tree:
    """A trie of token sequences."""

    def __init__(self) -> None:
        self.root = Node(-1, None, -1)
        self.size = 0
        self.deepest = 0
        """Tokens of its longest path."""
        self.free: Sequence[int] = ()
        """Sequences that may be used for its leaves."""
        self.begun: Mapping[int, Node] = {}
        """Where replies begin, by the sequences in which they are spoken."""
        self.settled = 0
        """Nodes whose cells are there from an earlier walk."""
        self._starts: dict[tuple[int, ...], Node] = {}

    def start(self, tokens: tuple[int, ...]) -> Node:
        """As ``add``, for a path with which many begin: it is not walked again."""
        if tokens not in self._starts:
            self._starts[tokens] = self.add(tokens)
        return self._starts[tokens]

    def add(self, tokens: Sequence[int], at: Node | None = None) -> Node:
        """The node at the end of a path, made where it is not yet."""
        node = at or self.root
        for token in tokens:
            child = node.children.get(token)
            if child is None:
                child = node.children[token] = Node(token, node, node.depth + 1)
                self.size += 1
                self.deepest = max(self.deepest, child.depth + 1)
            node = child
        return node

    def settle(self, tokens: Sequence[int], sequence: int) -> int:
        """Note that a sequence already holds this path, as far as the tree has it and nothing on it is read.

        Returns how much of the path that is; 0 where other sequences hold all of it.
        """
        before, node = self.settled, self.root
        for token in tokens:
            child = node.children.get(token)
            if child is None or child.read is not None:
                break
            if child.home is None:
                self.settled += 1
                child.home = sequence
            node = child
        return node.depth + 1 if self.settled > before else 0

    def unsettle(self) -> None:
        """Forget that cells are there from an earlier walk."""
        self.settled = 0
        for node in self.walk():
            node.home = None

    def unseen(self, seen: set[int]) -> int:
        """How many of its nodes were in no tree before; their paths' hashes are added to those that were."""
        before = len(seen)
        paths = {self.root: 0}
        for node in self.walk():
            assert node.parent is not None
            paths[node] = hash((paths[node.parent], node.token))
            seen.add(paths[node])
        return len(seen) - before

    def walk(self) -> Iterator[Node]:
        """Every node, parents before children, in the order in which they were added."""
        stack = list(reversed(self.root.children.values()))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children.values()))


def evaluate(
    tree: Tree, context: Context, receive: Callable[[Node, Logits], None], streams: Sequence[Stream] = ()
) -> Iterator[int]:
    """Evaluate every node once, batch by batch, and speak the replies; yields the number of nodes of each batch.

    ``receive`` gets the logits after each node that is read, and has a stream draw its first token there. The leaves
    of a batch are in the tree's free sequences.
    """

    def walk(nodes: Iterable[Node]) -> Iterator[int]:
        context.drop(SPINE)
        batches = _batches(nodes, lambda: context.size - len(_speaking(streams)), len(tree.free))
        for batch in batches:
            _evaluate_batch(batch, tree.free, context, receive, _speaking(streams))
            yield len(batch)
        context.drop(SPINE)

    fresh = [node for node in tree.walk() if node.home is None]
    first = {node for end in tree.begun.values() for node in end.path()}
    yield from walk(node for node in fresh if node in first)
    for sequence, end in tree.begun.items():
        for node in end.path():
            node.home = sequence if node.home is None else node.home
    yield from walk(node for node in fresh if node not in first)
    while speaking := _speaking(streams):
        _evaluate_batch([], tree.free, context, receive, speaking)
        yield 0


def _speaking(streams: Sequence[Stream]) -> list[Stream]:
    """The replies of which a token waits to be evaluated."""
    return [stream for stream in streams if stream.token is not None]


def _batches(nodes: Iterable[Node], room: Callable[[], int], leaves: int) -> Iterator[list[Node]]:
    """Cut nodes, in the order of a walk, into batches of as many as there is room for, with at most so many leaves.

    The room is asked for at the beginning of each batch.
    """
    batch: list[Node] = []
    ends, most = 0, room()
    for node in nodes:
        # a node begins a new leaf unless it continues the one before it
        new_leaf = not batch or node.parent is not batch[-1]
        if batch and (len(batch) == most or (new_leaf and ends == leaves)):
            yield batch
            batch, ends, most, new_leaf = [], 0, room(), True
        batch.append(node)
        ends += new_leaf
    if batch:
        yield batch


def _evaluate_batch(
    batch: Sequence[Node],
    free: Sequence[int],
    context: Context,
    receive: Callable[[Node, Logits], None],
    speaking: Sequence[Stream],
) -> None:
    row = {node: index for index, node in enumerate(batch)}
    above = {node.parent for node in batch}
    sequences: list[list[int]] = [[] for _ in batch]
    leaves = [node for node in batch if node not in above]
    for node, sequence in zip(leaves, free, strict=False):
        top = node
        for ancestor in node.path():
            if ancestor not in row:
                break
            sequences[row[ancestor]].append(sequence)
            top = ancestor
        if top.depth > 0 and top.parent is not None:
            home = top.parent.home
            context.share(SPINE if home is None else home, sequence, top.depth)
    # replies first: their cells stay, and so lie side by side, and those of the questions too
    context.decode(
        [stream.token or 0 for stream in speaking] + [node.token for node in batch],
        [stream.position for stream in speaking] + [node.depth for node in batch],
        [[stream.sequence] for stream in speaking] + sequences,
        [True] * len(speaking) + [node.read is not None for node in batch],
    )
    for index, stream in enumerate(speaking):
        stream.position += 1
        stream.draw(context.logits(index))
    for index, node in enumerate(batch):
        if node.read is not None:
            receive(node, context.logits(len(speaking) + index))
        for kept in node.keep:
            context.share(sequences[index][0], kept, node.depth + 1)
    if leaves:
        context.drop(SPINE)
        context.share(free[len(leaves) - 1], SPINE)
    for sequence in free[: len(leaves)]:
        context.drop(sequence)
