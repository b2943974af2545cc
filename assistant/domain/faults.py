"""What is wrong in files that people write: where, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain.text import LocalText


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file. line counts from 1; 0 means the whole file."""

    file: str
    line: int
    text: LocalText

    def __str__(self) -> str:
        return self.in_language("en")

    def in_language(self, language: str) -> str:
        """Place and reason. English unless the language is Chinese."""
        chinese = language.startswith("zh")
        place = f"{self.file} 第 {self.line} 行" if chinese else f"{self.file}, line {self.line}"
        place = place if self.line else self.file
        return f"{place}{'：' if chinese else ': '}{self.text.in_language('zh' if chinese else 'en')}"


def told(faults: Sequence[Fault]) -> tuple[str, dict[str, object]]:
    """The detail of an error that tells all faults, a line each, and its data: `faults` and `detail_zh`."""
    rows = [
        {
            "file": fault.file,
            "line": fault.line,
            "reason": fault.text.in_language("en"),
            "reason_zh": fault.text.in_language("zh"),
        }
        for fault in faults
    ]
    chinese = "\n".join(fault.in_language("zh") for fault in faults)
    return "\n".join(map(str, faults)), {"faults": rows, "detail_zh": chinese}
