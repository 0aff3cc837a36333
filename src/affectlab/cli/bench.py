"""The command that measures the engine on this machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affectlab.cli.app import Json, app, emit

if TYPE_CHECKING:
    from affectlab.participants.embedded import EmbeddedParticipant
    from affectlab.report.section import Section

PARTS = ("probability", "log probability", "expected value")


@app.command()
def bench(
    model: Annotated[str, typer.Option(metavar="NAME", help="smollm2, or a GGUF file.")] = "smollm2",
    threads: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Threads of the engine; measured if not given.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="Format of the weights: f32, f16, bf16, q8_0 or as-is.")
    ] = None,
    resolution: Annotated[
        bool,
        typer.Option(
            "--resolution", help="Measure how far an answer moves with who shares its batch, and nothing else."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure what questions cost on this machine, by every way to the same answers; or the engine's resolution."""
    from affectlab.bench import resolution as moved
    from affectlab.bench import speed
    from affectlab.materials.catalogue import Catalogue
    from affectlab.report.render.terminal import show

    catalogue = Catalogue()
    participant = _embedded(model, catalogue, threads, weights)
    measure = moved.measure_by_condition if resolution else speed.measure_speed
    found = {**measure(participant, catalogue, _told), "machine": speed.machine(participant)}
    participant.close()
    if as_json:
        emit(found)
    else:
        show(_resolution(found) if resolution else _speed(found))


def _embedded(model: str, catalogue: Any, threads: int | None, weights: str | None) -> EmbeddedParticipant:
    from affectlab.errors import ParticipantError
    from affectlab.participants.embedded import EmbeddedParticipant
    from affectlab.participants.registry import is_embedded, participant

    if not is_embedded(model):
        hint = "name smollm2 or a GGUF file; what endpoints cost, `affectlab plan --prices` says"
        raise ParticipantError(f"`{model}` is not evaluated in this process", hint=hint)
    made = participant(model, catalogue, threads=threads, weights=weights)
    assert isinstance(made, EmbeddedParticipant)
    return made


def _told(what: str) -> None:
    print(f"measuring {what}", file=sys.stderr)


def _speed(found: dict[str, Any]) -> Section:
    """What questions cost, by every way to the same answers."""
    from statistics import median

    from affectlab.report.section import Section
    from affectlab.report.table import Table

    head = ("prefix", "questions/s", "full prompts", "kept prefix", f"{found['draws']} draws", "difference")
    rows = tuple(
        (
            str(row["prefix_tokens"]),
            f"{row['questions_per_second']:.1f}",
            *(f"{row[f'speedup_{way}']:.1f} ×" for way in ("full_prompt", "kept_prefix", "sampling")),
            f"{row['max_probability_difference']:.1e}",
        )
        for row in found["prefixes"]
    )
    times = f"Times are how much longer than the tree; {found['draws']} draws bring a mean to 0.05 SD."
    items = [
        f"{id}: {row['tokens_per_item']:.1f} tokens an item, {row['tokens_per_word']:.2f} an option ("
        f"{row['items']} items, {row['options']} options, its question included)"
        for id, row in found["instruments"].items()
    ]
    growth = [
        f"{row['questions']} questions: {row['questions_per_second']:.1f}/s, {row['tokens_per_second']:.0f} tokens/s, "
        f"peak memory {row['peak_memory_mb']:.0f} MB"
        for row in found["growth"]
    ]
    study = found["study"]
    whole = (
        f"{study['study']}: {study['evaluated']} tokens evaluated of {study['unique']} distinct, {study['asked']} if "
        "each question were sent whole"
    )
    used = (
        f"{median(study['tokens_per_second']):.0f} tokens/s with session, runner and store, "
        f"{found['utilisation']:.2f} of the engine's {median(study['ceiling_tokens_per_second']):.0f} on a plain text "
        f"of {study['longest']} tokens, {found['utilisation_same_length']:.2f} of its "
        f"{study['ceiling_same_length_tokens_per_second']:.0f} on one of {study['same_length']}; "
        f"decoding token by token {found['ceiling_decode_tokens_per_second']:.0f}"
    )
    table = Table("The same 40 ratings", head, rows, frozenset(head), note=times)
    return Section("bench", "", tables=(table,), notes=(*items, *growth, whole, used, _machine(found)))


def _resolution(found: dict[str, Any]) -> Section:
    """How far an answer moves."""
    from affectlab.report.section import Section
    from affectlab.report.table import Table

    rows = tuple((name, *(f"{row[part]:.1e}" for part in PARTS)) for name, row in found["resolution"].items())
    table = Table("How far an answer moves", ("", *PARTS), rows, frozenset(PARTS))
    return Section("bench", "", tables=(table,), notes=(_machine(found),))


def _machine(found: dict[str, Any]) -> str:
    return "; ".join(f"{name} {value}" for name, value in found["machine"].items())
