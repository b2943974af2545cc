"""What a promotion takes off, read from how the shop words it ("每满 300 元减 40 元", "2nd at half price").

Only what is said outright is read. A text that sets a condition which a price alone cannot meet (another product in the
same order, a membership) is `conditional`: it is told and never reckoned with.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import regex

from assistant.domain.folding import fold

_N = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_PRICE = rf"(?:[¥$€£]\s?)?{_N}(?:\s?(?:元|块钱|块|yuan|rmb|cny))?"
_SMALL = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "one": 1, "two": 2, "three": 3, "four": 4}
_ORDER = {"second": 2, "third": 3, "fourth": 4, "2nd": 2, "3rd": 3, "4th": 4}
_COUNT = rf"\d{{1,2}}|{'|'.join(_SMALL)}"
_PACKED = "[件包双盒箱条瓶袋套个只台罐桶支本]"
# Groups: spend, every; off (money), percent (off), zhe (折, paid), half; nth (that piece alone).
_WAYS = tuple(
    map(
        regex.compile,
        (
            rf"(?P<every>每)?满(?P<spend>{_PRICE})[,，]?(?:可|再|即|就|立|直|享)?(?:减|省|优惠)(?P<off>{_PRICE})",
            rf"(?P<every>每)?满(?P<spend>{_PRICE})[,，]?(?:可|再|即|就)?[打享](?:受)?(?P<zhe>\d{{1,2}}(?:\.\d)?)折",
            rf"(?<![\d.])(?P<spend>{_PRICE})减(?P<off>{_PRICE})",
            rf"第(?P<nth>{_COUNT}){_PACKED}(?:(?P<half>半价)|[打享]?(?P<zhe>\d{{1,2}}(?:\.\d)?)折)",
            r"(?P<half>半价)",
            r"(?<!\d)(?P<zhe>\d{1,2}(?:\.\d)?)折",
            rf"(?:立减|直减|立省|减|省|优惠|便宜)(?P<off>{_N}\s?(?:元|块钱|块))",
            rf"(?P<off>[¥$€£]\s?{_N}) off (?:for |of |on )?(?P<every>every |each )(?P<spend>[¥$€£]\s?{_N})",
            rf"(?P<off>[¥$€£]\s?{_N}) off (?:for |on |orders? |of |over |from |when you spend |if you spend |above )*"
            rf"(?P<spend>[¥$€£]\s?{_N})",
            rf"(?P<percent>{_N})\s?% off (?:for |on |orders? |over |from |when you spend |above )*"
            rf"(?P<spend>[¥$€£]\s?{_N})",
            rf"spend (?:over )?(?P<spend>[¥$€£]\s?{_N})[^.;]{{0,12}}?(?:save|get|take) (?P<off>[¥$€£]\s?{_N})",
            rf"(?P<nth>{'|'.join(_ORDER)})\b[^.,;]{{0,24}}?(?P<half>half[ -]price)",
            rf"(?P<nth>{'|'.join(_ORDER)})\b[^.,;]{{0,24}}?(?P<percent>{_N})\s?% off",
            r"(?P<half>half[ -]price)",
            rf"(?P<percent>{_N})\s?% off",
            rf"(?:save )?(?P<off>[¥$€£]\s?{_N}) off|save (?P<off>[¥$€£]\s?{_N})",
        ),
    )
)
_PIECES = regex.compile(
    rf"(?:任选|任意|任|满|买|购|同单)\s?(?P<n>{_COUNT})\s?{_PACKED}|(?P<n>{_COUNT})\s?{_PACKED}(?:及以上|以上|起)"
    rf"|\b(?:any|buy|order) (?P<n>{_COUNT})\b(?! of )|\b(?P<n>{_COUNT}) or more\b"
)
_EACH = regex.compile(rf"每{_PACKED}|\beach\b(?! order)")
_MOST = regex.compile(
    rf"(?:最多|最高|至多)(?:可|只)?(?:减|省|优惠)?(?P<most>{_PRICE})|(?P<most>{_PRICE})封顶"
    rf"|(?:at most|up to|maximum(?: of)?|max\.?) (?P<most>[¥$€£]\s?{_N})"
)
_COUPON = regex.compile(r"券|红包|coupon|voucher|promo code")
_ALONE = regex.compile(
    r"不[可能得]?(?:以|与|和)?[^,，。;；]{0,8}(?:叠加|同享|同用|合用)|not (?:be )?(?:combined|valid with)"
)
_TOGETHER = regex.compile(
    r"叠加|同享|可与|可以和|一起用|on top of|combine|stack|together with (?:the|other) (?:discount|offer)"
)
_INCLUDED = regex.compile(
    r"已(?:经)?(?:含|减|降|计入|包含)|[减降惠]后的?价|直降|为[^,;。]{0,6}后的价格"
    r"|already (?:included|reduced|in the price)"
)
_EVERYWHERE = regex.compile(
    r"全[店场站]|跨店|所有商品|不限品类|(?:across|in|throughout) the (?:whole |entire )?(?:store|shop)"
    r"|store-?wide|site-?wide|every(?:thing| order)|all (?:products|items|orders)|any order"
)
_GENERAL = regex.compile(
    r"每[单人笔件]|及?以上|总价|任选|任意|订单|单笔|实付|现金|可?与?满减|可?叠加|同享|优惠|活动|节日|无门槛|[券张元的再可享打]|\b(?:your|an?|the|per|order|orders|total|coupon"
    r"|voucher|discount|on top of|off)\b"
)
_NAMES_SOMETHING = regex.compile(r"\p{Han}{2}|[a-z]{3}")
_CONDITIONS = regex.compile(
    r"同单(?!\s?(?:\d|[两二三四五]))|[与和跟](?:任意|任一|另)|一起[买下拍购]|同时(?:购买|下单)|搭配|组合|套餐|加购|换购|加[价\d]|会员|plus|新人|新客|新用户|首单|首次|首购"
    r"|粉丝|学生|教师|教育|员工|企业|团购|拼团|国补|国家补贴|以旧换新|旧机|直播|限量|限时|前\d|秒杀|预售|定金|尾款|生日|银行|信用卡|支付宝"
    r"|花呗|分期|指定|晒单|好评|返现|门店|线下|部分|用户专享"
    r"|\b(?:members?|membership|new customers?|newcomers?|first order|trade[- ]in|selected|students?|bundles?|birthday"
    r"|in[- ]store|pre-?orders?|deposit|limited)\b|(?:ordered|bought|order|buy|it) with\b|\badd\b"
)


class Reduction(StrEnum):
    """How the number of a promotion is meant; each says how `Operation` works it out."""

    MONEY = "money"  # so much money off
    PERCENT_OFF = "percent_off"
    PERCENT_PAID = "percent_paid"  # 85折: 85 in a hundred are paid
    TENTHS_PAID = "tenths_paid"  # 9折: nine tenths are paid
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a promotion takes off.

    number: of the reduction, as written. spend: the least amount, and with `every` each multiple of it counts. most:
    the greatest sum taken off. pieces: how many must be ordered. each: the reduction is of every piece. last_only: of
    the last of `pieces` alone. coupon: it must be claimed. combines: may be used beside others; None where the shop
    says neither. everywhere: it says that it holds for the whole shop, or names nothing that it holds for. rest: the
    folded text without the terms.
    """

    reduction: Reduction
    number: Decimal
    spend: Decimal | None = None
    every: bool = False
    most: Decimal | None = None
    pieces: int = 1
    each: bool = False
    last_only: bool = False
    coupon: bool = False
    combines: bool | None = None
    everywhere: bool = False
    rest: str = ""


