from __future__ import annotations

import pytest

from assistant.domain.backend import OrderStage
from assistant.nlu.plain_yaml import Malformed
from assistant.procedures.referents import words
from tests.procedures.referents.said import Teller


@pytest.mark.parametrize(
    ("text", "line", "path"),
    [
        ("one:\n  two: [a, b]\n  three: word\n", 3, "one.three"),
        ("one:\n  two: [a]\nother: [b]\n", 3, "other"),
        ("one:\n  two:\n    - a\n    - ''\n", 3, "one.two"),
        ("[a, b]\n", 1, "the file"),
    ],
)
def test_a_word_list_of_another_shape_is_refused_with_its_line(text: str, line: int, path: str) -> None:
    with pytest.raises(Malformed, match=rf"words/orders\.yaml, line {line}: {path} must be"):
        words.check("orders", text, depth=2)


def test_a_file_that_is_no_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(Malformed, match=r"words/orders\.yaml, line \d"):
        words.check("orders", "one:\n  two: [a, b\n", depth=2)


def test_every_stage_that_words_come_to_is_one(teller: Teller) -> None:
    assert teller.mean.orders is not None
    stages = {stage for listed in words.sections("orders")["comes_to"].values() for stage in listed}

    assert stages <= {stage.value for stage in OrderStage}
