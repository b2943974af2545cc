"""The ledger of effects over SQL.

A plan and its effects are entered in one transaction, with the first call as sent already; each further transaction
tells what came of a call and that the next is sent. So a plan of n calls costs n + 1 transactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, text, update

from assistant.domain.effects import Change, Effect, EffectId, EffectState, Plan, Sought
from assistant.domain.errors import Conflict, NotFound
from assistant.domain.ids import StoreId
from assistant.domain.ledger import Account, Course
from assistant.domain.procedures import RunId
from assistant.storage import codec
from assistant.storage.database import Database
from assistant.storage.tables import effect_changes as changes
from assistant.storage.tables import effect_plans as plans
from assistant.storage.tables import effects

_Row = Row[*tuple[Any, ...]]


class SqlLedger:
    """The `Ledger` port over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, account: Account, carrier: str) -> Account | None:
        plan = account.plan
        entry = {**_plan_values(account), "carrier": carrier}
        entered = [_effect_values(effect) for effect in account.effects]

        def work(tx: Connection) -> Account | None:
            if (known := _account(tx, plan.run_id)) is not None:
                return known
            tx.execute(_ADD_PLAN, entry)
            tx.execute(_ADD_EFFECT, entered)
            tx.execute(_ADD_CHANGE, [_change_values(effect) for effect in account.effects])
            return None

        return await self._database.write(work, durable=True)

    async def take(self, run_id: RunId, carrier: str) -> Account:
        def work(tx: Connection) -> Account:
            account = _account(tx, run_id)
            if account is None:
                raise NotFound(f"There is no run {run_id!r}.", run_id=run_id)
            tx.execute(_HOLD, {"run": run_id, "carrier": carrier})
            return account

        return await self._database.write(work)

    async def read(self, run_id: RunId) -> Account | None:
        return await self._database.read(lambda tx: _account(tx, run_id))

    async def write(self, run_id: RunId, carrier: str, changed: Sequence[Effect], course: Course) -> bool:
        def work(tx: Connection) -> bool:
            if tx.execute(_GO_ON, {"run": run_id, "held_by": carrier, **_course_values(course)}).rowcount == 0:
                return False
            _change(tx, changed)
            return True

        return await self._database.write(work)

    async def awaited(self, store_id: StoreId, effect_id: EffectId) -> Account:
        def work(tx: Connection) -> Account:
            row = tx.execute(_ONE, {"effect": effect_id}).first()
            if row is None or row.store_id != store_id:
                raise _no_effect(effect_id)
            _check_waits(row)
            account = _account(tx, RunId(row.run_id))
            assert account is not None, "an effect refers to its plan"
            return account

        return await self._database.read(work)

    async def decide(self, effect_id: EffectId, carrier: str, changed: Sequence[Effect], course: Course) -> None:
        def work(tx: Connection) -> None:
            row = tx.execute(_ONE, {"effect": effect_id}).first()
            if row is None:
                raise _no_effect(effect_id)
            _check_waits(row)
            tx.execute(_HOLD, {"run": row.run_id, "carrier": carrier})
            tx.execute(_GO_ON, {"run": row.run_id, "held_by": carrier, **_course_values(course)})
            _change(tx, changed)

        await self._database.write(work, durable=True)

    async def unfinished(self) -> Sequence[RunId]:
        return await self._database.read(lambda tx: [RunId(id_) for id_ in tx.execute(_UNFINISHED).scalars()])

    async def audit(
        self, store_id: StoreId, sought: Sought, *, limit: int, before: EffectId | None
    ) -> Sequence[Effect]:
        wanted = [effects.c.store_id == store_id]
        columns: dict[str, str | None] = {
            "conversation_id": sought.conversation_id,
            "shopper": sought.shopper,
            "procedure": sought.procedure,
            "operation": sought.operation,
            "state": sought.state,
        }
        wanted += [effects.c[name] == value for name, value in columns.items() if value]

        def work(tx: Connection) -> list[Effect]:
            if before is not None:
                row = tx.execute(_ONE, {"effect": before}).first()
                if row is None or row.store_id != store_id:
                    raise _no_effect(before)
                wanted.append(effects.c.number < row.number)
            statement = _WITH_PLAN.where(*wanted).order_by(effects.c.number.desc()).limit(limit)
            return _with_history(tx, tx.execute(statement).all())

        return await self._database.read(work)

    async def awaiting(self, store_id: StoreId) -> Sequence[Effect]:
        return await self._database.read(lambda tx: _with_history(tx, tx.execute(_AWAITING, {"store": store_id}).all()))


def _account(tx: Connection, run_id: RunId) -> Account | None:
    row = tx.execute(_PLAN, {"run": run_id}).first()
    if row is None:
        return None
    plan = codec.load_plan(row.plan)
    found = tuple(_effect(effect, plan) for effect in tx.execute(_OF_RUN, {"run": run_id}))
    return Account(plan, found, Course(row.ended, row.owed, row.tries), row.at)


