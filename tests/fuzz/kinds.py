"""What is spoiled, kind by kind, and what must be true of what is made of it. A fault is a sentence; none is empty."""

from __future__ import annotations

import io
import json
import math
import random
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from affectlab.child_process import ChildEnded, ChildProcess, ChildRefused
from affectlab.design.check import checked_study
from affectlab.design.load import shipped
from affectlab.effects.analyse import analyse
from affectlab.errors import AffectlabError, EngineError, InputError
from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.anthropic import Anthropic
from affectlab.participants.remote.calls import ModelTurn, Wanted
from affectlab.participants.remote.connection_pool import HttpReply
from affectlab.participants.remote.exchange import EndpointClient
from affectlab.participants.remote.faults import Fault
from affectlab.participants.remote.gemini import Gemini
from affectlab.participants.remote.incoming import payload_of
from affectlab.participants.remote.model import Quirks
from affectlab.participants.remote.openai import OpenAI
from affectlab.participants.remote.parse import as_option
from affectlab.participants.template import renderer
from affectlab.run import STORE, Run
from affectlab.shown import fit
from affectlab.tabular.design import Design
from affectlab.tabular.source import read_source
from tests.fuzz.spoil import spoiled_bytes, spoiled_value
from tests.tabular.grammar import Form, cells, form

Kind = Callable[[random.Random, Path], str]


def refused(error: AffectlabError) -> str:
    """What is wrong with a refusal: it is one line, and says something."""
    said = str(error)
    if not error.message.strip() or "\n" in said or "\x1b" in said:
        return f"refused with {said!r}"
    return "" if error.exit_code in (2, 3) else f"code {error.exit_code}"


def study(chance: random.Random, folder: Path) -> str:
    """A study file: every mistake is a line, and one that has none can be counted."""
    path = folder / f"study{chance.choice(('.yaml', '.yaml', '.json'))}"
    raw = chance.choice(list(shipped().values())).read_bytes()
    if chance.random() < 0.6 or path.suffix == ".json":
        content = spoiled_value(yaml.safe_load(raw), chance)
        try:
            raw = (json.dumps if path.suffix == ".json" else yaml.safe_dump)(content).encode("utf-8", "surrogatepass")
        except (TypeError, ValueError):
            raw = repr(content).encode()
    else:
        raw = spoiled_bytes(raw, chance)
    path.write_bytes(raw)
    found = checked_study(path)
    faults = [said for error in found.errors if (said := refused(error))]
    if not found.errors:
        try:
            found.sessions()
        except AffectlabError as error:
            faults += [refused(error)]
    return "; ".join(filter(None, faults))


def table(chance: random.Random, folder: Path) -> str:
    """A table of text, spoiled in its bytes: refused in a line, or read; what is read has finite numbers."""
    made = form(chance)
    path = folder / "data.csv"
    path.write_bytes(spoiled_bytes(made.text(chance.random() < 0.3).encode(), chance))
    return _analysed(path)


def workbook(chance: random.Random, folder: Path) -> str:
    """A workbook, spoiled in its bytes or in those of a part of it."""
    path = folder / "data.xlsx"
    raw = xlsx(form(chance))
    if chance.random() < 0.5:
        raw = spoiled_bytes(raw, chance)
    else:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        name = chance.choice(sorted(parts))
        parts[name] = spoiled_bytes(parts[name], chance)
        raw = _packed(parts)
    path.write_bytes(raw)
    return _analysed(path)


