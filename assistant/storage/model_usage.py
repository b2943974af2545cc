"""What stores' language models have taken, over SQL: one row a store, day, purpose, model and outcome."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from assistant.domain.ids import StoreId
from assistant.domain.models import ModelCall, Spent, UsageLine
from assistant.storage.database import Database
from assistant.storage.tables import model_usage

_Row = Row[*tuple[Any, ...]]
_A_UNIT = Decimal(10) ** 9  # costs are kept in whole billionths, which add up without rounding


class SqlModelUsage:
    """The `ModelUsage` port over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, store_id: StoreId, day: date, call: ModelCall) -> None:
        place = {"store": store_id, "on": day, "for": call.purpose.value, "by": call.model, "with": call.outcome}
        more = {
            "more_estimated": int(not call.exact),
            "more_in": call.tokens_in,
            "more_out": call.tokens_out,
            "more_cost": None if call.cost is None else int((call.cost * _A_UNIT).to_integral_value()),
        }

        def work(tx: Connection) -> None:
            if tx.execute(_ADD_TO, place | more).rowcount == 0:
                tx.execute(_BEGIN, place | more)

        await self._database.write(work)

    async def spent(self, store_id: StoreId, day: date) -> Spent:
        def work(tx: Connection) -> _Row:
            return tx.execute(_SPENT, {"store": store_id, "on": day}).one()

        row = await self._database.read(work)
        return Spent(row.tokens, Decimal(row.cost) / _A_UNIT)

    async def lines(self, store_id: StoreId, first: date, last: date) -> list[UsageLine]:
        def work(tx: Connection) -> list[_Row]:
            return list(tx.execute(_LINES, {"store": store_id, "first": first, "last": last}))

        return [_line(row) for row in await self._database.read(work)]


def _line(row: _Row) -> UsageLine:
    return UsageLine(
        day=row.day,
        purpose=row.purpose,
        model=row.model,
        outcome=row.outcome,
        calls=row.calls,
        estimated=row.estimated,
        tokens_in=row.tokens_in,
        tokens_out=row.tokens_out,
        cost=None if row.cost is None else Decimal(row.cost) / _A_UNIT,
    )


_columns = model_usage.c
_KEY = {"store_id": "store", "day": "on", "purpose": "for", "model": "by", "outcome": "with"}
_HERE = [_columns[name] == bindparam(parameter, type_=_columns[name].type) for name, parameter in _KEY.items()]
_MORE = {"estimated": "more_estimated", "tokens_in": "more_in", "tokens_out": "more_out"}
_more_cost = bindparam("more_cost", type_=_columns.cost.type)
_ADD_TO = (
    update(model_usage)
    .where(*_HERE)
    .values(
        {"calls": _columns.calls + 1}
        | {name: _columns[name] + bindparam(parameter) for name, parameter in _MORE.items()}
        | {"cost": func.coalesce(_columns.cost + _more_cost, _columns.cost, _more_cost)}
    )
)
_BEGIN = insert(model_usage).values(
    {"calls": 1, "cost": _more_cost} | {name: bindparam(parameter) for name, parameter in (_KEY | _MORE).items()}
)
_SPENT = select(
    func.coalesce(func.sum(_columns.tokens_in + _columns.tokens_out), 0).label("tokens"),
    func.coalesce(func.sum(_columns.cost), 0).label("cost"),
).where(_columns.store_id == bindparam("store"), _columns.day == bindparam("on", type_=_columns.day.type))
_LINES = (
    select(model_usage)
    .where(
        _columns.store_id == bindparam("store"),
        _columns.day.between(bindparam("first", type_=_columns.day.type), bindparam("last", type_=_columns.day.type)),
    )
    .order_by(_columns.day, _columns.purpose, _columns.model, _columns.outcome)
)
