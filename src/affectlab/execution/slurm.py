"""The job script of a SLURM array in which each task does a shard of a study."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from shlex import join, quote
from typing import NamedTuple

from affectlab.design.plan import Plan
from affectlab.errors import InputError

_NAME = re.compile(r"[A-Za-z0-9_.,:-]+")

_SCRIPT = """\
#!/bin/bash
#SBATCH --job-name={name}
#SBATCH --partition={partition}
#SBATCH --array=1-{shards}
#SBATCH --cpus-per-task={processors}
#SBATCH --mem={memory}
#SBATCH --time={hours}:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue
# Each task does one shard on a disk of its own machine, and then moves it whole to where all machines see it.
# A task that is stopped early moves what it has, and goes on from there when the same script is submitted again.
set -u
kept={out}/shard-$SLURM_ARRAY_TASK_ID-of-{shards}
work=$(mktemp -d "${{TMPDIR:-/tmp}}/affectlab-XXXXXX") || exit 3
mkdir -p {out} || exit 3
if [ -d "$kept" ]; then cp -r "$kept" "$work/shard" || exit 3; fi

keep() {{
  rm -rf "$kept.part"
  if [ -d "$work/shard" ] && cp -r "$work/shard" "$kept.part"; then
    rm -rf "$kept.old"
    [ ! -d "$kept" ] || mv "$kept" "$kept.old"
    mv "$kept.part" "$kept" && rm -rf "$kept.old"
  fi
  rm -rf "$work"
}}
stop() {{ kill -TERM "$running" 2>/dev/null; wait "$running"; keep; exit 143; }}
trap stop TERM INT

affectlab run {words} --shard "$SLURM_ARRAY_TASK_ID/{shards}" --out "$work/shard" &
running=$!
wait "$running"
code=$?
trap - TERM INT
keep
exit "$code"

# When all tasks have ended:  affectlab merge {out}/shard-*-of-{shards} --out {run}
"""


class Job(NamedTuple):
    """What is asked of the cluster."""

    shards: int
    partition: str
    out: Path
    hours: int
    processors: int
    """For each shard."""
    memory: str


def job_script(plan: Plan, words: Sequence[str], job: Job) -> str:
    """The script.

    Args:
        words: the study and its options, as after ``affectlab run``.

    Raises:
        InputError: there would be more shards than sessions, or a name could not stand in a script.
    """
    if job.shards > len(plan):
        raise InputError(f"{job.shards} shards of {len(plan)} sessions", hint="take fewer")
    for name, value in (("--partition", job.partition), ("--memory", job.memory)):
        if not _NAME.fullmatch(value):
            raise InputError(f"not a name for {name}: {value!r}", hint="letters, digits, and the signs - _ . , :")
    return _SCRIPT.format(
        **{**job._asdict(), "out": quote(str(job.out))},
        name=f"affectlab-{plan.study.id}",
        words=join(words),
        run=quote(str(job.out / "run")),
    )
