"""How a prompt is laid out: what stays the same for a store first, so that providers find it in their caches, then the
data of this message, cut to a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.domain.models import Line, Prompt, Speaker
from assistant.prompts.files import PromptFile, filled
from assistant.prompts.marks import Datum, plain

_LEAST_CUT = 40  # tokens below which a piece of something is not worth its place
_PER_LINE = 8  # tokens that endpoints add for each line and its speaker, at most


@dataclass(frozen=True, slots=True)
class Block:
    """Data of one kind. name: the slot of the prompt file that it fills. items: in the order they will stand in.

    last_first: whether the last of them, and not the first, has the first claim to a place, as with what was said.
    """

    name: str
    items: tuple[Datum, ...]
    last_first: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """A prompt. kept: how many items of each block are in it; those that are not are the ones with the last claims.

    tokens: what all of it has, as counted.
    """

    prompt: Prompt
    kept: Mapping[str, int]
    tokens: int


@dataclass(frozen=True, slots=True)
class Layout:
    """count: the tokens of a text (`LanguageModel.count`)."""

    file: PromptFile
    count: Callable[[str], int]

    def lay(self, values: Mapping[str, str], blocks: Sequence[Block]) -> Laid:
        """values: what the store has set, by slot of the stable part; it is trusted, but cannot hold marks.

        blocks: in the order of their claims to the budget; one that has a single item is cut to what is left for it.
        The stable part is never cut. Raises KeyError where a slot has neither value nor block.
        """
        always = filled(self.file.always, {name: _in_line(value) for name, value in values.items()})
        empty = filled(self.file.now, dict.fromkeys(self.file.blocks, ""))
        used = self.count(always) + self.count(empty) + 2 * _PER_LINE
        texts: dict[str, str] = {}
        kept: dict[str, int] = {}
        for block in blocks:
            chosen, cost = self._chosen(block, self.file.budget - used)
            used += cost
            kept[block.name] = len(chosen)
            texts[block.name] = "\n".join(chosen)
        now = filled(self.file.now, texts)
        lines = (Line(Speaker.STORE, always), Line(Speaker.SHOPPER, now))
        prompt = Prompt(self.file.purpose, self.file.name, self.file.version, lines, self.file.most_tokens)
        return Laid(prompt, kept, used)

    def _chosen(self, block: Block, left: int) -> tuple[list[str], int]:
        """The items that find room, as they stand, and their tokens. The first that does not is cut, and ends it."""
        chosen: list[str] = []
        total = 0
        for item in reversed(block.items) if block.last_first else block.items:
            text = str(item)
            cost = self.count(text) + 1
            if total + cost > left:
                shortened = self._shortened(item, left - total)
                if shortened is not None and not chosen:
                    chosen.append(shortened)
                    total += self.count(shortened) + 1
                break
            chosen.append(text)
            total += cost
        return (chosen[::-1] if block.last_first else chosen), total

    def _shortened(self, item: Datum, left: int) -> str | None:
        """The beginning of an item that fits, by halving; None where too little of it would."""
        if left < _LEAST_CUT:
            return None
        low, high = 0, len(item.text)
        while low < high:
            middle = (low + high + 1) // 2
            cut = str(Datum(item.mark, f"{item.text[:middle]}…", item.labels))
            low, high = (middle, high) if self.count(cut) + 1 <= left else (low, middle - 1)
        return str(Datum(item.mark, f"{item.text[:low]}…", item.labels)) if low else None


def _in_line(value: str) -> str:
    return "\n".join(" ".join(line.split()) for line in plain(value).split("\n"))
