"""All checks, and what they come to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.domain.text import LocalText
from connectors.conformance.calls import CALLS
from connectors.conformance.reads import READS
from connectors.conformance.subject import Broken, Check, Subject

CHECKS: tuple[Check, ...] = (*READS, *CALLS)


class Verdict(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check came to. text: what is broken; missing: what it would have needed."""

    check: Check
    verdict: Verdict
    text: LocalText | None = None
    missing: tuple[str, ...] = ()


async def examine(subject: Subject) -> AsyncIterator[Finding]:
    """Runs all checks in turn; one that fails does not keep the others from running."""
    for check in CHECKS:
        missing = check.missing(subject)
        if missing:
            yield Finding(check, Verdict.LEFT_OUT, missing=tuple(missing))
            continue
        try:
            await check.run(subject)
        except Broken as broken:
            yield Finding(check, Verdict.BROKEN, broken.text)
        except Exception as error:  # a foreign connector may raise anything
            what = f"{type(error).__name__}: {error}"
            yield Finding(
                check, Verdict.BROKEN, LocalText.of({"zh": f"出现意外错误 {what}", "en": f"It raised {what}"})
            )
        else:
            yield Finding(check, Verdict.KEPT)
