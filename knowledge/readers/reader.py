"""What a reader is, and which are installed.

A package of your own adds one with an entry point in the group `storebot.readers` that names a class without
arguments: `my-format = "my_package.reader:MyReader"`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import PurePosixPath
from typing import Protocol

from assistant.domain.commerce import Source
from assistant.domain.packs import Item, Refusal
from knowledge.catalogue import Vocabulary
from knowledge.readers.encoding import decode
from knowledge.readers.reasons import pack_refused

GROUP = "storebot.readers"
SECTIONS = ("products", "pages", "faq", "policies")


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file of a pack: its path within the pack ("products/shoes.csv"), how it is called in reports, and its bytes."""

    path: str
    shown: str
    data: bytes = field(repr=False)

    @property
    def section(self) -> str:
        """The first folder of the path, one of SECTIONS."""
        return PurePosixPath(self.path).parts[0]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix.lower()

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem

    def text(self) -> str:
        """The file as text, line ends as "\\n". Raises PackRefused where it is no text."""
        return decode(self.data, self.shown)


@dataclass(frozen=True, slots=True)
class Pack:
    """What a reader needs to know of the pack that a file belongs to.

    known_products: ids that some catalogue file describes, for pages whose file name may name a product.
    """

    name: str
    language: str = "zh"
    currency: str = "CNY"
    vocabulary: Vocabulary = field(default_factory=Vocabulary.shipped, repr=False)
    known_products: Container[str] = field(default=frozenset(), repr=False)

    def source(self, file: PackFile, locator: str = "", url: str = "") -> Source:
        return Source(self.name, file.path, locator, url)


class Reader(Protocol):
    """Reads files of one format."""

    expects: str
    """What it takes, as an error shows it: "products/*.csv"."""

    def claims(self, file: PackFile) -> bool:
        """Whether this file is in the reader's format. Must not raise; the first reader that claims a file reads it."""
        ...

    def read(self, file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
        """Everything in the file, lazily: each row becomes items or a Refusal that says why not.

        Products come with a fact for each thing they state (`catalogue.complete` makes those of their fields).
        Raises PackRefused, and nothing else, when the file as a whole cannot be read: the import is then refused and
        what was published stays.
        """
        ...


def installed_readers() -> tuple[Reader, ...]:
    """Every registered reader; those of other packages come before this project's, so that they can replace them.

    Raises PackRefused when none is registered, as happens when the package was never installed.
    """
    found = sorted(
        entry_points(group=GROUP), key=lambda point: (point.module.startswith("knowledge.readers."), point.name)
    )
    if not found:
        raise pack_refused(GROUP, "no_readers_installed")
    readers: list[Reader] = [point.load()() for point in found]
    return tuple(readers)
