"""llama.cpp's C interface, as far as the embedded participant needs it.

Two installations bring it. The wheel of ``xllamacpp`` installs in seconds and exports the C symbols; the layout of
its structs is written down here for one exact version and checked at load. ``llama-cpp-python`` is compiled for the
machine, so that it uses all of its instructions, and brings its own layouts. The environment variable
``AFFECTLAB_ENGINE`` (``wheel`` or ``native``) chooses; without it the compiled one is taken where it is installed.
"""

from __future__ import annotations

import atexit
import ctypes as c
import os
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from affectlab.errors import EngineError

WHEEL_VERSION = "2026.10.11549"


class _ModelParams(c.Structure):
    _fields_ = (
        *((name, c.c_void_p) for name in ("devices", "tensor_buft_overrides")),
        *((name, c.c_int32) for name in ("n_gpu_layers", "split_mode", "load_mode", "lazy_mode", "main_gpu")),
        *(
            (name, c.c_void_p)
            for name in ("tensor_split", "progress_callback", "progress_callback_user_data", "kv_overrides")
        ),
        *(
            (name, c.c_bool)
            for name in ("vocab_only", "check_tensors", "use_extra_bufts", "no_host", "no_alloc", "load_mtp")
        ),
    )


class _ContextParams(c.Structure):
    _fields_ = (
        *((name, c.c_uint32) for name in ("n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_rs_seq")),
        *((name, c.c_uint32) for name in ("n_outputs_max", "n_outputs_max_per_seq")),
        *((name, c.c_int32) for name in ("n_threads", "n_threads_batch", "ctx_type", "rope_scaling_type")),
        *((name, c.c_int32) for name in ("pooling_type", "attention_type", "flash_attn_type")),
        *((name, c.c_float) for name in ("rope_freq_base", "rope_freq_scale", "yarn_ext_factor")),
        *((name, c.c_float) for name in ("yarn_attn_factor", "yarn_beta_fast", "yarn_beta_slow")),
        ("yarn_orig_ctx", c.c_uint32),
        ("defrag_thold", c.c_float),
        *((name, c.c_void_p) for name in ("cb_eval", "cb_eval_user_data")),
        *((name, c.c_int32) for name in ("type_k", "type_v")),
        ("moe_cache_size", c.c_size_t),
        *((name, c.c_void_p) for name in ("abort_callback", "abort_callback_data")),
        *(
            (name, c.c_bool)
            for name in ("embeddings", "offload_kqv", "no_perf", "op_offload", "swa_full", "kv_unified")
        ),
        ("samplers", c.c_void_p),
        ("n_samplers", c.c_size_t),
        ("ctx_other", c.c_void_p),
    )


class _Batch(c.Structure):
    _fields_ = (
        ("n_tokens", c.c_int32),
        ("token", c.POINTER(c.c_int32)),
        ("embd", c.c_void_p),
        ("pos", c.POINTER(c.c_int32)),
        ("n_seq_id", c.POINTER(c.c_int32)),
        ("seq_id", c.POINTER(c.POINTER(c.c_int32))),
        ("logits", c.POINTER(c.c_int8)),
    )


_DEFAULTS = {
    "n_ctx": 512,
    "n_batch": 2048,
    "n_ubatch": 512,
    "n_seq_max": 1,
    "n_threads": 4,
    "rope_scaling_type": -1,
    "flash_attn_type": -1,
    "yarn_ext_factor": -1.0,
    "yarn_beta_slow": -1.0,
    "defrag_thold": -1.0,
    "type_k": 1,
    "type_v": 1,
    "moe_cache_size": 0,
    "embeddings": False,
    "offload_kqv": True,
    "kv_unified": False,
    "samplers": None,
    "ctx_other": None,
}
"""What the wheel's library says its defaults are, if the layout above is its layout."""


@dataclass(frozen=True)
class Library:
    """The loaded functions, and the structs that they take."""

    functions: Any
    model_params: type[Any]
    context_params: type[Any]
    batch: type[Any]
    build: str
    """Which installation, and its version."""
    file: Path

    @property
    def system(self) -> str:
        """Which instructions of the processor it uses."""
        text: bytes = self.functions.llama_print_system_info()
        return text.decode()

    @property
    def identity(self) -> tuple[str, int, int]:
        """What tells it from another of the same version that was compiled otherwise."""
        found = self.file.stat()
        return self.build, found.st_size, found.st_mtime_ns


@cache
def library() -> Library:
    """The library of this installation, loaded once.

    Raises:
        EngineError: there is none, or not one whose layout is known.
    """
    wanted = os.environ.get("AFFECTLAB_ENGINE", "native" if find_spec("llama_cpp") else "wheel")
    if wanted not in ("wheel", "native"):
        raise EngineError(f"AFFECTLAB_ENGINE is `{wanted}`", hint="set it to wheel or native")
    loaded = _wheel() if wanted == "wheel" else _native()
    _declare(loaded)
    loaded.functions.llama_log_set(_SILENT, None)
    loaded.functions.llama_backend_init()
    return loaded


