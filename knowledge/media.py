"""Pictures of packs: what is taken, where they lie, and how an import brings them there.

    <root>/<store>/<path>          the picture that products call `media/<path>`
    <root>/.incoming/<store>/      pictures of an import under way, or what a crash left of one

A picture that the packs no longer hold stays, because versions that can be rolled back to may show it. Everything here
is blocking.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from assistant.domain.ids import StoreId
from assistant.domain.packs import Media, Refusal
from knowledge.readers.reasons import refusal

MEDIA: Final = "media"
PICTURES: Final = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif")
MAX_PICTURE_BYTES: Final = 5 * 1024 * 1024
_MAX_PATH: Final = 500  # as the API takes it
_MAX_NAME_BYTES: Final = 255  # of file systems
_INCOMING: Final = ".incoming"  # no store's id


class MediaStore:
    """The pictures of all stores under one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def receiving(self, store_id: StoreId) -> Iterator[Incoming]:
        """Pictures of one import; what was not kept by the end is dropped.

        Only one import of a store may be under way, and its id must name a folder: `Versions.building` sees to both.
        """
        waiting = self._root / _INCOMING / store_id
        shutil.rmtree(waiting, ignore_errors=True)
        try:
            yield Incoming(waiting, self._root / store_id)
        finally:
            shutil.rmtree(waiting, ignore_errors=True)


class Incoming:
    """Pictures on their way in: taken one by one while packs are read, kept all at once when those are published."""

    def __init__(self, waiting: Path, kept: Path) -> None:
        self._waiting = waiting
        self._kept = kept
        self._taken: dict[str, tuple[str, bytes]] = {}  # path -> the file it came from, SHA-256
        self._fresh: dict[Path, Path] = {}  # where it waits -> where it goes

    @property
    def count(self) -> int:
        """How many pictures were taken, those that were there before among them."""
        return len(self._taken)

    def take(self, media: Media) -> Refusal | None:
        """Take a picture, or say why not. The same picture a second time is taken silently.

        Raises PackRefused when it cannot be read.
        """
        if not _is_picture(media.path):
            return refusal(media.file, 0, "bad_picture_type", types=", ".join(kind[1:] for kind in PICTURES))
        if not _is_usable(media.path):
            return refusal(media.file, 0, "bad_picture_name", path=media.path.encode("utf-8", "replace").decode())
        if media.size > MAX_PICTURE_BYTES:
            return refusal(media.file, 0, "picture_too_large", size=media.size, limit=MAX_PICTURE_BYTES)
        data = media.read()
        if len(data) > MAX_PICTURE_BYTES:  # the size was stated, or the file has grown since
            return refusal(media.file, 0, "picture_too_large", size=len(data), limit=MAX_PICTURE_BYTES)
        digest = hashlib.sha256(data).digest()
        if known := self._taken.get(media.path):
            first, same = known
            return None if same == digest else refusal(media.file, 0, "other_picture", path=media.path, first=first)
        self._taken[media.path] = media.file, digest
        target = self._kept / media.path.removeprefix(f"{MEDIA}/")
        if not _holds(target, data):
            self._wait(data, target)
        return None

    def keep(self) -> None:
        """Put every picture that is new or has changed in its place, each in one step."""
        for waiting, target in self._fresh.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            waiting.replace(target)
        self._fresh.clear()

    def _wait(self, data: bytes, target: Path) -> None:
        self._waiting.mkdir(parents=True, exist_ok=True)
        waiting = self._waiting / str(len(self._fresh))
        waiting.write_bytes(data)
        self._fresh[waiting] = target


def _is_picture(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in PICTURES


def _is_usable(path: str) -> bool:
    """Whether the path stays in its folder, on any system, and can be asked for.

    A folder named like a picture would leave no room for a picture of its name.
    """
    top, *names = path.split("/")
    if top != MEDIA or not names or len(path) > _MAX_PATH or "\\" in path or not path.isprintable():
        return False
    return all(
        name and name[0] != "." and len(name.encode("utf-8", "surrogatepass")) <= _MAX_NAME_BYTES for name in names
    ) and not any(_is_picture(name) for name in names[:-1])


def _holds(file: Path, data: bytes) -> bool:
    return file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data
