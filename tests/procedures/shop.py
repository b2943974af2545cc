"""A shop's procedures and system, for tests."""

from __future__ import annotations

from assistant.domain.backend import Operation, Risk
from assistant.domain.procedures import ProcedureFile
from assistant.domain.text import LocalText

CANCEL = """\
procedure: cancel
title: {zh: 取消订单, en: cancel an order}
intents: [order.cancel]
slots:
  - {name: order_id, kind: order, where: "it.stage in ['unpaid', 'paid']"}
  - name: reason
    kind: choice
    reads: reason
    options:
      - {value: mistake, label: {zh: 拍错了, en: ordered by mistake}, words: [下错单], means: [wrong_order]}
      - {value: other, label: {zh: 其他, en: something else}}
looks:
  - {name: card, call: gift_card.read, with: {card: order.payment.id}, when: "order.payment.kind == 'gift_card'"}
values:
  refund: order.total - fee
  fee: "order.stage == 'paid' ? 1 : 0"
rules:
  - name: not_sent_yet
    holds: |
      order.stage in ['unpaid', 'paid']
        && order.total > 0
    say: {zh: "这单{{ order.state }}，不能取消了。", en: "This order is {{ order.state }}; it can't be cancelled."}
    suggest: [track]
confirm:
  zh: 为您取消订单{{ order.id }}，{{ refund | money }}退回{{ order.payment.label }}，确认吗？
  en: Cancel order {{ order.id }} and refund {{ refund | money }} to {{ order.payment.label }}?
steps:
  - {name: cancel, call: order.cancel, with: {order_id: order.id, reason: "reason == '' ? 'other' : reason"}}
  - {name: refund, call: gift_card.refund, when: has(results.cancel.owed), with: {amount: results.cancel.owed}}
done: {zh: "已取消，单号{{ results.cancel.number }}。", en: "Done; it is {{ results.cancel.number }}."}
"""

TRACK = """\
procedure: track
title: {zh: 查物流, en: track a parcel}
intents: [order.track]
slots: [{name: order_id, kind: order}]
done: {zh: "订单{{ order.state }}。", en: "It is {{ order.state }}."}
"""

INTENTS = frozenset({"order.cancel", "order.track", "aftersale.return"})


def files(**texts: str) -> list[ProcedureFile]:
    return [ProcedureFile(f"procedures/{name}.yaml", text) for name, text in texts.items()]


def operations() -> dict[str, Operation]:
    return {
        operation.name: operation
        for operation in (
            _operation("order.cancel", Risk.WRITE, order_id={"type": "string"}, reason={"enum": ["mistake", "other"]}),
            _operation("gift_card.refund", Risk.APPROVE, amount={"type": "number", "minimum": 0}),
            _operation("gift_card.read", Risk.READ, card={"type": "string"}),
        )
    }


def _operation(name: str, risk: Risk, **properties: object) -> Operation:
    schema = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
    return Operation(name, risk, LocalText.one("en", name), schema)
