"""What is computed apart has limits, and its end is not ours: chat templates, and the engine that draws figures."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from affectlab.child_process import ChildEnded, ChildProcess, ChildRefused
from affectlab.errors import InputError
from affectlab.participants.registry import participant
from affectlab.participants.template import ChatTemplate
from tests.conftest import Lab
from tests.conftest import run as done

SAID = [{"role": "system", "content": "A study."}, {"role": "user", "content": "How are you?"}]


def rendered(source: str, messages: Any = SAID) -> str:
    return ChatTemplate(source, {"bos_token": "<s>", "eos_token": "</s>"}, "model.gguf")(messages)


def test_a_template_renders_what_it_is_given() -> None:
    source = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{{ strftime_now('%Y') }}"
    assert rendered(source) == "<s>[system]A study.[user]How are you?2000"
    assert (
        rendered("{{ messages[0].content }}", [{"role": "user", "content": "\ud83d ä\n\u2028"}]) == "\ud83d ä\n\u2028"
    )


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 'x'|center(10**10) }}",
        "{{ [0] * 10**9 }}",
        "{% set n = namespace(x='a') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
        "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
        "{{ 7 ** (10 ** 9) }}",
        "{{ lipsum(n=10**7) }}",
    ],
)
def test_a_template_that_takes_too_much_is_ended(source: str) -> None:
    """Its processor time is limited, not the time of day; where no limit held, this would take all memory, or hours."""
    with pytest.raises(InputError, match=r"^model.gguf: its chat template does not come to an end: it (took|computed)"):
        rendered(source)


@pytest.mark.parametrize(
    "source",
    ["{% if", "{{ raise_exception('no') }}", "{{ ().__class__.__mro__ }}", "{{ 1 / 0 }}", "{{ messages[9].content.x }}",
     "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}", "{{ range(10**9)|list }}", "{{ nothing.here }}"],
)  # fmt: skip
def test_a_template_that_fails_is_one_line(source: str) -> None:
    with pytest.raises(InputError, match="its chat template does not render") as told:
        rendered(source)
    assert "\n" not in str(told.value)


def test_what_ended_is_not_begun_again_and_what_refused_goes_on() -> None:
    power = ChildProcess("tests.test_child_process:powers", 2, seconds=1.0)
    assert [power(3), power(5)] == [8, 32]
    with pytest.raises(ChildRefused, match="TypeError"):
        power("a")
    assert power(4) == 16
    for _ in range(2):
        with pytest.raises(ChildEnded, match="more than 1 seconds"):
            power(10**12)
    with pytest.raises(ChildEnded, match="ended by the system"):
        ChildProcess("tests.test_child_process:ends")(1)


def powers(base: int) -> Any:
    return lambda exponent: base**exponent % 1000 if exponent > 100 else base**exponent


def ends(_: Any) -> Any:
    raise SystemExit(1)


def test_a_report_is_made_without_figures_where_they_cannot_be_drawn(lab: Lab, tmp_path: Path) -> None:
    run = [sys.executable, "-m", "affectlab"]
    study = lab.load(tasks=[])
    done(study, participant("simulated", study.catalogue), tmp_path / "run").store.close()

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9, 2 * 10**9))

    told = subprocess.run([*run, "report", "run"], cwd=tmp_path, capture_output=True, text=True, preexec_fn=little)
    assert told.returncode == 0
    assert told.stderr.count("\n") == 1
    assert "the report is without figures" in told.stderr
    page = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert "This figure is not drawn" in page
    assert "Data of figure" in page
    again = subprocess.run([*run, "report", "run"], cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode == 0
    assert again.stderr == ""
    assert "This figure is not drawn" not in (tmp_path / "run" / "report.html").read_text("utf-8")
