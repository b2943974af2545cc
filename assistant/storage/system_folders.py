"""What stores brought for their connectors, as it was imported, and where the connectors keep what they write."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from assistant.domain.errors import InvalidInput
from assistant.domain.ids import StoreId
from assistant.domain.store import SystemSettings

MAX_BYTES = 200 * 1024 * 1024
_DATA = "data"


class SystemFolders:
    """A folder for each store: one copy for each import that is in use, and `data`. Its calls block."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def check(self, store_folder: Path, settings: SystemSettings) -> list[Path]:
        """The files that a store has for its connector.

        Raises InvalidInput for a folder that is too large or leads out of the store's.
        """
        source = store_folder / settings.path
        files = _files(source) if source.is_dir() else []
        if sum(file.stat().st_size for file in files) > MAX_BYTES:
            raise InvalidInput(f"{settings.path} has more than {MAX_BYTES // 1024**2} MB.")
        return files

    def keep(self, store_id: StoreId, store_folder: Path, settings: SystemSettings) -> SystemSettings:
        """Copy what `check` finds; the settings that name the copy."""
        source, files = store_folder / settings.path, self.check(store_folder, settings)
        digest = hashlib.sha256()
        for file in files:
            digest.update(f"{file.relative_to(source)}\0{file.stat().st_size}\0".encode())
            digest.update(file.read_bytes())
        kept = replace(settings, version=digest.hexdigest()[:16])
        target = self.folder(store_id, kept)
        if not target.exists():
            fresh = target.with_name(f".{target.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            for file in files:
                copy = fresh / file.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
            fresh.rename(target)
        return kept

    def clean(self, store_id: StoreId, settings: SystemSettings | None) -> None:
        """Remove the copies of earlier imports."""
        used = {_DATA} | ({settings.version} if settings else set())
        store = self._root / store_id
        for entry in store.iterdir() if store.is_dir() else ():
            if entry.name not in used:
                shutil.rmtree(entry, ignore_errors=True)

    def folder(self, store_id: StoreId, settings: SystemSettings) -> Path:
        return self._root / store_id / settings.version

    def data(self, store_id: StoreId) -> Path:
        return self._root / store_id / _DATA


def _files(source: Path) -> list[Path]:
    """All files below, without hidden ones. Raises InvalidInput for a link that leads elsewhere."""
    inside = source.resolve()
    found = []
    for file in sorted(source.rglob("*")):
        if any(part.startswith(".") for part in file.relative_to(source).parts):
            continue
        if not file.resolve().is_relative_to(inside):
            raise InvalidInput(f"{file.relative_to(source.parent)} leads out of {source.name}; put a copy there.")
        if file.is_file():
            found.append(file)
    return found
