"""A pack's files, from a folder or a .zip, within limits and never from outside the pack."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Protocol

from assistant.domain.errors import PackRefused
from assistant.domain.packs import Media
from knowledge.media import MAX_PICTURE_BYTES, MEDIA
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

    def media(self, paths: Sequence[str]) -> Iterator[Media]:
        """These files one after another as pictures, not read yet. Raises PackRefused."""
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
            total += size if _is_read(name, size) else 0
            _check_sizes(f"{self.shown}/{name}", name, size, total, len(found))
            found.append(name)
        return found

    def read(self, paths: Sequence[str]) -> Iterator[PackFile]:
        for path in paths:
            yield _checked(path, f"{self.shown}/{path}", self._bytes(path))

    def media(self, paths: Sequence[str]) -> Iterator[Media]:
        for path in paths:
            try:
                size = (self.root / path).stat().st_size
            except OSError as error:
                raise _unreadable(f"{self.shown}/{path}", error) from error
            yield Media(path, f"{self.shown}/{path}", size, partial(self._bytes, path))

    def _bytes(self, path: str) -> bytes:
        try:
            with (self.root / path).open("rb") as file:
                return file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise _unreadable(f"{self.shown}/{path}", error) from error


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
                yield _checked(path, f"{self.shown}/{path}", self._bytes(archive, members[path]))

    def media(self, paths: Sequence[str]) -> Iterator[Media]:
        with self._opened() as archive:
            members = self._members(archive)
            for path in paths:
                read = partial(self._bytes, archive, members[path])
                yield Media(path, f"{self.shown}/{path}", members[path].file_size, read)

    def _bytes(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
        with self._understood(), archive.open(info) as member:
            return member.read(MAX_FILE_BYTES + 1)  # the size that the archive states may be a lie

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        with self._understood(), zipfile.ZipFile(self.file, metadata_encoding="gbk") as archive:
            yield archive

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """What zipfile raises on a broken archive, as one error."""
        try:
            yield
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
                total += info.file_size if _is_read(name, info.file_size) else 0
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


def _is_read(name: str, size: int) -> bool:
    """A picture that is too large is refused on its own, and not read."""
    return PurePosixPath(name).parts[0] != MEDIA or size <= MAX_PICTURE_BYTES


def _check_sizes(shown: str, name: str, size: int, total: int, count: int) -> None:
    if size > MAX_FILE_BYTES and _is_read(name, size):
        raise pack_refused(shown, "too_large", size=size, limit=MAX_FILE_BYTES)
    if total > MAX_PACK_BYTES:
        raise pack_refused(shown, "pack_too_large", limit=MAX_PACK_BYTES)
    if count >= MAX_FILES:
        raise pack_refused(shown, "too_many_files", limit=MAX_FILES)


def _unreadable(shown: str, error: OSError) -> PackRefused:
    return pack_refused(shown, "unreadable", error=error.strerror or str(error))
