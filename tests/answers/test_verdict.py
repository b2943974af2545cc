import pytest

from assistant.answers.verdict import verdict
from assistant.domain.folding import fold
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader

READER = QuestionReader(Quantities())


@pytest.mark.parametrize(
    ("asked", "name", "text", "affirms"),
    [
        ("支持预约吗", "", "智能触控，支持预约加热", True),
        ("能烘干吗", "洗涤", "40 °C 以下机洗，可低温烘干", True),
        ("能机洗吗", "清洗方式", "中性洗涤剂手刷，阴干，不可机洗", False),
        ("不能机洗吗", "清洗方式", "不可机洗", False),
        ("能放微波炉吗", "", "不可放入微波炉", False),
        ("防水吗", "防水", "不支持", False),
        ("is it waterproof", "Waterproof", "No", False),
        ("can it be tumble dried", "Care", "Machine wash, do not tumble dry", False),
    ],
)
def test_a_text_that_says_yes_or_no_answers_yes_or_no(asked: str, name: str, text: str, affirms: bool) -> None:
    said = verdict(READER.read(fold(asked)), name, text)
    assert said
    assert said.affirms is affirms


@pytest.mark.parametrize(
    ("asked", "name", "text"),
    [
        ("能烘干吗", "洗涤", "不可高温烘干"),
        ("防水吗", "防水", "面料防泼水"),
        ("能机洗吗", "洗涤", "仅可机洗内胆"),
        ("怎么机洗", "洗涤", "可机洗"),
        ("能机洗吗", "洗涤", "枕套可机洗，枕芯不可机洗"),
    ],
)
def test_nothing_is_said_where_the_text_is_not_plain(asked: str, name: str, text: str) -> None:
    assert verdict(READER.read(fold(asked)), name, text) is None
