"""The file system on which a store lies: whether other machines may have it too."""

from __future__ import annotations

from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
"""Where Linux lists what is mounted; where there is none, nothing is known, and the file system is taken for local."""
SHARED = (
    "nfs",
    "cifs",
    "smb",
    "lustre",
    "gpfs",
    "beegfs",
    "afs",
    "ceph",
    "gluster",
    "panfs",
    "orangefs",
    "9p",
    "sshfs",
)
"""With what the names of such file systems begin."""


def shared_file_system(path: Path) -> str:
    """The kind of the network file system on which a file lies or would lie; empty where it is another.

    >>> shared_file_system(Path("/proc/self/status"))
    ''
    """
    try:
        listed = MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    place, longest, kind = path.resolve(), -1, ""
    for line in listed:
        _, at, named, *_ = line.split(" ")
        mounted = Path(_spelled(at))
        # of two that are mounted at one place, the later hides the other
        if len(mounted.parts) >= longest and place.is_relative_to(mounted):
            longest, kind = len(mounted.parts), named
    return kind if kind.removeprefix("fuse.").startswith(SHARED) else ""


def _spelled(mounted: str) -> str:
    """A place as it is, of which blanks are written as numbers."""
    for number, sign in (("040", " "), ("011", "\t"), ("012", "\n"), ("134", "\\")):
        mounted = mounted.replace(f"\\{number}", sign)
    return mounted
