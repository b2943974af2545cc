"""Markdown: pages, policies and FAQs, with front matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from assistant.domain.ids import ProductId
from assistant.domain.packs import Item, Refusal
from assistant.domain.text import LocalText
from knowledge.readers.blocks import Block, Content, Heading, Items, Table, Text, content_of
from knowledge.readers.encoding import clean
from knowledge.readers.faq_entry import make_faq
from knowledge.readers.product_record import read_product
from knowledge.readers.reader import Pack, PackFile
from knowledge.readers.reasons import pack_refused, refusal
from knowledge.readers.texts import language_of, language_tag, plain_text
from knowledge.readers.yaml_file import read_mapping

_FENCE = "---"


class Markdown:
    expects = "pages/*.md, policies/*.md, faq/*.md"

    def claims(self, file: PackFile) -> bool:
        return file.section in ("pages", "policies", "faq") and file.suffix in (".md", ".markdown")

    def read(self, file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
        """Raises PackRefused when the front matter is not valid or never ends."""
        page = _page(file, pack)
        if file.section == "faq":
            yield from _faqs(page)
        else:
            yield from _pages(page)


@dataclass(frozen=True, slots=True)
class _Page:
    file: PackFile
    pack: Pack  # in the page's language
    title: str
    product_id: str
    url: str
    blocks: tuple[tuple[int, Block], ...]  # each with its line


def _page(file: PackFile, pack: Pack) -> _Page:
    text = file.text()
    matter, body, first = _front_matter(text, file)
    product_id = plain_text(matter.get("product"))
    if not product_id and file.section == "pages" and file.stem in pack.known_products:
        product_id = file.stem
    try:
        blocks = tuple((line + first, block) for line, block in markdown_blocks(body))
    except RecursionError as error:
        raise pack_refused(file.shown, "markdown_too_deep") from error
    return _Page(
        file=file,
        pack=replace(pack, language=language_tag(matter.get("language"), language_of(body, pack.language))),
        title=plain_text(matter.get("title")),
        product_id=product_id,
        url=plain_text(matter.get("url")),
        blocks=blocks,
    )


def _front_matter(text: str, file: PackFile) -> tuple[dict[str, object], str, int]:
    """The front matter, the body, and the number of the line before the body's first."""
    lines = text.lstrip("\ufeff").split("\n")
    if lines[0].rstrip() != _FENCE:
        return {}, text, 0
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() in (_FENCE, "...")), None)
    if end is None:
        if any(":" in line for line in lines[1:4]):
            raise pack_refused(file.shown, "cut_off", row=len(lines), what="the front matter", what_zh="文首信息")
        return {}, text, 0  # a rule at the top of the page
    matter = read_mapping("\n".join(lines[1:end]).encode("utf-8", "replace"), file.shown, first_line=2)
    return matter, "\n".join(lines[end + 1 :]), end + 1


def markdown_blocks(text: str) -> Iterator[tuple[int, Block]]:
    """Blocks with the line each starts on, counted from 1."""
    parser = MarkdownIt("commonmark", {"maxNesting": 50}).enable(["table", "strikethrough"])
    walk = list(reversed(SyntaxTreeNode(parser.parse(text)).children))
    while walk:
        node = walk.pop()
        block = _block(node)
        if block is not None:
            yield (node.map[0] if node.map else 0) + 1, block
        elif node.type not in ("html_block", "hr"):
            walk.extend(reversed(node.children))


def _block(node: SyntaxTreeNode) -> Block | None:
    if node.type == "heading":
        return Heading(int(node.tag[1]), _text(node))
    if node.type == "paragraph":
        return Text(_text(node))
    if node.type in ("bullet_list", "ordered_list"):
        start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        items = [_item(item) for item in node.children]
        return Items(
            tuple(f"{start + n}. {item}" if start is not None else item for n, item in enumerate(items) if item)
        )
    if node.type in ("fence", "code_block"):
        return Text(clean(node.content))
    if node.type == "table":
        rows = [tuple(_text(cell) for cell in row.children) for part in node.children for row in part.children]
        head = rows[0] if any(rows[0]) else ()
        return Table(head, tuple(rows[1:]))
    return None


def _item(item: SyntaxTreeNode) -> str:
    """An item with what is nested in it, on one line."""
    parts = [_text(child) for child in item.walk() if child.type in ("paragraph", "heading")]
    return " ".join(part for part in parts if part)


def _text(node: SyntaxTreeNode) -> str:
    """The words of a node without marks; a link is its text, a picture nothing."""
    parts = []
    for child in node.walk():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type == "hardbreak" or (child.type == "html_inline" and child.content.startswith("<br")):
            parts.append("\n")
        elif child.type == "softbreak":
            # A line of source ends here. Chinese has no space between its words.
            parts.append("" if parts and parts[-1] and ord(parts[-1][-1]) > 0x2E80 else " ")
    return clean("".join(parts))


def _pages(page: _Page) -> Iterator[Item | Refusal]:
    of_product = bool(page.product_id)
    content = content_of((block for _, block in page.blocks), page.pack.language, of_product=of_product)
    taken = False
    if of_product:
        for item in read_product(_record(page, content), page.file, page.pack, 1, locator="page"):
            taken = taken or not isinstance(item, Refusal)
            yield item
    if page.title and page.title != content.title:
        content.sections = [((page.title, *path), lines) for path, lines in content.sections]
    source = page.pack.source(page.file, "", page.url)
    for prose in content.prose(page.pack.language, source, ProductId(page.product_id) if of_product else None):
        taken = True
        yield prose
    if not taken:
        yield refusal(page.file.shown, 0, "no_text")


def _record(page: _Page, content: Content) -> dict[str, object]:
    return {
        "id": page.product_id,
        "title": page.title or content.title or page.product_id,
        "url": page.url,
        "attributes": [{"key": key, "value": value} for key, value in content.pairs],
        "size_tables": content.size_tables,
    }


def _faqs(page: _Page) -> Iterator[Item | Refusal]:
    """Each heading of the deepest level used is a question, what follows it is the answer."""
    deepest = max((block.level for _, block in page.blocks if isinstance(block, Heading)), default=0)
    if not deepest:
        yield refusal(page.file.shown, 0, "no_text")
        return
    starts = [index for index, (_, block) in enumerate(page.blocks) if _is_heading(block, deepest)]
    for start in starts:
        line, heading = page.blocks[start]
        question = heading.text if isinstance(heading, Heading) else ""
        answer = _answer(page.blocks[start + 1 :], page.pack.language)
        if not question:
            yield refusal(page.file.shown, line, "blank_question")
        elif not answer:
            yield refusal(page.file.shown, line, "blank_answer", question=question)
        else:
            yield make_faq(
                LocalText.one(page.pack.language, question),
                LocalText.one(page.pack.language, answer),
                page.pack.source(page.file, f"line {line}", page.url),
                product_id=ProductId(page.product_id) if page.product_id else None,
            )


def _is_heading(block: Block, level: int) -> bool:
    return isinstance(block, Heading) and block.level == level


def _answer(following: Sequence[tuple[int, Block]], language: str) -> str:
    blocks: list[Block] = []
    for _, block in following:
        if isinstance(block, Heading):
            break
        blocks.append(block)
    content = content_of(blocks, language, of_product=False)
    lines = [line for _, section in content.sections for line in section]
    return "\n".join(line.strip("| ") if line.startswith("| ") else line for line in lines)
