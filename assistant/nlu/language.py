"""Which language a message is in, and in which script."""

from __future__ import annotations

import regex

from assistant.domain.folding import is_traditional
from assistant.domain.understanding import Language, Script

_HAN = regex.compile(r"\p{Han}")
_LATIN_WORD = regex.compile(r"\p{Latin}{2,}")
_LATIN = regex.compile(r"\p{Latin}")


def detect(text: str, default: Language) -> Language:
    """Chinese where the message holds Chinese words, English where it holds only Latin ones, else `default`.

    Codes such as "F001" and addresses such as "a@b.org" say nothing. A brand name in a Chinese sentence, or one Chinese
    name in an English sentence of four words and more, does not change the language.
    """
    words = sum(len(_LATIN_WORD.findall(token)) for token in text.split() if not _is_code(token))
    characters = len(_HAN.findall(text))
    if characters and (characters >= words or words < 4):
        traditional = is_traditional(text)
        unclear = not traditional and characters < 5 and default.script is Script.TRADITIONAL
        return Language("zh", Script.TRADITIONAL if traditional or unclear else Script.SIMPLIFIED)
    if words:
        return Language("en", Script.LATIN)
    return default


def _is_code(token: str) -> bool:
    return (any(map(str.isdecimal, token)) or "@" in token or "://" in token) and _LATIN.search(token) is not None


def of_tag(tag: str) -> Language:
    """The language a BCP 47 tag names: zh-TW, zh-HK and zh-Hant are Chinese in traditional script."""
    base, _, rest = tag.partition("-")
    if base.lower() == "zh":
        traditional = rest.lower() in {"tw", "hk", "mo", "hant"} or rest.lower().startswith("hant")
        return Language("zh", Script.TRADITIONAL if traditional else Script.SIMPLIFIED)
    return Language("en", Script.LATIN)


def tag_of(language: Language) -> str:
    """The BCP 47 tag that `of_tag` reads back."""
    return "zh-Hant" if language.script is Script.TRADITIONAL else language.tag
