"""Materials that are of a form, measures and tasks: what the files of all say, and how the class of one is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field

from affectlab.extensions import Extensions
from affectlab.materials.form import Form
from affectlab.materials.schema import Items, Material


def formed(kind: Any, data: Any) -> Any:
    """The class of the form that some content names; the kind itself where it is one, or there is no such form."""
    name = str(data.get("form")) if isinstance(data, Mapping) and "forms" in vars(kind) else ""
    return kind.forms[name] if name and name in kind.forms else kind


class Formed(Material, Form):
    """A material whose file names its form; each form is a subclass of its kind, in a module of its own."""

    form: str
    question: str
    """What the items share, said before them."""
    minimum_coverage: float = Field(ge=0.0, le=1.0)
    """Below this coverage it is not usable with a participant."""
    items_are: Items = "sampled"
    """Whether its items stand for others that could be asked, so that intervals are over items too, or are those that
    results are about."""

    concerns_estimates = ("items_are",)
    forms: ClassVar[Extensions[Any]]
    """The forms of a kind."""

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The material of some content, as the class of its form."""
        form = formed(cls, obj)
        found: Self = form.model_validate(obj, **options) if form is not cls else super().model_validate(obj, **options)
        return found

    @property
    def said(self) -> tuple[str, ...]:
        return (self.question,)
