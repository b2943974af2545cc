import pytest

from assistant.answers.calibration import Calibration
from assistant.answers.extraction import excerpt
from assistant.answers.ranking import Ranker, coverage, covered, sentences_of
from assistant.domain.evidence import Candidate, Entry, EvidenceKind, Signals
from assistant.domain.folding import fold
from assistant.domain.understanding import Question, Term
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from tests import shop

QUANTITIES = Quantities()
READER = QuestionReader(QUANTITIES)
KETTLE = shop.kettle()


def candidates(*entries: Entry, lexical: float = 0.0) -> list[Candidate]:
    kinds = {"Fact": EvidenceKind.FACT, "Faq": EvidenceKind.FAQ, "Passage": EvidenceKind.PASSAGE}
    return [Candidate(entry, kinds[type(entry).__name__], Signals(lexical=lexical), "") for entry in entries]


def question(text: str) -> Question:
    return READER.read(fold(text))


@pytest.fixture
def ranker() -> Ranker:
    return Ranker(QUANTITIES, Calibration.load())


@pytest.mark.parametrize(
    ("asked", "value"),
    [("有多重", "1.1 kg"), ("容积多大", "1.7升"), ("质保多久", "24个月"), ("里面是什么材料", "304不锈钢")],
)
def test_the_fact_whose_name_is_asked_for_comes_first(ranker: Ranker, asked: str, value: str) -> None:
    best = ranker.rank(question(asked), candidates(*KETTLE.facts), "zh")[0]
    assert best.text == value


def test_evidence_that_holds_none_of_the_words_is_not_believed(ranker: Ranker) -> None:
    ranked = ranker.rank(question("支持语音控制吗"), candidates(*KETTLE.facts), "zh")
    assert ranked[0].probability < 0.5


def test_the_sentence_that_answers_is_taken_out_of_the_passage(ranker: Ranker) -> None:
    body = shop.passage("壶身双层防烫。底座带收线槽，线长0.8米。清洗请用软布。", "细节", product_id="KT-17")
    best = ranker.rank(question("电源线多长"), candidates(body), "zh")[0]
    assert best.text == "底座带收线槽，线长0.8米。"


def test_a_faq_is_found_by_another_way_to_ask_it(ranker: Ranker) -> None:
    entry = shop.faq(shop.text("可以开发票吗"), shop.text("可以，下单时填写抬头。"), "能开专票不")
    assert ranker.rank(question("能不能开专票"), candidates(entry, lexical=6.0), "zh")[0].probability > 0.5


def test_words_that_name_the_product_are_not_what_is_asked(ranker: Ranker) -> None:
    asked = question("热水壶保修多久")
    ranked = ranker.rank(asked, candidates(*KETTLE.facts), "zh", known=fold(str(KETTLE.title)))
    assert ranked[0].text == "24个月"
    assert ranked[0].features.coverage == 1.0


def test_a_term_is_covered_by_its_synonym_or_in_part() -> None:
    assert covered(Term("质保", synonyms=("保修",)), "整机保修两年") == 1.0
    assert 0 < covered(Term("防水等级"), "防水") < 1
    assert covered(Term("粉色"), "白色") == 0.0
    assert coverage((), "") == 0.0


def test_sentences_end_at_marks_of_either_language() -> None:
    assert sentences_of("第一句。第二句！Third one. Fourth 1.5 L.") == [
        "第一句。",
        "第二句！",
        "Third one.",
        "Fourth 1.5 L.",
    ]


def test_an_excerpt_holds_the_best_clause_and_fits() -> None:
    text = "，".join(f"第{number}条内容说明" for number in range(40))
    cut = excerpt(text, lambda clause: float("第25条" in clause), limit=50)
    assert "第25条" in cut
    assert len(cut) <= 50
