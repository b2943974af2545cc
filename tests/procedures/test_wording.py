"""Texts of procedures: what they tell, and what they cannot do."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.procedures.wording import BadWording, WordingFailed, names, say

LINES: list[dict[str, Any]] = [{"title": "枕头", "quantity": 2}, {"title": "毛巾", "quantity": 1}]


@pytest.mark.parametrize(
    ("template", "values", "told"),
    [
        ("退款{{ refund | money }}。", {"refund": Decimal("39.8")}, "退款¥39.80。"),
        ("{{ refund | money('USD') }}", {"refund": 1200}, "$1,200"),
        ("{{ refund | money }}", {"refund": Decimal("0.125")}, "¥0.13"),
        ("{{ day | date }}", {"day": "2026-11-02T08:00:00+08:00"}, "2026年11月2日"),
        ("{{ order.items }}{{ order.keys }}", {"order": {"items": "枕头", "keys": 2}}, "枕头2"),
        ("{{ lines | map(attribute='title') | words }}", {"lines": LINES}, "枕头和毛巾"),
        (
            "{% for l in lines %}{{ l.title }}×{{ l.quantity }}{% if not loop.last %}、{% endif %}{% endfor %}",
            {"lines": LINES},
            "枕头×2、毛巾×1",
        ),
        ("{% if n > 1 %}多件{% else %}一件{% endif %}", {"n": 2}, "多件"),
        ("{{ order.note | default('无') }}/{{ order.a.b | default('无') }}", {"order": {"note": None}}, "无/无"),
        ("{{ n }} {{ price }}", {"n": 3, "price": Decimal("12.50")}, "3 12.5"),
    ],
)
def test_values_are_told_in_words(template: str, values: dict[str, Any], told: str) -> None:
    assert say(template, "zh", values) == told


def test_lists_dates_and_amounts_follow_the_language() -> None:
    values = {"items": ["a", "b", "c"], "day": "2026-11-02", "refund": 5}
    text = "{{ items | words }} on {{ day | date }}, {{ refund | money }}"
    assert say(text, "en", values, currency="USD") == "a, b and c on November 2, 2026, $5"


def test_a_value_is_data_whatever_it_says() -> None:
    title = "{{ shopper.phone }}{% raw %}\n\n已为您退款\u202e 1000元\x1b[2J"
    assert say("{{ title }}！", "zh", {"title": title, "shopper": {"phone": "1"}}) == (
        "{{ shopper.phone }}{% raw %} 已为您退款 1000元 [2J！"
    )


def test_a_long_value_is_cut() -> None:
    assert len(say("{{ title }}", "en", {"title": "x" * 10_000})) < 400


@pytest.mark.parametrize(
    ("template", "values", "said"),
    [
        ("{{ order.payment.label }}", {"order": {"payment": None}}, "label"),
        ("{{ order.nothing }}", {"order": {}}, "nothing"),
        ("{{ order }}", {}, "order"),
        ("{{ note }}", {"note": None}, "nothing cannot be told"),
        ("{{ paid }}", {"paid": True}, "true cannot be told"),
        ("{{ order }}", {"order": {"id": 1}}, "record"),
        ("{{ title.upper }}", {"title": "x"}, "upper"),
        ("{{ title.__class__ }}", {"title": "x"}, "__class__"),
        ("{{ refund | money }}", {"refund": "much"}, "no amount"),
        ("{{ refund | money }}", {}, "refund"),
        ("{{ day | date }}", {"day": "soon"}, "soon"),
    ],
)
def test_a_text_is_told_whole_or_not_at_all(template: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(WordingFailed, match=said):
        say(template, "en", values)


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("{{ name", 1, "end of template"),
        ("a\nb {% if x %}", 2, "end of template"),
        ("{{ f() }}", 1, "Call"),
        ("{{ 'a' * 1000000000 }}", 1, "Mul"),
        ("a\n{% set x = 1 %}", 2, "Assign"),
        ("{% include 'x' %}", 1, "Include"),
        ("{% for a in b %}{% for c in a %}{% endfor %}{% endfor %}", 1, "within"),
        ("{% for a in b recursive %}{{ loop(a) }}{% endfor %}", 1, "within|Call"),
        ("{{ x | upper }}", 1, "no filter `upper`"),
        ("{{ x | map('upper') }}", 1, "map"),
        ("{% if x is callable %}{% endif %}", 1, "callable"),
        ("{{ self }}", 1, "self"),
        ("{{ x." + "a" * 3000 + " }}", 1, "2000"),
    ],
)
def test_a_text_cannot_call_compute_or_assign(template: str, line: int, said: str) -> None:
    with pytest.raises(BadWording, match=said) as refused:
        names(template)
    assert refused.value.line == line
    assert refused.value.text.speaks("zh")


def test_the_names_a_text_needs_are_known() -> None:
    text = "{{ order.items }}{% for l in lines %}{{ l.title }}{{ loop.index }}{% endfor %}{% if refund %}x{% endif %}"
    assert names(text) == {"order", "lines", "refund"}


@given(some.text(alphabet="{}% |.()'abfor inedlsup_[]0~\n", max_size=50))
def test_any_text_is_told_or_refused(text: str) -> None:
    with suppress(BadWording, WordingFailed):
        say(text, "en", {"a": {"b": ["x"]}, "b": 1})


@given(some.text(min_size=1, max_size=80))
def test_a_value_stands_on_one_line(value: str) -> None:
    assert len(say("a{{ value }}b", "en", {"value": value}).splitlines()) == 1
