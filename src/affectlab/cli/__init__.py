"""The command line: thin, one module per group of commands. Errors are one line, and an exit code."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from affectlab.cli.app import app
from affectlab.cli.terminal import cleaned
from affectlab.errors import AffectlabError, InputError
from affectlab.shown import line
from affectlab.stopping import STOPPING

# each module adds its commands to the app
for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    importlib.import_module(_module.name)


def main() -> None:
    """Run a command; an error, of affectlab's own or on the command line, is one line on standard error."""
    with cleaned():
        _run()


def _called() -> int | None:
    try:
        code: int | None = app(standalone_mode=False)
    except SystemExit:
        return 0  # so typer ends where nobody reads what is printed: they have what they wanted
    return code


def _run() -> None:
    try:
        raise SystemExit(_called())
    except AffectlabError as error:
        print(f"affectlab: {error}", file=sys.stderr)
        if isinstance(error, InputError) and error.others:
            more = len(error.others)
            print(f"affectlab: and {more} more; `affectlab check` names them all", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except TyperException as error:
        # called without a command, typer prints its help instead of a message
        if message := " ".join(error.format_message().split()):
            print(f"affectlab: {line(message.rstrip('.'))}; --help shows how it is called", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        what = "what was to be printed cannot be written"
        if error.filename is not None:  # of a path that no check expected: too long a name, a link to itself
            what = f"{line(str(error.filename))} cannot be used"
        print(f"affectlab: {what}: {error.strerror}", file=sys.stderr)
        raise SystemExit(2) from None
    except (MemoryError, ImportError) as error:
        # where memory is short, a library of numpy's cannot be loaded
        if STOPPING.signal is not None:
            _stopped()
        if isinstance(error, ImportError) and "map segment" not in str(error):
            raise
        print("affectlab: there is too little memory for this; what was complete is kept", file=sys.stderr)
        raise SystemExit(3) from None
    except (KeyboardInterrupt, typer.Abort):
        _stopped()
    except Exception:
        # a signal that comes while a library is loaded ends that with an error of its own
        if STOPPING.signal is None:
            raise
        _stopped()


def _stopped() -> NoReturn:
    STOPPING.say()
    raise SystemExit(STOPPING.code) from None
