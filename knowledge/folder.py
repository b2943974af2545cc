"""A store as a folder: `store.yaml`, `knowledge/` and `procedures/`, as `docs/formats/store-folder.md` describes it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from assistant.domain.commerce import Fact, Faq, Product
from assistant.domain.ids import StoreId
from assistant.domain.packs import ImportedStore, Item, Media, Refusal
from assistant.domain.procedures import ProcedureFile
from assistant.domain.store import Store
from knowledge.catalogue import Vocabulary, complete, merged
from knowledge.media import MEDIA
from knowledge.readers.encoding import decode
from knowledge.readers.pack_files import FolderFiles, PackFiles, ZipFiles
from knowledge.readers.pack_yaml import MANIFEST, read_manifest
from knowledge.readers.reader import SECTIONS, Pack, PackFile, Reader, installed_readers
from knowledge.readers.reasons import pack_refused, refusal, remark
from knowledge.readers.shop_promotions import shop_promotions
from knowledge.readers.store_yaml import read_store_yaml
from knowledge.readers.yaml_file import MAX_BYTES
from knowledge.titles import TitleWords

_CATALOGUE, *_TEXTS = SECTIONS
_PAGES = "pages"
PROCEDURES = "procedures"
SETTINGS = "store.yaml"


def read_store(path: Path, store_id: StoreId) -> ImportedStore:
    """The store in the folder `path`.

    Reads store.yaml, every pack.yaml and the lists of files at once; the files themselves while `items` is consumed:
    products first, each with what its pages state of it, then pages, questions, policies and pictures.

    Raises PackRefused, here or while `items` is consumed, for whatever refuses the import as a whole: a file that is
    missing, too large, cut off or not text, a field that is wrong, a pack without entries.
    """
    store = read_settings(path, store_id)
    readers = installed_readers()
    packs = [_open(files) for files in _packs(path / "knowledge")]
    _check_names(packs)
    procedures = tuple(procedure_files(path / PROCEDURES, f"{PROCEDURES}/"))
    return ImportedStore(store, _Folder(packs, readers).items(), procedures)


def read_settings(path: Path, store_id: StoreId) -> Store:
    """What the store.yaml in the folder `path` says, without any knowledge. Raises PackRefused."""
    settings = path / SETTINGS
    if not settings.is_file():
        raise pack_refused(str(path), "not_a_store", path=str(path))
    try:
        data = settings.read_bytes()
    except OSError as error:
        raise pack_refused(SETTINGS, "unreadable", error=error.strerror or str(error)) from error
    return read_store_yaml(data, SETTINGS, store_id)


def procedure_files(folder: Path, shown: str) -> Iterator[ProcedureFile]:
    """The texts in a folder of procedures; what they mean is read where procedures are. `shown` goes before the names
    of the files. Raises PackRefused for a file that is no text."""
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.suffix in (".yaml", ".yml") and not file.name.startswith(".") and file.name != SETTINGS:
            yield procedure_file(file, f"{shown}{file.name}")


def procedure_file(file: Path, shown: str) -> ProcedureFile:
    """Raises PackRefused."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise pack_refused(shown, "unreadable", error=error.strerror or str(error)) from error
    if len(data) > MAX_BYTES:
        raise pack_refused(shown, "too_large", size=len(data), limit=MAX_BYTES)
    return ProcedureFile(shown, decode(data, shown))


@dataclass(frozen=True, slots=True)
class _OpenPack:
    pack: Pack
    files: PackFiles
    paths: tuple[str, ...]
    promotions: tuple[Fact, ...] = ()

    def read(self, section: str) -> Iterator[PackFile]:
        return self.files.read(self.of(section))

    def of(self, section: str) -> list[str]:
        return [path for path in self.paths if _section(path) == section]


