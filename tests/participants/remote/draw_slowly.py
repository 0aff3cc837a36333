"""A program that draws answers until it is killed; run by the tests with an address and a log of draws."""

from __future__ import annotations

import sys
from pathlib import Path

from affectlab.participants.remote import Policy
from tests.participants.remote.conftest import asks, opened

if __name__ == "__main__":
    with opened(sys.argv[1], policy=Policy(way="sampled"), draw_log=Path(sys.argv[2]), concurrency=4) as participant:
        list(participant.respond(asks(12)))
