"""Importing affectlab costs nothing and changes nothing; what it offers is loaded when it is used."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import affectlab
from tests.house import ROOT, rooms

HEAVY = {"numpy", "scipy", "pandas", "pydantic", "yaml"}


def said(program: str) -> str:
    """What a program prints in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_nothing_heavy_is_loaded_and_no_variable_is_set() -> None:
    program = """
import json, os, sys
before = dict(os.environ)
import affectlab
print(json.dumps([sorted(sys.modules), dict(os.environ) == before]))
"""
    modules, unchanged = json.loads(said(program))
    assert not HEAVY & set(modules)
    assert unchanged


def test_a_room_is_always_a_module_whatever_was_used_before() -> None:
    program = f"""
import types, affectlab
for name in affectlab.__all__:
    getattr(affectlab, name)
for room in {rooms()!r}:
    found = __import__("affectlab." + room, fromlist=["x"])
    assert isinstance(found, types.ModuleType) and isinstance(getattr(affectlab, room), types.ModuleType), room
print("yes")
"""
    assert said(program) == "yes\n"


@pytest.mark.parametrize("name", affectlab.__all__)
def test_a_public_name_is_there_and_listed(name: str) -> None:
    assert name in dir(affectlab)
    assert getattr(affectlab, name) is getattr(affectlab, name)


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'run_everything'"):
        _ = affectlab.run_everything


def test_linear_algebra_leaves_the_threads_of_the_process_as_they_were() -> None:
    """The golden values are those of one thread: the limit holds inside, also where one call is inside another."""
    program = """
from threadpoolctl import threadpool_info, threadpool_limits
from affectlab.stats.threads import one_thread

def threads():
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}

inner = one_thread(threads)
outer = one_thread(lambda: (inner(), threads()))
with threadpool_limits(2, "blas"):
    print(threads(), inner(), *outer(), threads())
"""
    assert said(program) == "{2} {1} {1} {1} {2}\n"


def test_planning_for_the_simulated_participant_needs_no_engine() -> None:
    program = """
import sys
for name in ("xllamacpp", "llama_cpp", "gguf"):
    sys.modules[name] = None  # importing it fails, as where it is not installed
sys.modules["affectlab.participants._llama"] = None
sys.argv = ["affectlab", "plan", "dresden", "--quick", "--model", "simulated"]
from affectlab.cli import main
main()
"""
    assert "distinct: what is evaluated" in said(program)
