"""Sizes of clothes and shoes."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.nlu.slots.line import Line, Placed

_LETTERS = "(?:[2-6]xl|x{1,4}l|x{1,3}s|[sml])"
_NUMBER = r"\d{2,3}(?:\.5)?"
_WORDS = "(?:(?:extra |x-)?(?:small|large)|medium)"
_START, _END = "(?<![a-z0-9])", "(?![a-z0-9])"
_NO_LENGTH = r"(?!(?<=\d)\s?(?:[*x\"']|feet|foot|ft|inch|cm|mm|m\b))"  # "size 5*6 feet" is that of a bed
_PATTERNS = tuple(
    map(
        regex.compile,
        (
            # In each, the group `size` is what is called so; the whole match is what was said.
            rf"(?<![\d.a-z])(?P<size>{_NUMBER}|[1-9](?:\.5)?)码(?![段率])",
            rf"(?<![\d.a-z])(?P<size>{_NUMBER})号(?=的?[鞋裤裙])",
            rf"(?<=穿|鞋码)(?P<size>{_NUMBER})号?(?![\d.a-z元块天年次个月双条件])",
            rf"(?:尺码|鞋码|码数|号码|大小)[是为选要:：\s]*(?P<size>{_NUMBER}|{_LETTERS})(?![a-z0-9.厘毫米寸*×-])",
            rf"(?<![a-z0-9-])(?:uk|usa?|eur?)\s?(?:size\s?)?(?P<size>\d{{1,2}}(?:\.5)?|{_LETTERS})(?![a-z0-9.%])",
            rf"{_START}sizes?[\s:]\s?(?:is |of |in )?(?:an? )?"
            rf"(?P<size>\d{{1,3}}(?:\.5)?|{_LETTERS}|{_WORDS})(?![a-z0-9.]){_NO_LENGTH}",
            rf"(?:(?<=\b(?:in|an?|the) )|(?<=\bin an? ))(?P<size>{_WORDS})(?= size| one|[,.!?]|$)",
            rf"(?<=\bin (?:an? )?)(?P<size>{_LETTERS})(?![a-z0-9.'])",
            r"(?<![a-z0-9#.-])(?P<size>[2-6]xl|x{1,4}l|x{2,3}s|xs)(?![a-z0-9-])",
            r"(?<![a-z0-9-]|\d )(?P<size>[sml])(?=码|号|的|够|还有|有货|有吗|合适|大吗|小吗)[码号]?",
            rf"(?<=[穿拿换选件条双套](?:成|个)?)(?P<size>{_LETTERS})(?![a-z0-9-])",
            rf"(?<!\d)(?P<size>1[4-9]\d/\d{{2,3}}[abcy]){_END}",
            "(?P<size>均码)",
            "(?P<size>加[大小]|特大)[码号]",
            r"(?<!\p{Han})(?P<size>[大中小])[码号](?!码)",
            "(?<=[要换买拿穿选成是有])(?P<size>[大中小])[码号](?![码段])",
            "(?P<size>[大中小])码(?=的|吗|有)",
            "(?<!型)(?P<size>[大中])号(?=的|吗|有|会|够)",
            "(?<!个)(?P<size>小)号(?=的|吗|有货|还有|会|够)",  # but not an account beside the main one ("用小号领券")
        ),
    )
)
_CODES = {
    **{"extra small": "XS", "x-small": "XS", "small": "S", "medium": "M", "large": "L"},
    **{"extra large": "XL", "x-large": "XL"},
    **{"小": "S", "中": "M", "大": "L", "加大": "XL", "特大": "XL", "加小": "XS"},
}
_SYSTEM = regex.compile("(?P<country>uk|us|eu)[ar]?")
_CUE = regex.compile(r"[码号\d]|[smlx](?![a-z])|small|medium|large")


class SizeFinder:
    """size."""

    def find(self, line: Line) -> Iterator[Placed]:
        if not _CUE.search(line.even):
            return
        for pattern in _PATTERNS:
            for match in pattern.finditer(line.even):
                value = _CODES.get(match["size"], match["size"].upper())
                if system := _SYSTEM.match(match.group()):
                    value = f"{system['country'].upper()} {value}"
                yield line.place("size", value, match.start(), match.end(), 2)
