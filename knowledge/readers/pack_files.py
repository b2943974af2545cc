"""A pack's files, from a folder or a .zip, within limits and never from outside the pack."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from knowledge.readers.pack_yaml import MANIFEST
from knowledge.readers.reader import PackFile
from knowledge.readers.reasons import pack_refused

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_PACK_BYTES = 2 * 1024 * 1024 * 1024
MAX_FILES = 100_000
_IGNORED = ("__MACOSX",)


class PackFiles(Protocol):
    """The files of one pack."""

    @property
    def shown(self) -> str:
        """How the pack is called in reports: its path below the store folder."""
        ...

    def paths(self) -> list[str]:
        """Paths within the pack, "/"-separated and sorted. Raises PackRefused where a limit or a rule is broken."""
        ...

    def read(self, paths: Sequence[str]) -> Iterator[PackFile]:
        """These files one after another, each read whole. Raises PackRefused."""
        ...


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """A pack that is a folder."""

    root: Path
    shown: str

    def paths(self) -> list[str]:
        total = 0
        found: list[str] = []
        base = self.root.resolve()
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if _hidden(name) or not path.is_file():
                continue
            if not path.resolve().is_relative_to(base):
                raise pack_refused(f"{self.shown}/{name}", "link_outside")
            size = path.stat().st_size
            total += size if _is_read(name) else 0
            _check_sizes(f"{self.shown}/{name}", name, size, total, len(found))
            found.append(name)
        return found

    def read(self, paths: Sequence[str]) -> Iterator[PackFile]:
        for path in paths:
            shown = f"{self.shown}/{path}"
            try:
                with (self.root / path).open("rb") as file:
                    data = file.read(MAX_FILE_BYTES + 1)
            except OSError as error:
                raise pack_refused(shown, "unreadable", error=error.strerror or str(error)) from error
            yield _checked(path, shown, data)


@dataclass(frozen=True, slots=True)
class ZipFiles:
    """A pack that is a .zip; one folder around everything, as archivers like to add, is looked through."""

    file: Path
    shown: str

    def paths(self) -> list[str]:
        with self._opened() as archive:
            return sorted(self._members(archive))

    def read(self, paths: Sequence[str]) -> Iterator[PackFile]:
        with self._opened() as archive:
            members = self._members(archive)
            for path in paths:
                with archive.open(members[path]) as member:
                    data = member.read(MAX_FILE_BYTES + 1)  # the size that the archive states may be a lie
                yield _checked(path, f"{self.shown}/{path}", data)

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.file, metadata_encoding="gbk") as archive:
                yield archive
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            ValueError,
            RuntimeError,
        ) as error:
            raise pack_refused(self.shown, "zip_broken", error=str(error)) from error

    def _members(self, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        total = 0
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename.replace("\\", "/")
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\x00" in name:
                raise pack_refused(self.shown, "zip_unsafe", name=name)
            if info.flag_bits & 0x1:
                raise pack_refused(self.shown, "zip_encrypted")
            if not _hidden(name):
                total += info.file_size
                _check_sizes(f"{self.shown}/{name}", name, info.file_size, total, len(members))
                members[path.as_posix()] = info
        return _without_wrapper(members)


def _checked(path: str, shown: str, data: bytes) -> PackFile:
    if len(data) > MAX_FILE_BYTES:
        raise pack_refused(shown, "too_large", size=len(data), limit=MAX_FILE_BYTES)
    return PackFile(path, shown, data)


def _without_wrapper(members: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    tops = {PurePosixPath(name).parts[0] for name in members}
    if MANIFEST in members or len(tops) != 1:
        return members
    prefix = f"{next(iter(tops))}/"
    return {name.removeprefix(prefix): info for name, info in members.items() if name.startswith(prefix)}


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "~$")) or part in _IGNORED for part in PurePosixPath(name).parts)


def _is_read(name: str) -> bool:
    return PurePosixPath(name).parts[0] != "media"


def _check_sizes(shown: str, name: str, size: int, total: int, count: int) -> None:
    if size > MAX_FILE_BYTES and _is_read(name):
        raise pack_refused(shown, "too_large", size=size, limit=MAX_FILE_BYTES)
    if total > MAX_PACK_BYTES:
        raise pack_refused(shown, "pack_too_large", limit=MAX_PACK_BYTES)
    if count >= MAX_FILES:
        raise pack_refused(shown, "too_many_files", limit=MAX_FILES)