def xlsx(made: Form) -> bytes:
    """A workbook of one sheet, its texts in the cells."""
    rows = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in cells(made))
    home = "http://schemas.openxmlformats.org"
    main, relations = f"{home}/spreadsheetml/2006/main", f"{home}/package/2006/relationships"
    office, begin = f"{home}/officeDocument/2006/relationships", '<?xml version="1.0" encoding="UTF-8"?>'

    def linked(kind: str, target: str) -> str:
        link = f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{relations}">{link}</Relationships>'

    kinds = f'<Types xmlns="{home}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    sheets = '<sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets>'
    parts = {
        "[Content_Types].xml": f"{kinds}</Types>",
        "_rels/.rels": linked("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": linked("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    return _packed({name: f"{begin}{content}".encode() for name, content in parts.items()})


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"<c><v>{value!r}</v></c>"
    text = str(value).replace("&", "&amp;").replace("<", "&lt;")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def _analysed(path: Path) -> str:
    try:
        read = read_source(path, wanted=["x", "c"])
        made = analyse(read.rows, Design("x", "c"))
    except AffectlabError as error:
        return refused(error)
    told = [one for one in made.contrasts if not one.gap]
    wrong = [one for one in told if not all(map(math.isfinite, (one.difference, one.low, one.high)))]
    return f"a number that is none: {wrong[0]}" if wrong else ""


SAID = (
    {"id": "1", "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": "7"},
     "finish_reason": "stop", "logprobs": {"content": [{"token": "7", "logprob": -0.5, "bytes": [55], "top_logprobs": [
         {"token": "7", "logprob": -0.5}, {"token": "3", "logprob": -1.5}]}]}}],
     "usage": {"prompt_tokens": 9, "completion_tokens": 1}, "system_fingerprint": "f"},
    {"id": "1", "type": "message", "model": "m", "content": [{"type": "text", "text": "7"}], "stop_reason": "end_turn",
     "usage": {"input_tokens": 9, "output_tokens": 1}},
    {"candidates": [{"content": {"parts": [{"text": "7"}], "role": "model"}, "finishReason": "STOP", "logprobsResult": {
        "chosenCandidates": [{"token": "7", "logProbability": -0.5}],
        "topCandidates": [{"candidates": [{"token": "7", "logProbability": -0.5}]}]}}],
     "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1}, "modelVersion": "m"},
)  # fmt: skip
OPTIONS = tuple(map(str, range(-3, 11)))


def reply(chance: random.Random, folder: Path) -> str:
    """What an endpoint sends: a fault, or a turn whose probabilities are some; and what it says, an option or none."""
    which = chance.randrange(3)
    dialect = (OpenAI, Anthropic, Gemini)[which]("m", Quirks())
    content = spoiled_value(SAID[which], chance) if chance.random() < 0.7 else SAID[which]
    raw = json.dumps(content).encode()
    raw = spoiled_bytes(raw, chance) if content is SAID[which] or chance.random() < 0.2 else raw
    client = object.__new__(EndpointClient)
    client._refusal = lambda status, payload: None
    wanted = Wanted(({"role": "user", "content": "How much?"},), "", limit=4, top=5, purpose="ask")
    try:
        payload = payload_of(raw, fit)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    found = client.read(
        HttpReply(chance.choice((200, 200, 200, 400, 429, 500)), payload), dialect.turn(wanted, Abilities())
    )
    if isinstance(found, Fault):
        return "" if "\n" not in found.message else f"a fault of two lines: {found}"
    if not isinstance(found, ModelTurn):
        return f"read as {type(found).__name__}"
    sums = [math.fsum(math.exp(one.logprob) for one in position) for position in found.positions]
    if any(not 0.0 <= one <= 1.001 for one in sums):
        return f"probabilities that sum to {sums}"
    named = as_option(found.text, OPTIONS)
    number = found.text.strip()
    if named.option is not None and number in OPTIONS and OPTIONS[named.option] != number:
        return f"{number!r} is read as {OPTIONS[named.option]!r}"
    return ""


TEMPLATES = (
    "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m.content|trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}{%- for m in messages -%}"
    "{{ '[INST] ' ~ m.content ~ ' [/INST]' if m.role == 'user' else m.content + eos_token }}{%- endfor -%}",
    "{% macro turn(m) %}{{ m.content.split('</think>')[-1].lstrip('\n') }}{% endmacro %}"
    "{% set s = namespace(n=0) %}{% for m in messages[::-1] %}{% set s.n = s.n + 1 %}{{ turn(m) * s.n }}{% endfor %}",
)
COSTLY = ("{{ 'a' * 10**9 }}", "{{ 9 ** (9 ** 9) }}", "{{ range(10**5)|list * 10**5 }}", "{% for i in range(99999) %}")
_templates: list[ChildProcess] = []


def template(chance: random.Random, folder: Path) -> str:
    """A chat template: text, refused, or ended, and we go on."""
    source = chance.choice(TEMPLATES)
    if chance.random() < 0.03:
        at = chance.randrange(len(source))
        source = source[:at] + chance.choice(COSTLY) + source[at:]
    else:
        source = spoiled_bytes(source.encode(), chance).decode("utf-8", "replace")
    if not _templates or _templates[0].over:
        _templates[:] = [ChildProcess(f"{__name__}:any_template", memory=512 * 2**20, seconds=2.0)]
    try:
        said = _templates[0]([source, {"bos_token": "<s>", "eos_token": "</s>"}])
    except (ChildRefused, ChildEnded):
        return ""
    return "" if isinstance(said, str) else f"rendered {type(said).__name__}"


def any_template(_: Any) -> Callable[[Any], str]:
    """Renders any template: in the process that is apart."""
    return lambda given: renderer(given)([{"role": "system", "content": "S"}, {"role": "user", "content": "How?"}])


_headers: list[ChildProcess] = []


def gguf(chance: random.Random, folder: Path) -> str:
    """The header of a model's file: opened, or refused in a line; the program that opens it does not end."""
    path = folder / "model.gguf"
    path.write_bytes(spoiled_bytes(small_gguf(), chance))
    if not _headers or _headers[0].over:
        _headers[:] = [ChildProcess(f"{__name__}:opener", memory=4 * 2**30, seconds=20.0)]
    try:
        return str(_headers[0](str(path)))
    except (ChildRefused, ChildEnded) as error:
        return str(error)


def opener(_: Any) -> Callable[[str], str]:
    """Opens models' files: in a process that can end without ours."""
    from affectlab.participants.model import Model
    from affectlab.participants.weights import weights
    from affectlab.participants.wording import Wording

    def opened(path: str) -> str:
        try:
            model = Model(weights(Path(path), "as-is").path, vocabulary_only=True)
            try:
                Wording(model, path)
                json.dumps(model.meta("general.name")).encode()
            finally:
                model.close()
        except (InputError, EngineError) as error:
            return refused(error)
        return ""

    return opened


@cache
def small_gguf() -> bytes:
    """The smallest file that has all that a model's header has: a vocabulary of bytes, and a template."""
    import gguf as writing

    words = [chr(at) if 33 <= at < 127 else f"T{at}" for at in range(256)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.gguf"
        made = writing.GGUFWriter(path, "llama")
        made.add_name("small")
        made.add_context_length(64)
        made.add_embedding_length(8)
        made.add_block_count(1)
        made.add_head_count(2)
        made.add_feed_forward_length(16)
        made.add_layer_norm_rms_eps(1e-5)
        made.add_tokenizer_model("gpt2")
        made.add_tokenizer_pre("smollm")
        made.add_token_list([*words, "<|a|>", "<|b|>", "<s>", "</s>"])
        made.add_token_types([1] * 256 + [3] * 4)
        made.add_token_merges(["a b"])
        made.add_bos_token_id(258)
        made.add_eos_token_id(259)
        made.add_chat_template(TEMPLATES[0])
        made.write_header_to_file()
        made.write_kv_data_to_file()
        made.write_tensors_to_file()
        made.close()
        return path.read_bytes()


class Stores:
    """A finished run, whose store is spoiled."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.whole = (run / STORE).read_bytes()
        self.before = self._numbers()

    def __call__(self, chance: random.Random, folder: Path) -> str:
        """A store: the numbers of before, or a line."""
        for end in ("-wal", "-shm"):
            (self.run / f"{STORE}{end}").unlink(missing_ok=True)
        (self.run / STORE).write_bytes(spoiled_bytes(self.whole, chance))
        try:
            now = self._numbers()
        except AffectlabError as error:
            return refused(error)
        return "" if now == self.before else "other numbers, without a word"

    def _numbers(self) -> list[str]:
        run = Run.open(self.run, say=lambda line: None)
        try:
            return run.numbers().to_csv(index=False).splitlines()
        finally:
            run.store.close()
