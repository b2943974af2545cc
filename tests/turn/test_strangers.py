"""Who is not signed in says who they are: what it takes, and how often they may be wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.domain.ids import StoreId
from assistant.turn.guesses import Guesses
from tests.procedures.rain_system import TOM
from tests.turn.rain_talk import RainShop, Talk

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
STORE = StoreId("rain")
KNOWN, POSTCODE = "tom@example.org", "310000"
WISH = {"zh": "帮我取消订单", "en": "Please cancel my order"}


def stranger(rain: RainShop, *enough: set[str], language: str = "zh", guesses: Guesses | None = None) -> Talk:
    """Somebody without a session at a shop that asks for `enough`."""
    talk = rain.visit(None, language=language)
    talk.system.identified_by = [frozenset(each) for each in enough]  # type: ignore[misc]  # of this shop's system
    assert talk.tools.serving is not None
    talk.tools = replace(talk.tools, serving=replace(talk.tools.serving, guesses=guesses or Guesses()))
    return talk


def lookups(talk: Talk) -> int:
    return talk.system.reads.count("identify")


@pytest.mark.parametrize(("language", "second"), [("zh", "邮编"), ("en", "postcode")])
def test_an_address_alone_tells_nothing_where_two_particulars_are_asked_for(
    rain: RainShop, language: str, second: str
) -> None:
    for address in (KNOWN, "nobody@rain.example"):
        talk = stranger(rain, {"email", "postcode"}, language=language)
        talk.says(WISH[language]).asks("identity", second)
        asked = talk.says(address).asks("identity", second)
        assert lookups(talk) == 0
        asked.has_written()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wrong_second_particular_is_answered_as_a_customer_that_there_is_not(rain: RainShop, language: str) -> None:
    told = []
    for address in (KNOWN, "nobody@rain.example"):
        talk = stranger(rain, {"email", "postcode"}, language=language)
        talk.says(WISH[language])
        told.append(talk.says(f"{address} 999999").reply)
        assert lookups(talk) == 1
        assert talk.conversation.focus.service.shopper is None
    assert told[0].text == told[1].text
    assert told[0].action == told[1].action


def test_after_three_wrong_guesses_a_conversation_looks_nobody_up_and_a_human_is_asked(rain: RainShop) -> None:
    talk = stranger(rain, {"email"})
    talk.says(WISH["zh"])
    talk.says("a@rain.example").asks("identity")
    talk.says("b@rain.example").asks("identity")
    talk.says("c@rain.example")
    assert lookups(talk) == 3
    talk.says(KNOWN)
    talk.says(WISH["zh"]).has_written()
    talk.says(KNOWN).has_written()
    assert lookups(talk) == 3
    assert talk.conversation.focus.service.shopper is None


def test_guesses_at_one_customer_are_counted_over_conversations(rain: RainShop) -> None:
    guesses = Guesses(same=2)
    for code in ("111111", "222222"):
        talk = stranger(rain, {"email", "postcode"}, guesses=guesses)
        talk.says(WISH["zh"])
        wrong = talk.says(f"{KNOWN} {code}").text
    halted = stranger(rain, {"email", "postcode"}, guesses=guesses)
    halted.says(WISH["zh"])
    assert halted.says(f"{KNOWN} 310000").text == wrong
    assert lookups(halted) == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_answer_need_not_say_what_it_is(rain: RainShop, language: str) -> None:
    talk = stranger(rain, {"email", "postcode"}, language=language)
    talk.says(WISH[language])
    talk.says(KNOWN).asks("identity")
    talk.says(POSTCODE)
    assert talk.conversation.focus.service.shopper == TOM


def test_a_number_that_answers_no_question_is_no_particular(rain: RainShop) -> None:
    talk = stranger(rain, {"email", "postcode"})
    talk.says(f"{KNOWN} 310000")
    assert lookups(talk) == 0


def test_a_set_that_nobody_can_tell_in_words_is_never_asked_for(rain: RainShop) -> None:
    talk = stranger(rain, {"member_no", "postcode"}, {"email", "postcode"})
    talk.says(WISH["zh"]).asks("identity", "邮箱").holds_none_of("member")
    alone = stranger(rain, {"member_no"}).says(WISH["zh"])
    assert alone.reply.action.reason == "not_signed_in"


def test_wrong_guesses_are_forgotten_after_an_hour_and_kept_apart_by_store() -> None:
    guesses = Guesses(same=1, in_all=2)
    guesses.wrong(STORE, {"email": "A@x.example", "postcode": "310000"}, NOON)
    assert not guesses.may(STORE, {"email": "a@x.example", "postcode": "310001"}, NOON)
    assert guesses.may(STORE, {"email": "b@x.example", "postcode": "310000"}, NOON)
    assert guesses.may(StoreId("other"), {"email": "a@x.example"}, NOON)
    guesses.wrong(STORE, {"email": "b@x.example"}, NOON)
    assert not guesses.may(STORE, {"email": "c@x.example"}, NOON)
    assert guesses.may(STORE, {"email": "a@x.example"}, NOON + timedelta(hours=1))
