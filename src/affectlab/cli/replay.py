"""The command that does a run again, and compares every answer."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import typer

from affectlab.cli.app import Json, RunName, app, emit
from affectlab.errors import StoreError

if TYPE_CHECKING:
    from affectlab.participants.base import Participant
    from affectlab.requests import Response, Seat
    from affectlab.run import Run


@app.command()
def replay(run: RunName, as_json: Json = False) -> None:
    """Do a run again in the same way, compare every answer, and say identical or where not."""
    from affectlab.cli.progress import live
    from affectlab.run import Run, differences
    from affectlab.run import run as do

    first = Run.open(run)
    if not first.complete:
        raise StoreError(f"{run} is not complete", hint="finish it first with the same `affectlab run`")
    plan = first.plan
    if plan.hash != first.plan_hash:
        raise StoreError(
            f"{run} lacks texts that were said", hint="replay the run itself, not a copy made to be shared"
        )
    _must_be_identical(first)
    cast, others = _same(first), _beside(first)
    with tempfile.TemporaryDirectory() as folder, live(len(plan)) as progress:
        second = do(
            plan.study,
            cast,
            folder,
            others=others,
            seed=plan.seed,
            replicates=plan.replicates,
            progress=progress,
        )
        unlike = differences(first, second)
        second.store.close()
    rows = [{"key": key, "first": _shown(here), "second": _shown(there)} for key, here, there in unlike]
    count = first.store.count()
    if as_json:
        emit({"identical": not rows, "answers": count, "differences": rows})
    else:
        print(f"identical: {count} answers, bit for bit" if not rows else f"not identical: {len(rows)} of {count}")
        for row in rows[:20]:
            print(f"  {row['key']}\n    {row['first']}\n    {row['second']}")
    if rows:
        raise typer.Exit(1)


def _must_be_identical(run: Run) -> None:
    """Nothing is spent on a comparison that can only fail."""
    from affectlab.errors import CapabilityError

    cards = {**run.participants, **(run.store.described("cards_of_others") or {})}
    for name, card in cards.items():
        if not card["capabilities"]["identical"]:
            hint = "run the study again into another --out, and compare the reports"
            raise CapabilityError(f"{name} does not promise the same answer twice, so it is not replayed", hint=hint)


def _same(run: Run) -> dict[str, Participant]:
    """The participants of a run, set up as they were."""
    from affectlab.participants.roster import again

    seats = run.store.described("seats")
    if seats is None:
        raise StoreError(f"{run.store.path} does not say by which command it was made", hint="`affectlab run` does")
    catalogue, seed = run.plan.study.catalogue, run.plan.seed
    return {
        label: again(
            run.participants[label],
            seat["name"],
            catalogue,
            seed=seed,
            threads=seat["threads"],
            weights=seat["weights"],
        )
        for label, seat in seats.items()
    }


def _beside(run: Run) -> dict[Seat, Participant]:
    """Those on the seats beside the client's."""
    from affectlab.participants.roster import again

    named: dict[Seat, str] = run.store.described("seats_of_others") or {}
    cards, catalogue = run.store.described("cards_of_others") or {}, run.plan.study.catalogue
    return {seat: again(cards[seat], name, catalogue, seed=run.plan.seed) for seat, name in named.items()}


def _shown(response: Response | None) -> object:
    from affectlab.requests import Answer, Reply

    if response is None:
        return None
    if isinstance(response, Answer):
        return list(response.probabilities)
    return response.text if isinstance(response, Reply) else list(response.values)
