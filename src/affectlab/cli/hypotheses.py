"""The command that prints the hypotheses of a run with their verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from affectlab.cli.app import Json, RunName, Scoring, app, emit

if TYPE_CHECKING:
    from affectlab.effects.judgement import Judgement

WIDTH = 96


@app.command()
def hypotheses(run: RunName, scoring: Scoring = None, as_json: Json = False) -> None:
    """Each hypothesis of a run's study: claim, verdict, hardest control, the others, what speaks against it."""
    from affectlab.analysis.hypotheses import judgements
    from affectlab.report.glance import verdict_records
    from affectlab.run import Run

    opened = Run.open(run, scoring=scoring)
    opened.require_sessions()
    found = judgements(opened)
    if as_json:
        emit(verdict_records(found))
        return
    print("\n".join(lines(found)) or "The study has no hypotheses; add `hypotheses:` to its file.")


def lines(found: Sequence[Judgement]) -> Iterator[str]:
    """The hypotheses as the terminal shows them: numbered, the verdict in capitals; then how to read them."""
    from affectlab.report.glance import glance, legend

    several = len({one.claim.model for one in found}) > 1
    for number, judgement in enumerate(found, 1):
        one = glance(judgement, several=several)
        title = one.title.replace(f": {one.verdict}", f": {one.verdict.upper()}", 1)
        yield from wrap(f"{number} {title}", WIDTH, subsequent_indent="  ")
        for said in (f"Claim: {one.claim}", *one.sentences):
            yield from wrap(said, WIDTH, initial_indent="  ", subsequent_indent="  ")
        yield ""
    for said in legend(found):
        yield from wrap(said, WIDTH)
