"""Days as they are named in Chinese."""

from __future__ import annotations

from datetime import date

from assistant.nlu.slots import days
from assistant.nlu.slots.days import Stretch
from assistant.nlu.slots.rules import Said, rule

_NUMBER = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_WHICH = "下下个?|下个?|这个?|本|上上个?|上个?"
_WEEKS = {"下下": 2, "下": 1, "这": 0, "本": 0, "上": -1, "上上": -2}
_YEARS = {"今": 0, "明": 1, "去": -1}
_WEEKDAYS = {
    name: number % 7
    for number, names in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7"))
    for name in names
}


def _of_year(said: Said) -> Stretch | None:
    """ "11月25号", "明年3月5日"."""
    year = said.group("year")
    written = (said.today.year + _YEARS[year] if year in _YEARS else int(year)) if year else None
    return days.maybe(days.of_year(said.today, said.number("month"), said.number("day"), written, past=said.past))


def _part_of_year(said: Said) -> Stretch | None:
    """ "11月初", "3月份": of the year in which it is nearest."""
    near = days.of_year(said.today, said.number("month"), 15, None, past=said.past)
    return _part_of(*days.month(near, 0), said.group("part")) if near else None


def _part_of(first: date, last: date, part: str) -> Stretch:
    if part == "初":
        return Stretch(first, first.replace(day=10))
    if part == "中旬":
        return Stretch(first.replace(day=11), first.replace(day=20))
    return days.one(last) if part in {"底", "末"} else Stretch(first, last)


def _of_named_month(said: Said) -> Stretch | None:
    """ "下个月", "下个月5号", "这个月底"."""
    first, last = days.month(said.today, _which(said))
    if said.group("day"):
        day = said.number("day")
        return days.one(first.replace(day=day)) if 1 <= day <= last.day else None
    return _part_of(first, last, said.group("part"))


def _month_end(said: Said) -> Stretch:
    return days.one(days.month(said.today, 0)[1])


def _weekday(said: Said) -> Stretch:
    weeks = _which(said) if said.group("which") else None
    if said.group("day") == "末":
        return days.weekend(said.today, weeks)
    return days.one(days.weekday(said.today, _WEEKDAYS[said.group("day")], weeks, past=said.past))


def _week(said: Said) -> Stretch:
    return days.week(said.today, _which(said))


def _away(said: Said) -> Stretch:
    """ "3天后", "两周前"."""
    number = said.number("number") * (1 if "后" in said.group("where") else -1)
    return days.one(days.moved(said.today, number, "month" if "月" in said.group("unit") else said.group("unit")))


def _of_month(said: Said) -> Stretch | None:
    """ "25号": not a line, a battery, a house or a size."""
    return days.maybe(days.of_month(said.today, said.number("day"), past=said.past))


def _which(said: Said) -> int:
    return _WEEKS[said.group("which").rstrip("个")]


RULES = (
    rule(rf"(?<![0-9])(?P<month>{_NUMBER})月(?P<part>[底末初份]|中旬)", _part_of_year),
    rule(
        rf"(?:(?P<year>[0-9]{{4}}|[今明去])年)?(?<![0-9])(?P<month>{_NUMBER})月(?P<day>{_NUMBER})(?:[号日]|(?![\d一二三四五六七八九十折个]))",
        _of_year,
    ),
    rule(
        rf"(?P<which>下下个?|下个?|这个?|本|上个?)月(?:(?P<day>{_NUMBER})[号日]|(?P<part>[底末初]|中旬))?",
        _of_named_month,
    ),
    rule(r"(?<![\d个\p{Han}])月底", _month_end),
    rule(
        rf"(?<![一二两三四五六七八九十几每\d])(?P<which>{_WHICH})?(?:周|星期|礼拜)(?P<day>[一二三四五六日天1-7末])"
        r"(?![次回趟年个折]|[\d一二三四五六七八九十]*[天年])",
        _weekday,
    ),
    rule(r"(?P<which>下下个?|下个?|这个?|本|上个?)(?:周|星期|礼拜)(?![一二三四五六日天1-7末]|\p{Han}?年)", _week),
    rule(
        r"(?:(?<=[过等隔])|(?<![\p{Han}\d.]))(?P<number>[0-9]{1,3}|[一二两三四五六七八九十]{1,3})"
        r"(?P<unit>天|周|个?星期|个月)(?P<where>之后|以后|后|之前|以前|前)",
        _away,
    ),
    rule(
        rf"(?<![\d.\-月单第型尺编楼园路街道巷弄院穿码栋座室#一二三四五六七八九十])(?P<day>{_NUMBER})号"
        r"(?![码线楼门机店院色电池房桌口仓柜文员站台位座链胶钢油车段章栋馆鞋裤裙的](?!时候))",
        _of_month,
    ),
)
