"""Models fitted on a store's intents, kept on disk: fitting takes seconds, and a start should not wait for it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import BadZipFile
from zlib import error as Undecodable

from assistant.nlu.intents.linear import LinearModel

_FORMAT = 2  # to be raised when the same examples are to give another model
_KEPT = 50  # models; the ones not used for longest go


class KeptModels:
    """One file a model, named by what it was fitted on. Blocking. What is lost or broken is fitted again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, pairs: Sequence[tuple[str, str]], embedder: str) -> LinearModel | None:
        path = self._path(pairs, embedder)
        try:
            model = LinearModel.load(path)
        except (OSError, EOFError, ValueError, KeyError, BadZipFile, Undecodable):
            return None
        os.utime(path)
        return model

    def keep(self, pairs: Sequence[tuple[str, str]], model: LinearModel) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, suffix=".part.npz", delete=False) as file:
            part = Path(file.name)
        try:
            model.save(part)
            part.replace(self._path(pairs, model.embedder))
        finally:
            part.unlink(missing_ok=True)
        for old in sorted(self._folder.glob("*.npz"), key=lambda path: -path.stat().st_mtime)[_KEPT:]:
            old.unlink(missing_ok=True)

    def _path(self, pairs: Sequence[tuple[str, str]], embedder: str) -> Path:
        content = json.dumps([_FORMAT, embedder, pairs], ensure_ascii=True)
        return self._folder / f"{hashlib.sha256(content.encode()).hexdigest()[:32]}.npz"
