"""How often a call is tried: again only where that is safe, ever more slowly, and not at all while nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from assistant.domain.errors import OutcomeUnknown, StoreSystemUnavailable
from assistant.domain.remotes import Breaker
from connectors.mapping import verdicts
from connectors.mapping.model import Errors, Patience
from connectors.mapping.remote import Answered

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


class Trouble(Exception):
    """No answer, or one that says to try again later.

    maybe_done: the system may have carried the call out. retry_after: seconds that it asks to be left alone.
    counts: it is a sign that the system is in trouble, and not merely busy.
    """

    def __init__(self, detail: str, *, maybe_done: bool, retry_after: float | None = None, counts: bool = True) -> None:
        super().__init__(detail)
        self.maybe_done = maybe_done
        self.retry_after = retry_after
        self.counts = counts


@dataclass
class Persistence:
    """sleep: how the time between attempts is spent."""

    patience: Patience
    errors: Errors
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    breaker: Breaker = field(init=False)

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.patience.failures, self.patience.pause)

    async def read(self, attempt: Callable[[], Awaitable[_T]]) -> _T:
        """Raises StoreSystemUnavailable, and Answered as the attempt does."""
        try:
            return await self._tried(attempt, repeatable=True)
        except Trouble as trouble:
            raise StoreSystemUnavailable(f"The store's system does not answer: {trouble}.") from trouble

    async def write(self, attempt: Callable[[], Awaitable[_T]], *, repeatable: bool) -> _T:
        """Tries again after what certainly did nothing, and after anything else only if the call is repeatable.

        Raises StoreSystemUnavailable, OutcomeUnknown, and Answered only while no attempt may have been carried out: an
        error that answers a second attempt says nothing of what became of the first.
        """
        maybe_done = False

        async def noted() -> _T:
            nonlocal maybe_done
            try:
                return await attempt()
            except Trouble as trouble:
                maybe_done = maybe_done or trouble.maybe_done
                raise
            except Answered as answered:
                if not verdicts.told(self.errors.in_progress, answered):
                    raise
                maybe_done = True
                raise Trouble("an earlier call is still at work", maybe_done=True, counts=False) from answered

        try:
            return await self._tried(noted, repeatable=repeatable)
        except Trouble as trouble:
            if maybe_done:
                raise OutcomeUnknown(f"It is not known whether the call was carried out: {trouble}.") from trouble
            raise StoreSystemUnavailable(f"The store's system does not answer: {trouble}.") from trouble
        except (Answered, StoreSystemUnavailable) as error:
            if maybe_done:
                raise OutcomeUnknown("It is not known whether the call was carried out.") from error
            raise

    async def _tried(self, attempt: Callable[[], Awaitable[_T]], *, repeatable: bool) -> _T:
        def is_safe(error: BaseException) -> bool:
            return isinstance(error, Trouble) and (repeatable or not error.maybe_done)

        retrying = AsyncRetrying(
            retry=retry_if_exception(is_safe),
            wait=_wait,
            stop=stop_after_attempt(self.patience.attempts) | stop_before_delay(self.patience.within),
            sleep=self.sleep,
            reraise=True,
        )
        return await retrying(self._once, attempt)

    async def _once(self, attempt: Callable[[], Awaitable[_T]]) -> _T:
        if not self.breaker.admits():
            raise StoreSystemUnavailable("The store's system has failed several times; it is asked again soon.")
        try:
            result = await attempt()
        except Trouble as trouble:
            _log.warning("store_system_trouble", trouble=str(trouble), maybe_done=trouble.maybe_done)
            if trouble.counts:
                self.breaker.failed()
            raise
        except Answered:
            self.breaker.answered()
            raise
        self.breaker.answered()
        return result


_backoff = wait_random_exponential(multiplier=0.2, max=5)  # with full jitter, in seconds


def _wait(state: RetryCallState) -> float:
    """No shorter than the system asks for."""
    trouble = state.outcome.exception() if state.outcome else None
    asked = trouble.retry_after if isinstance(trouble, Trouble) else None
    return max(asked or 0, _backoff(state))
