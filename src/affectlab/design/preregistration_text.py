"""A preregistration as text, in the order of the form of the Open Science Framework, to be pasted or uploaded there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

OPEN = "*To be written by you.*"
"""What stands where a study file says nothing."""
Answer = tuple[str, Sequence[str]]
"""A question of the form, and the paragraphs that answer it."""


def preregistration_text(content: Mapping[str, Any]) -> str:
    """The Markdown of what ``preregistration.freeze`` gives.

    The headings are those of the "OSF Preregistration" (Bowman, S. D., et al., 2020, doi:10.31222/osf.io/epgjd), in
    its order; the file that is frozen stays the one that a run is held against.
    """
    parts = (
        ("Study Information", _information(content)),
        ("Design Plan", _design(content)),
        ("Sampling Plan", _sampling(content)),
        ("Variables", _variables(content)),
        ("Analysis Plan", _analysis(content)),
        ("Other", _other(content)),
    )
    paragraphs: list[str] = []
    for heading, answers in parts:
        paragraphs.append(f"## {heading}")
        for question, said in answers:
            paragraphs += [f"### {question}", *(said or [OPEN])]
    return "\n\n".join(paragraphs) + "\n"


def _information(content: Mapping[str, Any]) -> Iterator[Answer]:
    yield "Title", [str(content["title"])]
    yield "Authors", []
    yield "Description", [" ".join(str(content["tests"]).split()), f"Against it speaks: {_plain(content['against'])}"]
    said = content["hypotheses"]
    claims = [f"`{name}`: {_claim(one)}" for name, one in said.items()] if isinstance(said, Mapping) else said
    yield "Hypotheses", [_listed(claims)]


def _design(content: Mapping[str, Any]) -> Iterator[Answer]:
    induction = content["induction"]
    yield "Study type", ["Experiment. The participants are language models; each session is a new conversation."]
    yield (
        "Blinding",
        ["The participants are not told the condition. Nothing is rated by people, unless it is said under measures."],
    )
    yield "Is there any additional blinding in this study?", []
    factors = {
        "frames": content["frames"],
        "states": content["states"],
        "techniques of induction": induction["techniques"],
        "arms of the induction": induction["arms"],
        "protocols": content["protocols"],
        "regulations": content["regulations"],
        "contexts": content["contexts"],
    }
    crossed = _listed(f"{name}: {', '.join(map(str, levels))}" for name, levels in factors.items() if levels)
    yield "Study design", [f"Crossed factors; {content['sessions']} sessions.", crossed]
    yield (
        "Randomization",
        [f"All that is drawn is derived from the seed {content['seed']} and the place in the design."],
    )


def _sampling(content: Mapping[str, Any]) -> Iterator[Answer]:
    yield "Existing data", ["Registration prior to creation of data."]
    yield "Explanation of existing data", []
    models = ", ".join(f"`{one}`" for one in content["models"])
    yield "Data collection procedures", [f"affectlab runs the plan `{content['plan_hash']}` on {models}."]
    texts = content["induction"]["texts"]
    size = f"The sampled unit is the {content['unit']}: {texts} texts of each state, {content['replicates']} read"
    yield "Sample size", [f"{size}{'s' if content['replicates'] > 1 else ''} of each; {content['sessions']} sessions."]
    yield "Sample size rationale", []
    yield "Stopping rule", [str(content["stopping_rule"])] if content.get("stopping_rule") else []


def _variables(content: Mapping[str, Any]) -> Iterator[Answer]:
    manipulated = [f"State: {', '.join(content['states'])}", f"Regulation: {', '.join(content['regulations'])}"]
    yield "Manipulated variables", [_listed(manipulated)]
    effects = content["smallest_effect"]
    measured = [
        f"`{id}`, in {one['unit']}; smallest effect of interest {effects.get(id, 'not declared')}; not used below a "
        f"coverage of {one['minimum_coverage']:g}"
        for id, one in content["measures"].items()
    ]
    measured += [
        f"task `{id}`, primary outcome `{one['primary']}`; smallest effect of interest "
        f"{effects.get(id, 'not declared')}"
        for id, one in content["tasks"].items()
    ]
    yield "Measured variables", [_listed(measured)]
    yield "Indices", ["A scale is the mean of its items, each the expected value of the distribution over its steps."]


def _analysis(content: Mapping[str, Any]) -> Iterator[Answer]:
    analysis = content["analysis"]
    models = [f"{name}: {text}" for name, text in analysis.items() if name not in ("estimates", "verdicts")]
    yield "Statistical models", [_listed(models)]
    yield "Transformations", ["None beside the scoring of the instruments."]
    yield "Inference criteria", [str(text) for name in ("estimates", "verdicts") if (text := analysis.get(name))]
    yield "Data exclusion", [_listed(one for one in content["exclusions"] if "missing" not in one)]
    yield "Missing data", [_listed(one for one in content["exclusions"] if "missing" in one)]
    yield "Exploratory analysis", ["Whatever is not named here is exploratory, and told as such."]


def _other(content: Mapping[str, Any]) -> Iterator[Answer]:
    checks = _listed(f"`{name}`: {bound}" for name, bound in content["validity"].items())
    said = [f"Validity checks with their thresholds:\n\n{checks}"] if content["validity"] else []
    yield "Other", [*said, f"Checksum of the frozen file: `{content['checksum']}`."]


def _claim(hypothesis: Any) -> str:
    """A hypothesis in one line: its sentence, or its form."""
    if not isinstance(hypothesis, Mapping):
        return _plain(hypothesis)
    return "; ".join(f"{key} {_value(value)}" for key, value in hypothesis.items() if value not in (None, [], {}))


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else _plain(value)


def _plain(text: Any) -> str:
    return " ".join(str(text).split())


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {one}" for one in lines)
