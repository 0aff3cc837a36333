"""A small clone in words of our own: sound, or with one defect planted in it."""

from __future__ import annotations

from pathlib import Path

FRAME = "You take part in a study as a person with a life of your own.\n"
INSTRUCTION = "Please mark how you are at this moment.\nWord\tnone (1)\tsome (2)\tmuch (3)\n"
ITEMS = "".join(
    f"{number}. {word}\t1 = none   2 = some   3 = much\n"
    for number, word in enumerate(("uneasy", "cheerful", "gloomy", "furious"), 1)
)
POLES = "And now between two ends:\nno fear 0 - 100 utmost fear\nno sadness 0 - 100 utmost sadness\n"
ASKED = f"{INSTRUCTION}{ITEMS}{POLES}"
TEXTS = {
    "Fear": (
        "The lift stops between floors and the light goes out.",
        "Somebody turns the handle of your door at night.",
    ),
    "Sadness": ("The last box leaves the house of your dear parents.", "Nobody has come to the party that you gave."),
    "Neutral": ("The bus stops in front of a house with windows.", "Somebody puts the forks into the drawer at noon."),
}
STAY = "Please stay with this.\n"
CALM = "Sit down, and count ten breaths.\nThen look out of the window.\n"
SCHEMA = """from typing import Literal


class Mood:
    uneasy: Literal[1, 2, 3]
    cheerful: Literal[1, 2, 3]
    gloomy: Literal[1, 2, 3]
    furious: Literal[1, 2, 3]


class Lines:
    fear: Literal[0, 50, 100]
    sadness: Literal[0, 50, 100]
"""
PROGRAM = "for number, text in enumerate(prompts):\n    reply = ask(text)\n"


def prompts(state: str) -> dict[int, str]:
    """The four prompts of a condition."""
    scenes = "\n".join(TEXTS[state])
    return {1: FRAME + ASKED, 2: f"Picture these scenes:\n{scenes}\n{ASKED}", 3: STAY, 4: CALM + ASKED}


def write(folder: Path) -> Path:
    """A clone without a defect."""
    for state in TEXTS:
        for number, text in prompts(state).items():
            file = folder / "states" / f"Folder_{state}" / f"Prompt{number}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    (folder / "states" / "answer_schemas.py").write_text(SCHEMA, "utf-8")
    (folder / "states" / "program.py").write_text(PROGRAM, "utf-8")
    (folder / "LICENSE").write_text("MIT License\n\nPermission is granted.\n", "utf-8")
    return folder
