"""The words of the page, one file for each language; whoever adds a file adds a language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FOLDER = Path(__file__).parent / "words"
LANGUAGES = tuple(sorted((file.stem for file in _FOLDER.glob("*.yaml")), key=lambda name: (name != "en", name)))
"""Those that there are, English first."""


@dataclass(frozen=True)
class PageWords:
    """The words of one language, by the names that stand in templates."""

    language: str
    words: dict[str, str]

    def __call__(self, name: str, **values: object) -> str:
        """Some words, with what they are about; a word that a language lacks is English."""
        text = self.words.get(name)
        if text is None:
            if self.language == "en":
                raise KeyError(name)
            return page_words("en")(name, **values)
        return text.format(**values) if values else text

    def has(self, name: str) -> bool:
        """Whether there are words of that name."""
        return name in self.words or (self.language != "en" and page_words("en").has(name))

    def number(self, value: float, places: int = 0) -> str:
        """A number, with the separators of the language.

        >>> page_words("en").number(8788), page_words("de").number(1234.5, 1)
        ('8,788', '1.234,5')
        """
        text = f"{value:,.{places}f}".replace("-", "−")
        return text if self.language == "en" else text.translate(_CONTINENTAL)


_CONTINENTAL = str.maketrans(",.", ".,")


@cache
def page_words(language: str) -> PageWords:
    """The words of a language."""
    return PageWords(language, yaml.safe_load((_FOLDER / f"{language}.yaml").read_text("utf-8")))


def language(accepted: str) -> str:
    """The first language of ``Accept-Language`` in which there are words; English if there is none.

    >>> language("fr, de-AT;q=0.8, en;q=0.9"), language("")
    ('en', 'en')
    """
    ranked = []
    for at, part in enumerate(accepted.split(",")):
        name, _, quality = part.partition(";q=")
        try:
            ranked.append((-float(quality or 1), at, name.strip()[:2].lower()))
        except ValueError:
            continue
    return next((name for _, _, name in sorted(ranked) if name in LANGUAGES), "en")
