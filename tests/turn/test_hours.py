from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.answers.hours import in_words
from assistant.answers.texts import Texts
from assistant.answers.voice import Voice
from assistant.domain.hours import Hours
from assistant.domain.understanding import Language, Script
from tests import shop

WEEK = Hours(
    "Asia/Shanghai",
    (*((day, "09:00", "18:00") for day in range(5)), (5, "22:00", "02:00")),
)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-20 09:00", True),
        ("2026-11-20 17:59", True),
        ("2026-11-20 18:00", False),
        ("2026-11-21 10:00", False),
        ("2026-11-21 23:00", True),
        ("2026-11-22 01:59", True),
        ("2026-11-22 02:00", False),
    ],
)
def test_humans_serve_within_the_hours_of_the_store_s_own_time_zone(moment: str, open_: bool) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert WEEK.open_at(now.astimezone(ZoneInfo("America/New_York"))) is open_


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-20 10:00", False),
        ("2026-11-19 10:00", True),
        ("2026-11-22 01:00", False),
        ("2026-11-29 01:00", True),
    ],
)
def test_nobody_opens_on_a_holiday(moment: str, open_: bool) -> None:
    off = replace(WEEK, holidays=(date(2026, 11, 20), date(2026, 11, 21)))
    now = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert off.open_at(now) is open_


def test_days_with_the_same_hours_are_said_together() -> None:
    zh = Voice(Texts.load(), shop.store(), Language("zh", Script.SIMPLIFIED))
    en = Voice(Texts.load(), shop.store(), Language("en", Script.LATIN))
    assert in_words(WEEK, zh) == "周一至周五 09:00-18:00、周六 22:00-02:00"
    assert in_words(WEEK, en) == "Mon–Fri 09:00-18:00, Sat 22:00-02:00"
