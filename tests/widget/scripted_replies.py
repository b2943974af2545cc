"""What the fake shop says: one reply of every kind that the widget has to draw."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]

PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120">
<rect width="120" height="120" fill="#dfe9e2"/>
<path d="M18 76c16 2 24-10 31-22 9 9 22 15 38 17 12 2 17 8 17 16H18z" fill="#2f6f58"/></svg>"""

_WARRANTY = {
    "id": "ev_warranty",
    "kind": "fact",
    "title": "质保期",
    "text": "质保期：90 天，自签收之日起计算",
    "source": "sportswear/products/shoes.json, row 1",
    "url": "/page?warranty",
    "product_id": "RUN-1",
    "as_of": "2026-11-20T00:00:00Z",
}
_RETURNS = {
    "id": "ev_returns",
    "kind": "passage",
    "title": "售后政策 > 七天无理由退货",
    "text": "商品完好、吊牌未剪，签收后七天内可以无理由退货，运费由买家承担。",
    "source": "shop/policies/returns.md, 七天无理由退货",
    "url": "https://shop.example/policies/returns",
    "product_id": None,
    "as_of": None,
}


def reply(*texts: str, kind: str = "answer", language: str = "zh", **more: object) -> JsonObject:
    parts = [{"text": text, "evidence_ids": []} for text in texts]
    empty: JsonObject = {"evidence": [], "cards": [], "table": None, "quick_replies": [], "expects": None}
    action = {"kind": kind, "reason": ""}
    return {"language": language, "action": action, "text": "\n".join(texts), "parts": parts, **empty, **more}


def _choice(text: str) -> JsonObject:
    return {"label": text, "text": text}


def _card(name: str, price: str, note: str = "") -> JsonObject:
    picture = "/v1/stores/demo/media/shoe.svg"
    return {"product_id": name, "title": name, "price": price, "image": picture, "url": "/page?card", "note": note}


GREETING = reply(
    "亲，你好，我是小禾。想了解什么，直接问我就好。",
    kind="small_talk",
    quick_replies=[_choice("这双鞋保修多久？"), _choice("和逐风比怎么样？"), _choice("有什么推荐？")],
)


def warranty() -> JsonObject:
    answer = reply(
        "亲，这双跑鞋质保 90 天，从签收那天算起。",
        "如果只是不合脚，签收后七天内也可以无理由退货，吊牌留着就行。",
        evidence=[_WARRANTY, _RETURNS],
        quick_replies=[_choice("怎么申请退货？"), _choice("转人工")],
    )
    answer["parts"][0]["evidence_ids"] = ["ev_warranty"]
    answer["parts"][1]["evidence_ids"] = ["ev_returns"]
    return answer


def comparison() -> JsonObject:
    table = {
        "columns": ["", "轻云缓震跑鞋", "逐风竞速跑鞋"],
        "rows": [
            ["价格", "¥399", "¥699"],
            ["重量", "245 g", "198 g"],
            ["中底", "发泡中底，偏软", "碳板，偏硬"],
            ["适合", "日常慢跑", "比赛"],
        ],
    }
    answer = reply("两双的区别主要在中底和重量：", table=table, evidence=[_WARRANTY])
    answer["parts"][0]["evidence_ids"] = ["ev_warranty"]
    return answer


def recommendation() -> JsonObject:
    cards = [
        _card("轻云缓震跑鞋 男款 透气网面", "¥399", "日常慢跑"),
        _card("逐风竞速跑鞋 碳板", "¥699", "比赛"),
        _card("山径越野跑鞋 防滑大底", "¥459"),
    ]
    return reply("这几双都适合跑步，你平时多在哪里跑？", kind="recommend", cards=cards, quick_replies=[_choice("公路")])


def hostile() -> JsonObject:
    """What a server that was broken into, or a poisoned pack, might send."""
    attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    evidence = _WARRANTY | {"title": attack, "text": attack, "source": attack, "url": "javascript:window.hacked=1"}
    card = _card(attack, attack, attack) | {"url": "javascript:window.hacked=1", "image": "javascript:window.hacked=1"}
    table = {"columns": [attack, attack], "rows": [[attack, attack]]}
    answer = reply(attack, evidence=[evidence], cards=[card], table=table, quick_replies=[_choice(attack)])
    answer["parts"][0]["evidence_ids"] = ["ev_warranty"]
    return answer


def reply_to(text: str) -> JsonObject:
    if "保修" in text or "warranty" in text:
        return warranty()
    if "比" in text:
        return comparison()
    if "推荐" in text:
        return recommendation()
    if "人工" in text:
        answer = reply("好的，我已经把你的问题转给同事，工作时间 09:00-22:00 会有人回复你。")
        return answer | {"action": {"kind": "handoff", "reason": "customer_request"}}
    if "攻击" in text:
        return hostile()
    return reply(f"收到：{text}")
