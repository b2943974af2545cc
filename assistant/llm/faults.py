"""What the exceptions of the libraries mean."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import openai
from pydantic import ValidationError

from assistant.domain.remotes import asked_pause
from assistant.llm.troubles import Trouble, timed_out

_PASSING = frozenset({408, 409, 425, 429})
_SPENT = "insufficient_quota"  # a 429 that no waiting mends
_LONGEST = 300  # characters of an endpoint's own words


def trouble_of(error: Exception) -> Trouble:
    """What an exception of the libraries means."""
    if isinstance(error, Trouble):
        return error
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, openai.APITimeoutError | TimeoutError | httpx2.TimeoutException):
        return timed_out("the endpoint cannot be reached in time")
    if isinstance(error, openai.APIConnectionError | httpx2.ConnectError):
        return Trouble("the endpoint cannot be reached.", "unreachable", passing=True, counts=True)
    if isinstance(error, httpx2.TransportError):
        return Trouble("the connection broke off.", "cut", passing=True, counts=True)
    if isinstance(error, openai.APIResponseValidationError | ValidationError | ValueError | TypeError | LookupError):
        return Trouble("what came is not in OpenAI's protocol.", "garbage", counts=True)
    if isinstance(error, openai.APIError):  # an event of a stream that tells of an error
        return Trouble(f"the endpoint broke off: {_short(error.message)}", "cut", passing=True, counts=True)
    if isinstance(error, openai.OpenAIError):  # an answer that was too long, or filtered
        return Trouble("the answer is incomplete.", "garbage")
    return Trouble(f"the client of the endpoint has failed ({type(error).__name__}).", "garbage")


def _of_status(error: openai.APIStatusError) -> Trouble:
    status, said = error.status_code, _short(error.message)
    asked = asked_pause(error.response.headers.get("Retry-After", ""), datetime.now(UTC))
    if status == 429:
        spent = error.code == _SPENT
        detail = f"the endpoint takes no more calls now (429): {said}"
        return Trouble(detail, "rate_limited", passing=not spent, retry_after=asked, status=status)
    if status >= 500:
        detail = f"the endpoint has a fault ({status})."
        return Trouble(detail, "unreachable", passing=True, counts=True, retry_after=asked, status=status)
    detail = f"the endpoint refuses the call ({status}): {said}"
    return Trouble(detail, "refused", passing=status in _PASSING, retry_after=asked, status=status)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
