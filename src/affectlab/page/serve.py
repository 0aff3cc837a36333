"""The server: bound to this machine, its address printed with the token that opens it."""

from __future__ import annotations

import platform
import secrets
import socket
import webbrowser
from pathlib import Path

import uvicorn

from affectlab.errors import InputError
from affectlab.page.app import application
from affectlab.page.folder import Folder

LOOPBACK = "127.0.0.1"
PORT = 8642
"""The first that is tried."""
TRIED = 50
"""Ports after it."""
_OWN_NAMES = ("localhost", LOOPBACK, "[::1]")


def serve(directory: Path, *, host: str = LOOPBACK, port: int | None = None, browser: bool = True) -> None:
    """Show a folder until the program is stopped.

    Args:
        directory: the folder with studies and runs.
        host: on which address it listens; every other than this machine's own is reached from elsewhere.
        port: the first free one from 8642 if None.
        browser: whether a browser is opened.

    Raises:
        InputError: there is no such folder, or the port is taken.
    """
    if not directory.is_dir():
        raise InputError(f"no folder {directory}", hint="name the folder with your studies and runs")
    token = secrets.token_urlsafe(32)
    with _listening(host, port) as listening:
        taken = listening.getsockname()[1]
        app = application(Folder.at(directory), token=token, hosts=names(host, taken))
        address = f"http://{'127.0.0.1' if host in _ANY else _bracketed(host)}:{taken}/?token={token}"
        print(f"The page: {address}\nIt is there until Ctrl-C; runs that it has started go on after that.", flush=True)
        if host not in (LOOPBACK, "localhost", "::1"):
            print(
                "Everybody on this network who has that address can use it, and what is sent can be read.", flush=True
            )
        if browser:
            webbrowser.open(address)
        # an open view waits for news, and would keep the server from ending
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, server_header=False)
        uvicorn.Server(config).run(sockets=[listening])


_ANY = ("0.0.0.0", "::")


def names(host: str, port: int) -> frozenset[str]:
    """By which names the server may be called."""
    own = [*_OWN_NAMES, platform.node()] if host in _ANY else [*_OWN_NAMES, _bracketed(host)]
    return frozenset(f"{name}:{port}" for name in own)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listening(host: str, port: int | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    tried = range(PORT, PORT + TRIED) if port is None else (port,)
    for one in tried:
        try:
            return socket.create_server((host, one), family=family)
        except OSError as error:
            failure = error
    hint = "name another --port, or --host" if port is not None else "name a --host of this machine"
    raise InputError(f"{host}:{tried[-1]} cannot be listened on: {failure.strerror or failure}", hint=hint)
