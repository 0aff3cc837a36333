"""The command that measures the engine on this machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from affectlab.cli.app import Json, app, emit

if TYPE_CHECKING:
    from affectlab.participants.embedded import EmbeddedParticipant

PARTS = ("probability", "log probability", "expected value")


@app.command()
def bench(
    model: Annotated[str, typer.Option(metavar="NAME", help="smollm2, or a GGUF file.")] = "smollm2",
    threads: Annotated[int | None, typer.Option(min=1, help="Of the engine; measured if not given.")] = None,
    weights: Annotated[str | None, typer.Option(help="Their format: f32, f16, bf16, q8_0 or as-is.")] = None,
    resolution: Annotated[bool, typer.Option("--resolution", help="How far an answer moves instead.")] = False,
    as_json: Json = False,
) -> None:
    """Measure what questions cost on this machine, by every way to the same answers; or the engine's resolution."""
    from affectlab.bench import resolution as moved
    from affectlab.bench import speed
    from affectlab.materials.catalogue import Catalogue

    catalogue = Catalogue()
    participant = _embedded(model, catalogue, threads, weights)
    measure = moved.measure if resolution else speed.measure
    found = {**measure(participant, catalogue, _told), "machine": speed.machine(participant)}
    participant.close()
    if as_json:
        emit(found)
    else:
        _show_resolution(found) if resolution else _show_speed(found)


def _embedded(model: str, catalogue: Any, threads: int | None, weights: str | None) -> EmbeddedParticipant:
    from affectlab.errors import ParticipantError
    from affectlab.participants.embedded import EmbeddedParticipant
    from affectlab.participants.roster import is_embedded, participant

    if not is_embedded(model):
        hint = "name smollm2 or a GGUF file; what endpoints cost, `affectlab plan --prices` says"
        raise ParticipantError(f"`{model}` is not evaluated in this process", hint=hint)
    made = participant(model, catalogue, threads=threads, weights=weights)
    assert isinstance(made, EmbeddedParticipant)
    return made


def _told(what: str) -> None:
    print(f"measuring {what}", file=sys.stderr)


def _show_speed(found: dict[str, Any]) -> None:
    from statistics import median

    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    shown = Table(title="The same 40 ratings", title_justify="left", box=None, pad_edge=False)
    for column in ("prefix", "questions/s", "full prompts", "kept prefix", f"{found['draws']} draws", "difference"):
        shown.add_column(column, justify="right")
    for row in found["prefixes"]:
        times = (f"{row[f'speedup_{way}']:.1f} ×" for way in ("full_prompt", "kept_prefix", "sampling"))
        each = f"{row['questions_per_second']:.1f}"
        shown.add_row(str(row["prefix_tokens"]), each, *times, f"{row['max_probability_difference']:.1e}")
    console.print(shown)
    console.print(f"Times are how much longer than the tree; {found['draws']} draws bring a mean to 0.05 SD.\n")
    for id, row in found["instruments"].items():
        cost = f"{row['tokens_per_item']:.1f} tokens an item, {row['tokens_per_word']:.2f} an option"
        console.print(f"{id}: {cost} ({row['items']} items, {row['options']} options, its question included)")
    console.print("")
    for row in found["growth"]:
        told = f"{row['questions_per_second']:.1f}/s, {row['tokens_per_second']:.0f} tokens/s"
        console.print(f"{row['questions']} questions: {told}, peak memory {row['peak_memory_mb']:.0f} MB")
    study = found["study"]
    console.print(
        f"\n{study['study']}: {study['evaluated']} tokens evaluated of {study['unique']} distinct, "
        f"{study['asked']} if each question were sent whole"
    )
    console.print(
        f"{median(study['tokens_per_second']):.0f} tokens/s with session, runner and store, "
        f"{found['utilisation']:.2f} of the engine's {median(study['ceiling_tokens_per_second']):.0f} on a plain text "
        f"of {study['longest']} tokens, {found['utilisation_same_length']:.2f} of its "
        f"{study['ceiling_same_length_tokens_per_second']:.0f} on one of {study['same_length']}; "
        f"decoding token by token {found['ceiling_decode_tokens_per_second']:.0f}"
    )
    _show_machine(console, found["machine"])


def _show_resolution(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    shown = Table(title="How far an answer moves", title_justify="left", box=None, pad_edge=False)
    for column in ("", *PARTS):
        shown.add_column(column, justify="right" if column else "left")
    for name, row in found["resolution"].items():
        shown.add_row(name, *(f"{row[part]:.1e}" for part in PARTS))
    console.print(shown)
    _show_machine(console, found["machine"])


def _show_machine(console: Any, machine: dict[str, Any]) -> None:
    console.print("; ".join(f"{name} {value}" for name, value in machine.items()), style="dim")
