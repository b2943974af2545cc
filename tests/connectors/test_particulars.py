"""What somebody says of themselves is compared as a reader would."""

from __future__ import annotations

import pytest

from connectors.particulars import same


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("phone", "138 0000 2001", "13800002001"),
        ("phone", "+86 138-0000-2001", "13800002001"),
        ("phone", "0086 13800002001", "13800002001"),
        ("name", "Ada  STONE", "ada stone"),
        ("name", "林 小满", "林小满"),
        ("name", "ＡＤＡ", "Ada"),
        ("email", "ADA@shop.example", "ada@shop.example"),
        ("postcode", "SW1A 1AA", "sw1a1aa"),
    ],
)
def test_the_same_is_the_same_however_it_is_written(name: str, one: str, other: str) -> None:
    assert same(name, one, other)
    assert same(name, other, one)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("phone", "", ""),
        ("phone", "none", "-"),
        ("phone", "13800002001", "13800002002"),
        ("phone", "3800002001", "13800002001"),
        ("phone", "8613800002001", "8613800002002"),
        ("name", " ", ""),
        ("name", "Ada Stone", "Ada Stones"),
        ("email", "ada@shop.example", "ada@shop.example.org"),
        ("postcode", "310000", "31000"),
    ],
)
def test_what_is_blank_or_another_is_not(name: str, one: str, other: str) -> None:
    assert not same(name, one, other)
