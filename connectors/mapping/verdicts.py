"""What an error that a system answered with means to us.

What the system said goes no further: only codes that the mapping finds in it do.
"""

from __future__ import annotations

from assistant.domain.backend import Risk
from assistant.domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    OperationRefused,
    OutcomeUnknown,
    StorebotError,
    StoreSystemUnavailable,
)
from connectors.mapping.expressions import DoesNotApply, Expression
from connectors.mapping.model import Errors
from connectors.mapping.remote import Answered

UNSPECIFIED = "unspecified"
_GONE = frozenset({404, 410})
_INVALID = frozenset({400, 422})
_REASON_AT_MOST = 100


def of_read(call: str, answered: Answered, errors: Errors) -> StorebotError:
    if told(errors.not_found, answered) or answered.status in _GONE:
        return NotFound(f"The store's system has no such record ({call}).")
    return _nothing_done(call, answered)


def of_call(operation: str, risk: Risk, answered: Answered, errors: Errors) -> StorebotError:
    if told(errors.reused, answered):
        return Conflict("The idempotency key was used for another call.", operation=operation)
    if told(errors.not_found, answered) or answered.status in _GONE:
        return NotFound(f"The store's system has no record of what {operation} is about.", operation=operation)
    if told(errors.invalid, answered):
        return _invalid(operation)
    reason = " ".join(str(told(errors.reason, answered) or "").split())[:_REASON_AT_MOST]
    if reason:
        return OperationRefused(f"The store's system refuses {operation}: {reason}.", reason=reason)
    if answered.status in _INVALID:
        return _invalid(operation)
    if answered.status == 409 or errors.otherwise == "refused":
        return OperationRefused(f"The store's system refuses {operation}.", reason=UNSPECIFIED)
    if risk is Risk.READ or (answered.status is not None and 400 <= answered.status < 500):
        return _nothing_done(operation, answered)
    return OutcomeUnknown(
        f"The store's system answered {operation} with an error that does not say whether it was done."
    )


def told(expression: Expression | None, answered: Answered) -> object:
    """What an expression says of an error; None where it does not apply to this one."""
    try:
        return expression.of(answered.error) if expression else None
    except DoesNotApply:
        return None


def _invalid(operation: str) -> InvalidInput:
    errors = [{"loc": "", "msg": "the store's system does not take these arguments"}]
    return InvalidInput(f"The store's system does not take these arguments of {operation}.", errors=errors)


def _nothing_done(call: str, answered: Answered) -> StoreSystemUnavailable:
    hint = "; check the secret that the mapping names" if answered.status in (401, 403) else ""
    said = f"status {answered.status}" if answered.status is not None else "an error"
    return StoreSystemUnavailable(f"The store's system answered {call} with {said}{hint}.")
