"""The shop's rules, taken from instructions that were written for a human or machine agent.

A top-level list item that is nothing but an operation's identifier (`manage_order`) opens that operation's rules: what
may be done in which state of an order, and how it goes. Those a shopper may hear. Everything else in the file (tone,
when to use which tool, who the agent is) is conduct, and stays out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TITLE = "店铺规则"
_OPERATIONS = {
    "manage_order": "订单",
    "manage_return": "退货",
    "manage_exchange": "换货",
    "manage_ecard": "京东E卡",
    "manage_invoice": "发票",
    "manage_urgent": "加急",
    "schedule_service": "预约服务",
    "register_cashback_by_review": "晒单返现",
}
_ITEM = re.compile(r"^(\s*)[-*]\s+(.*\S)\s*$")
_IDENTIFIER = re.compile(r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$")
_STEP = re.compile(r"^\d+[.、．]\s*")
# "则必须调用manage_ecard工具进行将…" says to a shopper: "则将…". The rule stays, the tool goes.
_TOOL_CALL = re.compile(r"(?:必须|需要|可以)?调用(?:[a-z_]+|该)工具(?:[，,]|进行(?=将))?")
_CONDUCT = re.compile(r"工具|^你(?:需要|必须|应)|^(?:必须先?|先)(?:查询|检查|核对|通过)")
_ADDRESS = re.compile(r"(?:尊称|称呼?)(?:买家|用户|顾客|客户)为\s*[\"“”「『']([^\"“”」』']{1,8})[\"“”」』']")


@dataclass(frozen=True, slots=True)
class Rule:
    """Rules under the same headings, one a line of `text`; `line` is the first one's line in the file."""

    heading: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Item:
    depth: int
    text: str
    line: int


def address_of(policy: str) -> str:
    """How the shop addresses a shopper ("小主"), or "" where the rules do not say."""
    found = _ADDRESS.search(policy)
    return found[1] if found else ""


def rules_of(policy: str) -> Iterator[Rule]:
    """The rules a shopper may hear, grouped under their headings, in the order of the file."""
    for operation, items in _operations(policy):
        top = (TITLE, _OPERATIONS[operation]) if operation in _OPERATIONS else (TITLE,)
        groups: dict[tuple[str, ...], list[_Item]] = {}
        open_items: list[_Item] = []
        for position, item in enumerate(items):
            while open_items and open_items[-1].depth >= item.depth:
                open_items.pop()
            if position + 1 < len(items) and items[position + 1].depth > item.depth:
                open_items.append(item)
                if _is_heading(item.text):
                    continue
            above = (_for_shopper(parent.text).rstrip("：:。") for parent in open_items if parent is not item)
            groups.setdefault(top + tuple(heading for heading in above if heading), []).append(item)
        for heading, members in groups.items():
            if lines := [text for member in members if (text := _for_shopper(member.text))]:
                yield Rule(heading, "\n".join(lines), members[0].line)


def _operations(policy: str) -> Iterator[tuple[str, list[_Item]]]:
    operation, items = "", list[_Item]()
    for number, line in enumerate(policy.splitlines(), start=1):
        found = _ITEM.match(line)
        if found is None:
            if line.startswith("#"):
                if operation:
                    yield operation, items
                operation, items = "", []
            continue
        depth, text = len(found[1].expandtabs(4)), found[2]
        if depth == 0:
            if operation:
                yield operation, items
            operation, items = (text if _IDENTIFIER.match(text) else ""), []
        elif operation:
            items.append(_Item(depth, text, number))
    if operation:
        yield operation, items


def _is_heading(text: str) -> bool:
    """ "取消：" and "修改" only name what follows; "仅在……时：…" and longer sentences say something themselves."""
    return text.endswith(("：", ":")) or not re.search(r"[，。；,;：:]", text)


def _for_shopper(text: str) -> str:
    """The rule without its step number and without the name of a tool; "" where it is the agent's business only."""
    rule = _TOOL_CALL.sub("", _STEP.sub("", text)).strip()
    return "" if _CONDUCT.search(rule) else rule
