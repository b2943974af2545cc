"""A page as a row of blocks (headings, text, lists, tables), and what they state: attributes, size tables, prose.

HTML and Markdown are both read into blocks, so that a table means the same in either.

In prose a list item is a line that starts with "- ", and a table row one between bars
("| column value；column value |"), so that the build can keep them whole when it cuts the text into passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.domain.commerce import Source
from assistant.domain.ids import ProductId
from assistant.domain.packs import Prose
from knowledge.readers.texts import base_language

_SIZE_WORDS = re.compile(r"尺码|码数|号型|鞋码|\bsizes?\b|^(?:eu|us|uk)\b|size chart", re.IGNORECASE)
_SIZE_LABEL = re.compile(
    r"(?:[2-6]?X{0,3}[SML]|NB|F|均码|one size|\d{2,3}(?:\.5)?|\d{2,3}/\d{2,3}A?)码?", re.IGNORECASE
)
_KEY_HEADS = re.compile(
    r"(?:属性|参数|项目|名称|规格|attribute|specification|spec|name|property|item|feature)s?\W*", re.I
)
_VALUE_HEADS = re.compile(
    r"(?:属性|参数|规格)?(?:值|说明|内容|详情|描述|value|description|details?|content)s?\W*", re.I
)
_PAIR = re.compile(r"(?P<key>[^：:。！？.!?；;，,]{1,24})[：:]\s*(?P<value>\S.{0,119})")


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A definition list, or whatever else names each value."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`head` is empty where no row is marked as one; `keyed` says that each value follows a heading cell."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    keyed: bool = False


Block = Heading | Text | Items | Pairs | Table


@dataclass(slots=True)
class Content:
    """What a page states. `size_tables` are as a product record takes them; `sections` hold heading path and lines."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    size_tables: list[dict[str, object]] = field(default_factory=list)
    sections: list[tuple[tuple[str, ...], list[str]]] = field(default_factory=list)
    title: str = ""

    def prose(self, language: str, source: Source, product_id: ProductId | None) -> Iterator[Prose]:
        """The text under each heading path, which is also the place that an answer names as its source."""
        for path, lines in self.sections:
            if lines:
                place = " > ".join(part for part in (source.locator, *path) if part)
                at = Source(source.pack, source.file, place, source.url)
                yield Prose("\n".join(lines), language, at, path, product_id)


def content_of(blocks: Iterable[Block], language: str, *, of_product: bool) -> Content:
    """What the blocks state. Only on a product's page are tables and lists of pairs read as its attributes."""
    content = Content()
    path: list[Heading] = []
    lines: list[str] = []
    content.sections.append(((), lines))
    for block in blocks:
        if isinstance(block, Heading):
            if not content.title or (block.level == 1 and not any(heading.level == 1 for heading in path)):
                content.title = content.title or block.text
            path = [heading for heading in path if heading.level < block.level] + [block]
            lines = []
            content.sections.append((tuple(heading.text for heading in path), lines))
        elif not (of_product and _typed(block, content, path, language)):
            lines += _lines(block, language)
    return content


def _typed(block: Block, content: Content, path: Sequence[Heading], language: str) -> bool:
    """Take the block as typed statements where it is some; False leaves it to the prose."""
    under = path[-1].text if path else ""
    if isinstance(block, Table):
        sizes = _size_table(block, under, language)
        if sizes:
            content.size_tables.append(sizes)
            return True
        pairs = _table_pairs(block)
    elif isinstance(block, Pairs):
        pairs = block.pairs
    elif isinstance(block, Items):
        pairs = _item_pairs(block.items)
    else:
        return False
    content.pairs += pairs
    return bool(pairs)


def _size_table(table: Table, under: str, language: str) -> dict[str, object] | None:
    head, rows = (table.head, table.rows) if table.head else (table.rows[0], table.rows[1:]) if table.rows else ((), ())
    named = bool(head) and bool(_SIZE_WORDS.search(head[0]))
    if len(head) < 2 or not rows or not (named or (_SIZE_WORDS.search(f"{under} {table.caption}") and _labels(rows))):
        return None
    if len(head) > 2 and all(_SIZE_LABEL.fullmatch(cell) for cell in head[1:]):  # sizes run across: turn it
        grid = [list(column) for column in zip(*_even((head, *rows)), strict=True)]
        return _printed(grid[0], grid[1:], table.caption or under, language)
    if not _labels(rows):
        return None
    return _printed(list(head), [list(row) for row in _even(rows, len(head))], table.caption or under, language)


def _labels(rows: Sequence[Sequence[str]]) -> bool:
    labelled = sum(1 for row in rows if row and _SIZE_LABEL.match(row[0]))
    return labelled * 2 > len(rows)


def _printed(columns: list[str], rows: list[list[str]], caption: str, language: str) -> dict[str, object]:
    return {"caption": caption, "language": language, "columns": columns, "rows": rows}


def _even(rows: Sequence[Sequence[str]], width: int = 0) -> list[list[str]]:
    """Rows of one width: browsers, too, show a short row with empty cells."""
    width = width or max(len(row) for row in rows)
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _table_pairs(table: Table) -> tuple[tuple[str, str], ...]:
    widths = {len(row) for row in table.rows}
    if table.head:
        told = len(table.head) == 2 and _KEY_HEADS.fullmatch(table.head[0]) and _VALUE_HEADS.fullmatch(table.head[1])
        if not told:
            return ()
    elif not table.keyed and widths != {2}:
        return ()
    if not widths <= {2, 4} or (table.head and widths != {2}):
        return ()
    cells = [pair for row in table.rows for pair in zip(row[0::2], row[1::2], strict=False)]
    pairs = tuple((key.strip(" ：:"), value) for key, value in cells if key.strip(" ：:") and value)
    return pairs if all(len(key) <= 40 for key, _ in pairs) else ()


def _item_pairs(items: Sequence[str]) -> tuple[tuple[str, str], ...]:
    matches = [_PAIR.fullmatch(item) for item in items]
    if len(items) < 2 or not all(matches):
        return ()
    return tuple((match["key"].strip(), match["value"].strip()) for match in matches if match)


def _lines(block: Block, language: str) -> Iterator[str]:
    chinese = base_language(language) == "zh"
    colon = "：" if chinese else ": "
    if isinstance(block, Text):
        yield from (line for line in block.text.split("\n") if line.strip())
    elif isinstance(block, Items):
        yield from (f"- {_one_line(item)}" for item in block.items if item)
    elif isinstance(block, Pairs):
        yield from (f"- {_one_line(key)}{colon}{_one_line(value)}" for key, value in block.pairs)
    elif isinstance(block, Table):
        for row in block.rows:
            text = _row_line(block.head, row, "；" if chinese else "; ", colon)
            if text:
                yield f"| {text} |"


def _row_line(head: Sequence[str], row: Sequence[str], separator: str, colon: str) -> str:
    if not head and len(row) == 2:
        return _one_line(colon.join(cell for cell in row if cell))
    names = [*head, *[""] * (len(row) - len(head))]
    cells = (f"{name} {cell}".strip() for name, cell in zip(names, row, strict=False) if cell)
    return _one_line(separator.join(cells))


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).strip()
