"""Phone numbers, by the numbering plans that `phonenumbers` keeps."""

from __future__ import annotations

from collections.abc import Iterator

import phonenumbers
import regex

from assistant.nlu.slots.line import Line, Placed

_WRITTEN_OUT = regex.compile(
    r"(?<![\d+.#])(?:"
    r"(?P<abroad>\+\s?\d[\d ().-]{6,18}\d)"
    r"|(?P<mobile>1[3-9]\d[- ]\d{4}[- ]\d{4})"
    r"|(?P<fixed>\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[- 转]{1,3}\d{1,6})?|[48]00[- ]\d{3,4}[- ]\d{3,4})"
    r"|(?P<american>\(?[2-9]\d{2}\)?[-. ]{1,2}\d{3}[-. ]\d{4})"
    r")(?!\d)"
)
_GROUPS = regex.compile(r"\d(?:[ .-]?\d){6,14}(?![\d-])")
_MOBILE = regex.compile(r"1[3-9]\d{9}")


class Phones:
    """Numbers without a country are read as those of `region` (ISO 3166)."""

    def __init__(self, region: str = "CN") -> None:
        self._region = region
        self._home = str(phonenumbers.country_code_for_region(region))
        self._valid("13800138000", region)  # loads the plan of the region, which takes some milliseconds

    def mobile(self, text: str) -> bool:
        """Whether a number looks like a mobile phone by its digits alone, as Chinese ones do."""
        return _MOBILE.fullmatch(text) is not None and self._valid(text, self._region)

    def written_out(self, line: Line) -> Iterator[Placed]:
        """Phones written as such: with a country, an area or in groups of digits."""
        for match in _WRITTEN_OUT.finditer(line.even):
            kind, text = match.lastgroup or "", match.group()
            region = "US" if kind == "american" else self._region
            if self._valid(text, region):
                plain = text.partition("转")[0]
                yield line.place("phone", self._digits(plain), match.start(), match.end(), 2)

    def told(self, line: Line, start: int, end: int, *, near: bool) -> Placed | None:
        """A number that the words before it call a phone; only its length must fit."""
        if near and (groups := _GROUPS.match(line.even, start)):
            end = max(end, groups.end())
        digits = self._digits(line.even[start:end])
        if not digits.isascii() or not 7 <= len(digits) <= 13:
            return None
        if not near and not 8 <= len(digits) <= 11:
            return None
        return line.place("phone", digits, start, end, 3 if near else 2)

    def _valid(self, text: str, region: str) -> bool:
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
        except phonenumbers.NumberParseException:
            return False

    def _digits(self, text: str) -> str:
        """Digits alone; the sign of a country stays unless the number is at home."""
        digits = "".join(character for character in text if character.isdigit())
        if not text.lstrip().startswith("+"):
            return digits
        return digits.removeprefix(self._home) if digits.startswith(self._home) else f"+{digits}"
