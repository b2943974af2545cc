"""HTML as blocks: what a reader of the page sees, without scripts, navigation and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.domain.commerce import Source
from assistant.domain.ids import ProductId
from assistant.domain.packs import Prose
from knowledge.readers.blocks import Block, Heading, Items, Pairs, Table, Text, content_of
from knowledge.readers.encoding import clean
from knowledge.readers.reasons import pack_refused
from knowledge.readers.texts import language_of

_SKIPPED = frozenset(
    ("script", "style", "nav", "footer", "aside", "noscript", "template", "svg", "form", "button", "select", "iframe",
     "input", "textarea", "dialog", "head", "canvas", "audio", "video", "object")
)  # fmt: skip
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins",
     "kbd", "label", "mark", "picture", "q", "s", "small", "source", "span", "strong", "sub", "sup", "time", "tt", "u",
     "var", "wbr")
)  # fmt: skip
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_SKIPPED_ROLES = frozenset(("navigation", "contentinfo", "banner", "search", "dialog"))
_CHROME = re.compile(r"\b(?:breadcrumbs?|cookie|navbar|sidebar|site-header|site-footer)\b", re.IGNORECASE)
_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*\n\s*(?=[\u3000-\u9fff\uff00-\uffef])")
_LINE = "\u2028"  # what <br> stands for until the text around it is folded
# Elements that must be closed: how deep these are nested is how deep the page is. Parsers slow down with its square.
_CLOSED = re.compile(
    r"<(/?)(?:div|section|article|span|table|ul|ol|dl|blockquote|b|i|em|strong|font|a)\b", re.IGNORECASE
)
_MAX_DEPTH = 4000


def parse_html(text: str, file: str) -> LexborHTMLParser:
    """The page. Raises PackRefused where it is nested so deeply that parsing it would not end in good time."""
    depth = 0
    for match in _CLOSED.finditer(text):
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > _MAX_DEPTH:
            raise pack_refused(file, "html_too_deep", row=text.count("\n", 0, match.start()) + 1, limit=_MAX_DEPTH)
    return LexborHTMLParser(text)


def html_blocks(tree: LexborHTMLParser) -> Iterator[Block]:
    """The blocks of the page's main part (`<main>` or `<article>`, where there is just one), in order."""
    root = _main_part(tree)
    if root is None:
        return
    walk: list[tuple[LexborNode, bool]] = [(root, False)]
    inline: list[str] = []
    while walk:  # by hand: a page may be nested deeper than Python recurses
        node, leaving = walk.pop()
        tag = node.tag or ""
        if leaving:
            yield from _flushed(inline)
        elif tag == "-text":
            inline.append((node.text_content or "").replace(_LINE, " "))
        elif tag == "br":
            inline.append(_LINE)
        elif tag.startswith("-") or tag in _SKIPPED or _is_chrome(node):
            continue
        elif tag in _INLINE:
            walk.extend((child, False) for child in reversed(_children(node)))
        else:
            yield from _flushed(inline)
            block = _block(node, tag)
            if block is not None:
                yield block
            else:
                walk.append((node, True))
                walk.extend((child, False) for child in reversed(_children(node)))
    yield from _flushed(inline)


def html_prose(html: str, language: str, source: Source, product_id: ProductId | None) -> Iterator[Prose]:
    """The prose of a fragment, such as a description written in HTML. Raises PackRefused as `parse_html` does."""
    content = content_of(html_blocks(parse_html(html, source.file)), language, of_product=False)
    for prose in content.prose(language, source, product_id):
        yield Prose(prose.text, language_of(prose.text, language), prose.source, prose.heading, product_id)


def text_of(node: LexborNode) -> str:
    """The text of a node on one line, without what is not shown."""
    parts: list[str] = []
    walk = [node]
    while walk:
        current = walk.pop()
        tag = current.tag or ""
        if tag == "-text":
            parts.append(current.text_content or "")
        elif not tag.startswith("-") and tag not in _SKIPPED:
            if tag not in _INLINE:
                parts.append(" ")
            walk.extend(reversed(_children(current)))
    return _folded("".join(parts))


def _main_part(tree: LexborHTMLParser) -> LexborNode | None:
    for tag in ("main", "article"):
        found = tree.css(tag)
        if len(found) == 1 and len(found[0].text_lexbor().strip()) > 20:
            return found[0]
    return tree.body


def _is_chrome(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or attributes.get("role") in _SKIPPED_ROLES:
        return True
    return bool(_CHROME.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"))


def _block(node: LexborNode, tag: str) -> Block | None:
    """The element as a block of its own, or None where its children have to be looked at."""
    if tag in _HEADINGS:
        text = text_of(node)
        return Heading(int(tag[1]), text) if text else Text("")
    if tag == "table":
        return _table(node)
    if tag == "dl":
        return _definitions(node)
    if tag in ("ul", "ol") and not node.css_first("h1,h2,h3,h4,h5,h6,table,dl"):
        texts = (text_of(child) for child in _children(node) if child.tag == "li")
        items = tuple(text for text in texts if text)
        numbered = tag == "ol" and len(items) > 1
        return Items(tuple(f"{n}. {item}" for n, item in enumerate(items, 1)) if numbered else items)
    return None


def _table(node: LexborNode) -> Block | None:
    if node.css_first("table table") or (node.css_first("td ul, td p + p, td h2, td h3") and not node.css_first("th")):
        return None  # a table for layout
    head: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    keyed = True
    for row in node.css("tr"):
        cells = [cell for cell in _children(row) if cell.tag in ("td", "th")]
        texts = tuple(text for cell in cells for text in _spanned(cell))
        if not any(texts):
            continue
        if not head and not rows and len(cells) > 1 and all(cell.tag == "th" for cell in cells):
            head = texts
            continue
        keyed = keyed and all(cell.tag == ("th", "td")[place % 2] for place, cell in enumerate(cells))
        rows.append(texts)
    caption = node.css_first("caption")
    return Table(head, tuple(rows), text_of(caption) if caption else "", keyed and bool(rows))


def _spanned(cell: LexborNode) -> list[str]:
    """A cell over several columns stands for each of them."""
    span = (cell.attributes.get("colspan") or "1").strip()
    return [text_of(cell)] * (min(int(span), 50) if span.isascii() and span.isdigit() and int(span) else 1)


def _definitions(node: LexborNode) -> Block:
    pairs: list[tuple[str, str]] = []
    term = ""
    walk = list(reversed(_children(node)))
    while walk:
        child = walk.pop()
        if child.tag == "div":
            walk.extend(reversed(_children(child)))
        elif child.tag == "dt":
            term = text_of(child).strip("：: ")
        elif child.tag == "dd" and term:
            pairs.append((term, text_of(child)))
    return Pairs(tuple((key, value) for key, value in pairs if value))


def _flushed(inline: list[str]) -> Iterator[Block]:
    lines = [_folded(line) for line in "".join(inline).split(_LINE)]
    inline.clear()
    text = "\n".join(line for line in lines if line)
    if text:
        yield Text(text)


def _folded(text: str) -> str:
    """White space as a browser shows it; a line break between two Chinese characters is no space."""
    return re.sub(r"\s+", " ", _BREAK.sub("", clean(text)))


def _children(node: LexborNode) -> list[LexborNode]:
    children = []
    child = node.first_child
    while child is not None:
        children.append(child)
        child = child.next
    return children
