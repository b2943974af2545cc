"""A script that was played, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.domain.reply import ActionKind
from evals.cases import Exchange, Fault, Outcome, Verdict
from evals.door import action_of, text_of
from evals.simulator import Script, Transcript
from evals.suites.wording import says
from evals.suites.writes import Comparison, compare
from evals.systems import RecordingBackend, Write


@dataclass(frozen=True, slots=True)
class Played:
    """A script in one run: with the shop's system, where there is one, and with what was said, where anything was."""

    case_id: str
    run: int
    script: Script
    system: RecordingBackend | None = None
    transcript: Transcript | None = None

    def outcome(self, fault: Fault | None = None, broke: str = "") -> Outcome:
        """`fault`: whose it is that the script did not come to its end; `broke`: what happened."""
        script, transcript = self.script, self.transcript
        writes, unsaid = self.comparison, self.unsaid
        right = fault is None and writes.equal and not unsaid
        stumbles = transcript.stumbles if transcript is not None else []
        notes = [broke] if broke else []
        notes += [*self._faults_of(writes), *(f"not said: {word}" for word in unsaid)]
        notes += [f"simulator: {stumble}" for stumble in stumbles]
        return Outcome(
            case_id=self.case_id,
            run=self.run,
            verdict=Verdict.CRASHED if fault else Verdict.RIGHT if right else Verdict.WRONG,
            measured={
                "image": script.needs_image,
                "excluded": bool(script.excluded),
                "right": right,
                "gold": float(writes.gold),
                "made": float(writes.made),
                "unwanted": float(len(writes.unwanted)),
                "turns": float(len(self.exchanges)),
                "asks": float(sum(reply.get("expects") is not None for reply in self.replies)),
                "handoffs": float(self.handoffs),
            },
            exchanges=self.exchanges,
            tags=tuple(tag for tag, holds in (("image", script.needs_image), ("excluded", script.excluded)) if holds),
            note="; ".join(notes),
            expected=_expected(script),
            fault=fault or (Fault.SIMULATOR if stumbles and not right else None),
            milliseconds=tuple(each.milliseconds for each in self.exchanges if each.reply is not None),
            tokens=transcript.tokens if transcript is not None else 0,
            cost=transcript.cost if transcript is not None else Decimal(0),
        )

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return tuple(self.transcript.exchanges) if self.transcript is not None else ()

    @property
    def replies(self) -> list[Mapping[str, object]]:
        heard = [reply for exchange in self.exchanges for reply in (*exchange.earlier, exchange.reply)]
        return [reply for reply in heard if reply is not None]

    @property
    def handoffs(self) -> int:
        return sum(action_of(reply)[0] is ActionKind.HANDOFF for reply in self.replies)

    @property
    def comparison(self) -> Comparison:
        writes = self.system.writes if self.system is not None else []
        return compare(writes, (self.script.gold, *self.script.gold_any), handed_over=self.handoffs > 0)

    @property
    def unsaid(self) -> list[str]:
        """Words that had to be said and were not."""
        shown = [_shown(reply) for reply in self.replies]
        return [word for word in self.script.mentions if not any(says(text, word) for text in shown)]

    def _faults_of(self, writes: Comparison) -> Iterator[str]:
        yield from (f"not done: {_told(write)}" for write in writes.missing)
        yield from (f"done unasked: {_told(write)}" for write in writes.unwanted)
        yield from (f"refused by the shop's system: {told}" for told in (self.system.refused if self.system else ()))


def _shown(reply: Mapping[str, object]) -> str:
    """All that a reply shows a shopper: its words, its cards and its table."""
    shown = [text_of(reply)]
    cards, table = reply.get("cards"), reply.get("table")
    for card in cards if isinstance(cards, Sequence) else ():
        shown += [str(card.get(name) or "") for name in ("title", "price", "note") if isinstance(card, Mapping)]
    if isinstance(table, Mapping):
        shown += [str(cell) for row in (table.get("columns") or (), *(table.get("rows") or ())) for cell in row]
    return "\n".join(shown)


def _told(write: Write) -> str:
    return f"{write.operation}({', '.join(f'{name}={value}' for name, value in write.arguments.items())})"


def _expected(script: Script) -> str:
    sets = [" and ".join(map(_told, gold)) or "nothing done" for gold in (script.gold, *script.gold_any)]
    said = f"; said: {', '.join(script.mentions)}" if script.mentions else ""
    return " or ".join(sets) + said
