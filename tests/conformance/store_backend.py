"""What every implementation of the `StoreBackend` port does: the checks of connectors.conformance, one test each."""

from __future__ import annotations

from typing import ClassVar

import pytest

from connectors.conformance import CHECKS, Check, Subject


class StoreBackendSuite:
    """Needs a fixture `subject`. `without` names what the subject cannot have, so that nothing is left out unsaid."""

    without: ClassVar[frozenset[str]] = frozenset()

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
    async def test_the_system_keeps_to_the_port(self, subject: Subject, check: Check) -> None:
        missing = set(check.missing(subject))
        assert missing <= self.without, f"the subject lacks {sorted(missing)}"
        if missing:
            pytest.skip(f"the subject has no {', '.join(sorted(missing))}")
        await check.run(subject)
