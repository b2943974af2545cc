import pytest

from assistant.domain.commerce import FactGroup
from assistant.domain.folding import fold
from assistant.domain.understanding import Question, QuestionForm
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader


@pytest.fixture(scope="module")
def reader() -> QuestionReader:
    return QuestionReader(Quantities())


def words(question: Question) -> list[str]:
    return [term.text for term in question.terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请问这款鞋防水吗", ["鞋", "防水"]),
        ("支持货到付款不", ["货到付款"]),
        ("保修多久", ["保修"]),
        ("do you ship to remote areas?", ["ship", "remote", "areas"]),
        ("what is the warranty", ["warranty"]),
    ],
)
def test_content_words_remain_when_question_words_go(reader: QuestionReader, text: str, expected: list[str]) -> None:
    assert words(reader.read(fold(text))) == expected


def test_a_content_word_knows_other_words_for_the_same(reader: QuestionReader) -> None:
    (term,) = reader.read("质保多久").terms
    assert "保修" in term.synonyms


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("能机洗吗", QuestionForm.YES_NO),
        ("is it waterproof", QuestionForm.YES_NO),
        ("有哪些颜色", QuestionForm.LIST),
        ("怎么退货", QuestionForm.HOW),
        ("什么材质", QuestionForm.VALUE),
        ("尺码表", QuestionForm.STATEMENT),
    ],
)
def test_the_form_of_a_question_is_told(reader: QuestionReader, text: str, form: QuestionForm) -> None:
    assert reader.read(text).form is form


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("有什么赠品", FactGroup.GIFT),
        ("现在有什么优惠", FactGroup.PROMOTION),
        ("还有货吗", FactGroup.STOCK),
        ("how much is it", FactGroup.PRICE),
        ("size chart please", FactGroup.SIZE),
    ],
)
def test_words_name_groups_of_facts(reader: QuestionReader, text: str, group: FactGroup) -> None:
    assert group in reader.read(text).groups


@pytest.mark.parametrize("text", ["那黑色呢", "80升的呢", "燃气管呢", "what about the red one"])
def test_a_question_that_leans_on_the_one_before_is_elliptic(reader: QuestionReader, text: str) -> None:
    assert reader.read(fold(text)).elliptic


@pytest.mark.parametrize("text", ["保修多久", "退货运费谁出", "how long is the warranty"])
def test_a_whole_question_is_not_elliptic(reader: QuestionReader, text: str) -> None:
    assert not reader.read(text).elliptic


def test_the_words_that_name_the_product_are_left_out(reader: QuestionReader) -> None:
    assert words(reader.read("轻羽跑鞋防水吗", without=["轻羽跑鞋"])) == ["防水"]


@pytest.mark.parametrize("text", ["显示f001是什么意思", "e-s21怎么办"])
def test_codes_are_found(reader: QuestionReader, text: str) -> None:
    assert len(reader.read(text).codes) == 1
