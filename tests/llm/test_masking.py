"""Nobody's data leaves: marks stand for it in what goes out, and it is back in what comes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.bootstrap import personal_data
from assistant.domain.backend import JsonObject
from assistant.domain.models import Line, Prompt, Purpose, Speaker, Tool
from assistant.llm.masking import Datum, Finder, Mask
from assistant.nlu.quantities import Quantities
from assistant.nlu.slots import SlotReader
from tests.llm.talking import talking, written
from tests.models.server import Body, Calls, ModelServer, Text

ZH = "我叫李小明，电话13812345678，地址是浙江省杭州市西湖区文三路100号3幢201室，订单20261122334455，li@example.com"
EN = (
    "I'm Ann Lee, my phone is +1 415 555 2671, order #A-10293, I live at 12 Baker Street, Springfield, IL 62704. "
    "Write to ann@mail.example"
)
PERSONAL = {
    ZH: ["李小明", "13812345678", "文三路100号", "20261122334455", "li@example.com"],
    EN: ["Ann Lee", "415 555 2671", "A-10293", "12 Baker Street", "ann@mail.example"],
}


@pytest.fixture(scope="module")
def find() -> Finder:
    return personal_data(SlotReader(Quantities()))


def asked(text: str, *evidence: str, personal: frozenset[str] = frozenset()) -> Prompt:
    lines = (Line(Speaker.STORE, "You serve a shop.\n" + "\n".join(evidence)), Line(Speaker.SHOPPER, text))
    return Prompt(Purpose.ANSWER, "p", "1", lines, 100, personal)


def echo(body: Body) -> Text:
    """Says again what it was told, cut in small pieces."""
    said = body["messages"][-1]["content"]
    return Text([said[start : start + 3] for start in range(0, len(said), 3)])


@pytest.mark.parametrize("text", [ZH, EN])
async def test_an_endpoint_sees_nobodys_data_and_the_shopper_sees_their_own(
    server: ModelServer, find: Finder, text: str
) -> None:
    server.says(echo)
    async with talking(server) as talk:
        pieces = await written(talk.model(find=find), asked(text))
    assert "".join(pieces) == text
    assert [datum for datum in PERSONAL[text] if datum in server.sent] == []


@pytest.mark.parametrize("text", [ZH, EN])
async def test_objects_and_tools_are_masked_as_well(server: ModelServer, find: Finder, text: str) -> None:
    told: list[JsonObject] = []

    async def look_up(arguments: JsonObject) -> str:
        told.append(arguments)
        return f"Sent to: {text}"

    def answer(body: Body) -> Calls | Text:
        last = body["messages"][-1]
        return Text((last["content"],)) if last["role"] == "tool" else Calls([("find", {"of": last["content"]})])

    server.says(answer)
    async with talking(server) as talk:
        tool = Tool("find", "Finds.", {"type": "object"}, look_up)
        assert await talk.model(find=find).work(asked(text), [tool], rounds=1) == f"Sent to: {text}"
        assert told == [{"of": text}]
        assert [datum for datum in PERSONAL[text] if datum in server.sent] == []
        server.says(lambda body: Text((json.dumps({"said": [body["messages"][-1]["content"]]}),)))
        assert await talk.model(find=find).fill(asked(text), {"type": "object"}) == {"said": [text]}
        assert [datum for datum in PERSONAL[text] if datum in server.sent] == []


async def test_what_the_shopper_says_of_themselves_is_masked_wherever_it_stands(
    server: ModelServer, find: Finder
) -> None:
    server.says("fine")
    record = "收件人 李小明（手机 13812345678）的包裹已发出"
    async with talking(server) as talk:
        await written(talk.model(find=find), asked("我叫李小明，电话13812345678", record))
    assert "李小明" not in server.sent
    assert "13812345678" not in server.sent


async def test_what_is_known_to_be_personal_is_masked_whatever_it_looks_like(server: ModelServer, find: Finder) -> None:
    server.says(echo)
    async with talking(server) as talk:
        pieces = await written(talk.model(find=find), asked("寄给阿珍的那单", personal=frozenset({"阿珍"})))
    assert "".join(pieces) == "寄给阿珍的那单"
    assert "阿珍" not in server.sent


def test_a_name_is_not_masked_within_a_longer_word() -> None:
    mask = Mask(lambda _: [Datum("person_name", "Ann")])
    assert mask.masked("Ann likes the Anna lamp, Ann.") == "[PERSON_NAME_1] likes the Anna lamp, [PERSON_NAME_1]."


def test_goods_prices_and_days_are_not_personal(find: Finder) -> None:
    for text in ("轻云跑鞋 QH-RUN-01 现价 ¥399，重量 245 g，7 天无理由退货", "RC-210 shoe, $59.90, 90 days warranty"):
        assert [datum.text for datum in find(text)] == []


@given(st.text(), st.lists(st.integers(0, 40), max_size=8))
def test_marks_cut_anywhere_are_put_back(text: str, cuts: list[int]) -> None:
    mask = Mask(lambda _: [Datum("phone", "13812345678"), Datum("person_name", "Ann Lee")])
    plain = f"{text} 13812345678 {text} Ann Lee"
    masked = mask.masked(plain)
    pieces, start = [], 0
    for cut in cuts:
        pieces.append(masked[start : start + cut])
        start += cut
    pieces.append(masked[start:])
    unmasking = mask.unmasking()
    assert "".join([*map(unmasking.heard, pieces), unmasking.rest()]) == plain


def test_brackets_of_the_models_own_stay() -> None:
    unmasking = Mask(lambda _: []).unmasking()
    assert unmasking.heard("see [1] and [PHONE_9]") + unmasking.rest() == "see [1] and [PHONE_9]"
