"""What a model thinks aloud before it answers, which nobody is to see."""

from __future__ import annotations

_OPENS, _CLOSES = "<think>", "</think>"


class Aloud:
    """Takes the pieces of one answer, and gives what is left without the thoughts at its beginning."""

    def __init__(self) -> None:
        self._held = ""
        self._thinks: bool | None = None  # None: not known yet

    def heard(self, piece: str) -> str:
        if self._thinks is False:
            return piece
        self._held += piece
        if self._thinks is None:
            begun = self._held.lstrip()
            if begun.startswith(_OPENS):
                self._thinks = True
            elif not _OPENS.startswith(begun):
                return self._all()
        if self._thinks:
            _, closed, rest = self._held.partition(_CLOSES)
            if closed and rest.strip():
                self._held = rest.lstrip()
                return self._all()
        return ""

    def rest(self) -> str:
        """What is held at the end: nothing of thoughts that never ended."""
        return "" if self._thinks else self._all()

    def _all(self) -> str:
        self._thinks, held, self._held = False, self._held, ""
        return held


def spoken(text: str) -> str:
    """A whole answer without its thoughts."""
    aloud = Aloud()
    return aloud.heard(text) + aloud.rest()
