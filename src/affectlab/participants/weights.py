"""Where the embedded model's weights are, and in which format they are evaluated.

SmolLM2-135M-Instruct comes as Q4_1 (``download.py``), in which an answer moves by a tenth with who shares the batch. So
the weights are written once, unchanged in value, as F32, in which it moves by less than 1e-5.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from affectlab.child_process import ChildEnded, ChildProcess, ChildRefused
from affectlab.errors import InputError, ParticipantError
from affectlab.participants._llama import library
from affectlab.participants.cache import cache_folder, file_checksum, replaced
from affectlab.participants.download import PACKAGED, place
from affectlab.participants.machine import remembered
from affectlab.untrusted_file import require_file

EMBEDDED = "smollm2"
FORMATS = ("f32", "f16", "bf16", "q8_0", "as-is")
_ENCODING = 1
"""Counted up when re-encoding changes, so that no cached file of another way is taken for one of this."""


class Weights(NamedTuple):
    """A GGUF file to load, and what it came from."""

    path: Path
    source: Path
    source_sha256: str
    format: str


def embedded() -> Path:
    """The file of the embedded model.

    Raises:
        ParticipantError: it has not been fetched, or is not the file that is known.
    """
    path = place(EMBEDDED)
    if not path.exists():
        raise ParticipantError("the embedded model is not here", hint=f"affectlab models get {EMBEDDED}")
    if file_checksum(path) != PACKAGED[EMBEDDED].sha256:
        hint = f"affectlab models get {EMBEDDED} fetches it again"
        raise ParticipantError("the embedded model's file is damaged", hint=hint, file=path)
    return path


def weights(path: Path | None = None, format: str = "f32") -> Weights:
    """The weights of a file (None: the embedded model's) in a format; written into the cache where they are not yet.

    Raises:
        InputError: the file is not a GGUF, or the format is unknown.
        ParticipantError: the embedded model is not there.
    """
    if format not in FORMATS:
        raise InputError(f"unknown format of weights `{format}`", hint=f"one of {', '.join(FORMATS)}")
    source = embedded() if path is None else path
    _must_be_gguf(source)
    sha256 = file_checksum(source)
    if path is not None and not remembered("loads", *library().identity, sha256, measure=lambda: _loads(source)):
        hint = "it is damaged, or of another kind than it says; fetch it again"
        raise InputError("llama.cpp breaks off where it loads it", hint=hint, file=source)
    if format == "as-is":
        return Weights(source, source, sha256, format)
    target = cache_folder() / f"{source.stem}.{sha256[:12]}.{format}.{_ENCODING}.gguf"
    if not _sound(target):
        _write(source, target, format)
    return Weights(target, source, sha256, format)


def _loads(path: Path) -> bool:
    """Whether the engine goes on after it has loaded a file, or refused it: with one that is damaged it may end."""
    try:
        ChildProcess("affectlab.participants.model:loader")(str(path))
    except ChildRefused:
        return True  # what is wrong is said where it is loaded
    except ChildEnded:
        return False
    return True


def _must_be_gguf(path: Path) -> None:
    require_file(path, hint="name a model in llama.cpp's format, a GGUF file")
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", hint="check the path", file=path) from None
    if magic != b"GGUF":
        raise InputError("is not a GGUF file", hint="name a model in llama.cpp's format", file=path)


def _sound(target: Path) -> bool:
    """Whether a cached file is there and is what was written."""
    try:
        record = json.loads(target.with_suffix(".json").read_text())
        return bool(target.stat().st_size == record["size"] and file_checksum(target) == record["sha256"])
    except (OSError, ValueError, KeyError):
        return False


def _write(source: Path, target: Path, format: str) -> None:
    """Write the weights in another format, and their checksum beside them; all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        try:
            _encode(source, made, format)
        except (ValueError, IndexError, KeyError, NotImplementedError, OSError) as error:
            message = f"cannot be re-encoded ({type(error).__name__})"
            raise InputError(message, hint="is it complete? or try --weights as-is", file=source) from None
        record = {"size": made.stat().st_size, "sha256": file_checksum(made)}
        made.replace(target)
    replaced(target.with_suffix(".json"), json.dumps(record).encode())


def _encode(source: Path, target: Path, format: str) -> None:
    from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType
    from gguf.quants import dequantize, quantize

    kind = GGMLQuantizationType[format.upper()]
    file_types = {"f32": "ALL_F32", "f16": "MOSTLY_F16", "bf16": "MOSTLY_BF16", "q8_0": "MOSTLY_Q8_0"}
    reader = GGUFReader(source)
    writer = GGUFWriter(target, arch=_architecture(reader))
    for name, entry in reader.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
            continue
        type_ = entry.types[0]
        inner = entry.types[-1] if type_ == GGUFValueType.ARRAY else None
        writer.add_key_value(name, entry.contents(), type_, sub_type=inner)
    writer.add_file_type(LlamaFileType[file_types[format]])
    for tensor in reader.tensors:
        values = dequantize(tensor.data, tensor.tensor_type).astype("float32", copy=False)
        if values.ndim == 1 or format == "f32":
            writer.add_tensor(tensor.name, values)
        else:
            writer.add_tensor(tensor.name, quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _architecture(reader: Any) -> str:
    entry = reader.get_field("general.architecture")
    if entry is None:
        raise ValueError("no architecture")
    return str(entry.contents())
