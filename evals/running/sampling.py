"""Which cases are run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from evals.cases import Case
from evals.suites.suite import MalformedSuite, Refused


def sample(cases: Sequence[Case], limit: int | None, seed: int) -> list[Case]:
    """At most `limit` cases (None: all), picked by the seed, in their order.

    A larger limit picks the same cases and more; what is picked does not depend on the order of the cases.
    """
    if limit is None or limit >= len(cases):
        return list(cases)
    picked = {case.id for case in sorted(cases, key=lambda case: _lot(case.id, seed))[:limit]}
    return [case for case in cases if case.id in picked]


def check_ids(cases: Sequence[Case]) -> None:
    """Raises MalformedSuite where two cases have one id, or where there is no case."""
    first: dict[str, Case] = {}
    faults = []
    for case in cases:
        seen = first.setdefault(case.id, case)
        if seen is not case:
            faults.append(Refused(case.place, f"the id {case.id!r} is used already, at {seen.place}"))
    if faults:
        raise MalformedSuite(faults)


def _lot(case_id: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{case_id}".encode("utf-8", "surrogatepass")).digest()