# the engine's log is not the user's
_SILENT = c.CFUNCTYPE(None, c.c_int, c.c_char_p, c.c_void_p)(lambda _level, _text, _data: None)


def _wheel() -> Library:
    try:
        installed = version("xllamacpp")
    except PackageNotFoundError:
        hint = f"pip install xllamacpp=={WHEEL_VERSION}"
        raise EngineError("the embedded engine is not installed", hint=hint) from None
    if installed != WHEEL_VERSION:
        message = f"xllamacpp {installed} is installed, and only {WHEEL_VERSION} is known"
        raise EngineError(message, hint=f"pip install xllamacpp=={WHEEL_VERSION}")
    import xllamacpp.xllamacpp as extension

    functions = c.CDLL(extension.__file__)
    try:
        functions.llama_context_default_params.restype = _ContextParams
        defaults = functions.llama_context_default_params()
    except AttributeError:
        message = "the wheel of xllamacpp for this platform hides llama.cpp's functions"
        raise EngineError(message, hint="pip install 'affectlab[native]' and set AFFECTLAB_ENGINE=native") from None
    for name, value in _DEFAULTS.items():
        if getattr(defaults, name) != value:
            message = f"the wheel of xllamacpp lays out its parameters otherwise ({name})"
            raise EngineError(message, hint="pip install 'affectlab[native]' and set AFFECTLAB_ENGINE=native")
    return Library(functions, _ModelParams, _ContextParams, _Batch, f"xllamacpp {installed}", Path(extension.__file__))


def _native() -> Library:
    if not find_spec("llama_cpp"):
        raise EngineError("llama-cpp-python is not installed", hint="pip install 'affectlab[native]'")
    from llama_cpp import _utils
    from llama_cpp import llama_cpp as binding

    # its package opens these when it is loaded, and leaves them open, of which Python warns at the end
    atexit.register(_utils.outnull_file.close)
    atexit.register(_utils.errnull_file.close)
    return Library(
        binding._lib,
        binding.llama_model_params,
        binding.llama_context_params,
        binding.llama_batch,
        f"llama-cpp-python {version('llama-cpp-python')}",
        Path(binding._lib._name),
    )


def _declare(loaded: Library) -> None:
    model = context = memory = vocabulary = c.c_void_p
    numbers = c.POINTER(c.c_int32)
    signatures: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "llama_log_set": (None, (c.c_void_p, c.c_void_p)),
        "llama_backend_init": (None, ()),
        "llama_print_system_info": (c.c_char_p, ()),
        "llama_model_default_params": (loaded.model_params, ()),
        "llama_context_default_params": (loaded.context_params, ()),
        "llama_model_load_from_file": (model, (c.c_char_p, loaded.model_params)),
        "llama_model_free": (None, (model,)),
        "llama_model_n_ctx_train": (c.c_int32, (model,)),
        "llama_model_meta_val_str": (c.c_int32, (model, c.c_char_p, c.c_char_p, c.c_size_t)),
        "llama_model_get_vocab": (vocabulary, (model,)),
        "llama_init_from_model": (context, (model, loaded.context_params)),
        "llama_free": (None, (context,)),
        "llama_set_n_threads": (None, (context, c.c_int32, c.c_int32)),
        "llama_get_memory": (memory, (context,)),
        "llama_decode": (c.c_int32, (context, loaded.batch)),
        "llama_get_logits_ith": (c.POINTER(c.c_float), (context, c.c_int32)),
        "llama_memory_clear": (None, (memory, c.c_bool)),
        "llama_memory_seq_cp": (None, (memory, *[c.c_int32] * 4)),
        "llama_memory_seq_rm": (c.c_bool, (memory, *[c.c_int32] * 3)),
        "llama_batch_init": (loaded.batch, (c.c_int32,) * 3),
        "llama_batch_free": (None, (loaded.batch,)),
        "llama_vocab_n_tokens": (c.c_int32, (vocabulary,)),
        "llama_vocab_bos": (c.c_int32, (vocabulary,)),
        "llama_vocab_eos": (c.c_int32, (vocabulary,)),
        "llama_vocab_get_add_bos": (c.c_bool, (vocabulary,)),
        "llama_vocab_is_control": (c.c_bool, (vocabulary, c.c_int32)),
        "llama_vocab_is_eog": (c.c_bool, (vocabulary, c.c_int32)),
        "llama_tokenize": (
            c.c_int32,
            (vocabulary, c.c_char_p, c.c_int32, numbers, c.c_int32, c.c_bool, c.c_bool),
        ),
        "llama_token_to_piece": (
            c.c_int32,
            (vocabulary, c.c_int32, c.c_char_p, c.c_int32, c.c_int32, c.c_bool),
        ),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(loaded.functions, name)
        function.restype, function.argtypes = result, arguments
