"""One call of a store's system, made until it is known what came of it or that this cannot be told now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from assistant.domain.backend import JsonObject, Operation, StoreBackend
from assistant.domain.effects import Effect, EffectState
from assistant.domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    OperationRefused,
    OutcomeUnknown,
    StoreSystemUnavailable,
)
from assistant.effects.binding import NotCallable, canonical, faults
from assistant.effects.patience import Patience

_log = structlog.get_logger(__name__)

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a call. PLANNED: nothing was done; SENT: it is not known yet; both are to be tried again."""

    state: EffectState
    result: JsonObject = field(default_factory=dict)
    reason: str = ""

    @property
    def settled(self) -> bool:
        return self.state.settled


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes the calls of one run."""

    backend: StoreBackend
    patience: Patience
    sleep: Sleep = asyncio.sleep

    async def made(self, effect: Effect, *, unclear: bool) -> Came:
        """Call, and look up what is lost. unclear: the call may have gone out before, so it is looked up first."""
        came = await self._attempt(effect, unclear)
        for pause in self.patience.at_once:
            if came.settled:
                break
            await self.sleep(pause)
            came = await self._attempt(effect, came.state is EffectState.SENT)
        return came

    async def _attempt(self, effect: Effect, unclear: bool) -> Came:
        came = None if unclear else await self._called(effect)
        return await self._looked_up(effect) if came is None else came

    async def _called(self, effect: Effect) -> Came | None:
        """None where nobody can tell but by looking it up."""
        call = effect.call
        try:
            async with asyncio.timeout(self.patience.call):
                result = await self.backend.call(
                    call.operation, call.arguments, shopper=effect.plan.shopper, idempotency_key=effect.id
                )
        except StoreSystemUnavailable:
            return Came(EffectState.PLANNED, reason="unavailable")
        except OperationRefused as error:
            return Came(EffectState.REFUSED, reason=str(error.data.get("reason") or error.code))
        except (NotFound, InvalidInput) as error:
            return Came(EffectState.REFUSED, reason=error.code)
        except Conflict:  # the key names this effect alone: something is wrong that code cannot put right
            return Came(EffectState.UNKNOWN, reason="key_conflict")
        except (OutcomeUnknown, OSError) as error:  # OSError: cut connections, and TimeoutError
            _log.warning(
                "effect_answer_lost", effect_id=effect.id, operation=call.operation, error=type(error).__name__
            )
            return None
        except Exception:  # a connector's defect: the call may have gone out
            _log.exception("effect_call_failed", effect_id=effect.id, operation=call.operation)
            return None
        return self._checked(effect, result)

    async def _looked_up(self, effect: Effect) -> Came:
        try:
            async with asyncio.timeout(self.patience.call):
                found = await self.backend.outcome(effect.id)
        except (StoreSystemUnavailable, OSError):
            return Came(EffectState.SENT, reason="unavailable")
        except OutcomeUnknown:
            return Came(EffectState.UNKNOWN, reason="outcome_unknown")
        except Exception:
            _log.exception("effect_lookup_failed", effect_id=effect.id, operation=effect.call.operation)
            return Came(EffectState.UNKNOWN, reason="outcome_unknown")
        if found is None:
            return Came(EffectState.PLANNED, reason="no_effect")
        return self._checked(effect, found)

    def _checked(self, effect: Effect, result: JsonObject) -> Came:
        """Done, if the result is what the operation promises; else nobody knows what happened."""
        operation = self.backend.operations.get(effect.call.operation)
        try:
            result = canonical(result)
        except (NotCallable, AttributeError, ValueError):
            return Came(EffectState.UNKNOWN, reason="wrong_result")
        wrong = faults(result, operation.result) if operation is not None else []
        if wrong:
            _log.error("effect_result_wrong", effect_id=effect.id, operation=effect.call.operation, places=wrong)
            return Came(EffectState.UNKNOWN, result, "wrong_result")
        return Came(EffectState.DONE, result)


def operation_of(backend: StoreBackend, name: str) -> Operation:
    """Raises NotCallable."""
    operation = backend.operations.get(name)
    if operation is None:
        raise NotCallable("no_such_operation", f"the system has no operation {name}")
    return operation
