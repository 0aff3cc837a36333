"""The format of a check file: one threat to validity, the questions asked about it, and the result that passes.

Some checks only read what a run has anyway. Others ask: questions of their own, or the study's instruments with
something changed that ought not to matter. What they ask is asked on branches, after the study itself, and so leaves no
trace in it.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from affectlab import renamed
from affectlab.materials.document import Misplaced
from affectlab.materials.instrument import Changed
from affectlab.materials.schema import Id, Material, Part, places, unique

DEFAULT = "default"
"""Among the checks of a study: every check that comes with affectlab and that the study allows."""

Occasion = Literal["fresh", "baseline", "induced", "end", "start and end"]
"""When a check asks: in a conversation of its own; at two points of sampled sessions; at their end; before and
after the whole run."""

Statistic = Literal[
    "item-change",
    "shift-correlation",
    "position-share",
    "pair-sum",
    "pair-contradiction",
    "pair-difference",
    "pair-affirmation",
    "first-option",
    "name-gain",
    "occasion-change",
    "coverage-met",
    "coverage-spread",
    "entropy-share",
    "range-share",
    "varying-scales",
    "mode-distance",
    "refused-share",
    "sessions-done",
    "answers-differing",
    "ways-mixed",
    "alpha-median",
    "half-correlation",
    "target-largest",
    "grade-order",
    "demand-left",
    "behaviour-correlation",
    "length-deviation",
    "words-primed",
]
"""How a check is read: each has a function in ``affectlab.validity``."""

WINDOW = ("next", "second", "third", "fourth")
"""The items of a questionnaire among which the one that comes next in print is to be told."""
NAMED = ("own", "other")
"""The words after which the name of a questionnaire is read: its own items, or words of no questionnaire."""
YES = "yes"
"""The option of a question in a pair that agrees with it."""

Requirement = Literal[
    "rating",
    "wording",
    "order",
    "labels",
    "sequence",
    "published",
    "neutral",
    "grades",
    "items",
    "completion",
    "texts",
    "demand-reversed",
]
"""What a study must have for a check to be made of it: see ``design.validity``."""


class CheckQuestion(Part):
    """A question that a check asks."""

    id: Id
    say: str = ""
    """Said after the introduction, which is then acknowledged; where it is empty, the opening says all."""
    opening: str = ""
    """How the participant's turn is begun."""
    options: dict[str, str] = Field(min_length=2)
    """What each option stands for, and how the participant writes it after the opening."""
    pair: Id | None = None
    """Questions that say one thing and its opposite share their pair."""
    side: Literal["as-said", "reversed"] = "as-said"
    """Which of the pair it is; ``reversed`` says the opposite."""


class Check(Material):
    """A threat to validity, and how it is looked for."""

    kind: Literal["check"]
    catalogued: tuple[int, ...] = ()
    """Its numbers in the catalogue of automatable checks that `docs/reference/validity.md` reproduces."""
    verified: Literal["seen", "recalled"]
    """Whether the source was seen, at least its abstract, or is cited from memory."""
    asks: str
    """What is asked for it, in a few words; or what is read, where nothing is."""
    statistic: Annotated[Statistic, BeforeValidator(partial(renamed.level_now, "statistic"))]
    reads: str
    """The number that comes out, in words."""
    bound: Literal["at most", "at least"]
    threshold: float
    convention: str = "the laboratory's own"
    """Where the threshold comes from."""
    means: str
    """What a failure means."""
    requires: tuple[Requirement, ...] = ()
    varies: Changed | Literal["sequence"] | None = None
    """What is changed in the study's instruments, which are then asked again."""
    at: tuple[Occasion, ...] = ()
    introduction: str = ""
    """Said before each question, and acknowledged: what the questions share."""
    questions: tuple[CheckQuestion, ...] = ()
    turns: bool = False
    """Whether the sampled sessions are asked one of the questions each, in turns."""
    opening: str = ""
    """Where the options are made from an instrument: what comes before them."""
    lures: tuple[str, ...] = ()
    """Names among which the right one stands."""
    others: tuple[str, ...] = ()
    """Words of no questionnaire, in the place of its items."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        unique("question", places("questions", (question.id for question in self.questions)))
        if (self.questions or self.varies) and not self.at:
            raise ValueError("it asks and does not say when; add `at`")
        for index, question in enumerate(self.questions):
            if not question.say and not question.opening:
                raise Misplaced(f"`{question.id}` asks nothing; add `say` or `opening`", "questions", index)
        if self.statistic.startswith("pair-"):
            self._paired()
        return self

    def _paired(self) -> None:
        sides = {(question.pair, question.side) for question in self.questions}
        for index, question in enumerate(self.questions):
            other = "reversed" if question.side == "as-said" else "as-said"
            if question.pair is None or (question.pair, other) not in sides:
                message = f"`{question.id}` has no counterpart that is {other}; give both the same `pair`"
                raise Misplaced(message, "questions", index)
            if YES not in question.options:
                raise Misplaced(
                    f"no option is named `{YES}`; name the one that agrees so", "questions", index, "options"
                )
        if not self.questions:
            raise ValueError(f"`{self.statistic}` is read from pairs of questions; add `questions`")

    @property
    def asked(self) -> bool:
        """Whether anything is asked for it."""
        return bool(self.at)

    def only(self, number: int) -> Self:
        """The check with one of its questions: that whose turn it is."""
        return self.model_copy(update={"questions": (self.questions[number % len(self.questions)],)})

    @property
    def limit(self) -> str:
        """The threshold in words.

        >>> Check.model_construct(bound="at most", threshold=0.1).limit
        'at most 0.1'
        """
        return f"{self.bound} {self.threshold:g}"

    def holds(self, value: float) -> bool:
        """Whether a value is within the threshold."""
        return value <= self.threshold if self.bound == "at most" else value >= self.threshold
