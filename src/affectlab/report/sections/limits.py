"""What a run does not show. Fixed words, with the run's own numbers in them."""

from __future__ import annotations

from affectlab.design.study import Study
from affectlab.materials.schema import Induction
from affectlab.report.evidence import Evidence
from affectlab.report.numbers import counted
from affectlab.report.section import Section
from affectlab.stats.intervals import coverage_where_few_work
from affectlab.validity.texts import primed


def section(evidence: Evidence) -> Section:
    """Each limit under its heading."""
    parts = tuple(Section(f"limit-{number}", name, (text,)) for number, (name, text) in enumerate(limits(evidence)))
    return Section("limits", "What this does not show", parts=parts)


FEW = 8
"""Texts below which the form of an interval rests on what a sample of them cannot show."""


def few(texts: int) -> str:
    """What so many texts can show, and what they cannot; empty where they are not few."""
    if not 2 <= texts < FEW:
        return ""
    sign = 2.0 ** (1 - texts)
    never = (
        f" A test by signs or permutation of {texts} pairs has no p below {sign:.3g} (two-sided), whatever they are."
        if sign > 0.05
        else ""
    )
    rare = coverage_where_few_work(texts, 0.25)
    return (
        f" With {texts} of them an interval keeps its 95 % only if what texts do is nearly normal over texts: where "
        f"one text in four works and the others do not, it holds the mean in {rare:.0%} of studies, and where effects "
        "are lognormal in about 82%. They can show an effect that is large beside the differences of texts; not that "
        f"an effect is absent, nor how the effects of texts are distributed.{never}"
    )


def choice_of_texts(study: Study) -> str:
    """Which of the texts of their files a study has."""
    wanted = [f"{technique}-{state}" for technique in study.induction.techniques for state in study.states]
    known = set(study.catalogue.ids(Induction))
    files = [study.catalogue.get(Induction, id) for id in wanted if id in known]
    if len(files) == len(wanted) and all(len(file.texts) <= study.induction.texts for file in files):
        return "all that their files have"
    return "drawn by the seed of the study" if study.induction.draw == "seed" else "the first ones of their files"


def sampled_unit(study: Study) -> tuple[str, str]:
    """What the units are a sample of: texts, or sessions where a protocol is carried out."""
    if study.protocols:
        return "Few sessions", (
            f"The sampled unit is the session: {counted(study.replicates, 'session')} of each protocol, which differ "
            "in what was drawn in them. Intervals speak of other sessions of these protocols, not of other protocols, "
            "frames, wordings, languages or models."
        )
    texts = study.induction.texts
    return "Few texts", (
        f"The sampled unit is the vignette: {counted(texts, 'vignette')} per state, {choice_of_texts(study)}. "
        "Intervals speak of other vignettes of this kind, not of other frames, wordings, languages or models. Repeated "
        f"reads of one text are not further units and narrow no interval.{few(texts)}"
    )


def limits(evidence: Evidence) -> list[tuple[str, str]]:
    """Each limit as a heading and its explanation."""
    reading = [one.reads_words for one in evidence.instruments if one.reads_words]
    clean = not primed(evidence.study, evidence.probes)
    absent = (
        "No text of this study contains a scored word or its stem, which removes repetition but not association."
        if clean
        else "Some texts of this study contain scored words, named among the checks, so repetition alone may do it."
    )
    words = reading[0] if reading else "Ratings are given in words and numbers"
    said = [
        (
            "Functional states only",
            "State names such as fear stand for conditions of the design: a text of that kind was given, and answers "
            "were read. What is reported is state-congruent responding, a pattern in the probabilities of a model's "
            "answers. It neither shows nor presupposes that there is anything it is like to be the model.",
        ),
        (
            "No clinical claim",
            "Nothing here is about patients, disorders or treatments, and nothing here can replace a study of people. "
            "A regulation script that lowers a scale of a language model is not evidence that it helps a person.",
        ),
        (
            "Lexical priming is a rival explanation",
            f"{words}, and a text about an event makes related words more likely in any text model, with no state "
            f"needed in between. {absent} What is specific to a state's target scale, exceeds a neutral text and "
            "returns under regulation more than under its control is harder to explain by association alone, but that "
            "explanation is not excluded.",
        ),
        (
            "Role play and demand",
            "A frame asks the model to answer as somebody. Answers may follow from what such a person would be "
            "expected to say, or from a guess at what the study tests.",
        ),
        sampled_unit(evidence.study),
        (
            "Model and build",
            "The answers are those of the weights, format, template and engine named below. Another quantisation or "
            "another build may answer otherwise.",
        ),
        (
            "Comparison with people",
            "Raw shifts in nats have no counterpart in human data. A standardised effect is in units of the spread "
            "between vignettes, which in models is often small, so it can be large without being comparable to an "
            "effect in people.",
        ),
    ]
    return said
