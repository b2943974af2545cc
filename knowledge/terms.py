"""Text to terms: what the lexical side of a search compares, for documents and queries alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from opencc import OpenCC

# Scripts without spaces between words, compared by characters and pairs of characters.
_IDEOGRAPHS: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SYLLABLES: Final = "\u3040-\u30ff\uac00-\ud7af"
_WORD: Final = rf"[^\W_{_IDEOGRAPHS}{_SYLLABLES}]+"
_TOKEN: Final = re.compile(rf"(?P<run>[{_IDEOGRAPHS}{_SYLLABLES}]+)|(?P<word>{_WORD}(?:[-./+]{_WORD})*)")
_PART: Final = re.compile(r"[^\W\d_]+|\d+")
_AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?)([^\W\d_]*)")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CHARACTER: Final = re.compile(f"[{_IDEOGRAPHS}{_SYLLABLES}]")
_COMPOUND_LETTERS: Final = 40
_PART_LETTERS: Final = 3
_LONG_PLURAL: Final = re.compile(r"(?:ss|x|z|ch|sh)es$")

# One name for each unit, whatever it is written as. 斤 is half a kilogram and stays itself.
_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "l": ("l", "升", "公升", "litre", "litres", "liter", "liters"),
    "ml": ("ml", "毫升", "cc"),
    "kg": ("kg", "kgs", "公斤", "千克"),
    "g": ("g", "克"),
    "mg": ("mg", "毫克"),
    "斤": ("斤",),
    "m": ("m", "米"),
    "cm": ("cm", "厘米", "公分"),
    "mm": ("mm", "毫米"),
    "inch": ("inch", "inches", "寸", "英寸", "吋"),
    "w": ("w", "瓦"),
    "kw": ("kw", "千瓦"),
    "v": ("v", "伏"),
    "mah": ("mah", "毫安"),
    "h": ("h", "hour", "hours", "小时", "钟头"),
    "min": ("min", "mins", "minute", "minutes", "分钟"),
    "day": ("d", "day", "days", "天", "日"),
    "week": ("week", "weeks", "周", "星期"),
    "month": ("month", "months", "个月", "月"),
    "year": ("y", "year", "years", "年"),
    "元": ("元", "块", "块钱", "rmb", "cny", "yuan"),
    "匹": ("匹", "hp"),
    "码": ("码",),
    "°c": ("°c", "度", "摄氏度"),
}
_SPELLINGS: Final = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings}
_DIGITS: Final = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMERAL: Final = re.compile(
    "(?:(?P<hundreds>[一二两三四五六七八九])百零?)?(?P<tens>[一二三四五六七八九]?十)?(?P<ones>[一二两三四五六七八九])?"
)
_MEASURE: Final = re.compile(
    r"(?:(?<![a-z\d.])(?P<number>\d+(?:\.\d+)?)|(?P<numeral>[零〇一二两三四五六七八九十百]+))\s*"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, _SPELLINGS), key=len, reverse=True))})(?![a-z0-9])"
)


class Analyzer:
    """Prepares text for lexical search. Stateless after construction, and safe to share between threads.

    - width is folded (NFKC), case too, and traditional Chinese becomes simplified;
    - Chinese: every character and every pair of neighbours;
    - words in other scripts: as they are, an English plural as its singular (Harman's S-stemmer);
    - a model number whole, without its hyphens, and in parts of two characters or more:
      "F8033-JE6" -> f8033-je6 f8033je6 f8033 je6 8033 je;
    - a number with a unit, besides its parts, as one term: "80升", "80L" and "80 l" -> 80l, and "两年" -> 2year.
    """

    def __init__(self) -> None:
        self._to_simplified = OpenCC("t2s")

    def fold(self, text: str) -> str:
        """Width and case folded, traditional Chinese as simplified: the form in which texts are compared."""
        return str(self._to_simplified.convert(unicodedata.normalize("NFKC", text.replace("\0", " ")).casefold()))

    def terms(self, text: str) -> list[str]:
        """The terms of `text`, repeated as often as they occur."""
        folded = _THOUSANDS.sub("", self.fold(text))
        measures = list(_measures(folded))
        found = list(measures)
        for token in _TOKEN.finditer(folded):
            if run := token["run"]:
                found.extend(run)
                found.extend(run[start : start + 2] for start in range(len(run) - 1))
            else:
                found.extend(term for term in _word(token["word"]) if term not in measures)
        return found


def is_character(term: str) -> bool:
    """Whether a term is one character of a script without spaces."""
    return _CHARACTER.fullmatch(term) is not None


def splits(word: str) -> list[tuple[str, str]]:
    """The ways to take a Latin word for two that were written together; none for other terms and overlong ones."""
    if not (word.isascii() and word.isalpha() and len(word) <= _COMPOUND_LETTERS):
        return []
    places = range(_PART_LETTERS, len(word) - _PART_LETTERS + 1)
    return [(_singular(word[:place]), word[place:]) for place in places]


def _word(word: str) -> dict[str, None]:
    """The terms of a word, an amount ("1.50kg") or a model number; each once."""
    if word.isalpha():
        return {_singular(word): None}
    if amount := _AMOUNT.fullmatch(word):
        number, unit = _number(amount[1]), amount[2]
        return dict.fromkeys([number + unit, number, unit] if unit else [number])
    parts = re.split(r"[-./+]", word)
    pieces = [piece for part in parts for piece in _PART.findall(part)]
    smaller = ["".join(parts), *parts, *pieces]
    return dict.fromkeys([word, *(_singular(piece) for piece in smaller if len(piece) > 1)])


def _measures(folded: str) -> Iterator[str]:
    for match in _MEASURE.finditer(folded):
        number = _number(match["number"]) if match["number"] else _numeral(match["numeral"])
        if number:
            yield number + _SPELLINGS[match["unit"]]


def _numeral(numeral: str) -> str:
    """ "十五" -> "15", "二〇二五" -> "2025", and an empty string for what is no number ("十百")."""
    if all(character in _DIGITS for character in numeral):
        return str(int("".join(str(_DIGITS[character]) for character in numeral)))
    match = _NUMERAL.fullmatch(numeral)
    if match is None:
        return ""
    hundreds, tens, ones = match["hundreds"], match["tens"], match["ones"]
    value = 100 * _DIGITS[hundreds] if hundreds else 0
    value += 10 * _DIGITS.get(tens[:-1], 1) if tens else 0
    return str(value + (_DIGITS[ones] if ones else 0))


def _number(number: str) -> str:
    """A decimal without needless zeros: "1.50" -> "1.5"."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _singular(word: str) -> str:
    """Harman's S-stemmer ("How effective is suffixing?", 1991), and -es after a hiss; English plurals only."""
    if len(word) < 4 or not word.isascii() or not word.endswith("s"):
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if _LONG_PLURAL.search(word):
        return word[:-2]
    return word[:-1] if word[-2] not in "us" else word
