"""How long a shopper will wait, told from how long others did; nothing is told where too little is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

LOOKED_AT = 20
"""Of how many passages to humans, the last ones, the figures are."""
_LEAST = 3  # figures that tell something


def minutes(ahead: int, *, places: int, taken: int, waited: Sequence[float], handled: Sequence[float]) -> int | None:
    """The minutes until somebody comes, at least 1; None where nothing tells.

    ahead: how many go first. places: conversations that those who are there serve at once, of which `taken` are.
    waited: seconds that the last ones waited; handled: seconds that the last ones were served.

    Who finds a free place waits as long as an agent takes to look up: as others have waited. Else a place has to become
    free first, which happens `places` times in the time that one conversation takes.
    """
    if len(waited) < _LEAST or places <= 0:
        return None
    seconds = median(waited)
    before = ahead + 1 - (places - taken)
    if before > 0:
        if len(handled) < _LEAST:
            return None
        seconds = max(seconds, before * median(handled) / places)
    return max(1, math.ceil(seconds / 60))
