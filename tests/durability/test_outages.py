"""Shoppers over a bad line, with a real server process that is killed; `make bench` plays the same with 200 of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.outages import Asked, Plan, play
from tests.durability.running import QUESTION
from tests.small_shop import SMALL_STORE

pytestmark = pytest.mark.long

QUESTIONS = (
    Asked("zh", "你好"),
    Asked("zh", QUESTION),
    Asked("zh", "多少钱", "RN-1"),
    Asked("zh", "是什么材质的", "RN-5"),
    Asked("zh", "运费多少"),
    Asked("en", "Hello"),
    Asked("en", "How heavy is it?", "RN-4"),
    Asked("en", "What is the postage?"),
)


async def test_no_event_is_lost_repeated_or_reordered_when_lines_break_and_the_server_is_killed(
    small_data_dir: Path,
) -> None:
    plan = Plan(conversations=12, kills=2, seed=20, timeout_s=600)
    outcome = await play(plan, data_dir=small_data_dir, store_id=SMALL_STORE, questions=QUESTIONS)
    assert outcome.sound, f"{outcome.found} {outcome.refused}\n{(small_data_dir / 'server.log').read_text()[-3000:]}"
    assert outcome.kills == 2
    assert outcome.cuts > 0
    assert outcome.messages >= 12 * 3
    assert outcome.streams > 12, "no stream was ever resumed, so the test has shown nothing"
