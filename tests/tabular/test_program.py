"""Tables of questionnaire and experiment software, known by their own columns, as they are exported."""

from __future__ import annotations

from pathlib import Path

import pytest

from affectlab.tabular.overview import overview
from tests.tabular.conftest import Command

QUALTRICS = (
    "StartDate,EndDate,Status,Progress,Finished,ResponseId,DistributionChannel,group,Q1_1,Q1_2\n"
    "Start Date,End Date,Response Type,Progress,Finished,Response ID,Distribution Channel,group,How sad?,How glad?\n"
    '"{""ImportId"":""startDate"",""timeZone"":""Z""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}",'
    '"{""ImportId"":""progress""}","{""ImportId"":""finished""}","{""ImportId"":""_recordId""}",'
    '"{""ImportId"":""distributionChannel""}","{""ImportId"":""group""}","{""ImportId"":""QID1_1""}",'
    '"{""ImportId"":""QID1_2""}"\n'
    + "".join(
        f"2026-01-01 10:00:00,2026-01-01 10:09:00,{'Survey Preview' if at == 0 else 'IP Address'},100,True,R_{at},"
        f"{'preview' if at == 0 else 'anonymous'},{'sad' if at % 2 else 'calm'},{1 + at % 7},{7 - at % 5}\n"
        for at in range(10)
    )
)
SOSCI = (
    "CASE\tSERIAL\tREF\tQUESTNNR\tMODE\tSTARTED\tIV01\tA101_01\tTIME001\tFINISHED\n"
    "Interview-Nummer\tSeriennummer\tReferenz\tFragebogen\tModus\tStart\tGruppe\tTrauer\tVerweildauer\tFertig\n"
    + "".join(
        f"{20 + at}\t\t\tbase\t{'pretest' if at == 1 else 'interview'}\t2026-01-01 10:00:00\t"
        f"{'sad' if at % 2 else 'calm'}\t{-9 if at == 4 else 1 + at % 5}\t{30 + at}\t1\n"
        for at in range(10)
    )
)
LIMESURVEY = "id,submitdate,lastpage,startlanguage,seed,group,sad[SQ001]\n" + "".join(
    f"{at},2026-01-01 10:00:00,3,de,{at * 771},{'sad' if at % 2 else 'calm'},{1 + at % 5}\n" for at in range(1, 11)
)
REDCAP = "record_id,redcap_event_name,group,sad,baseline_complete\n" + "".join(
    f"{at},{event}_arm_1,{'sad' if at % 2 else 'calm'},{1 + (at * step) % 5},2\n"
    for at in range(1, 11)
    for step, event in ((1, "pre"), (3, "post"))
)
OTREE = (
    "participant.id_in_session,participant.code,session.code,session.is_demo,mood.1.player.group,mood.1.player.sad\n"
    + "".join(f"{at},p{at}x,s1,{int(at == 1)},{'sad' if at % 2 else 'calm'},{1 + at % 5}\n" for at in range(1, 11))
)
PSYCHOPY = "sad,key_resp.rt,trials.thisN,participant,session,date,expName,psychopyVersion,frameRate,group,\n" + "".join(
    f"{1 + at % 5},{0.3 + at / 100},{at},{at},001,2026-01-01_10h00.00.000,mood,2025.1,60.1,"
    f"{'sad' if at % 2 else 'calm'},\n"
    for at in range(1, 11)
)
JSPSYCH = "trial_type,trial_index,time_elapsed,internal_node_id,subject,group,rt,sad\n" + "".join(
    f"html-slider-response,{at},{900 + at},0.0-{at}.0,s{at},{'sad' if at % 2 else 'calm'},{500 + at},{1 + at % 5}\n"
    for at in range(1, 11)
)
FILES = {
    "Qualtrics": (QUALTRICS, "ResponseId", "Q1_1"),
    "SoSci Survey": (SOSCI, "CASE", "A101_01"),
    "LimeSurvey": (LIMESURVEY, "id", "sad[SQ001]"),
    "REDCap": (REDCAP, "record_id", "sad"),
    "oTree": (OTREE, "participant.code", "mood.1.player.sad"),
    "PsychoPy": (PSYCHOPY, "participant", "sad"),
    "jsPsych": (JSPSYCH, "subject", "sad"),
}


@pytest.mark.parametrize("program", FILES)
def test_a_program_is_known_by_its_columns(program: str, tmp_path: Path) -> None:
    text, unit, outcome = FILES[program]
    path = tmp_path / "data.csv"
    path.write_text(text)
    found = overview(path)
    assert found.program == program
    roles = {one.name: one.role for one in found.columns}
    assert roles[unit] == "unit"
    assert roles[outcome] in ("outcome", "wide")
    assert sum(one.role == "program" for one in found.columns) >= 1


def test_previews_stay_and_are_named(command: Command) -> None:
    said = command(QUALTRICS, "--outcome Q1_1 --condition group --unit ResponseId")
    assert said["n"] == 10
    assert any("1 of 10 rows are previews" in note for note in said["notes"])
    without = "--where DistributionChannel=anonymous"
    assert command(QUALTRICS, f"--outcome Q1_1 --condition group --unit ResponseId {without}")["n"] == 9


def test_codes_of_a_program_are_missing_and_said(command: Command) -> None:
    said = command(SOSCI, "--outcome A101_01 --condition IV01 --unit CASE")
    assert said["missing"]["outcome"] == {"calm": 1, "sad": 0}
    assert any("-9 in `A101_01` are SoSci Survey's" in note for note in said["notes"])
