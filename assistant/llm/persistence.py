"""How often a call is tried: again while it has brought nothing and that may pass, and not at all while nobody
answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from assistant.domain.remotes import Breaker
from assistant.llm.endpoint import Endpoint
from assistant.llm.faults import trouble_of
from assistant.llm.troubles import Trouble

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a call with all its attempts."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        return max(0.0, self.at - time.monotonic())


@dataclass
class Persistence:
    """What all calls of one endpoint share: its places and its breaker."""

    endpoint: Endpoint
    breaker: Breaker = field(init=False)
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.endpoint.failures, self.endpoint.pause)
        self._places = asyncio.Semaphore(self.endpoint.at_once)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the places. Raises Trouble where none is free in time."""
        try:
            async with asyncio.timeout(self.endpoint.waits.in_line):
                await self._places.acquire()
        except TimeoutError as error:
            raise Trouble("too many calls are under way.", "busy") from error
        try:
            yield
        finally:
            self._places.release()

    async def tried(self, attempt: Callable[[], Awaitable[_T]], deadline: Deadline) -> _T:
        """What an attempt gives. Raises Trouble for any that the libraries raise."""
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, Trouble) and error.passing),
            wait=_wait,
            stop=stop_after_attempt(self.endpoint.attempts),
            before_sleep=lambda state: _in_time(state, deadline),
            reraise=True,
        )
        return await retrying(self._once, attempt, deadline)

    async def _once(self, attempt: Callable[[], Awaitable[_T]], deadline: Deadline) -> _T:
        if not self.breaker.admits():
            raise Trouble("it has failed several times, and is asked again soon.", "open_circuit")
        try:
            async with asyncio.timeout(deadline.left()):
                result = await attempt()
        except Exception as error:
            trouble = trouble_of(error)
            self.heard(trouble)
            raise trouble from error
        self.breaker.answered()
        return result

    def heard(self, trouble: Trouble) -> None:
        """Take note of trouble: whether it speaks for or against the endpoint."""
        _log.warning("model_trouble", reason=trouble.reason, detail=trouble.detail, endpoint=self.endpoint.base_url)
        if trouble.counts:
            self.breaker.failed()
        elif trouble.status != 429:
            self.breaker.answered()


_backoff = wait_random_exponential(multiplier=0.1, max=5)  # with full jitter, in seconds


def _wait(state: RetryCallState) -> float:
    """No shorter than the endpoint asks for."""
    trouble = state.outcome.exception() if state.outcome else None
    asked = trouble.retry_after if isinstance(trouble, Trouble) else None
    return max(asked or 0, _backoff(state))


def _in_time(state: RetryCallState, deadline: Deadline) -> None:
    """Raises the trouble at once where a further attempt would come too late."""
    pause = state.next_action.sleep if state.next_action else 0
    trouble = state.outcome.exception() if state.outcome else None
    if trouble is not None and pause >= deadline.left():
        raise trouble
