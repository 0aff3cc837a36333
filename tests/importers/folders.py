"""A small folder of each foreign form, in words of our own: sound, and ready to have one defect planted in it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

LICENCE = "MIT License\n\nPermission is granted.\n"
NARRATIVES = {
    "fire": "The hall is full of smoke and you crawl along the wall, counting doors, and none of them gives way.",
    "flood": "The water comes over the sill and up the stairs, and nobody on the roofs around you answers a call.",
    "neutral": "The hall is full of chairs and you walk along the wall, counting rows, and each of them has a sign.",
}
RELAXATIONS = {
    "shore": "You sit on the sand and watch the waves come in, one after another, and go out again slowly.",
    "vacuum": "Press the switch once for the low level and twice for the high level, and hold it to stop.",
}
ITEMS = ("I feel at rest.", "I am on edge.", "I am shaky.", "I feel alarmed.")
LABELS = ["not at all", "a little", "rather", "very much"]
PREAMBLE = "Read each line and answer how you feel right now, at this moment."
SCENES = {
    "Anger": (
        "A stranger takes your seat and laughs at you about it loudly.",
        "A clerk tears up your form and sends you away again.",
    ),
    "Fear": (
        "A dog without a leash runs at you and shows its teeth.",
        "A step creaks at night while you are at home alone.",
    ),
}
WORDS = ("cheerful", "gloomy", "lively", "tense")
ASKS = 'Please rate each word on a scale from 1 to 3. 1 denotes "not", 2 denotes "somewhat", 3 denotes "much":'


def trauma(folder: Path) -> Path:
    """A clone of the form of gpt-trauma-induction."""
    items = [{"prompt": text, "labels": LABELS} for text in ITEMS]
    keyed = "number;item;Reverse.coded\n" + "".join(f"{at};{text};{int(at == 1)}\n" for at, text in enumerate(ITEMS, 1))
    _write(
        folder,
        "src/prompts.py",
        _function("retrieve_traumaprompt", NARRATIVES) + _function("retrieve_relaxation", RELAXATIONS),
    )
    _write(
        folder,
        "src/query.py",
        'text = [{"role": "system", "content": "You are a person."}]\nrandom.seed(1)\nrandom.shuffle(order)\n',
    )
    _write(
        folder,
        "src/STAI/questionnaires.json",
        json.dumps({"STAI": {"questions": items, "preamble": PREAMBLE}}, indent=1),
    )
    _write(folder, "src/STAI/questionnaires.csv", keyed)
    return _licensed(folder)


def _function(name: str, texts: dict[str, str]) -> str:
    lines = [f"def {name}(cue, length):\n"]
    for at, (cue, text) in enumerate(texts.items()):
        lines.append(
            f'    {"el" if at else ""}if cue == "{cue}":\n        if length == "brief":\n            said = {text!r}\n'
        )
    return "".join(lines) + "    return said\n\n\n"


def emotionbench(folder: Path) -> Path:
    """A clone of the form of EmotionBench."""
    emotions = [
        {"name": name, "factors": [{"name": "Others", "scenarios": list(scenes)}]} for name, scenes in SCENES.items()
    ]
    asked = {
        "name": "PANAS",
        "questions": {str(at): word for at, word in enumerate(WORDS, 1)},
        "prompt": f"You can only reply the numbers from 1 to 3. SCENARIO {ASKS}",
        "scale": 4,
        "reverse": [],
        "categories": [{"cat_name": "Bright", "cat_questions": [1, 3]}, {"cat_name": "Dark", "cat_questions": [2, 4]}],
    }
    _write(folder, "situations.json", json.dumps({"emotions": emotions}, indent=1))
    _write(folder, "questionnaires.json", json.dumps([asked], indent=1))
    _write(folder, "utils.py", "def shown(scenario):\n    return f'You are in this scene: \"{scenario}\"'\n")
    return _licensed(folder)


def qstn(folder: Path) -> Path:
    """A study of the form of QSTN."""
    head = "questionnaire_item_id,question_content,answer_codes,answer_texts\n"
    options = "\"[1, 2, 3]\",\"['no', 'partly', 'yes']\""
    rows = "".join(f"{at},I am {word},{options}\n" for at, word in enumerate(WORDS, 1))
    _write(folder, "questionnaires/mood.csv", head + rows)
    persona = "questionnaire_name,system_prompt,questionnaire_instruction\n"
    people = "".join(f"{name},You are a {name} of fifty.,Please answer each line.\n" for name in ("baker", "nurse"))
    _write(folder, "questionnaires/people.csv", persona + people)
    return _licensed(folder)


def rupsycho(folder: Path) -> Path:
    """A study of the form of R.U.Psycho."""
    options = {str(at): {"text": f"{at}. {text}", "weight": at} for at, text in enumerate(("no", "partly", "yes"), 1)}
    items = [{"question": f"I am {word}", "reversed": False, "attributes": {"dimension": "1"}} for word in WORDS]
    content = {
        "name": "A study",
        "parameters": {"seeds": ["7", "8"]},
        "demographic_profiles": {"Baker": {"attributes": {"age": 50}, "template": "You are a baker of {age}."}},
        "questionnaire": {
            "name": "Mood words",
            "general_instruction": "Please answer how well each line fits.",
            "attributes": {"dimension": {"1": "Mood"}},
            "default_answer_options": options,
            "instruction_items": items,
        },
    }
    _write(folder, "study.json", json.dumps(content, indent=1))
    return _licensed(folder)


def inspect(folder: Path) -> Path:
    """A folder with a log of the form of Inspect."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "one.eval", "w") as packed:
        packed.writestr("header.json", json.dumps({"eval": {"task": "mood"}}))
        for number, word in enumerate(WORDS):
            packed.writestr(f"samples/{number}_epoch_1.json", json.dumps(sample(word)))
    return _licensed(folder)


