import pytest

from assistant.answers.figures import Figures
from assistant.answers.fits import Fits
from assistant.answers.texts import Texts
from assistant.answers.verification.replies import faults
from assistant.answers.voice import Voice
from assistant.domain.commerce import Passage
from assistant.domain.folding import fold
from assistant.domain.ids import EvidenceId
from assistant.domain.reply import Reply
from assistant.domain.understanding import Clause, ClauseKind, Language, Script
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from tests import shop

QUANTITIES = Quantities()
READER = QuestionReader(QUANTITIES)
VOICE = Voice(Texts.load(), shop.store(), Language("zh", Script.SIMPLIFIED))
FITS = Fits(Figures(QUANTITIES), VOICE, "这款")

SIDES_NAMED = Passage(EvidenceId("ev_a"), "尺寸为长555mm×宽345mm×高180mm", "zh", shop.SOURCE)
SIDES_ALONE = Passage(EvidenceId("ev_b"), "机身 530×335×176 mm，毛重 12kg", "zh", shop.SOURCE)
LOAD = shop.fact("KT-17", shop.text("承重", "Maximum load"), shop.text("25 kg"), aliases=("能承多重",))


def clause(text: str) -> Clause:
    folded = fold(text)
    return Clause(text, folded, ClauseKind.QUESTION, READER.read(folded), measures=QUANTITIES.in_text(folded))


def fits(text: str, *entries: Passage) -> Reply | None:
    return FITS.into_space(clause(text), entries)


@pytest.mark.parametrize(
    ("entry", "asked", "verdict"),
    [
        (SIDES_NAMED, "柜子宽35厘米放得下吗", "放得下"),
        (SIDES_NAMED, "只有30厘米宽，放得下吗", "放不下"),
        (SIDES_NAMED, "高度只有0.2米能塞进去吗", "放得下"),
        (SIDES_NAMED, "门宽80能进去吗", "放得下"),
        (SIDES_ALONE, "有60厘米的地方放得下吗", "放得下"),
        (SIDES_ALONE, "只有15公分的缝能放进去吗", "放不下"),
        (SIDES_ALONE, "深40厘米放得下吗", "要看怎么摆"),
        (SIDES_ALONE, "留了60×40×30厘米放得下吗", "放得下"),
        (SIDES_ALONE, "will it fit a 60 cm gap", "放得下"),
    ],
)
def test_a_space_is_held_against_the_size(entry: Passage, asked: str, verdict: str) -> None:
    reply = fits(asked, entry)
    assert reply
    assert verdict in reply.text
    assert faults(reply, said=asked) == []


@pytest.mark.parametrize("asked", ["放得下15.6寸的笔记本吗", "有多宽", "60厘米宽的多少钱"])
def test_what_is_no_space_is_not_answered_as_one(asked: str) -> None:
    assert fits(asked, SIDES_NAMED) is None


def test_nothing_is_said_of_a_space_where_no_size_is_stated() -> None:
    assert FITS.into_space(clause("柜子宽35厘米放得下吗"), [LOAD]) is None


@pytest.mark.parametrize(("asked", "verdict"), [("孩子20公斤坐得住吗", "可以："), ("30kg能承受吗", "不可以：")])
def test_a_weight_is_held_against_the_limit(asked: str, verdict: str) -> None:
    reply = FITS.under_weight(clause(asked), [SIDES_ALONE, LOAD])
    assert reply
    assert verdict in reply.text
    assert faults(reply, said=asked) == []
