"""A program that is killed between any two steps of a plan of two effects, and what the next one makes of it.

    python -m tests.effects.process FOLDER ROUNDS KIND

At each step ROUNDS processes are killed, until one comes to its end before that. A line of JSON for each: the step,
whether the process was killed, how often each operation took effect, and what the run came to in the end.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import cast

import structlog

from assistant.domain.backend import JsonObject, Operation, ShopperRef, StoreBackend
from assistant.domain.conversation import Conversation
from assistant.domain.effects import Effect, EffectId, Outcome, Plan, Sought
from assistant.domain.errors import OutcomeUnknown
from assistant.domain.ids import StoreId
from assistant.domain.ledger import Account, Course
from assistant.domain.procedures import RunId
from assistant.effects import LedgerEffects
from assistant.storage import SqlConversationLog, SqlLedger, open_database
from tests.conformance.examples import TickingClock
from tests.effects.world import OPERATIONS, PATIENCE, WaitingJobs, World, cancel, open_world, refund

KINDS = ("with keys", "without keys")


@dataclass
class Killer:
    """Kills its process at a step; 0: never. passed: the steps so far."""

    at: int = 0
    passed: int = 0

    def step(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class FileSystem:
    """Counts effects in a SQLite file. A system without keys does again whatever it is called for again, and cannot
    tell what came of a call."""

    path: Path
    keys: bool
    killer: Killer
    operations: Mapping[str, Operation] = field(default_factory=lambda: OPERATIONS)

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        self.killer.step()
        with closing(sqlite3.connect(self.path, isolation_level=None)) as file:
            known = file.execute("SELECT 1 FROM done WHERE key = ?", (idempotency_key,)).fetchone()
            if not (self.keys and known):
                file.execute("INSERT INTO done VALUES (?, ?)", (idempotency_key, operation))
        self.killer.step()
        return {"refund": 19.9}

    async def outcome(self, idempotency_key: str) -> JsonObject | None:
        if not self.keys:
            raise OutcomeUnknown("the system keeps no keys")
        with closing(sqlite3.connect(self.path, isolation_level=None)) as file:
            known = file.execute("SELECT 1 FROM done WHERE key = ?", (idempotency_key,)).fetchone()
        return {"refund": 19.9} if known else None

    async def of(self, conversation: Conversation) -> StoreBackend:
        return cast(StoreBackend, self)


@dataclass
class KilledLedger:
    """A ledger with a step before and after each of its transactions."""

    ledger: SqlLedger
    killer: Killer

    async def open(self, account: Account, carrier: str) -> Account | None:
        self.killer.step()
        found = await self.ledger.open(account, carrier)
        self.killer.step()
        return found

    async def write(self, run_id: RunId, carrier: str, changed: Sequence[Effect], course: Course) -> bool:
        self.killer.step()
        found = await self.ledger.write(run_id, carrier, changed, course)
        self.killer.step()
        return found

    async def take(self, run_id: RunId, carrier: str) -> Account:
        return await self.ledger.take(run_id, carrier)

    async def read(self, run_id: RunId) -> Account | None:
        return await self.ledger.read(run_id)

    async def awaited(self, store_id: StoreId, effect_id: EffectId) -> Account:
        return await self.ledger.awaited(store_id, effect_id)

    async def decide(self, effect_id: EffectId, carrier: str, changed: Sequence[Effect], course: Course) -> None:
        await self.ledger.decide(effect_id, carrier, changed, course)

    async def unfinished(self) -> Sequence[RunId]:
        return await self.ledger.unfinished()

    async def audit(
        self, store_id: StoreId, sought: Sought, *, limit: int, before: EffectId | None
    ) -> Sequence[Effect]:
        return await self.ledger.audit(store_id, sought, limit=limit, before=before)

    async def awaiting(self, store_id: StoreId) -> Sequence[Effect]:
        return await self.ledger.awaiting(store_id)


async def tell_nobody(plan: Plan, outcome: Outcome) -> None:
    """The turn is run again, and tells."""


async def serve(folder: Path, plan: Plan, *, keys: bool, killer: Killer) -> Outcome:
    """One life of a server: what was left is recovered, and the turn that had the yes is run (again)."""
    database = open_database(f"sqlite:///{folder / 'storebot.db'}")
    clock = TickingClock()
    system = FileSystem(folder / "system.db", keys, killer)
    effects = LedgerEffects(
        KilledLedger(SqlLedger(database), killer),
        system,
        SqlConversationLog(database, clock),
        WaitingJobs(),
        clock,
        tell_nobody,
        patience=PATIENCE,
    )
    await effects.recover()
    outcome = await effects.outcome_of(plan.run_id) or await effects.carry_out(plan)
    await effects.close()
    await database.close()
    return outcome


def killed(folder: Path, plan: Plan, *, keys: bool, step: int) -> bool:
    """Serve in a process of its own, which is killed at a step; whether it came that far."""
    child = os.fork()
    if child == 0:
        asyncio.run(serve(folder, plan, keys=keys, killer=Killer(step)))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


async def prepare(folder: Path) -> Plan:
    folder.mkdir(parents=True)  # noqa: ASYNC240
    async with open_world(folder) as world:
        plan = World.plan(world, [cancel(), refund()])
    with closing(sqlite3.connect(folder / "system.db")) as file:
        file.execute("CREATE TABLE done (key TEXT, operation TEXT)")
        file.commit()
    return plan


def main(folder: Path, rounds: int, kind: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    plan, keys = asyncio.run(prepare(folder / "template")), kind == KINDS[0]
    for step in count(1):
        for number in range(rounds):
            place = shutil.copytree(folder / "template", folder / f"{step}-{number}")
            was_killed = killed(place, plan, keys=keys, step=step)
            outcome = asyncio.run(serve(place, plan, keys=keys, killer=Killer()))
            with closing(sqlite3.connect(place / "system.db")) as file:
                times = dict(file.execute("SELECT operation, count(*) FROM done GROUP BY operation").fetchall())
            line = {"step": step, "killed": was_killed, "times": times, "outcome": outcome.state}
            print(json.dumps(line), flush=True)  # noqa: T201
            shutil.rmtree(place)
            if not was_killed:
                return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
