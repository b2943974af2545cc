"""What no sentence may hold, whatever it says: links, markup, ways to reach somebody that are not in the evidence."""

from __future__ import annotations

import regex

_LINK = regex.compile(
    r"(?:https?|ftp|javascript|data|mailto|tel)\s*:|(?:www|ftp)\.|//|"
    r"(?<![\p{L}\d@.])(?:[a-z0-9-]+\.)+(?:com|net|org|cn|io|co|top|xyz|shop|store|info|biz|example|app|me|cc|vip|site|online|ru|tk|ly|gg|dev|ai|uk|de|hk|tw|link|click)(?![a-z])"
    r"|\[dot\]|\(dot\)|点(?:com|cn|net)(?![a-z])"
)
_MARKUP = regex.compile(r"[<>{}`|\\]|\]\s*\(|!\[|&#?\w+;|\p{Cc}|\p{Cf}|%[0-9a-f]{2}")
_REACH = (
    regex.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    regex.compile(r"(?<![\d.])\+?\d[\d -]{6,}\d(?![\d.])"),
    regex.compile(
        r"(?:微信号?|wechat|weixin|vx|wx|qq|whatsapp|telegram|line)\s*(?:id|号|号码|群)?\s*[:：是为]?\s*[a-z0-9_-]{4,}"
    ),
    regex.compile(r"@[a-z0-9_]{3,}"),
)
_OTHER_SCRIPT = regex.compile(r"[^\p{Latin}\p{Han}\p{Common}\p{Inherited}]")


def has_link(folded: str) -> bool:
    """Whether a sentence holds something that a chat window may turn into a link. Never said, whoever wrote it."""
    return _LINK.search(folded) is not None


def is_unreadable(sentence: str) -> bool:
    """Whether a sentence holds markup, invisible characters or a script that cannot be checked."""
    return _MARKUP.search(sentence) is not None or _OTHER_SCRIPT.search(sentence) is not None


def reaches_out(folded: str, held: str) -> bool:
    """Whether it tells a way to reach somebody that stands nowhere in the evidence."""
    plain = held.replace(" ", "").replace("-", "")
    found = (match.group() for pattern in _REACH for match in pattern.finditer(folded))
    return any(way.replace(" ", "").replace("-", "") not in plain for way in found)
