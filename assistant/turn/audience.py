"""Who a turn is for: shown what is sure before the reply is whole, and perhaps gone before it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum

from assistant.domain.errors import ModelUnavailable

Show = Callable[[int, str], Awaitable[None]]
"""Shows the text of a part of the reply to come, by its place in the reply."""

_FOR_MODELS = 0.85  # of a turn's time; what is left is for a reply without them
_TURN_S = 10.0


class Gone(StrEnum):
    """Why nobody waits any more for what a model writes."""

    WROTE_AGAIN = "wrote_again"
    LEFT = "left"
    TAKEN_OVER = "taken_over"  # somebody else may speak now


class Audience:
    """One for each turn. seconds: the time budget of the turn, which begins now. show: None shows nothing.

    Only work of language models stops when nobody waits: what a procedure has begun is seen through.
    """

    def __init__(self, seconds: float = _TURN_S, show: Show | None = None) -> None:
        self._models_until = time.monotonic() + seconds * _FOR_MODELS
        self._show = show
        self._at_work: set[asyncio.Timeout] = set()
        self.gone: Gone | None = None
        self.shown: dict[int, str] = {}

    async def show(self, index: int, text: str) -> None:
        """Shows a verified part of the reply to come; nothing once somebody else may speak."""
        if self.gone is Gone.TAKEN_OVER:
            return
        self.shown[index] = text
        if self._show is not None:
            await self._show(index, text)

    def leave(self, why: Gone) -> None:
        """Nobody waits any more: what models are at is stopped at once, and nothing more is begun with them."""
        if self.gone is None or why is Gone.TAKEN_OVER:
            self.gone = why
            for scope in self._at_work:
                if not scope.expired():
                    scope.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def waiting(self, share: float = 1.0) -> AsyncIterator[None]:
        """Around work of a language model, which may take this share of the time that is left for models.

        Raises ModelUnavailable: "stopped" where nobody waits any more, "timeout" where the time is up. What runs within
        is cancelled then.
        """
        if self.gone is not None:
            raise self._stopped()
        seconds = max(0.0, self._models_until - time.monotonic()) * share
        scope = asyncio.timeout(seconds)
        try:
            async with scope:
                self._at_work.add(scope)
                try:
                    yield
                finally:
                    self._at_work.discard(scope)
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise (
                self._stopped()
                if self.gone
                else ModelUnavailable(
                    f"The language model took longer than the {seconds:.1f} s that the turn has for it.",
                    reason="timeout",
                )
            ) from error

    def _stopped(self) -> ModelUnavailable:
        return ModelUnavailable(f"Nobody waits for the language model any more ({self.gone}).", reason="stopped")
