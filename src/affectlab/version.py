"""The version of affectlab, which a run keeps."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("affectlab")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0"
