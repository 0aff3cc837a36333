"""The importers that come with affectlab; other packages bring theirs by entry points."""

from __future__ import annotations

from collections.abc import Mapping

from affectlab.extensions import Extensions
from affectlab.importers.emotionbench import read_emotionbench
from affectlab.importers.gpt_trauma import read_trauma
from affectlab.importers.imported import Importer
from affectlab.importers.inspect_logs import read_inspect
from affectlab.importers.llmaffect.importer import read_clone
from affectlab.importers.qstn import read_qstn
from affectlab.importers.rupsycho import read_rupsycho
from affectlab.importers.trial_files import read_jspsych, read_psychopy

OWN: Mapping[str, Importer] = {
    "llmaffect": read_clone,
    "gpt-trauma-induction": read_trauma,
    "emotionbench": read_emotionbench,
    "qstn": read_qstn,
    "rupsycho": read_rupsycho,
    "inspect": read_inspect,
    "jspsych": read_jspsych,
    "psychopy": read_psychopy,
}

IMPORTERS: Extensions[Importer] = Extensions("importer", "affectlab.importers", __name__)
"""All of them, by the kind of folder that they read."""
