"""Products as JSON (a list, or one object) and JSON Lines (one a line)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache

from assistant.domain.errors import PackRefused
from assistant.domain.packs import Item, Refusal
from knowledge.readers.product_record import read_product
from knowledge.readers.reader import Pack, PackFile
from knowledge.readers.reasons import pack_refused, refusal

_SPACE = re.compile(r"[ \t\n]*")


class ProductsJson:
    expects = "products/*.json, products/*.jsonl"

    def claims(self, file: PackFile) -> bool:
        return file.section == "products" and file.suffix in (".json", ".jsonl", ".ndjson")

    def read(self, file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
        """Raises PackRefused for JSON that is malformed or cut off; in JSON Lines a malformed line alone is refused."""
        text = file.text()
        if file.suffix == ".json":
            for row, record in _list_entries(text, file.shown):
                yield from read_product(record, file, pack, row)
            return
        lines = text.split("\n")
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json_decoder().decode(line)
            except RecursionError:
                yield refusal(file.shown, number, "too_deep")
            except json.JSONDecodeError as error:
                if number == len(lines) and _is_cut_off(line, error):
                    raise _cut_off(file.shown, number) from error
                yield refusal(file.shown, number, "bad_json", column=error.colno, error=error.msg)
            else:
                yield from read_product(record, file, pack, number)


@cache
def json_decoder() -> json.JSONDecoder:
    """Numbers stay exact; those that are none (NaN, Infinity, 1e99999999999999999999) become Decimal("NaN")."""
    return json.JSONDecoder(
        parse_float=_number, parse_int=lambda digits: int(digits) if len(digits) < 19 else _number(digits),
        parse_constant=lambda _: Decimal("NaN"), strict=False,
    )  # fmt: skip


def _number(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return Decimal("NaN")


def _list_entries(text: str, shown: str) -> Iterator[tuple[int, object]]:
    """The entries of the list with the line that each starts on; an object by itself is a list of one."""
    position = _skip(text, 0)
    if position == len(text):
        return
    if text[position] == "{":
        record, end = _decoded(text, position, shown)
        _nothing_after(text, end, shown)
        yield text.count("\n", 0, position) + 1, record
        return
    if text[position] != "[":
        raise pack_refused(shown, "not_a_list", row=_line(text, position), found=text[position : position + 20])
    yield from _elements(text, position + 1, shown)


def _elements(text: str, position: int, shown: str) -> Iterator[tuple[int, object]]:
    line, counted = 1, 0
    position = _skip(text, position)
    if text[position : position + 1] == "]":
        _nothing_after(text, position + 1, shown)
        return
    while True:
        line, counted = line + text.count("\n", counted, position), position
        record, position = _decoded(text, position, shown)
        position = _skip(text, position)
        following = text[position : position + 1]
        if not following:
            raise _cut_off(shown, _line(text, position))
        if following == "]":  # before the last record is handed out: what follows the list may refuse the file
            _nothing_after(text, position + 1, shown)
            yield line, record
            return
        if following != ",":
            raise _malformed(shown, text, json.JSONDecodeError("Expecting ',' delimiter", text, position))
        yield line, record
        position = _skip(text, position + 1)


def _decoded(text: str, position: int, shown: str) -> tuple[object, int]:
    try:
        return json_decoder().raw_decode(text, position)
    except RecursionError as error:
        raise pack_refused(shown, "too_deep", row=_line(text, position)) from error
    except json.JSONDecodeError as error:
        raise _malformed(shown, text, error) from error


def _malformed(shown: str, text: str, error: json.JSONDecodeError) -> PackRefused:
    if _is_cut_off(text, error):
        return _cut_off(shown, error.lineno)
    return pack_refused(shown, "bad_json", row=error.lineno, column=error.colno, error=error.msg)


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Whether the text simply ends too early, where a correct one would go on."""
    rest = text[error.pos :].strip()
    return not rest or error.msg.startswith("Unterminated string") or "true false null NaN".find(rest) >= 0


def _cut_off(shown: str, line: int) -> PackRefused:
    return pack_refused(shown, "cut_off", row=line, what="a product", what_zh="一个商品的")


def _nothing_after(text: str, position: int, shown: str) -> None:
    end = _skip(text, position)
    if end < len(text):
        raise _malformed(shown, text, json.JSONDecodeError("Extra data", text, end))


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
