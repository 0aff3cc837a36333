"""The program, as ``affectlab`` and as ``python -m affectlab``: it can be stopped from its first moment on."""

from __future__ import annotations

from affectlab.stopping import STOPPING, flushed


def main() -> None:
    """Run a command, and end with its code, or with that of the signal that stopped it."""
    code: object = None
    try:
        STOPPING.listen()
        from affectlab.cli import main as command

        try:
            command()
        except SystemExit as end:
            code = end.code
        ended = flushed(code if isinstance(code, int) else 0)
        if STOPPING.signal is None:
            STOPPING.done(ended)
            raise SystemExit(ended)
    except KeyboardInterrupt:
        pass
    STOPPING.say()
    raise SystemExit(STOPPING.code)


if __name__ == "__main__":
    main()
