"""The short forms that had two texts for each state, as benchmark studies: by them times and numbers are compared with
those of earlier versions. They allow no interval, and so no verdict; ``--quick`` has three texts.

    python benchmarks/two_texts.py dresden RUN [MODEL]

runs one of them and prints how many answers it took.
"""

from __future__ import annotations

import sys
from pathlib import Path

from affectlab.design.load import load_study
from affectlab.design.study import Study
from affectlab.experiment import Experiment

STUDIES = ("dresden", "prophylaxis", "regulation-dose", "regulation-screen", "therapy-trial")
"""The shipped studies whose short forms had two texts."""


def two_texts(name: str) -> Study:
    """The short form of a shipped study with two texts for each state."""
    study = load_study(name, quick=True)
    return study.model_copy(update={"induction": study.induction.model_copy(update={"texts": 2})})


if __name__ == "__main__":
    name, folder, *model = sys.argv[1:]
    experiment = Experiment(two_texts(name), models=model or ["smollm2"], out=Path(folder))
    for _ in experiment.run():
        pass
    print(f"{name}, two texts: {experiment.results().run.store.count():,} answers in {folder}")
