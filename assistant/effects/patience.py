"""How long effects wait, and for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. turn: how long a turn waits for a run before it says that it takes a while. call: how long a system may
    take for one call before the answer counts as lost.

    at_once: pauses before further tries of a call within a run. later: pauses before a run is taken up again whose
    system could not be reached; the last one again and again. give_up: the age at which a run is given up.
    """

    turn: float = 8.0
    call: float = 30.0
    at_once: tuple[float, ...] = (0.1, 0.4, 1.0)
    later: tuple[float, ...] = (5.0, 15.0, 60.0, 300.0, 900.0)
    give_up: float = 24 * 3600.0

    def before(self, tries: int) -> float:
        """The pause before a run is taken up again that was put off `tries` times already."""
        return self.later[min(tries, len(self.later) - 1)]
