"""Every error leaves as an RFC 9457 problem document, from one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.language import accepted, best
from assistant.domain.errors import InvalidInput, StorebotError
from assistant.domain.ids import new_id

MEDIA_TYPE = "application/problem+json"
DOCUMENTATION = "/docs/errors.md"

CHINESE_TITLES: Mapping[str, str] = {
    "internal_error": "服务器出了点问题",
    "invalid_input": "输入内容有误",
    "message_too_long": "消息太长了",
    "pack_refused": "知识包无法使用",
    "suite_refused": "评测数据无法使用",
    "procedure_refused": "流程无法使用",
    "system_refused": "店铺系统的说明无法使用",
    "unauthorized": "令牌缺失、错误或已过期",
    "forbidden": "没有权限",
    "origin_not_allowed": "该网站未获准嵌入本店客服",
    "not_found": "没有找到",
    "conflict": "请求与现有内容冲突",
    "message_id_reused": "该消息编号已用于另一条消息",
    "epoch_changed": "会话现在由他人负责",
    "superseded": "已有更新的消息",
    "not_finished": "尚未完成",
    "not_ready": "店铺尚未就绪",
    "embedder_mismatch": "索引由另一个向量模型建立",
    "too_many_requests": "请求过于频繁",
    "store_system_error": "店铺系统返回了错误",
    "operation_refused": "店铺系统不允许此操作",
    "store_system_unavailable": "暂时无法连接店铺系统",
    "outcome_unknown": "无法确定操作是否已完成",
    "model_unavailable": "语言模型暂时无法使用",
    "not_installed": "本服务器未安装该功能",
    "malformed_request": "请求无法读取",
    "method_not_allowed": "不支持该请求方法",
    "request_too_large": "请求内容太大",
    "http_error": "请求无法处理",
}
HTTP_CODES: Mapping[int, tuple[str, str]] = {  # what the framework refuses before a route sees it
    400: ("malformed_request", "The request cannot be read"),
    404: ("not_found", "There is no such thing"),
    405: ("method_not_allowed", "This method is not supported here"),
    413: ("request_too_large", "The request is too large"),
}
_SENTENCES: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "string_unicode": "is not valid Unicode (half a surrogate pair?); send it as UTF-8",
}


class FieldError(BaseModel):
    """One thing that is wrong with the input."""

    loc: str = Field(description="Where it is.", examples=["body.text"])
    msg: str = Field(description="What is wrong with it.", examples=["is required"])


class Problem(BaseModel):
    """An RFC 9457 problem document. Further members, such as `limit`, depend on the code."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Where the code is documented.", examples=["/docs/errors.md#message_too_long"])
    title: str = Field(description="What kind of problem it is, in the language of Accept-Language (zh or en).")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong with this request, and what to do.")
    instance: str = Field(description="The path that was asked for.")
    code: str = Field(description="Stable; what programs branch on.", examples=["message_too_long"])
    errors: list[FieldError] | None = Field(default=None, description="Each field that is wrong.")
    incident: str | None = Field(default=None, description="Names the server's log entry of an unexpected error.")


Responses = dict[int | str, dict[str, Any]]


def documented(*statuses: int, others: Responses | None = None) -> Responses:
    """The `responses` of a route that may answer with these problems, 429 or 500, or with `others`."""
    schema = {"$ref": "#/components/schemas/Problem"}
    problems: Responses = {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in sorted({*statuses, 429, 500})
    }
    return (others or {}) | problems


def problem_response(request: Request, error: StorebotError) -> Response:
    """The problem document of one of our own errors; `data` becomes further members."""
    headers: dict[str, str] = {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if retry_after := error.data.get("retry_after"):
        headers["Retry-After"] = str(retry_after)
    return _document(
        request,
        status=error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        data=error.data,
        headers=headers,
    )


def install(app: FastAPI) -> None:
    """Make `app` answer with problem documents only."""
    app.add_exception_handler(StorebotError, _storebot_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


class UnexpectedErrors:
    """Answers what nobody handled with an incident id, and logs it under that id.

    Starlette's own last resort sits outside the cross-origin headers, where a browser could not read its answer, and
    raises the error again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            request = Request(scope)
            if started:  # too late for a document: the server cuts the connection, and the client comes back
                _log(request, error, new_id("inc"))
                raise
            response = await _unexpected(request, error)
            await response(scope, receive, send)


async def _storebot_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StorebotError)
    return problem_response(request, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        position = int(found[0]["loc"][-1])
        reason = str(found[0].get("ctx", {}).get("error", "it is cut off"))
        code, title = HTTP_CODES[400]
        detail = f"The body is not valid JSON: {reason} at character {position}."
        return _document(request, status=400, code=code, title=title, detail=detail, data={"position": position})
    errors = [{"loc": _location(item["loc"]), "msg": _SENTENCES.get(item["type"], item["msg"])} for item in found]
    detail = "; ".join(f"{item['loc']}: {item['msg']}" for item in errors[:5])
    return problem_response(request, InvalidInput(detail, errors=errors))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, title = HTTP_CODES.get(error.status_code, ("http_error", HTTPStatus(error.status_code).phrase))
    detail = {
        404: f"Nothing is served at {request.url.path}.",
        405: f"{request.method} is not supported at {request.url.path}.",
    }.get(error.status_code, str(error.detail))
    return _document(
        request, status=error.status_code, code=code, title=title, detail=detail, headers=dict(error.headers or {})
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    incident = new_id("inc")
    _log(request, error, incident)
    return _document(
        request,
        status=500,
        code=StorebotError.code,
        title=StorebotError.title,
        detail=f"An unexpected error happened; the operator finds it in the log as {incident}.",
        data={"incident": incident},
    )


def _log(request: Request, error: Exception, incident: str) -> None:
    structlog.get_logger(__name__).error(
        "unexpected_error", incident=incident, method=request.method, path=request.url.path, exc_info=error
    )


def _document(
    request: Request,
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    data: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    language = best(accepted(request.headers.get("accept-language", "")), ("en", "zh"))
    members = {
        "type": f"{DOCUMENTATION}#{code}",
        "title": CHINESE_TITLES.get(code, title) if language == "zh" else title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "code": code,
    }
    document = members | {name: value for name, value in (data or {}).items() if name not in members}
    response = JSONResponse(_showable(document), status_code=status, media_type=MEDIA_TYPE)
    extra = MutableHeaders(raw=response.raw_headers)
    extra.update({"Content-Language": language, "Cache-Control": "no-store", **(headers or {})})
    extra.add_vary_header("Accept-Language")
    return response


def _showable(value: object) -> Any:
    """JSON-ready, whatever an error carries: half a surrogate pair quoted from the input must not break its report."""
    if isinstance(value, Mapping):
        return {str(key): _showable(item) for key, item in value.items()}
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Sequence):
        return [_showable(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _showable(str(value))


def _location(loc: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in loc)
