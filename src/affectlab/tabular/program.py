"""Which program wrote a table, known by columns of its own; what it writes beside answers, and its missing codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Program:
    """A program for questionnaires or experiments, as its exports show it."""

    name: str
    own: frozenset[str]
    """Columns by which it is known: all of these are there."""
    units: tuple[str, ...]
    """What it calls the person, the likeliest first."""
    technical: str
    """A pattern of names of columns that are no answers: dates, durations, technical data."""
    missing: tuple[str, ...] = ()
    """Numbers that it writes for no answer, whatever the question."""
    meaning: str = ""
    """What these numbers say."""
    blocks: bool = False
    """Whether names of columns are the number of a block of questions, and then that of the item in it."""
    counted: bool = False
    """Whether questions are merely counted through, so that numbers in names say nothing of times or items."""
    time: str = ""
    """The column that says when a row was answered, where a person has several."""
    drafts: tuple[tuple[str, str, str], ...] = ()
    """Column, value, and what a row with that value is: a preview, a test, an interview that was broken off."""

    def holds(self, columns: Sequence[str]) -> bool:
        """Whether a table with these columns is of this program."""
        return self.own <= set(columns)

    def is_technical(self, column: str) -> bool:
        """Whether a column is the program's own, and no answer."""
        return (column in self.own and column != self.time) or re.fullmatch(
            self.technical, column, re.IGNORECASE
        ) is not None

    def unfinished(self, table: pd.DataFrame) -> Iterator[str]:
        """Remarks on rows that are no whole answers. They stay: leaving out is for who knows the study."""
        for column, value, what in self.drafts:
            if column not in table:
                continue
            texts = table[column].astype(str).str.strip()
            count = int(texts.str.casefold().eq(value.casefold()).sum())
            others = list(dict.fromkeys(text for text in texts if text.casefold() != value.casefold()))
            if count and others:
                kept = "|".join(others[:3]) if len(others) < 4 else "…"
                yield f"{count} of {len(table)} rows are {what} and stay; without them: --where '{column}={kept}'"


PROGRAMS = (
    Program(
        "Qualtrics",
        frozenset({"StartDate", "EndDate", "Finished", "ResponseId"}),
        ("ResponseId",),
        r"Status|IPAddress|Progress|Duration \(in seconds\)|RecordedDate|Recipient\w+|ExternalReference|Location\w+|"
        r"DistributionChannel|UserLanguage|Q_\w+|.*_(First|Last|Page) (Click|Submit)|.*_Click Count",
        blocks=True,
        drafts=(
            ("DistributionChannel", "preview", "previews"),
            ("Status", "Survey Preview", "previews"),
            ("Finished", "False", "not finished"),
            ("Finished", "0", "not finished"),
        ),
    ),
    Program(
        "SoSci Survey",
        frozenset({"CASE", "QUESTNNR", "STARTED"}),
        ("SERIAL", "CASE"),
        r"REF|MODE|LANGUAGE|TIME\d+|TIME_\w+|TIME_RSI|MAILSENT|LASTDATA|FINISHED|Q_VIEWER|LASTPAGE|MAXPAGE|MISSING|"
        r"MISSREL|DEG_TIME|STATUS",
        ("-9", "-1"),
        "not answered, and no opinion",
        blocks=True,
        drafts=(
            ("MODE", "pretest", "from a pretest"),
            ("MODE", "admin", "the researcher's own"),
            ("FINISHED", "0", "not finished"),
        ),
    ),
    Program(
        "Unipark",
        frozenset({"lfdn", "dispcode", "lastpage"}),
        ("lfdn", "external_lfdn"),
        r"external_lfdn|tester|quality|duration|c_\d+|p_\d+|browser|referer|device_type|quota\w*|page_history|hflip|"
        r"vflip|output_mode|javascript|flash|session_id|language|cleaned|ats|datetime|date_of_\w+|rts\d+|conv_rate|lang",
        ("-77", "-99", "-66"),
        "not shown, not answered, and filtered",
        counted=True,
        drafts=(("tester", "1", "of testers"),),
    ),
    Program(
        "LimeSurvey",
        frozenset({"submitdate", "lastpage", "startlanguage"}),
        ("token", "id"),
        r"seed|startdate|datestamp|ipaddr|refurl|interviewtime|groupTime\d+|\w+Time",
    ),
    Program(
        "LimeSurvey",
        frozenset({"Response ID", "Date submitted", "Last page"}),
        ("Access code", "Response ID"),
        r"Start language|Seed|Date (started|last action)|IP address|Referrer URL|Total time|"
        r"Group time.*|Question time.*",
    ),
    Program(
        "REDCap",
        frozenset({"record_id", "redcap_event_name"}),
        ("record_id",),
        r"redcap_(?!event_name)\w+|\w+_complete|\w+_timestamp",
        time="redcap_event_name",
    ),
    Program(
        "REDCap",
        frozenset({"record_id", "redcap_survey_identifier"}),
        ("record_id",),
        r"redcap_\w+|\w+_complete|\w+_timestamp",
    ),
    Program(
        "oTree",
        frozenset({"participant.code", "session.code"}),
        ("participant.code",),
        r"participant\.(id_in_session|label|_\w+|time_started\w*|visited|mturk_\w+|payoff)|session\.\w+|"
        r".*\.(subsession|group)\.\w+|.*player\.(id_in_group|role|payoff)",
        drafts=(("session.is_demo", "1", "of a demonstration"),),
    ),
    Program(
        "jsPsych",
        frozenset({"trial_type", "trial_index", "time_elapsed"}),
        ("subject", "subject_id", "participant", "participant_id", "PROLIFIC_PID", "prolific_id", "run_id"),
        r"internal_node_id|trial_index|plugin_version|view_history|recorded_at|source_code_version|ip|user_agent|device|"
        r"browser|browser_version|platform|platform_version|referer|accept_language|failed_images|failed_audio|"
        r"failed_video|success|timeout",
    ),
    Program(
        "PsychoPy",
        frozenset({"participant", "expName"}),
        ("participant",),
        r"session|date|psychopyVersion|frameRate|expStart|"
        r".*\.(started|stopped|thisN|thisTrialN|thisRepN|thisIndex|ran|order)",
    ),
    Program(
        "Gorilla",
        frozenset({"Event Index", "Participant Private ID"}),
        ("Participant Private ID", "Participant Public ID"),
        r"UTC .*|Local .*|Experiment .*|Tree Node Key|Repeat Key|Schedule ID|Participant (Starting Group|Status|"
        r"Device.*|OS|Browser|Monitor Size|Viewport Size)|Checkpoint|Task .*|"
        r"checkpoint-.*|Spreadsheet.*|Screen .*|X Coordinate|Y .*",
    ),
    Program(
        "E-Prime",
        frozenset({"ExperimentName", "Subject", "Session"}),
        ("Subject",),
        r"SessionDate|SessionTime\w*|Clock\.\w+|DataFile\.\w+|Display\.\w+|ExperimentVersion|Group|RandomSeed|RuntimeV\w+|"
        r"StudioVersion|.*\.(OnsetDelay|OnsetTime|RTTime|DurationError|StartTime|FinishTime|\w+Delay)",
    ),
)


def program_of(columns: Sequence[str]) -> Program | None:
    """The program that wrote a table with these columns, if it is one that is known.

    >>> program_of(["CASE", "QUESTNNR", "STARTED", "A101_01"]).name
    'SoSci Survey'
    """
    return next((one for one in PROGRAMS if one.holds(columns)), None)
