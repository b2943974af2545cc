"""From bytes to text: UTF-8, UTF-16 and GB18030 (which contains GBK), told apart by what they hold."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from knowledge.readers.reasons import pack_refused

_SAMPLE = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# C0 controls but tab and newline, DEL, C1, zero-width space, BOM inside text, lone surrogates.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u200b\ufeff\ud800-\udfff]")


def decode(data: bytes, file: str) -> str:
    """The text of `data`, line ends as "\\n". Raises PackRefused naming the byte where it stops being text."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _unified(_strict(data, encoding, file))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and _mostly_utf8(data):
            raise pack_refused(file, "cut_off", what="a character", what_zh="一个字") from error
        if _mostly_utf8(data):
            raise pack_refused(file, "not_text", offset=error.start) from error
        return _unified(_legacy(data, file, error.start))
    if "\x00" in text[:_SAMPLE]:  # UTF-16 without its mark is valid UTF-8 where the text is Latin
        return _unified(_legacy(data, file, data.index(0)))
    return _unified(text)


def clean(text: str) -> str:
    """Without control characters, lone surrogates and zero-width marks; white space at the ends removed."""
    return _UNWANTED.sub("", text).strip()


def _strict(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise pack_refused(file, "not_text", offset=error.start) from error


def _legacy(data: bytes, file: str, offset: int) -> str:
    if data[:_SAMPLE].count(0):
        wide = _utf16_without_mark(data)
        if wide is None:
            raise pack_refused(file, "not_text", offset=offset)
        return wide
    # Nearly any bytes are "valid" GB18030: either the detector or the look of the text has to agree.
    best = from_bytes(data[:_SAMPLE], cp_isolation=["gb18030"], enable_fallback=False).best()
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise pack_refused(file, "not_text", offset=max(offset, error.start)) from error
    if best is None and not _looks_chinese(text[:_SAMPLE]):
        raise pack_refused(file, "not_text", offset=offset)
    return text


def _mostly_utf8(data: bytes) -> bool:
    """Whether this is UTF-8 damaged in a few places, not another encoding."""
    foreign = [character for character in data.decode("utf-8", "replace") if ord(character) > 127]
    return bool(foreign) and foreign.count("\ufffd") / len(foreign) < 0.2


def _looks_chinese(text: str) -> bool:
    """Short files are too little for the detector; here most characters beyond ASCII must be common ideographs."""
    foreign = [character for character in text if ord(character) > 127]
    common = sum(1 for character in foreign if _is_common(character))
    return bool(foreign) and common / len(foreign) > 0.9


def _is_common(character: str) -> bool:
    if character in "，。！？；：、（）【】《》“”‘’·￥…—℃×":
        return True
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3)  # level-one ideographs, punctuation, full-width Latin


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[: _SAMPLE - _SAMPLE % 2]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    try:
        return data.decode("utf-16-le" if odd >= even else "utf-16-be")
    except UnicodeDecodeError:
        return None


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
