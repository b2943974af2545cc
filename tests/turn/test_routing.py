from collections.abc import Mapping
from datetime import date

import pytest

from assistant.domain.understanding import Clause, Language, Route, Script
from assistant.nlu.intents import ShopIntents
from assistant.nlu.understand import Reader
from assistant.turn.routing import Heard, Router, Rule
from assistant.turn.turn import Said

INTENTS = ShopIntents.load("none")
READER = Reader(INTENTS)
ROUTER = Router({item.name: Rule(item.route, item.reason) for item in INTENTS.definitions}, 0.45)


def clause(text: str) -> Clause:
    return READER.read(text, Language("zh", Script.SIMPLIFIED), today=date(2026, 11, 22)).whole


def sure_of(name: str, share: float = 0.9) -> Mapping[str, float]:
    others = [item.name for item in INTENTS.definitions if item.name != name]
    return {name: share} | {other: (1 - share) / len(others) for other in others}


def said(*lines: str) -> list[Said]:
    """Lines in turn, the shopper's first."""
    return [Said(line, by_shopper=index % 2 == 0) for index, line in enumerate(lines)]


@pytest.mark.parametrize(
    ("text", "intent", "route"),
    [
        ("我要退货", "aftersale.return", Route.PROCEDURE),
        ("穿着显胖 想退", "aftersale.return.with_reason", Route.RETAIN),
        ("退货运费谁出", "aftersale.return.policy", Route.ANSWER),
        ("想给爸妈挑个按摩椅", "presale.recommend", Route.RECOMMEND),
    ],
)
def test_an_intent_goes_its_way(text: str, intent: str, route: Route) -> None:
    assert ROUTER.route(clause(text), Heard(sure_of(intent)), [], language="zh").route is route


def test_a_question_what_might_happen_is_no_injury() -> None:
    heard = Heard(sure_of("aftersale.quality_issue.injury", 0.7))
    assert ROUTER.route(clause("这把剪刀会不会伤到孩子"), heard, [], language="zh").route is not Route.HANDOFF


def test_an_injury_is_handed_over() -> None:
    heard = Heard(sure_of("aftersale.quality_issue.injury", 0.7))
    routed = ROUTER.route(clause("杯子裂开 手划破流血了"), heard, [], language="zh")
    assert (routed.route, routed.reason) == (Route.HANDOFF, "safety_injury")


def test_a_threat_needs_a_word_that_tells() -> None:
    unsure = Heard(sure_of("complaint.threat", 0.6))
    assert ROUTER.route(clause("麦克风老是录进杂音"), unsure, [], language="zh").route is not Route.HANDOFF
    assert ROUTER.route(clause("不解决我就找记者曝光"), unsure, [], language="zh").route is Route.HANDOFF


@pytest.mark.parametrize(("threshold", "called"), [(0.69, True), (0.71, False)])
def test_a_human_is_called_from_the_threshold_on(threshold: float, called: bool) -> None:
    asking = next(item.name for item in INTENTS.definitions if item.reason == "customer_request")
    none = dict.fromkeys((item.name for item in INTENTS.definitions), 0.0)
    heard = Heard(none | {asking: 0.7, "other.vague": 0.3})
    routed = ROUTER.handing_over_from(threshold).route(clause("那就这么着"), heard, [], language="zh")
    assert routed.hand_over == pytest.approx(0.7)
    assert (routed.route is Route.HANDOFF) == called


def test_a_word_that_tells_calls_a_human_at_any_threshold() -> None:
    never = ROUTER.handing_over_from(1.0)
    injured = Heard(sure_of("aftersale.quality_issue.injury", 0.7))
    routed = never.route(clause("杯子裂开 手划破流血了"), injured, [], language="zh")
    assert (routed.route, routed.hand_over) == (Route.HANDOFF, None)


def test_a_threat_without_a_word_that_tells_is_no_matter_of_the_threshold() -> None:
    always = ROUTER.handing_over_from(0.0)
    routed = always.route(clause("麦克风老是录进杂音"), Heard(sure_of("complaint.threat", 0.6)), [], language="zh")
    assert (routed.route is Route.HANDOFF, routed.hand_over) == (False, None)


def test_another_threshold_leaves_the_router_it_was_made_from_as_it_was() -> None:
    other = ROUTER.handing_over_from(0.9)
    assert (ROUTER.hand_over_from, other.hand_over_from) == (0.45, 0.9)
    assert ROUTER.handing_over_from(0.45) is ROUTER


def test_what_the_store_asked_for_goes_on_with_the_matter() -> None:
    heard = Heard(sure_of("other.vague", 0.4), sure_of("invoice"), sure_of("invoice"))
    before = said("开发票", "请问抬头是个人还是企业？")
    routed = ROUTER.route(clause("个人"), heard, before, language="zh")
    assert (routed.route, routed.intent) == (Route.PROCEDURE, "invoice")


def test_insisting_after_a_useless_answer_is_handed_over() -> None:
    heard = Heard(sure_of("order.track", 0.5), sure_of("order.track"), sure_of("order.track"))
    before = said("包裹一周没动了", "请您耐心等待。")
    routed = ROUTER.route(clause("我说了一周没动！"), heard, before, language="zh")
    assert (routed.route, routed.reason) == (Route.HANDOFF, "repeated_failure")


def test_nothing_has_failed_in_a_first_message() -> None:
    routed = ROUTER.route(clause("试了好几次都那样"), Heard(sure_of("complaint.not_helpful")), [], language="zh")
    assert routed.route is Route.CLARIFY


def test_a_first_line_that_only_points_is_asked_back() -> None:
    heard = Heard(sure_of("presale.price_promo.bargain"))
    assert ROUTER.route(clause("那个能再便宜点吗"), heard, [], language="zh").route is Route.CLARIFY
    known = ROUTER.route(clause("那个能再便宜点吗"), heard, [], language="zh", about=True)
    assert known.route is Route.ANSWER


def test_one_of_several_is_asked_back() -> None:
    heard = Heard(sure_of("aftersale.return", 0.5), sure_of("aftersale.return", 0.5), sure_of("order.status", 0.5))
    before = said("我上周买了两样", "查到两件：台灯和闹钟。")
    assert ROUTER.route(clause("其中一个想退"), heard, before, language="zh").route is Route.CLARIFY


def test_a_question_about_the_rules_starts_no_procedure() -> None:
    heard = Heard(sure_of("aftersale.price_protection"))
    assert ROUTER.route(clause("价保的规则是什么"), heard, [], language="zh").route is Route.ANSWER