def _packs(knowledge: Path) -> list[PackFiles]:
    found: list[PackFiles] = []
    for entry in sorted(knowledge.iterdir()) if knowledge.is_dir() else ():
        shown = f"knowledge/{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            found.append(FolderFiles(entry, shown))
        elif entry.suffix.lower() == ".zip":
            found.append(ZipFiles(entry, shown))
    if not found:
        raise pack_refused("knowledge", "no_packs", path="knowledge/")
    return found


def _open(files: PackFiles) -> _OpenPack:
    paths = tuple(files.paths())
    if MANIFEST not in paths:
        raise pack_refused(files.shown, "no_manifest")
    file = next(iter(files.read([MANIFEST])))
    manifest = read_manifest(file.data, file.shown)
    if not any(_section(path) in SECTIONS for path in paths):
        raise pack_refused(files.shown, "empty_pack")
    vocabulary = Vocabulary.shipped().extended(manifest.aliases)
    pack = Pack(manifest.name, manifest.language, manifest.currency, vocabulary)
    return _OpenPack(pack, files, paths, tuple(shop_promotions(manifest, pack.source(file, "promotions"))))


def _check_names(packs: Sequence[_OpenPack]) -> None:
    """Sources name the pack: two of one name could not be told apart."""
    names: set[str] = set()
    for opened in packs:
        if opened.pack.name in names:
            raise pack_refused(f"{opened.files.shown}/{MANIFEST}", "same_pack_name", name=opened.pack.name)
        names.add(opened.pack.name)


def _section(path: str) -> str:
    parts = PurePosixPath(path).parts
    return parts[0] if len(parts) > 1 else ""


