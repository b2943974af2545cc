"""The one error tree. The API turns each into an RFC 9457 problem document by its code and status.

StorebotError
├── InvalidInput            422  try again with other input
│   ├── MessageTooLong      413
│   ├── PackRefused         422
│   ├── SuiteRefused        422
│   ├── SystemRefused       422
│   └── ProcedureRefused    422
├── Unauthorized            401  sign in again
├── Forbidden               403  final for this caller
│   └── OriginNotAllowed    403
├── NotFound                404
├── Conflict                409
│   ├── MessageIdReused     409
│   ├── EpochChanged        409  somebody else may speak now
│   ├── Superseded          409  a newer message came first
│   └── NotFinished         409  try again later
├── NotReady                503  nothing published yet, or another embedder built the index
│   └── EmbedderMismatch    503
├── StoreSystemError        502  the merchant's own system (assistant.domain.backend)
│   ├── OperationRefused    409  its rules forbid it: final; `reason` is a code
│   ├── StoreSystemUnavailable 503  nothing was done: try again later
│   └── OutcomeUnknown      502  an effect may have happened: look it up, or have a human look
├── ModelUnavailable        503  no language model now: `reason` is a code
├── TooManyRequests         429  try again later
└── NotInstalled            501  final: this server lacks a part
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class StorebotError(Exception):
    """`code` is stable and documented; `detail` is for people; `data` is structured and safe to show."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, **data: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.data: Mapping[str, object] = data

    def in_language(self, language: str) -> str:
        """The detail, in Chinese where it has Chinese words; those of a pack's file name their place apart."""
        chinese = self.data.get("detail_zh") if language == "zh" else None
        if not chinese:
            return self.detail
        file, row = self.data.get("file"), self.data.get("row")
        place = f"{file} 第 {row} 行" if file and row else file
        return f"{place}：{chinese}" if place else str(chinese)


class InvalidInput(StorebotError):
    code, status, title = "invalid_input", 422, "The input is not valid"


class MessageTooLong(InvalidInput):
    code, status, title = "message_too_long", 413, "The message is too long"


class PackRefused(InvalidInput):
    code, status, title = "pack_refused", 422, "The knowledge pack cannot be used"


class SuiteRefused(InvalidInput):
    """`data["faults"]` lists what is wrong, each with `file`, `line` (0: the whole file) and `reason`."""

    code, status, title = "suite_refused", 422, "The cases cannot be used"


class SystemRefused(InvalidInput):
    """`data["faults"]` as in SuiteRefused; `data["detail_zh"]` says the detail in Chinese."""

    code, status, title = "system_refused", 422, "The description of the store's system cannot be used"


class ProcedureRefused(InvalidInput):
    """`data["faults"]` as in SuiteRefused; `data["detail_zh"]` says the detail in Chinese."""

    code, status, title = "procedure_refused", 422, "The procedures cannot be used"


class Unauthorized(StorebotError):
    code, status, title = "unauthorized", 401, "The token is missing, wrong or expired"


class Forbidden(StorebotError):
    code, status, title = "forbidden", 403, "This is not allowed"


class OriginNotAllowed(Forbidden):
    code, status, title = "origin_not_allowed", 403, "This site may not embed the store's chat"


class NotFound(StorebotError):
    code, status, title = "not_found", 404, "There is no such thing"


class Conflict(StorebotError):
    code, status, title = "conflict", 409, "The request contradicts what is already there"


class MessageIdReused(Conflict):
    code, status, title = "message_id_reused", 409, "The message id was used for another message"


class EpochChanged(Conflict):
    code, status, title = "epoch_changed", 409, "Somebody else owns the conversation now"


class Superseded(Conflict):
    code, status, title = "superseded", 409, "A newer message came first"


class NotFinished(Conflict):
    code, status, title = "not_finished", 409, "It has not come to its end"


class NotReady(StorebotError):
    code, status, title = "not_ready", 503, "The store is not ready"


class EmbedderMismatch(NotReady):
    code, status, title = "embedder_mismatch", 503, "The index was built with another embedder"


class TooManyRequests(StorebotError):
    code, status, title = "too_many_requests", 429, "Too many requests"


class StoreSystemError(StorebotError):
    code, status, title = "store_system_error", 502, "The store's system answered with an error"


class OperationRefused(StoreSystemError):
    code, status, title = "operation_refused", 409, "The store's system does not allow this"


class StoreSystemUnavailable(StoreSystemError):
    code, status, title = "store_system_unavailable", 503, "The store's system cannot be reached"


class OutcomeUnknown(StoreSystemError):
    code, status, title = "outcome_unknown", 502, "It is not known whether this was done"


class ModelUnavailable(StorebotError):
    """Nothing usable came from a language model.

    `reason`: "timeout", "unreachable", "rate_limited", "refused" (the key, the model or the request), "garbage" (not
    what was asked for), "cut" (the stream broke off), "open_circuit", "busy", "ceiling",
    "stopped" (nobody waits for it any more).
    """

    code, status, title = "model_unavailable", 503, "The language model cannot be used"

    def __init__(self, detail: str, *, reason: str) -> None:
        super().__init__(detail, reason=reason)
        self.reason = reason


class NotInstalled(StorebotError):
    code, status, title = "not_installed", 501, "This server lacks the part that does this"