def _change(tx: Connection, changed: Sequence[Effect]) -> None:
    if not changed:
        return
    tx.execute(_CHANGE, [{"effect": effect.id, **_fate_values(effect)} for effect in changed])
    tx.execute(_ADD_CHANGE, [_change_values(effect) for effect in changed])


def _with_history(tx: Connection, rows: Sequence[_Row]) -> list[Effect]:
    found = [_effect(row, codec.load_plan(row.plan)) for row in rows]
    history: dict[str, list[Change]] = {effect.id: [] for effect in found}
    for row in tx.execute(_HISTORY, {"ids": list(history)}) if history else ():
        history[row.effect_id].append(Change(EffectState(row.state), row.at, row.reason, row.author))
    return [replace(effect, history=tuple(history[effect.id])) for effect in found]


def _check_waits(row: _Row) -> None:
    if row.state != EffectState.APPROVING:
        raise Conflict(
            f"Nobody has to decide on effect {row.id} (any more): it is {row.state}.", effect_id=row.id, state=row.state
        )


def _no_effect(effect_id: EffectId) -> NotFound:
    return NotFound(f"There is no effect {effect_id!r}.", effect_id=effect_id)


def _effect(row: _Row, plan: Plan) -> Effect:
    return Effect(
        id=EffectId(row.id),
        plan=plan,
        call=codec.load_call(row.call),
        state=EffectState(row.state),
        at=row.at,
        result=codec.load_object(row.result),
        reason=row.reason,
        decided_by=row.decided_by,
        remark=row.remark,
    )


def _plan_values(account: Account) -> dict[str, object]:
    plan = account.plan
    return {
        "run_id": plan.run_id,
        "store_id": plan.store_id,
        "conversation_id": plan.conversation_id,
        "plan": codec.dump_plan(plan),
        "at": account.opened_at,
        **_course_values(account.course),
    }


def _course_values(course: Course) -> dict[str, object]:
    return {"ended": course.ended, "owed": course.owed, "tries": course.tries}


def _effect_values(effect: Effect) -> dict[str, object]:
    plan = effect.plan
    return {
        "id": effect.id,
        "run_id": plan.run_id,
        "store_id": plan.store_id,
        "conversation_id": plan.conversation_id,
        "shopper": plan.shopper,
        "procedure": plan.procedure,
        "operation": effect.call.operation,
        **_fate_values(effect),
    }


def _fate_values(effect: Effect) -> dict[str, object]:
    return {
        "state": effect.state,
        "at": effect.at,
        "call": codec.dump_call(effect.call),
        "result": codec.dump_object(effect.result),
        "reason": effect.reason,
        "decided_by": effect.decided_by,
        "remark": effect.remark,
    }


def _change_values(effect: Effect) -> dict[str, object]:
    """The history's entry of the state that an effect has come to."""
    by = effect.decided_by if effect.state in (EffectState.PLANNED, EffectState.REFUSED) else ""
    return {"effect_id": effect.id, "state": effect.state, "at": effect.at, "reason": effect.reason, "author": by}


_ADD_PLAN = insert(plans)
_ADD_EFFECT = insert(effects)
_ADD_CHANGE = insert(changes)
_PLAN = select(plans).where(plans.c.run_id == bindparam("run"))
_OF_RUN = select(effects).where(effects.c.run_id == bindparam("run")).order_by(effects.c.number)
_ONE = select(effects).where(effects.c.id == bindparam("effect"))
_HOLD = update(plans).where(plans.c.run_id == bindparam("run")).values(carrier=bindparam("carrier"))
_GO_ON = (
    update(plans)
    .where(plans.c.run_id == bindparam("run"), plans.c.carrier == bindparam("held_by"))
    .values(ended=bindparam("ended"), owed=bindparam("owed"), tries=bindparam("tries"))
)
_CHANGE = update(effects).where(effects.c.id == bindparam("effect"))
# Word for word as the indexes have them, else SQLite does not use these.
_APPROVING = text("state = 'approving'")
_OPEN_OR_OWED = text("(NOT ended OR owed)")
_UNFINISHED = (
    select(plans.c.run_id)
    .where(
        _OPEN_OR_OWED,
        or_(plans.c.ended, ~select(effects.c.id).where(effects.c.run_id == plans.c.run_id, _APPROVING).exists()),
    )
    .order_by(plans.c.at, plans.c.run_id)
)
_WITH_PLAN = select(effects, plans.c.plan).join_from(effects, plans, effects.c.run_id == plans.c.run_id)
_AWAITING = _WITH_PLAN.where(and_(effects.c.store_id == bindparam("store"), _APPROVING)).order_by(effects.c.number)
_HISTORY = select(changes).where(changes.c.effect_id.in_(bindparam("ids", expanding=True))).order_by(changes.c.number)
