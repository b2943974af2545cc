"""The suites that came with stores: the folders below `evaluations` in a store's folder, as it was imported last."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from assistant.domain.errors import InvalidInput, NotFound
from assistant.domain.ids import StoreId

SECTION = "evaluations"
MAX_BYTES = 200 * 1024 * 1024  # of one suite
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class SuiteFolders:
    """Copies of the suite folders, one folder for each store. Its calls block."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def check(self, store_folder: Path) -> list[Path]:
        """The suites of a store's folder. Raises InvalidInput for a name or a size that no suite may have."""
        section = store_folder.expanduser() / SECTION
        found = [entry for entry in _entries(section) if entry.is_dir()] if section.is_dir() else []
        for suite in found:
            shown = f"{SECTION}/{suite.name}"
            if not _NAME.fullmatch(suite.name):
                raise InvalidInput(
                    f"{shown}: name it with 1 to 64 ASCII letters, digits, dots, hyphens and underscores, a letter or "
                    "digit first."
                )
            if sum(file.stat().st_size for file in suite.rglob("*") if file.is_file()) > MAX_BYTES:
                raise InvalidInput(f"{shown} has more than {MAX_BYTES // 1024**2} MB; split it.")
        return found

    def replace(self, store_id: StoreId, suites: list[Path]) -> None:
        """Keep copies of these suites, and no others, for the store."""
        kept, fresh = self._root / store_id, self._root / f".{store_id}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for suite in suites:
            shutil.copytree(suite, fresh / suite.name, ignore=shutil.ignore_patterns(".*"))
        shutil.rmtree(kept, ignore_errors=True)
        if suites:
            fresh.rename(kept)

    def names(self, store_id: StoreId) -> list[str]:
        kept = self._root / store_id
        return [entry.name for entry in _entries(kept)] if kept.is_dir() else []

    def folder(self, store_id: StoreId, name: str) -> Path:
        """Where the suite `name` of the store is. Raises NotFound, naming those that there are."""
        names = self.names(store_id)
        if name not in names:
            known = f"There are: {', '.join(names)}." if names else f"Put it into {SECTION}/ of the store's folder."
            raise NotFound(f"No suite {name} came with store {store_id}. {known}", store_id=store_id, folder=name)
        return self._root / store_id / name


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
