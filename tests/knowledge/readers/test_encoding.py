"""What bytes become."""

from __future__ import annotations

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.errors import PackRefused
from knowledge.readers.encoding import clean, decode

CHINESE = "标题,价格\n轻云缓震跑鞋，透气网面,399\n第二双鞋子也很好穿,459\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_the_encodings_that_shops_use(encoding: str) -> None:
    assert decode(CHINESE.encode(encoding), "f.csv") == CHINESE


def test_utf_16_without_its_mark_is_recognised() -> None:
    assert decode("id,title\nA1,Cotton shirt\n".encode("utf-16-le"), "f.csv") == "id,title\nA1,Cotton shirt\n"


def test_utf_16_big_endian_is_recognised_by_its_mark() -> None:
    assert decode(codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "f.csv") == CHINESE


def test_a_very_short_gbk_file_is_read() -> None:
    assert decode("面料,棉".encode("gbk"), "f.csv") == "面料,棉"


def test_traditional_characters_in_gbk_are_read() -> None:
    text = "這件衣服的面料是純棉，適合春秋兩季穿著，請用冷水手洗，不可漂白。" * 3
    assert decode(text.encode("gbk"), "f.csv") == text


def test_line_ends_of_every_system_become_one() -> None:
    assert decode(b"a\r\nb\rc\n", "f.csv") == "a\nb\nc\n"


def test_one_damaged_byte_in_utf_8_is_refused_with_its_place_and_not_read_as_something_else() -> None:
    data = bytearray(CHINESE.encode())
    data[7] = 0xFF
    with pytest.raises(PackRefused, match=r"f\.csv: Byte 7 is not text") as refused:
        decode(bytes(data), "f.csv")
    assert "第 7 字节" in str(refused.value.data["detail_zh"])


def test_text_cut_off_within_a_character_is_refused_as_cut_off() -> None:
    with pytest.raises(PackRefused, match="ends in the middle"):
        decode(CHINESE.encode().rstrip()[:-4] + "好".encode()[:2], "f.csv")


def test_a_picture_is_not_text() -> None:
    with pytest.raises(PackRefused, match="is not text"):
        decode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "f.csv")


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(PackRefused):
        assert "\r" not in decode(data, "f")


@given(st.text(max_size=60))
def test_utf_8_always_comes_back_as_it_was(text: str) -> None:
    wanted = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text):
        assert decode(text.encode(), "f") == wanted


def test_control_characters_and_lone_surrogates_are_removed() -> None:
    assert clean(" a\x00b\x1b[31m\ud800c\u200b\ufeff ") == "ab[31mc"
