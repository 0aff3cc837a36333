"""A finished run to spoil, and every command that reads one."""

from __future__ import annotations

from tests.records.conftest import copied, finished

__all__ = ["copied", "finished"]
