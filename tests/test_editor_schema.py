"""The schema for editors: every shipped file keeps to it, and what is misspelt does not."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
import yaml

from affectlab.design.editor_schema import editor_schema
from affectlab.design.load import shipped
from affectlab.design.study import Study
from affectlab.materials.catalogue import FOLDERS, Catalogue
from affectlab.materials.formed import formed
from affectlab.materials.schema import Material
from tests import written
from tests.conftest import Called

jsonschema = pytest.importorskip("jsonschema")


def mistakes(content: Any, schema: dict[str, Any]) -> list[str]:
    return [one.json_path for one in jsonschema.Draft202012Validator(schema).iter_errors(content)]


SCHEMA = editor_schema(Study, Catalogue())


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_study_keeps_to_it(name: str) -> None:
    assert mistakes(yaml.safe_load(shipped()[name].read_text("utf-8")), SCHEMA) == []


def test_generated_studies_keep_to_it() -> None:
    for number in range(100):
        content = written.content(Random(number))
        assert mistakes(content, SCHEMA) == [], content


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_shipped_material_keeps_to_it(kind: type[Material]) -> None:
    catalogue = Catalogue()
    for id in catalogue.ids(kind):
        data = catalogue.document(kind, id).data
        assert mistakes(data, editor_schema(formed(kind, data), catalogue)) == [], id


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("state",), ["fear"]),
        (("replicates",), "two"),
        (("replicates",), 0),
        (("induction", "grades"), ["strong"]),
        (("induction", "text"), 4),
        (("tasks",), [{"at": "stabilised"}]),
        (("hypotheses", "induction", "direction"), "up"),
    ],
)
def test_what_is_misspelt_does_not(place: tuple[str, ...], value: Any) -> None:
    content = copy.deepcopy(yaml.safe_load(shipped()["dresden"].read_text("utf-8")))
    holder = content
    for name in place[:-1]:
        holder = holder[name]
    holder[place[-1]] = value
    assert len(mistakes(content, SCHEMA)) >= 1


def test_names_are_offered_and_others_can_be_named() -> None:
    offered = SCHEMA["properties"]["states"]["items"]["anyOf"]
    assert "fear" in offered[0]["enum"]
    assert {"type": "string"} in offered


def test_the_command_prints_it(called: Called) -> None:
    code, said, _ = called("schema")
    assert (code, json.loads(said)) == (0, {**SCHEMA, "title": "affectlab study"})
    assert called("schema", "instrument", "--form", "rating")[0] == 0
    assert "unknown kind `studdy`" in called("schema", "studdy")[2]
