"""What it means that a reply says a word."""

from __future__ import annotations

import pytest

from evals.suites.wording import says


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("大约８分钟烧开", "8分钟"),
        ("容量：14 L。", "14 l"),
        ("厚320MM", "320mm"),
        ("保固三年", "保固三年"),
        ("保固三年（臺灣）", "台湾"),
        ("710×520 mm", "710"),
        ("长710mm", "710"),
        ("到手价¥2,293.99", "2293.99"),
        ("a total of $8,276.23.", "8276.23"),
        ("it weighs 5.", "5"),
        ("价格 1,911 元", "1,911"),
        ("E1、E2", "e1"),
    ],
)
def test_words_are_found_with_width_case_and_script_folded(text: str, word: str) -> None:
    assert says(text, word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("大约18分钟烧开", "8分钟"),
        ("重 24.5 公斤", "24"),
        ("重 10.5 公斤", "5 公斤"),
        ("¥1,299", "299"),
        ("共 2,104 件", "2"),
        ("保修三年", "保修两年"),
        ("", "8"),
        ("anything", ""),
        ("anything", "　"),
    ],
)
def test_a_number_within_another_is_not_that_number(text: str, word: str) -> None:
    assert not says(text, word)
