"""The synthetic endpoint with a batch interface, as OpenAI's documentation describes it, and its traps.

Lines come back in another order than they went in; some fail, some expire, and each is paid for once only.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections import Counter
from typing import Any

from tests.participants.remote.endpoint import Endpoint


class BatchServer(Endpoint):
    """Takes files and batches; a batch is answered after so many looks at it."""

    def __init__(self, *, looks: int = 1, failing: float = 0.0, expiring: float = 0.0, refuses: str = "", **more: Any):
        super().__init__(**more)
        self.looks, self.failing, self.expiring, self.refuses = looks, failing, expiring, refuses
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.paid: Counter[str] = Counter()
        """The requests of batches that were answered, by their content."""
        self.page = 2
        """Batches on one page of their list."""

    async def _reply(self, head: str, body: bytes, writer: asyncio.StreamWriter) -> bool:
        method, path = head.split(" ")[:2]
        path, _, query = path.removeprefix("/v1").partition("?")
        if self.key and f"bearer {self.key}".lower() not in head.lower():
            return self._send(writer, 401, {"error": {"message": "no key"}})
        if path == "/files":
            return self._send(writer, 200, {"id": self._filed(body)})
        if path == "/batches" and method == "POST":
            return self._made(json.loads(body), writer)
        if path == "/batches":
            return self._send(writer, 200, self._listed(query))
        if path.startswith("/batches/"):
            return self._send(writer, 200, self._looked(path.split("/")[2]))
        if path.startswith("/files/"):
            return self._send(writer, 200, self.files[path.split("/")[2]])
        return await super()._reply(head, body, writer)

    def _filed(self, body: bytes) -> str:
        parts = [part for part in body.split(body.split(b"\r\n", 1)[0]) if b"filename=" in part]
        content = parts[0].split(b"\r\n\r\n", 1)[1].rstrip(b"\r\n") + b"\n" if parts else body
        name = f"file-{len(self.files)}"
        self.files[name] = content
        return name

    def _made(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        assert asked["completion_window"] == "24h"
        id = f"batch_{len(self.batches)}"
        lines = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        assert len({line["custom_id"] for line in lines}) == len(lines), "two lines of one name"
        assert {line["url"] for line in lines} == {asked["endpoint"]} == {"/v1/chat/completions"}
        self.batches[id] = {"id": id, "status": "validating", "metadata": asked["metadata"], "looks": 0, "lines": lines}
        return self._send(writer, 200, self._shown(id))

    def _listed(self, query: str) -> dict[str, Any]:
        newest = [self._shown(id) for id in reversed(self.batches)]
        after = next((part[6:] for part in query.split("&") if part.startswith("after=")), "")
        start = 1 + next((at for at, one in enumerate(newest) if one["id"] == after), -1)
        page = newest[start : start + self.page]
        return {"data": page, "has_more": start + self.page < len(newest)}

    def _shown(self, id: str) -> dict[str, Any]:
        return {name: value for name, value in self.batches[id].items() if name not in ("looks", "lines")}

    def _looked(self, id: str) -> dict[str, Any]:
        batch = self.batches[id]
        batch["looks"] += 1
        if batch["looks"] > self.looks and batch["status"] in ("validating", "in_progress"):
            self._ended(id, batch)
        elif batch["status"] == "validating":
            batch["status"] = "in_progress"
        return self._shown(id)

    def _ended(self, id: str, batch: dict[str, Any]) -> None:
        if self.refuses:
            batch |= {"status": "failed", "errors": {"data": [{"code": "limit", "message": self.refuses}]}}
            return
        chance = random.Random(id)
        said: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        for line in chance.sample(batch["lines"], len(batch["lines"])):
            drawn = chance.random()
            if drawn < self.expiring:
                error = {"code": "batch_expired", "message": "it could not be done in the window"}
                failed.append({"custom_id": line["custom_id"], "response": None, "error": error})
            elif drawn < self.expiring + self.failing:
                response = {"status_code": chance.choice((429, 500)), "body": {"error": {"message": "overloaded"}}}
                failed.append({"custom_id": line["custom_id"], "response": response, "error": None})
            else:
                self.paid[hashlib.sha256(json.dumps(line["body"], sort_keys=True).encode()).hexdigest()] += 1
                response = {"status_code": 200, "request_id": "r", "body": self._said(line["body"])}
                said.append({"custom_id": line["custom_id"], "response": response, "error": None})
        batch["status"] = "expired" if self.expiring else "completed"
        batch["request_counts"] = {"total": len(batch["lines"]), "completed": len(said), "failed": len(failed)}
        for kind, lines in (("output", said), ("error", failed)):
            if lines:
                name = f"file-{len(self.files)}"
                self.files[name] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
                batch[f"{kind}_file_id"] = name