def terms_in(text: str) -> Terms | None:
    """The terms that a text states outright; None where it states none, several, or conditions beside the price."""
    folded = _even(text)
    if _CONDITIONS.search(folded) or _INCLUDED.search(folded):
        return None
    most = _MOST.search(folded)
    bare = folded.replace(most.group(), " ") if most else folded
    way = next((match for pattern in _WAYS if (match := pattern.search(bare))), None)
    if way is None:
        return None
    rest = f"{bare[: way.start()]} {bare[way.end() :]}"
    if any(pattern.search(rest) for pattern in _WAYS):
        return None  # steps ("满300减40，满600减100") or two promotions in one: more than one number to reckon with
    said = way.groupdict()
    reduction, number = _reduction(said)
    pieces = _PIECES.search(rest)
    last_only = said.get("nth") is not None
    return Terms(
        reduction,
        number,
        spend=_amount(said["spend"]) if said.get("spend") else None,
        every=said.get("every") is not None,
        most=_amount(most["most"]) if most else None,
        pieces=_count(said["nth"]) if last_only else _count(pieces["n"]) if pieces else 1,
        each=_EACH.search(rest) is not None,
        last_only=last_only,
        coupon=_COUPON.search(folded) is not None,
        combines=False if _ALONE.search(folded) else True if _TOGETHER.search(folded) else None,
        everywhere=_EVERYWHERE.search(folded) is not None or not _names_something(rest),
        rest=_PIECES.sub(" ", rest),
    )


def _names_something(rest: str) -> bool:
    return _NAMES_SOMETHING.search(_GENERAL.sub(" ", _PIECES.sub(" ", rest))) is not None


def _even(text: str) -> str:
    """Folded, without the blanks that some shops put between Chinese and numbers, and without dates in brackets."""
    apart = text.replace("，", "；")  # else it would join two numbers
    folded = regex.sub(r"[(（][^()（）]*\d{4}-\d\d-\d\d[^()（）]*[)）]", " ", fold(apart))
    return regex.sub(r"(?<=\p{Han}) +(?=[\d\p{Han}])|(?<=\d) +(?=\p{Han})", "", folded)


def _reduction(said: dict[str, str | None]) -> tuple[Reduction, Decimal]:
    if off := said.get("off"):
        return Reduction.MONEY, _amount(off)
    if percent := said.get("percent"):
        return Reduction.PERCENT_OFF, _amount(percent)
    if zhe := said.get("zhe"):
        number = Decimal(zhe)
        return (Reduction.TENTHS_PAID if number < 10 else Reduction.PERCENT_PAID), number
    return Reduction.HALF, Decimal(2)


def _amount(words: str) -> Decimal:
    return Decimal(regex.sub(r"[^\d.]", "", words))


def _count(words: str) -> int:
    return _ORDER.get(words) or _SMALL.get(words) or int(words)
