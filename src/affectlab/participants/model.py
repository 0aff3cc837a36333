"""A language model in this process: weights, vocabulary, a context of cells, and a way to evaluate tokens."""

from __future__ import annotations

import ctypes as c
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from affectlab.errors import EngineError, InputError
from affectlab.participants._llama import library

SEQUENCES = 256
"""How many sequences the engine can tell apart, at most."""
F32 = 0

Logits = npt.NDArray[np.float32]


class Model:
    """The weights of a GGUF file and their vocabulary; or, to count tokens, the vocabulary alone."""

    def __init__(self, path: Path, *, vocabulary_only: bool = False) -> None:
        self._library = library()
        call = self._library.functions
        params = call.llama_model_default_params()
        params.vocab_only = vocabulary_only
        self.handle = call.llama_model_load_from_file(str(path).encode(), params)
        if not self.handle:
            raise InputError("llama.cpp cannot load it", hint="is it complete, and of a known architecture?", file=path)
        self._vocabulary = call.llama_model_get_vocab(self.handle)
        self.vocabulary_size = int(call.llama_vocab_n_tokens(self._vocabulary))
        self.trained_context = int(call.llama_model_n_ctx_train(self.handle))

    def meta(self, key: str) -> str:
        """An entry of the file's header, or an empty string."""
        call = self._library.functions
        size = call.llama_model_meta_val_str(self.handle, key.encode(), None, 0)
        if size < 0:
            return ""
        buffer = c.create_string_buffer(size + 1)
        call.llama_model_meta_val_str(self.handle, key.encode(), buffer, size + 1)
        return buffer.value.decode(errors="replace")

    def tokenize(self, text: str, *, special: bool = True) -> tuple[int, ...]:
        """The tokens of a text; ``special``: control tokens may be written in it."""
        content = text.encode()
        room = len(content) + 8
        tokens = (c.c_int32 * room)()
        call = self._library.functions
        count = call.llama_tokenize(self._vocabulary, content, len(content), tokens, room, False, special)
        if count < 0:
            raise EngineError(f"cannot tokenise a text of {len(content)} bytes")
        return tuple(tokens[:count])

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The bytes of a token; control tokens have none unless ``special``."""
        call, buffer = self._library.functions, c.create_string_buffer(64)
        size = call.llama_token_to_piece(self._vocabulary, token, buffer, 64, 0, special)
        if size < 0:
            buffer = c.create_string_buffer(-size)
            size = call.llama_token_to_piece(self._vocabulary, token, buffer, -size, 0, special)
        return buffer.raw[:size]

    def is_control(self, token: int) -> bool:
        """Whether a token is no text but a sign of the template."""
        return bool(self._library.functions.llama_vocab_is_control(self._vocabulary, token))

    def ends_turn(self, token: int) -> bool:
        """Whether a token ends the participant's turn."""
        return bool(self._library.functions.llama_vocab_is_eog(self._vocabulary, token))

    @property
    def begin(self) -> int | None:
        """The token that every text begins with, where the model wants one."""
        call = self._library.functions
        return int(call.llama_vocab_bos(self._vocabulary)) if call.llama_vocab_get_add_bos(self._vocabulary) else None

    def spelled(self, token_kind: str) -> str:
        """The text of the ``bos`` or ``eos`` token, as templates use it."""
        token = getattr(self._library.functions, f"llama_vocab_{token_kind}")(self._vocabulary)
        return self.piece(token, special=True).decode(errors="replace") if token >= 0 else ""

    def close(self) -> None:
        """Give the weights back."""
        if self.handle:
            self._library.functions.llama_model_free(self.handle)
            self.handle = None


def loader(_: Any) -> Callable[[str], bool]:
    """Tries whether files can be loaded: in a process of its own, which the engine ends where one is damaged."""

    def loads(path: str) -> bool:
        Model(Path(path)).close()
        return True

    return loads


class Context:
    """Cells that hold what was evaluated, and the decode that fills them.

    All sequences share one set of cells; a cell can belong to many sequences, so a branch copies nothing.
    """

    def __init__(self, model: Model, *, cells: int, batch: int, threads: int, tiles: bool = False) -> None:
        loaded = library()
        self._call = call = loaded.functions
        self._model = model
        self.cells = cells
        self.size = batch
        self.sequences = min(SEQUENCES, batch)
        """The engine holds no more sequences than tokens of a batch, since each may want its distribution."""
        params = call.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = cells, batch, batch
        params.n_seq_max = self.sequences
        params.n_threads = params.n_threads_batch = threads
        params.type_k = params.type_v = F32
        params.flash_attn_type = int(tiles)
        params.kv_unified = True
        params.no_perf = True
        self._context = call.llama_init_from_model(model.handle, params)
        if not self._context:
            raise EngineError(f"no memory for {cells} cells", hint="ask for fewer cells")
        self._memory = call.llama_get_memory(self._context)
        self._batch = call.llama_batch_init(batch, 0, self.sequences)
        self._views = {
            name: np.ctypeslib.as_array(getattr(self._batch, name), (batch,))
            for name in ("token", "pos", "n_seq_id", "logits")
        }
        self._sequences = [np.ctypeslib.as_array(self._batch.seq_id[row], (self.sequences,)) for row in range(batch)]

    def decode(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        sequences: Sequence[Sequence[int]],
        outputs: Sequence[bool],
    ) -> None:
        """Evaluate tokens; each belongs to one or more sequences, and sees the cells of its first."""
        count = len(tokens)
        views: dict[str, Any] = self._views
        views["token"][:count] = tokens
        views["pos"][:count] = positions
        views["logits"][:count] = outputs
        for row, ids in enumerate(sequences):
            views["n_seq_id"][row] = len(ids)
            self._sequences[row][: len(ids)] = ids
        self._batch.n_tokens = count
        status = self._call.llama_decode(self._context, self._batch)
        if status != 0:
            hint = "give it more cells" if status == 1 else "run it again; the store keeps what was answered"
            raise EngineError(f"the engine could not evaluate {count} tokens (status {status})", hint=hint)

    def logits(self, row: int) -> Logits:
        """The logits after the token in a row of the last batch; valid until the next decode."""
        pointer = self._call.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(pointer, (self._model.vocabulary_size,))

    def share(self, source: int, target: int, end: int = -1) -> None:
        """Let a sequence have another's cells, up to a position."""
        self._call.llama_memory_seq_cp(self._memory, source, target, 0, end)

    def drop(self, sequence: int, start: int = -1) -> None:
        """Take a sequence's cells from it, from a position on; a cell of no sequence is free."""
        self._call.llama_memory_seq_rm(self._memory, sequence, start, -1)

    def clear(self) -> None:
        """Free all cells."""
        self._call.llama_memory_clear(self._memory, True)

    def use_threads(self, threads: int) -> None:
        """Evaluate with this many threads from now on."""
        self._call.llama_set_n_threads(self._context, threads, threads)

    def close(self) -> None:
        """Give the cells back."""
        if self._context:
            self._call.llama_batch_free(self._batch)
            self._call.llama_free(self._context)
            self._context = None
