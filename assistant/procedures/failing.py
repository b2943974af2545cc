"""Where a procedure cannot go on through no fault of the shopper's: its author has to see to it, or the store."""

from __future__ import annotations

import structlog

from assistant.domain.errors import NotFound, StoreSystemError
from assistant.procedures.expressions import BadExpression, EvaluationFailed
from assistant.procedures.known import NotKnownYet
from assistant.procedures.wording import BadWording, WordingFailed

_log = structlog.get_logger(__name__)

FAULTS = (BadExpression, BadWording, EvaluationFailed, NotKnownYet, WordingFailed)
"""What is wrong with a procedure: an expression without a value, a text that names what is not there."""

TROUBLES = (NotFound, StoreSystemError)
"""What goes wrong when the store's system is read: it cannot be reached, or a record is gone."""


def faulty(procedure: str, error: Exception) -> None:
    """Tells the operator what failed; shoppers are not told, for it means nothing to them."""
    where = getattr(error, "expression", None) or getattr(error, "template", None) or ""
    what = getattr(error, "detail", None) or str(error)
    _log.error("procedure_failed", procedure=procedure, error=type(error).__name__, expression=where, detail=what)
