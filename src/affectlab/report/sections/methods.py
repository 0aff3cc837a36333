"""A methods paragraph that could be pasted into a paper, written from the run."""

from __future__ import annotations

from affectlab.design.study import Study
from affectlab.effects.effect import LEAST_STANDARDISED
from affectlab.materials.schema import NEUTRAL, NOTHING
from affectlab.report.clinical_trial import treatments
from affectlab.report.evidence import Evidence
from affectlab.report.manner import arm_label
from affectlab.report.numbers import counted, listed
from affectlab.report.obtained import measured_at, simulated, ways
from affectlab.report.section import Section
from affectlab.stats.estimate import FEWEST


def section(evidence: Evidence) -> Section:
    """The paragraphs of a methods section."""
    return Section("methods", "Methods, to be pasted", tuple(methods(evidence)))


def methods(evidence: Evidence) -> list[str]:
    """The paragraphs of a methods section."""
    done = [_participants(evidence), _design(evidence), *treatments(evidence)]
    return [*done, _measures(evidence), _analysis(evidence)]


def _participants(evidence: Evidence) -> str:
    cards = evidence.run.participants
    names = [f"{name} (revision {str(card.get('revision', ''))[:24]})" for name, card in cards.items()]
    known = " Its answers are planted, to prove the analysis." if simulated(evidence) else ""
    plural = "s were" if len(names) > 1 else " was"
    return (
        f"Participants. The participant{plural} {listed(names)}, run by affectlab "
        f"{evidence.run.store.described('affectlab')}.{known}"
    )


def _design(evidence: Evidence) -> str:
    study, described = evidence.study, evidence.run.store.described
    states = listed([evidence.noun(state) for state in evidence.states])
    neutral = " and a neutral condition" if len(study.states) > len(study.induced) else ""
    were = "were" if len(evidence.states) > 1 or neutral else "was"
    phases = ["baseline", "induction"]
    phases += ["a line asking to remain so"] if study.stabilisation is not None else []
    phases += ["regulation"] if study.regulations != (NOTHING,) else []
    return (
        f"Design and procedure. {counted(len(evidence.states), 'state')} ({states}){neutral} {were} induced by "
        f"{listed(list(study.induction.techniques))} ({counted(study.induction.texts, 'vignette')} per state, "
        f"{listed(list(study.induction.grades))} in severity) under {counted(len(study.frames), 'frame')} "
        f"({listed(list(study.frames))}){_languages(study)}.{_regulation(evidence)} A session ran through "
        f"{listed(phases)}, and was measured at {listed(measured_at(evidence))}. {_asked(study)} The plan comprised "
        f"{counted(int(described('sessions')), 'session')} (plan {evidence.run.plan_hash[:12]}, seed "
        f"{described('seed')}, {counted(int(described('replicates')), 'replicate')})."
    )


def _languages(study: Study) -> str:
    if not study.languages:
        return ""
    each = ", each text in each of them" if len(study.languages) > 1 else ""
    return f", in {counted(len(study.languages), 'language')} ({listed(list(study.languages))}){each}"


_CONTEXTS = {
    "branched": "on a branch of its own",
    "sequential": "one after another in the conversation, with the answers before it in sight",
    "battery": "with all others of its questionnaire in one answer",
}


def _asked(study: Study) -> str:
    """In which context questions were asked; what has no other context was asked on a branch."""
    if study.contexts == ("branched",):
        said = "Every question was asked on a branch of the conversation of its own"
        return f"{said}, so that no answer could affect another."
    ways = " or ".join(_CONTEXTS[context] for context in study.contexts)
    several = ", as a factor of the design" if len(study.contexts) > 1 else ""
    return f"An item of a questionnaire was asked {ways}{several}; every other question on a branch of its own."


def _regulation(evidence: Evidence) -> str:
    """The arms of regulation, and what is done in those in which something is done."""
    study = evidence.study
    if study.regulations == (NOTHING,):
        return ""
    done = {arm: study.done(arm) for arm in study.regulations}
    arms = [f"{arm_label(arm)}{f' ({one})' if one is not None else ''}" for arm, one in done.items()]
    intervened = any(one is not None and one.dose for one in done.values())
    lasting = " What is done to the participant is not said, and lasts to the end of the session." if intervened else ""
    return f" Regulation had {counted(len(arms), 'arm')}: {listed(arms)}.{lasting}"


def _measures(evidence: Evidence) -> str:
    said = [probe.describe() for probe in evidence.probes.values()]
    return f"Measures. {' '.join(said)} Answers were {listed(ways(evidence))}."


def _analysis(evidence: Evidence) -> str:
    unusable = sorted(
        {
            evidence.probes[measure].title
            for measures in evidence.summary.usability.values()
            for measure, one in measures.items()
            if not one.usable
        }
    )
    left = f" Not usable with at least one model, and without findings there: {listed(unusable)}." if unusable else ""
    return (
        "Analysis. What was sampled were vignettes and, where a measure has several, its items; both are random, and "
        f"replicates were averaged. {_contrasts(evidence.study)} Each has a 95 % interval in raw units over vignettes "
        "and items (mean squares of the crossed design, Satterthwaite's degrees of freedom; a mixed model where "
        "answers are missing), and beside it that for these items (a t interval over vignettes: one-sample, paired or "
        f"Welch's); with fewer than {FEWEST} vignettes in a condition there is none. From {LEAST_STANDARDISED} on "
        "there is Hedges' g or d_z, with the interval of the difference in its units. A measure counted "
        "as usable where its median coverage, the probability on legal options, reached the minimum set in its file "
        f"and its scores differed at all.{left}"
    )


def _contrasts(study: Study) -> str:
    """What was compared with what, of what the study has."""
    neutral = NEUTRAL in study.states
    said = ["Shifts were taken item by item from baseline."]
    if neutral:
        said.append(
            "Target-scale shifts were compared with those after neutral texts (different vignettes, variances not "
            "assumed equal)."
        )
    else:
        said.append("There was no neutral condition: what the texts induced stands as the change from baseline.")
    if study.regulations != (NOTHING,):
        said.append("Changes under regulation were compared with those under each control (the same vignettes).")
    if study.tasks and neutral:
        said.append("Outcomes of tasks were compared with those after neutral texts.")
    return " ".join(said)
