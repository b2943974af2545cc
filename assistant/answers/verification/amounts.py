"""Amounts in a folded text: numbers with their units, dates, times of day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import regex

from assistant.answers.verification.lexicon import Unit, longest_first

_DIGITS = dict(zip("零一二两三四五六七八九", (0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_SPELLED = {
    **{
        word: number
        for number, word in enumerate(
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1
        )
    },
    **{"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60},
    **{"ninety": 90, "hundred": 100, "once": 1},
}
_MONTHS = {
    name[:size]: number
    for number, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
    for size in (3, len(name))
} | {"sept": 9}
_MONTH = longest_first(_MONTHS)
_SIGNS = {"¥": "money", "$": "dollar", "€": "euro", "£": "pound"}
_HALVES = {
    "下午": 12,
    "晚上": 12,
    "傍晚": 12,
    "pm": 12,
    "p.m.": 12,
    "上午": 0,
    "早上": 0,
    "凌晨": 0,
    "中午": 0,
    "am": 0,
    "a.m.": 0,
}
_NOON = 12
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE = r"[零一二两三四五六七八九十百千万]+"
_BETWEEN = regex.compile(r"\s*(?:-|~|–|—|−|至|到|to|或|or|and|和|、|,|×|x|\*|/)\s*")
_DAY = (
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?",
    r"(?P<y>\d{4})\s*年(?:\s*(?P<m>\d{1,2})\s*月(?:份)?)?",
    r"(?<!\d)(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?",
    r"(?<!\d)(?P<m>\d{1,2})\s*月(?:份)?",
    rf"(?<![a-z\d])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<mon>{_MONTH})\.?(?![a-z])(?:,?\s+(?P<y>\d{{4}})(?!\d))?",
    rf"(?<![a-z])(?P<mon>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y>\d{{4}})(?!\d))?",
    rf"(?<![a-z])(?P<mon>{_MONTH})\.?\s+(?P<y>\d{{4}})(?!\d)",
)
_CLOCK = (
    r"(?:(?P<half>上午|下午|晚上|早上|凌晨|傍晚|中午)\s*)?(?<!\d)(?P<h>\d{1,2}):(?P<min>\d{2})(?!\d)(?:\s*(?P<after>[ap]m|[ap]\.m\.))?",
    r"(?<![\d.])(?P<h>\d{1,2})\s*(?P<after>[ap]m|[ap]\.m\.)(?![a-z])",
    r"(?:(?P<half>上午|下午|晚上|早上|凌晨|傍晚|中午)\s*)?(?<![\d.])(?P<h>\d{1,2})\s*(?:点钟?|时)(?!\d*期)(?:(?P<min>\d{1,2})分?|(?P<thirty>半))?",
    r"(?P<zero>零时|零点|0点)",
)


_COUNTED = frozenset({"number", "size", "times", "instalment", "points", "level", "ordinal"})


@dataclass(frozen=True, slots=True)
class Amount:
    """kind: of its unit ("length"), "date", "clock", "ordinal", or "number" where no unit is written.

    value: in the kind's base unit; of a date year, month and day, each None where it is not said. one: "a", "one", 一,
    which may stand for no number at all.
    """

    start: int
    end: int
    kind: str
    value: Decimal | tuple[int | None, ...]
    one: bool = False

    @property
    def family(self) -> str:
        """Kinds that may be taken for each other, as what is counted may be told without its unit."""
        return "counted" if self.kind in _COUNTED or self.kind.startswith("count") else self.kind

    def equals(self, other: Amount) -> bool:
        if isinstance(self.value, tuple) or isinstance(other.value, tuple):
            return self.kind == other.kind and _same_day(self.value, other.value)
        if self.value != other.value:
            return False
        if self.kind == other.kind:
            return True
        loose = {self.kind, other.kind} & {"number", "count"}
        return bool(loose) and self.family == other.family == "counted"


def _same_day(one: object, other: object) -> bool:
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return False
    (year, *day), (other_year, *other_day) = one, other
    return day == other_day and (year is None or other_year is None or year == other_year)


class AmountReader:
    def __init__(self, units: Mapping[str, Unit]) -> None:
        self._units = units
        unit = rf"(?P<unit>{longest_first(units)})(?:(?<![a-z])|(?![a-z]))"
        self._patterns = tuple(
            (name, regex.compile(pattern))
            for name, patterns in (
                ("date", _DAY),
                ("clock", _CLOCK),
                ("sign", (rf"(?P<sign>[¥$€£])\s*(?P<number>{_NUMBER})(?P<times>[万千]?)",)),
                (
                    "ordinal",
                    (
                        r"第\s*(?P<number>\d+|[一二三四五六七八九十]+)(?!次)",
                        r"(?<![a-z\d])(?P<number>\d+)(?:st|nd|rd|th)(?![a-z])",
                    ),
                ),
                ("measure", (rf"(?<![\d.])(?P<number>{_NUMBER})(?P<times>[万千]?)\s*-?\s*{unit}",)),
                ("chinese", (rf"(?P<chinese>{_CHINESE}|半)\s*{unit}",)),
                ("spelled", (rf"(?<![a-z])(?P<spelled>{longest_first(_SPELLED)})(?![a-z])(?:[\s-]+{unit})?",)),
                ("number", (rf"(?<![\d.a-z_-])(?P<number>{_NUMBER})(?![\d]|[-_]?[a-z])(?P<times>[万千]?)",)),
            )
            for pattern in patterns
        )

    def find(self, folded: str) -> list[Amount]:
        """All amounts of a text, in order, each place read once."""
        taken = [False] * len(folded)
        found: list[Amount] = []
        if not _MAY_HOLD.search(folded):
            return found
        for name, pattern in self._patterns:
            for match in pattern.finditer(folded):
                if any(taken[match.start() : match.end()]):
                    continue
                amount = self._read(name, match)
                if amount is not None:
                    found.append(amount)
                    taken[amount.start : amount.end] = [True] * (amount.end - amount.start)
        found.sort(key=lambda amount: amount.start)
        return list(_with_shared_units(found, folded, self._units))

    def _read(self, name: str, match: regex.Match[str]) -> Amount | None:
        start, end = match.span()
        group = match.groupdict()
        match name:
            case "date":
                return _date(start, end, group)
            case "clock":
                return _clock(start, end, group)
            case "sign":
                return Amount(start, end, _SIGNS[group["sign"]], _digits(group))
            case "ordinal":
                number = group["number"]
                return Amount(start, end, "ordinal", Decimal(number) if number.isdigit() else _chinese(number))
            case "number":
                return Amount(start, end, "number", _digits(group))
        return self._measured(name, start, end, group)

    def _measured(self, name: str, start: int, end: int, group: Mapping[str, str]) -> Amount | None:
        unit = self._units[group["unit"]] if group.get("unit") else Unit("number", Decimal(1))
        if name == "measure":
            number = _digits(group)
        elif name == "spelled":
            number = Decimal(_SPELLED[group["spelled"]])
        else:
            number = Decimal("0.5") if group["chinese"] == "半" else _chinese(group["chinese"])
        value = number * unit.factor
        if unit.kind == "tenths" and value >= 10:
            value /= 10  # 95折 is 9.5折
        loose = unit.kind in ("number", "times") or unit.kind.startswith("count")
        return Amount(start, end, unit.kind, value, one=name != "measure" and number == 1 and loose)


_MAY_HOLD = regex.compile(rf"[\d零一二两三四五六七八九十百千万半]|{longest_first(_SPELLED)}")


def _date(start: int, end: int, group: Mapping[str, str | None]) -> Amount | None:
    month = _MONTHS[written] if (written := group.get("mon")) else _int(group.get("m"))
    year, day = _int(group.get("y")), _int(group.get("d"))
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    return Amount(start, end, "date", (year, month, day))


def _clock(start: int, end: int, group: Mapping[str, str | None]) -> Amount | None:
    if group.get("zero"):
        return Amount(start, end, "clock", Decimal(0))
    hour, minute = int(group["h"] or 0), 30 if group.get("thirty") else int(group.get("min") or 0)
    half = group.get("half") or group.get("after")
    if half and hour <= _NOON:
        hour = hour if half == "中午" else hour % _NOON + _HALVES[half]
    return Amount(start, end, "clock", Decimal(hour * 60 + minute)) if hour <= 24 and minute < 60 else None


def _with_shared_units(found: list[Amount], folded: str, units: Mapping[str, Unit]) -> Iterator[Amount]:
    """In "1-2 天" the unit is that of both, in "15 to 25 january" the month."""
    for place in range(len(found) - 2, -1, -1):
        first, second = found[place], found[place + 1]
        if first.kind != "number" or not _BETWEEN.fullmatch(folded, first.end, second.start):
            continue
        if second.kind == "date" and isinstance(second.value, tuple) and isinstance(first.value, Decimal):
            year, month, _ = second.value
            found[place] = replace(first, kind="date", value=(year, month, int(first.value)))
        elif isinstance(second.value, Decimal) and isinstance(first.value, Decimal) and second.kind != "clock":
            factor = _factor(second, folded, units)
            found[place] = replace(first, kind=second.kind, value=first.value * factor)
    for place in range(1, len(found)):
        before, amount = found[place - 1], found[place]
        range_ = regex.fullmatch(r"\s*[-~–—]\s*", folded[before.end : amount.start])
        if range_ and amount.kind == "number" and before.kind in _SIGNS.values():
            found[place] = replace(amount, kind=before.kind)
    yield from found


def _factor(amount: Amount, folded: str, units: Mapping[str, Unit]) -> Decimal:
    written = folded[amount.start : amount.end]
    unit = next(
        (units[spelling] for spelling in sorted(units, key=len, reverse=True) if written.endswith(spelling)), None
    )
    return unit.factor if unit else Decimal(1)


def _digits(group: Mapping[str, str]) -> Decimal:
    times = {"万": 10_000, "千": 1000}.get(group.get("times") or "", 1)
    return Decimal(group["number"].replace(",", "")) * times


def _chinese(text: str) -> Decimal:
    """三千二百 is 3200, 九五 is 95."""
    if len(text) > 1 and all(character in _DIGITS for character in text):
        return Decimal("".join(str(_DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in _TENS:
            total += (digit or (1 if not total else 0)) * _TENS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return Decimal(total + digit)


def _int(text: str | None) -> int | None:
    return int(text) if text else None
