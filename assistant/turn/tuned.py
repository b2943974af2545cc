"""The tools of each store: those of all, with the store's own intents and calibration where it has them.

A change takes effect at the store's next turn; nothing is restarted, and other stores do not notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from assistant.answers.answering import Answering
from assistant.answers.calibration import Calibration
from assistant.domain.ids import StoreId
from assistant.domain.ports import Tunings
from assistant.domain.store import Risk, Store
from assistant.domain.tuning import WrittenFile
from assistant.nlu.intents import KeptModels, ShopIntents, merged
from assistant.turn.routing import Router, Rule
from assistant.turn.steps import Tools

_log = structlog.get_logger(__name__)
_PATIENCE_S = 3.0  # a turn waits this long for a model, then goes on with the one before
_REMEMBERED = 100  # stores with something of their own; a model takes about 1.5 MB


@dataclass(frozen=True, slots=True)
class _Tuned:
    stamp: str
    tools: Tools


class TunedTools:
    """`shipped`: the tools of a store that has nothing of its own."""

    def __init__(self, shipped: Tools, tunings: Tunings, models: KeptModels) -> None:
        self.shipped = shipped
        self._tunings = tunings
        self._models = models
        self._tuned: dict[StoreId, _Tuned] = {}  # the one used last stands last
        self._under_way: dict[StoreId, asyncio.Task[None]] = {}

    async def of(self, store: Store) -> Tools:
        """The tools for a turn of this store. Never raises: what cannot be used is logged, and passed over."""
        stamp = self._tunings.stamp(store.id)
        if not stamp:
            self._tuned.pop(store.id, None)
            return _at_risk(self.shipped, store.risk)
        tuned = self._tuned.get(store.id)
        if tuned is None or tuned.stamp != stamp:
            await asyncio.wait([self._tuning(store.id)], timeout=_PATIENCE_S)
            tuned = self._tuned.get(store.id)
        if tuned is None:
            return _at_risk(self.shipped, store.risk)
        self._tuned[store.id] = self._tuned.pop(store.id)
        return _at_risk(tuned.tools, store.risk)

    async def teach(self, files: Sequence[WrittenFile]) -> ShopIntents:
        """Checks a store's definitions and fits their model, so that it is there when they are put in force.

        Raises IntentFault.
        """
        return await self._intents(files)

    async def close(self) -> None:
        """Stop what is under way; it is taken up when it is needed again."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tuning(self, store_id: StoreId) -> asyncio.Task[None]:
        """One task for all turns that wait for it."""
        task = self._under_way.get(store_id)
        if task is None:
            task = asyncio.create_task(self._tune(store_id), name=f"tuning {store_id}")
            self._under_way[store_id] = task
            task.add_done_callback(lambda _: self._under_way.pop(store_id, None))
        return task

    async def _tune(self, store_id: StoreId) -> None:
        stamp = self._tunings.stamp(store_id)  # before it is read: what changes meanwhile is read again
        tools = self._tuned[store_id].tools if store_id in self._tuned else self.shipped
        try:
            tuning = await self._tunings.get(store_id)
            calibrated = _calibrated(self.shipped, tuning.calibration)
            tools = _with_intents(calibrated, await self._intents(tuning.intents))
        except Exception:
            _log.exception("tuning_not_used", store_id=store_id)
        self._tuned[store_id] = _Tuned(stamp, tools)
        while len(self._tuned) > _REMEMBERED:
            del self._tuned[next(iter(self._tuned))]

    async def _intents(self, files: Sequence[WrittenFile]) -> ShopIntents:
        shipped = self.shipped.reader.intents
        if not files:
            return shipped
        definitions = await asyncio.to_thread(merged, shipped.definitions, files)
        return await shipped.taught(definitions, self.shipped.embedder, kept=self._models)


def router_of(intents: ShopIntents, hand_over_from: float) -> Router:
    """Goes by the definitions' routes. `hand_over_from`: the threshold of handing over."""
    return Router({item.name: Rule(item.route, item.reason) for item in intents.definitions}, hand_over_from)


def _with_intents(tools: Tools, intents: ShopIntents) -> Tools:
    if intents is tools.reader.intents:
        return tools
    router = router_of(intents, tools.router.hand_over_from)
    return replace(tools, reader=tools.reader.with_intents(intents), router=router)


def _calibrated(tools: Tools, calibration: str) -> Tools:
    if not calibration:
        return tools
    return _answering(tools, tools.answering.calibrated(Calibration.parse(calibration, "calibration.yaml")))


def _at_risk(tools: Tools, risk: Risk) -> Tools:
    return _answering(tools, tools.answering.at_risk(risk)) if risk.stated() else tools


def _answering(tools: Tools, answering: Answering) -> Tools:
    """By these thresholds, of which one is the router's."""
    router = tools.router.handing_over_from(answering.thresholds.hand_over)
    return replace(tools, answering=answering, router=router)
