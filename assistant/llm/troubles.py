"""What goes wrong with a call, in the reasons of ModelUnavailable, and whether it may pass."""

from __future__ import annotations

from assistant.domain.errors import ModelUnavailable

_NOT_UNDERSTOOD = frozenset({400, 404, 422})  # what endpoints say to a parameter that they do not know


class Trouble(Exception):
    """A call that brought nothing.

    reason: as in ModelUnavailable. passing: trying again may help. retry_after: seconds that the endpoint asks to be
    left alone. counts: it is a sign that the endpoint is in trouble. status: of HTTP, 0 where there was none.
    """

    def __init__(
        self,
        detail: str,
        reason: str,
        *,
        passing: bool = False,
        counts: bool = False,
        retry_after: float | None = None,
        status: int = 0,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = reason
        self.passing = passing
        self.counts = counts
        self.retry_after = retry_after
        self.status = status

    @property
    def of_a_parameter(self) -> bool:
        """Whether the endpoint may have refused a part of the request, and not all of it."""
        return self.status in _NOT_UNDERSTOOD

    def unavailable(self) -> ModelUnavailable:
        return ModelUnavailable(f"The language model cannot be used: {self.detail}", reason=self.reason)


def timed_out(what: str) -> Trouble:
    return Trouble(f"{what}.", "timeout", passing=True, counts=True)
