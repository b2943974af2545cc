"""What stores have of their own beside their knowledge, as two small files each, which one step replaces.

    <root>/<store>/intents.json         the YAML files of definitions, by name
    <root>/<store>/calibration.yaml     fitted to the store's rated answers

Another process may write them at any time: an import, or a calibration, beside a running server.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path

from assistant.domain.ids import StoreId
from assistant.domain.tuning import Tuning, WrittenFile

_INTENTS, _CALIBRATION = "intents.json", "calibration.yaml"


class TuningFiles:
    """The `Tunings` port over files."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def stamp(self, store_id: StoreId) -> str:
        """From inode, size and time of the files: two looks into a directory."""
        return "".join(_stamp(self._root / store_id / name) for name in (_INTENTS, _CALIBRATION))

    async def get(self, store_id: StoreId) -> Tuning:
        return await asyncio.to_thread(self._get, store_id)

    async def put_intents(self, store_id: StoreId, intents: Sequence[WrittenFile]) -> None:
        text = json.dumps({file.name: file.text for file in intents}, ensure_ascii=False) if intents else ""
        await asyncio.to_thread(self._put, store_id, _INTENTS, text)

    async def put_calibration(self, store_id: StoreId, calibration: str) -> None:
        await asyncio.to_thread(self._put, store_id, _CALIBRATION, calibration)

    def _get(self, store_id: StoreId) -> Tuning:
        written = json.loads(self._text(store_id, _INTENTS) or "{}")
        files = tuple(WrittenFile(name, text) for name, text in sorted(written.items()))
        return Tuning(files, self._text(store_id, _CALIBRATION))

    def _text(self, store_id: StoreId, name: str) -> str:
        try:
            return (self._root / store_id / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _put(self, store_id: StoreId, name: str, text: str) -> None:
        """No file stands for an empty text."""
        path = self._root / store_id / name
        if not text:
            path.unlink(missing_ok=True)
            return
        if self._text(store_id, name) == text:
            return  # what has not changed is not taken up again
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{name}.{os.getpid()}")
        try:
            partial.write_text(text, encoding="utf-8")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    return f"{path.name}:{found.st_ino}:{found.st_size}:{found.st_mtime_ns};"