def sample(word: str, *turns: dict[str, Any]) -> dict[str, Any]:
    """A sample of a log."""
    said = [
        {"role": "system", "content": "You are a nurse."},
        *turns,
        {"role": "user", "content": f"I am {word}"},
        {"role": "assistant", "content": "2"},
    ]
    return {"input": f"I am {word}", "choices": ["no", "partly", "yes"], "messages": said, "epoch": 1}


def jspsych(folder: Path) -> Path:
    """A folder with trial files of jsPsych."""
    head = "trial_type,trial_index,stimulus,labels,response,rt\n"
    ends = '"[""not at all"",""very much""]"'
    rows = "".join(
        f"html-slider-response,{at},<p>How {word} are you?</p>,{ends},{20 + 9 * at},900\n"
        for at, word in enumerate(WORDS, 1)
    )
    _write(folder, "person1.csv", f'{head}html-keyboard-response,0,"<p>Welcome, and read on.</p>",,null,800\n{rows}')
    return _licensed(folder)


def psychopy(folder: Path) -> Path:
    """A folder with trial files of PsychoPy."""
    head = "itemText,trials.thisN,slider.response,slider.labels,slider.rt,participant,psychopyVersion\n"
    ends = '"[""no"", ""partly"", ""yes""]"'
    rows = "".join(f"How {word} are you?,{at},{at % 3 + 1},{ends},1.2,7,2026.1\n" for at, word in enumerate(WORDS))
    _write(folder, "data/7_mood.csv", head + rows)
    return _licensed(folder)


FORMS = {
    "gpt-trauma-induction": trauma,
    "emotionbench": emotionbench,
    "qstn": qstn,
    "rupsycho": rupsycho,
    "inspect": inspect,
    "jspsych": jspsych,
    "psychopy": psychopy,
}
"""What writes a sound folder of each form."""


def _write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def _licensed(folder: Path) -> Path:
    _write(folder, "LICENSE", LICENCE)
    return folder
