"""A clone taken apart: each condition with what its prompts say and ask, beside the others of its experiment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from affectlab.defects.questionnaire import Parsed, parsed, repeated_lines
from affectlab.importers.llmaffect.clone import NEUTRAL, STRESS_TEST, Condition, Prompt

INDUCTION, STABILISATION, LAST = 2, 3, 4
"""The prompts of a condition, by their numbers; the first has the frame and the baseline."""


@dataclass(frozen=True)
class PromptPart:
    """A prompt, taken apart."""

    prompt: Prompt
    sent: Parsed
    """As a program sends it."""
    meant: Parsed
    """With the characters that were meant where a line is not valid UTF-8."""


@dataclass(frozen=True)
class Arm:
    """A condition, taken apart."""

    condition: Condition
    parts: tuple[PromptPart, ...]

    @property
    def name(self) -> str:
        """Of its state."""
        return self.condition.name

    def part(self, number: int) -> PromptPart:
        """The prompt of a number."""
        return self.parts[number - 1]


@dataclass(frozen=True)
class Group:
    """The conditions of one experiment."""

    arms: tuple[Arm, ...]

    @property
    def states(self) -> tuple[Arm, ...]:
        """Those that induce a state by a text."""
        return tuple(arm for arm in self.arms if arm.name not in (NEUTRAL, STRESS_TEST))

    @property
    def neutral(self) -> Arm | None:
        """The one in which none is induced."""
        return next((arm for arm in self.arms if arm.name == NEUTRAL), None)

    @property
    def stems(self) -> bool:
        """Whether its last prompt has sentences to be completed, and no questionnaire."""
        return bool(self.states) and not any(arm.part(LAST).sent.questionnaires for arm in self.states)


def groups(conditions: list[Condition]) -> Iterator[Group]:
    """The experiments of a clone; the stress test, which has prompts of its own, is one."""
    sort = sorted(conditions, key=_experiment)
    for _, found in groupby(sort, key=_experiment):
        members = list(found)
        sent = repeated_lines(prompt.lines for one in members for prompt in one.prompts)
        meant = repeated_lines(prompt.repaired for one in members for prompt in one.prompts)
        yield Group(
            tuple(
                Arm(
                    one,
                    tuple(
                        PromptPart(prompt, parsed(prompt.lines, sent), parsed(prompt.repaired, meant))
                        for prompt in one.prompts
                    ),
                )
                for one in members
            )
        )


def _experiment(condition: Condition) -> tuple[str, bool]:
    return condition.group, condition.name == STRESS_TEST
