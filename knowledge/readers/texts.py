"""Texts that files state: a string in the pack's language, or a map of languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

from assistant.domain.text import LocalText
from knowledge.readers.encoding import clean

_TAG = re.compile(r"(?:[a-z]{2}|yue|cmn|und)(?:-[A-Za-z0-9]{2,8})*")
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def plain_text(value: object) -> str:
    """A string or a number as cleaned text; "" for None and for what cannot be text."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, Decimal):
        if not value.is_finite():
            return ""
        return format(value, "f") if abs(value.adjusted()) <= 30 else str(value)
    if isinstance(value, float):
        return plain_text(Decimal(repr(value)))
    return clean(str(value)) if isinstance(value, str | int) else ""


def local_text(value: object, language: str) -> LocalText | None:
    """The text in its languages, `language` first; None where there is no text in it."""
    if isinstance(value, Mapping):
        if not is_language_map(value):
            return None
        texts = {str(tag): text for tag, item in value.items() if (text := plain_text(item))}
        base = base_language(language)
        ordered = {tag: texts[tag] for tag in sorted(texts, key=lambda tag: base_language(tag) != base)}
        return LocalText.of(ordered) if ordered else None
    if isinstance(value, list):
        parts = [text for item in value if (text := plain_text(item))]
        return LocalText.one(language, "、".join(parts)) if parts and len(parts) == len(value) else None
    text = yes_or_no(value, language) if isinstance(value, bool) else plain_text(value)
    return LocalText.one(language, text) if text else None


def yes_or_no(value: bool, language: str) -> str:
    """How a flag reads: a shopper asks "能机洗吗", not for `true`."""
    positive, negative = ("是", "否") if language.startswith("zh") else ("yes", "no")
    return positive if value else negative


def is_language_map(value: Mapping[Any, object]) -> bool:
    """Whether the keys are language tags, as in `{zh: 重量, en: Weight}`."""
    return bool(value) and all(isinstance(tag, str) and _TAG.fullmatch(tag) for tag in value)


def language_tag(value: object, otherwise: str) -> str:
    """The language that a file declares, or `otherwise` where it declares none that can be one."""
    tag = plain_text(value)
    return tag if is_language_map({tag: ""}) else otherwise


def base_language(tag: str) -> str:
    """ "zh" of "zh-Hant"."""
    return tag.partition("-")[0]


def language_of(text: str, otherwise: str) -> str:
    """ "zh" or "en" where the script leaves no doubt, else `otherwise`; for texts that do not say."""
    chinese, latin = len(_CJK.findall(text)), len(_LATIN.findall(text))
    base = base_language(otherwise)
    if chinese * 4 > latin and chinese >= 2 and base not in ("zh", "ja", "yue"):
        return "zh"
    if latin >= 20 and not chinese and base in ("zh", "ja", "yue"):
        return "en"
    return otherwise


def _as_local_text(value: object) -> LocalText:
    if isinstance(value, LocalText):
        return value
    if isinstance(value, Mapping) and is_language_map(value):
        texts = {str(tag): plain_text(item) for tag, item in value.items()}
        if any(texts.values()):
            return LocalText.of(texts)
    text = plain_text(value)
    if not text:
        raise ValueError("a text, or a map of languages such as {zh: ..., en: ...}, is needed")
    return LocalText.one("und", text)


LocalTextField = Annotated[LocalText, BeforeValidator(_as_local_text)]
"""A field of a YAML file that may be one text (language "und" until its file says which) or a map of languages."""


def in_first(text: LocalText, default: str) -> LocalText:
    """A text that names no language is in the store's first."""
    return LocalText.of({default if tag == "und" else tag: words for tag, words in text.variants})
