"""The tests. A process of theirs computes on one thread: matrices are small, and the workers share the processors."""

import gc
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# a process keeps thousands of tests and all materials: to look through them so often takes a tenth of the time
gc.set_threshold(50_000, 20, 20)
