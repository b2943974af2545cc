"""Days and times, said on Wednesday, 18 March 2026."""

import pytest

from tests.nlu.conftest import Read, values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明天能到吗", ["2026-03-19"]),
        ("大后天来", ["2026-03-21"]),
        ("明儿个能到不", ["2026-03-19"]),
        ("听日送到得唔得", ["2026-03-19"]),
        ("周五来", ["2026-03-20"]),
        ("周三来", ["2026-03-25"]),
        ("星期天早上", ["2026-03-22"]),
        ("下周三下午", ["2026-03-25"]),
        ("下下周一", ["2026-03-30"]),
        ("这周一", ["2026-03-16"]),
        ("上周五买的", ["2026-03-13"]),
        ("周五买的还没到", ["2026-03-13"]),
        ("说好周二到的", ["2026-03-17"]),
        ("周末有人吗", ["2026-03-21/2026-03-22"]),
        ("下周", ["2026-03-23/2026-03-29"]),
        ("周三到周五都行", ["2026-03-25/2026-03-27"]),
        ("25号上午", ["2026-03-25"]),
        ("5号来", ["2026-04-05"]),
        ("3月25号到27号", ["2026-03-25/2026-03-27"]),
        ("十一月二十五号", ["2025-11-25"]),
        ("下个月5号", ["2026-04-05"]),
        ("月底之前", ["../2026-03-31"]),
        ("后天之前能到吗", ["../2026-03-20"]),
        ("周五以后", ["2026-03-20/.."]),
        ("3天后再来", ["2026-03-21"]),
        ("2026-04-01", ["2026-04-01"]),
        ("2026年4月1日下午", ["2026-04-01"]),
        ("20260401来装", ["2026-04-01"]),
        ("五一之前", ["../2026-05-01"]),
        ("3月初买的", ["2026-03-01/2026-03-10"]),
        ("4月5号到的货", ["2025-04-05"]),
        ("2月30号", []),
        ("每周三发货吗", []),
        ("一周三次", []),
        ("5号电池", []),
        ("3号楼有电梯吗", []),
        ("签收7天后还能退吗", []),
        ("7天无理由", []),
        ("我后天性子急", ["2026-03-20"]),
        ("这单618元", []),
    ],
)
def test_days_are_reckoned_from_today_in_chinese(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "date") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow morning", ["2026-03-19"]),
        ("the day after tomorrow", ["2026-03-20"]),
        ("come on Friday", ["2026-03-20"]),
        ("next Friday", ["2026-03-27"]),
        ("last Monday", ["2026-03-16"]),
        ("I ordered it on Friday", ["2026-03-13"]),
        ("by Tuesday", ["../2026-03-24"]),
        ("between Monday and Wednesday", ["2026-03-23/2026-03-25"]),
        ("from Mar 25 to Mar 27", ["2026-03-25/2026-03-27"]),
        ("25 December 2026", ["2026-12-25"]),
        ("April 5th works", ["2026-04-05"]),
        ("04/05/2026", ["2026-04-05"]),
        ("25/04/2026", ["2026-04-25"]),
        ("the 25th", ["2026-03-25"]),
        ("in 3 days", ["2026-03-21"]),
        ("two weeks ago", ["2026-03-04"]),
        ("end of the month", ["2026-03-31"]),
        ("this weekend", ["2026-03-21/2026-03-22"]),
        ("on sat", ["2026-03-21"]),
        ("it arrived on April 3rd last year", ["2025-04-03"]),
        ("he sat on it", []),
        ("I may want it in March or so", []),
        ("the 2nd one", []),
        ("within 3 days of delivery", []),
        ("Feb 31", []),
    ],
)
def test_days_are_reckoned_from_today_in_english(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "date") == expected


def test_a_day_keeps_the_words_it_was_typed_with(read: Read) -> None:
    (day,) = read("那就周日吧")
    assert (day.name, day.text) == ("date", "周日")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("下午3点", ["15:00"]),
        ("3点后", ["15:00/.."]),
        ("上午9点到11点", ["09:00/11:00"]),
        ("下午2点到5点", ["14:00/17:00"]),
        ("2-4点在家", ["14:00/16:00"]),
        ("早上十点半", ["10:30"]),
        ("周五晚8点", ["20:00"]),
        ("晚上12点前", ["../00:00"]),
        ("15:30左右", ["15:30"]),
        ("下午来", ["afternoon"]),
        ("明晚", ["evening"]),
        ("at 3pm", ["15:00"]),
        ("thursday after 3", ["15:00/.."]),
        ("before noon", ["../12:00"]),
        ("between 2 and 4pm", ["14:00/16:00"]),
        ("in the morning", ["morning"]),
        ("快一点吧", []),
        ("便宜一点送我", []),
        ("我说两点", []),
        ("after 3 days", []),
        ("at 50% off", []),
    ],
)
def test_times_of_day_are_read(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "time") == expected
