"""What a merchant is shown of a message: how it was read, what was found, and why it is answered as it is."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from assistant.api.explanations import CandidateView, ExplanationView, MatterView, explained_view
from assistant.domain.errors import NotFound
from assistant.domain.explanation import Asked, Line
from assistant.domain.ids import ProductId, StoreId
from tests.turn.shopper import Shop


def explained(shop: Shop, text: str, *before: Line | str, product: str | None = None) -> ExplanationView:
    lines = tuple(Line(line) if isinstance(line, str) else line for line in before)
    asked = Asked(shop.store_id, text, ProductId(product) if product else None, before=lines)

    async def explain() -> Any:
        return await shop.app.rehearsal.explain(asked)

    return explained_view(text, shop.portal.call(explain))


def only(view: ExplanationView) -> MatterView:
    (matter,) = view.matters
    return matter


def first(view: ExplanationView) -> CandidateView:
    return only(view).candidates[0]


def test_an_answer_is_traced_to_the_evidence_that_was_likely_enough(demo: Shop) -> None:
    view = explained(demo, "云羽跑步鞋多重")
    matter = only(view)
    assert [(product.id, product.name) for product in matter.products] == [("YL-RUN-01", "云羽跑步鞋")]
    assert (matter.route, matter.action, matter.why) == ("answer", "answer", "best_evidence")
    assert first(view).taken
    assert first(view).probability >= (matter.threshold or 1)
    assert first(view).text in view.reply.text
    assert first(view).evidence_id in {item.id for item in view.reply.evidence}
    assert first(view).source == view.reply.evidence[0].source


def test_the_likeliest_intents_come_with_names_that_people_know(demo: Shop) -> None:
    intents = only(explained(demo, "七天无理由退货的规定是什么")).intents
    assert intents[0].name == "aftersale.return.policy"
    assert intents[0].label == {"zh": "退货的规定", "en": "The rules on returns"}
    assert [item.probability for item in intents] == sorted((item.probability for item in intents), reverse=True)


def test_an_abstention_says_what_was_missing(demo: Shop) -> None:
    for text, product in (
        ("这款能防弹吗", "YL-RUN-01"),
        ("does it have bluetooth", "YL-RUN-01"),
    ):
        view = explained(demo, text, product=product)
        matter = only(view)
        assert matter.action == "abstain", text
        assert matter.why in {"unlikely", "other_words", "nothing_found", "not_stated"}, text
        assert not any(candidate.taken for candidate in matter.candidates[:1]), text


def test_clauses_show_conditions_and_the_values_that_were_read(demo: Shop) -> None:
    view = explained(demo, "云羽跑步鞋有42码吗？如果还没发货就帮我取消订单20261101234")
    question, request = view.clauses
    assert (question.kind, request.kind) == ("question", "request")
    assert {(slot.name, slot.value) for clause in view.clauses for slot in clause.slots} >= {
        ("size", "42"),
        ("order_id", "20261101234"),
    }


def test_a_question_that_leans_on_an_earlier_one_is_shown_whole(demo: Shop) -> None:
    view = explained(demo, "那海风徒步鞋呢", "云羽跑步鞋保修多久")
    assert "保修" in only(view).resolved


def test_what_the_store_said_is_taken_as_told(demo: Shop) -> None:
    told = (Line("你们有哪些跑步鞋"), Line("您想看哪一款？", by_shopper=False))
    view = explained(demo, "云羽跑步鞋", *told)
    assert [product.id for product in only(view).products] == ["YL-RUN-01"]


def test_each_thing_asked_has_its_own_account(demo: Shop) -> None:
    view = explained(demo, "云羽跑步鞋多重？你们几点下班？")
    assert [matter.said for matter in view.matters] == ["云羽跑步鞋多重？", "你们几点下班？"]
    assert [matter.why for matter in view.matters] == ["best_evidence", "best_evidence"]


def test_a_mood_and_a_request_for_a_human_are_shown_and_nobody_is_called(demo: Shop) -> None:
    view = explained(demo, "骗子！！！我要投诉你们")
    assert view.mood.level == "angry"
    assert (only(view).route, only(view).why, view.reply.action.kind) == ("handoff", "by_route", "handoff")


def test_nothing_is_kept_of_what_is_explained(demo: Shop) -> None:
    def rows() -> list[Any]:
        database = sqlite3.connect(demo.app.settings.data_dir / "storebot.db")
        try:
            counts = (
                database.execute(f"SELECT COUNT(*) FROM {name}") for name in ("conversations", "events", "traces")
            )
            return [count.fetchone() for count in counts]
        finally:
            database.close()

    before = rows()
    explained(demo, "转人工", "云羽跑步鞋多重", product="YL-RUN-01")
    assert rows() == before


def test_a_product_that_there_is_not_is_told(demo: Shop) -> None:
    with pytest.raises(NotFound, match="NO-SUCH"):
        explained(demo, "多重", product="NO-SUCH")
    with pytest.raises(NotFound):
        explained(Shop(demo.portal, demo.app, StoreId("nowhere")), "多重")
