"""A conversation in which procedures are tried: every step is told, and nothing is done."""

from __future__ import annotations

from typing import Any

from assistant.api.trials import tried_view
from assistant.domain.backend import ShopperRef
from assistant.domain.trial import Tried
from assistant.turn.trial import Trial
from assistant.turn.tuned import TunedTools
from tests.small_shop import SMALL_STORE
from tests.turn.rain_talk import RainShop

NEW, SENT = "R2611007", "R2611001"


def told(tried: Tried) -> dict[str, Any]:
    return tried_view(tried).model_dump(mode="json")


def test_a_trial_tells_every_step_and_does_nothing(rain: RainShop) -> None:
    talk = rain.visit()
    tuned = TunedTools(talk.tools, rain.app.tunings, rain.app.tuned._models)
    trial = Trial(rain.app.stores, tuned, SMALL_STORE, "zh", ShopperRef("mei"), seconds=60)
    shown = told(rain.portal.call(trial.says, f"取消订单{NEW}"))
    assert shown["procedures"] == [
        {
            "procedure": "cancel",
            "way": "confirms",
            "slots": [{"name": "order_id", "value": [NEW], "told_now": True}],
            "rules": {"not_sent_yet": "holds"},
            "waits_for": "",
        }
    ]
    assert shown["calls"] == []
    done = told(rain.portal.call(trial.says, "确认"))
    assert [(call["operation"], call["risk"]) for call in done["calls"]] == [
        ("order.cancel", "write"),
        ("card.refund", "write"),
    ]
    assert done["calls"][0]["arguments"] == {"order_id": NEW}
    refused = told(rain.portal.call(trial.says, f"取消订单{SENT}"))
    assert refused["procedures"][0]["rules"] == {"not_sent_yet": "broken"}
    talk.says("你好").has_written()
    assert not talk.effects.plans
