"""The page where people sign in: plain HTML, in the language that the browser asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse

from assistant.console.visitor import House

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/console/static/icon.svg">
<link rel="stylesheet" href="/console/static/sign_in.css">
<script src="/console/static/sign_in.js" defer></script>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{lead}</p>
<form method="post" action="/v1/sign-in">
<label for="email">{email}</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus>
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<p id="wrong" role="alert" hidden data-wrong="{wrong}" data-often="{often}" data-failed="{failed}"></p>
<button type="submit">{submit}</button>
</form>
<a href="?language={other}">{other_name}</a>
</main>
</body>
</html>
"""


def sign_in_page(house: House) -> Callable[[Request], Awaitable[HTMLResponse]]:
    async def page(request: Request) -> HTMLResponse:
        language = _language(request)
        names = ("title", "lead", "email", "password", "wrong", "often", "failed", "submit")
        texts = {name: escape(house.texts.say(f"sign_in.{name}", language)) for name in names}
        other = "en" if language == "zh" else "zh"
        tag = {"zh": "zh-CN", "en": "en"}[language]
        other_name = {"zh": "中文", "en": "English"}[other]
        content = _PAGE.format(tag=tag, other=other, other_name=other_name, **texts)
        return HTMLResponse(content, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})

    return page


def _language(request: Request) -> str:
    asked = request.query_params.get("language") or request.headers.get("accept-language", "")
    return "en" if asked.lower().startswith("en") else "zh"
