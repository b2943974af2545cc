"""What the terminal shows: texts in the reader's language, tables, replies, JSON.

Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from copy import copy
from importlib.resources import files
from typing import Any, TextIO

import yaml
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.answers.texts import Texts
from assistant.domain.reply import Reply

# Texts of shops may hold anything; control characters would steer the reader's terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def load_texts() -> Texts:
    """The command line's texts. Raises ValueError naming the text that is incomplete."""
    content = (files(__package__) / "texts.yaml").read_text(encoding="utf-8")
    return Texts(yaml.safe_load(content))


class Terminal:
    """One run's output, in one language ("zh" or "en")."""

    def __init__(self, language: str, *, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.language = language
        self._texts = load_texts()
        self.out = Console(file=out, highlight=False, markup=False, emoji=False)
        self.err = Console(file=err, stderr=err is None, highlight=False, markup=False, emoji=False)

    def speaking(self, language: str) -> Terminal:
        """The same terminal in another language."""
        other = copy(self)
        other.language = language
        return other

    def text(self, name: str, **values: object) -> str:
        return self._texts.say(name, self.language, **values)

    def text_or(self, name: str, otherwise: str) -> str:
        """A named text, or `otherwise` where there is none of that name."""
        return self.text(name) if name in self._texts else otherwise

    def say(self, name: str, *, style: str = "", **values: object) -> None:
        """A named text, on stdout."""
        self.out.print(plain(self.text(name, **values)), style=style, soft_wrap=True)

    def note(self, name: str, *, style: str = "dim", **values: object) -> None:
        """What is being done, on stderr, so that it never mixes with data."""
        self.err.print(plain(self.text(name, **values)), style=style, soft_wrap=True)

    def line(self, prompt: str) -> str | None:
        """What is typed next, None at the end of input. It blocks the event loop too, so that Ctrl+C gets through.

        The prompt, a named text, is shown to people only.
        """
        try:
            return input(self.text(prompt) if sys.stdin.isatty() else "").strip()
        except EOFError:
            return None

    def json(self, data: Any) -> None:
        self.out.out(json.dumps(data, ensure_ascii=False, indent=2, default=str), highlight=False)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
        """`columns` are names of texts, "column.file" or else headings as they are."""
        table = Table(
            box=box.SIMPLE_HEAD, title=title or None, title_justify="left", title_style="bold", pad_edge=False
        )
        for column in columns:
            table.add_column(plain(self.text_or(column, column)), overflow="fold")
        for row in rows:
            table.add_row(*(Text(plain(cell)) for cell in row))
        self.out.print(table)

    def reply(self, reply: Reply) -> None:
        """A reply as a shopper would see it, and beneath it what it rests on."""
        self.out.print(Text(plain(reply.text), style="bold"), soft_wrap=True)
        if reply.table:
            self.table(reply.table.columns, reply.table.rows)
        for card in reply.cards:
            line = " · ".join(part for part in (card.title, card.price, card.note) if part)
            self.out.print(Text(f"▸ {plain(line)}  [{plain(card.product_id)}]"), soft_wrap=True)
        if reply.quick_replies:
            self.out.print(Text("  ".join(f"[{plain(quick.label)}]" for quick in reply.quick_replies)), soft_wrap=True)
        used = {identifier for part in reply.parts for identifier in part.evidence_ids}
        shown = [evidence for evidence in reply.evidence if evidence.id in used or not used]
        for title, text, source in dict.fromkeys((each.title, each.text, each.source) for each in shown):
            self._evidence(title, text, source)

    def fail(self, detail: str, hint: str = "") -> None:
        """An error: one red line, and where there is something to do about it, that."""
        line = Text(f"{self.text('error.title')}: {plain(detail)}", style="bold red")
        self.err.print(line, soft_wrap=True)
        if hint:
            self.err.print(Text(plain(hint)), soft_wrap=True)

    def hint(self, code: str) -> str:
        """What to do about an error with this code; "" where its detail says all there is."""
        return self.text_or(f"hint.{code}", "")

    def _evidence(self, title: str, text: str, source: str) -> None:
        quoted = " ".join(plain(text).split())
        line = Text("  ")
        line.append(plain(title), style="cyan")
        line.append(f" “{quoted}” ")
        line.append(plain(source), style="dim")
        self.out.print(line, soft_wrap=True)


def plain(text: str) -> str:
    """`text` without the control characters that a terminal would obey."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