class _Asked(Container[str]):
    """Takes every name for a product's, and remembers which were asked for: what file names might name."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return True


@dataclass(slots=True)
class _Folder:
    """The reading of a store's packs: what was seen where, so that nothing is taken twice."""

    packs: Sequence[_OpenPack]
    readers: Sequence[Reader]
    titles: TitleWords = field(default_factory=TitleWords.shipped)
    seen: dict[str, str] = field(default_factory=dict)  # what -> where it was read first
    on_pages: dict[str, list[Product]] = field(default_factory=dict)  # what pages state of products
    by_file_name: set[str] = field(default_factory=set)
    entries: dict[str, int] = field(default_factory=dict)  # by pack
    remarked: set[tuple[str, str]] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)  # of all packs: a product may show any of them

    def items(self) -> Iterator[Item | Media | Refusal]:
        self.pictures = {path for opened in self.packs for path in opened.of(MEDIA)}
        self._look_at_pages()
        for opened in self.packs:
            yield from self._products(opened)
        yield from self._products_of_pages()
        for opened in self.packs:
            known = replace(opened.pack, known_products=frozenset(self._product_ids()))
            for section in _TEXTS:
                for file in opened.read(section):
                    yield from self._texts(file, known)
            for promotion in opened.promotions:
                yield from self._taken(promotion, known)
            yield from opened.files.media(opened.of(MEDIA))
            yield from self._unread(opened)
            if not self.entries.get(opened.pack.name):
                raise pack_refused(opened.files.shown, "empty_pack")

    def _look_at_pages(self) -> None:
        """Learn what pages state of products, before the catalogue is read: a product is handed out once, and whole."""
        for opened in self.packs:
            asked = _Asked()
            pack = replace(opened.pack, known_products=asked)
            for file in opened.read(_PAGES):
                before = len(asked.names)
                reader = self._reader(file)
                for item in reader.read(file, pack) if reader else ():
                    if isinstance(item, Product):
                        self.on_pages.setdefault(item.id, []).append(item)
                if len(asked.names) > before:
                    self.by_file_name.add(file.stem)

    def _products(self, opened: _OpenPack) -> Iterator[Item | Refusal]:
        for file in opened.read(_CATALOGUE):
            reader = self._reader(file)
            if reader is None:
                yield self._no_reader(file)
                continue
            skipping = ""
            for item in reader.read(file, opened.pack):
                if isinstance(item, Product):
                    place = f"{file.shown} {item.source.locator}"
                    first = self.seen.setdefault(f"product {item.id}", place)
                    skipping = "" if first is place else item.id
                    if skipping:
                        row = _row(item.source.locator)
                        yield refusal(file.shown, row, "duplicate_product", id=item.id, first=first)
                        continue
                    yield from self._product(item, opened)
                elif isinstance(item, Refusal) or not skipping or item.product_id != skipping:
                    yield from self._taken(item, opened.pack)

    def _product(self, read: Product, opened: _OpenPack) -> Iterator[Item | Refusal]:
        product = self._whole(read, opened.pack.vocabulary)
        yield from self._taken(product, opened.pack)
        if product.image.startswith(f"{MEDIA}/") and product.image not in self.pictures:
            file = f"{opened.files.shown}/{product.source.file}"
            row = _row(product.source.locator)
            missing = remark(file, row, "missing_picture", id=product.id, image=product.image)
            yield from self._taken(missing, opened.pack)

    def _whole(self, product: Product, vocabulary: Vocabulary) -> Product:
        for page in self.on_pages.pop(product.id, ()):
            product = merged(product, page, vocabulary)
        return complete(product, vocabulary, self.titles)

    def _products_of_pages(self) -> Iterator[Item | Refusal]:
        """Products that no catalogue file describes but a page names; a file name alone makes no product."""
        packs = {opened.pack.name: opened for opened in self.packs}
        for product_id, pages in [*self.on_pages.items()]:
            first, *others = pages
            if product_id in self.by_file_name and not any(page.price for page in pages):
                continue
            opened = packs[first.source.pack]
            self.on_pages[product_id] = others
            self.seen[f"product {product_id}"] = f"{opened.files.shown}/{first.source.file}"
            yield from self._product(first, opened)

    def _texts(self, file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
        reader = self._reader(file)
        if reader is None:
            yield self._no_reader(file)
            return
        for item in reader.read(file, pack):
            if isinstance(item, Product):
                continue  # handed out with the catalogue
            if isinstance(item, Faq | Fact) and item.product_id and f"product {item.product_id}" not in self.seen:
                unknown = remark(file.shown, _row(item.source.locator), "unknown_product", id=item.product_id)
                yield from self._taken(unknown, pack)
            yield from self._taken(item, pack, file)

    def _taken(self, item: Item | Refusal, pack: Pack, file: PackFile | None = None) -> Iterator[Item | Refusal]:
        """The item, unless the very same was there before."""
        if isinstance(item, Refusal):
            if item.remark and (item.file, item.reason) in self.remarked:
                return  # an unknown column is remarked once, not on each of its rows
            self.remarked.add((item.file, item.reason))
            yield item
            return
        if file is not None and isinstance(item, Faq | Fact):
            place = f"{file.shown} {item.source.locator}"
            first = self.seen.setdefault(item.id, place)
            if first is not place:
                yield refusal(file.shown, _row(item.source.locator), "duplicate_faq", first=first)
                return
        self.entries[pack.name] = self.entries.get(pack.name, 0) + 1
        yield item

    def _reader(self, file: PackFile) -> Reader | None:
        return next((reader for reader in self.readers if reader.claims(file)), None)

    def _no_reader(self, file: PackFile) -> Refusal:
        expected = (part for reader in self.readers for part in reader.expects.split(", "))
        here = ", ".join(sorted({part for part in expected if part.startswith(f"{file.section}/")}))
        return refusal(file.shown, 0, "no_reader", section=file.section, expected=here)

    def _unread(self, opened: _OpenPack) -> Iterator[Refusal]:
        for path in opened.paths:
            if path != MANIFEST and _section(path) not in (*SECTIONS, MEDIA):
                yield remark(f"{opened.files.shown}/{path}", 0, "stray_file")

    def _product_ids(self) -> Iterator[str]:
        return (name.removeprefix("product ") for name in self.seen if name.startswith("product "))


def _row(locator: str) -> int:
    """The number in "row 12"; 0 where the locator names no row."""
    number = locator.rpartition(" ")[2]
    return int(number) if number.isascii() and number.isdigit() else 0
