"""An OpenAPI document (3.0 or 3.1), as far as calls need it: where an operation is, what it takes, what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.mapping.remote import Signature
from connectors.written import Faults, Written

METHODS = ("get", "put", "post", "delete", "patch")
_PLACES = frozenset({"path", "query", "header"})
_STANDARD = frozenset({"accept", "content-type", "authorization"})  # by OpenAPI's own word no parameters
_SCHEMAS = "#/components/schemas/"
_JSON = "application/json"
_DEPTH = 30


class Unusable(ValueError):
    """Part of the document that calls would need, and that is wrong or of a kind that is not served. zh: in Chinese."""

    def __init__(self, place: tuple[str, ...], *, zh: str, en: str) -> None:
        super().__init__(en)
        self.place, self.zh, self.en = place, zh, en


@dataclass(frozen=True, slots=True)
class Endpoint:
    """places: for each parameter, where it goes: path, query, header, or body (a member of it, or "" for the whole).

    names: how the document calls it there, where that is not the parameter's name.
    """

    method: str
    path: str
    places: Mapping[str, str]
    names: Mapping[str, str]
    signature: Signature


class Document:
    """The calls of a document by operationId, and by method and path ("GET /orders/{id}")."""

    def __init__(self, written: Written, set_by_us: Iterable[str] = ()) -> None:
        """set_by_us: headers that every call has anyway, and nobody tells as a parameter."""
        self._written = written
        self._set_by_us = _STANDARD | {header.lower() for header in set_by_us}
        content = written.content
        self._content: Mapping[str, Any] = content if isinstance(content, Mapping) else {}
        self._found = dict(self._operations())

    def check(self, faults: Faults) -> None:
        """Finds what keeps the file from being such a document at all."""
        version = str(self._content.get("openapi", ""))
        if not version.startswith(("3.0", "3.1", "3.2")):
            zh, en = "不是 OpenAPI 3 文档", "it is no OpenAPI 3 document"
            faults.add(self._written.file, self._written.line(("openapi",)), zh=zh, en=en)
        elif not self._found:
            faults.add(self._written.file, self._written.line(("paths",)), zh="没有任何接口", en="it has no operation")

    def endpoint(self, call: str, faults: Faults) -> Endpoint | None:
        """None where there is none, or where it cannot be used: then `faults` says why."""
        found = self._found.get(call)
        if found is None:
            return None
        method, path = found
        try:
            return self._endpoint(method, path)
        except Unusable as unusable:
            place, zh, en = unusable.place, unusable.zh, unusable.en
        except (AttributeError, KeyError, RecursionError, TypeError):  # nobody has checked the document as a whole
            place, zh, en = (), "不符合 OpenAPI 格式", "it is not formed as OpenAPI says"
        line = self._written.line(("paths", path, method, *place))
        faults.add(self._written.file, line, zh=f"{call}：{zh}", en=f"{call}: {en}")
        return None

    def has(self, call: str) -> bool:
        return call in self._found

    def _operations(self) -> Iterator[tuple[str, tuple[str, str]]]:
        paths = self._content.get("paths")
        for path, item in paths.items() if isinstance(paths, Mapping) else ():
            for method in METHODS:
                operation = item.get(method) if isinstance(item, Mapping) else None
                if isinstance(operation, Mapping):
                    yield f"{method.upper()} {path}", (method, path)
                    if isinstance(operation.get("operationId"), str):
                        yield operation["operationId"], (method, path)

    def _endpoint(self, method: str, path: str) -> Endpoint:
        if not path.startswith("/"):
            raise Unusable((), zh="路径必须以 / 开头", en="a path begins with /")
        item = self._content["paths"][path]
        operation = item[method]
        definitions = _Definitions(self._content)
        parameters: dict[str, Mapping[str, Any]] = {}
        required, places, names = set(), {}, {}
        for parameter in self._parameters(item, operation):
            name, place = str(parameter["name"]), str(parameter["in"])
            schema = definitions.converted(parameter.get("schema") or {})
            if schema.get("type") == "object":
                zh, en = f"参数 {name} 不能是对象", f"parameter {name} cannot be an object"
                raise Unusable(("parameters",), zh=zh, en=en)
            parameters[name], places[name] = schema, place
            if parameter.get("required") or place == "path":
                required.add(name)
        for name, schema, needed in self._body(operation, definitions):
            target = f"body.{name}" if name in parameters else name or "body"
            parameters[target], places[target], names[target] = schema, "body", name
            if needed:
                required.add(target)
        for name in _in_path(path):
            if places.get(name) != "path":
                raise Unusable((), zh=f"没有说明路径参数 {name}", en=f"the path's parameter {name} is not described")
        result = self._result(operation, definitions)
        signature = Signature(parameters, frozenset(required), result, definitions.used)
        return Endpoint(method.upper(), path, places, names, signature)

    def _parameters(self, item: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Those that can be told; the operation's take the place of those of its path."""
        found = {}
        for written in (*_listed(item.get("parameters")), *_listed(operation.get("parameters"))):
            parameter = self._resolved(written)
            if "name" not in parameter or "in" not in parameter:
                raise Unusable(("parameters",), zh="参数缺少 name 或 in", en="a parameter lacks `name` or `in`")
            found[parameter["name"], parameter["in"]] = parameter
        for (name, place), parameter in found.items():
            if place in _PLACES:
                if place != "header" or str(name).lower() not in self._set_by_us:
                    yield parameter
            elif parameter.get("required"):
                zh, en = f"不支持 {place} 参数 {name}", f"{place} parameters are not served: {name}"
                raise Unusable(("parameters",), zh=zh, en=en)

    def _body(
        self, operation: Mapping[str, Any], definitions: _Definitions
    ) -> Iterator[tuple[str, dict[str, Any], bool]]:
        """Name, schema, and whether it is needed, of each member; a body that is no object has one without a name."""
        body = self._resolved(operation.get("requestBody") or {})
        content = body.get("content") or {}
        if not content:
            return
        if _JSON not in content:
            kinds = ", ".join(map(str, content))
            raise Unusable(
                ("requestBody",), zh=f"只支持 JSON 请求体，而非 {kinds}", en=f"only JSON bodies are served, not {kinds}"
            )
        schema = definitions.flat(content[_JSON].get("schema") or {})
        needed = bool(body.get("required"))
        if schema.get("type", "object") != "object" or "properties" not in schema:
            yield "", definitions.converted(schema), needed
            return
        for name, member in schema["properties"].items():
            if not definitions.flat(member).get("readOnly"):
                yield str(name), definitions.converted(member), name in _listed(schema.get("required"))

    def _result(self, operation: Mapping[str, Any], definitions: _Definitions) -> Mapping[str, Any] | None:
        responses = operation.get("responses") or {}
        for status in sorted(responses, key=str):
            if str(status).startswith("2"):
                content = self._resolved(responses[status]).get("content") or {}
                schema = (content.get(_JSON) or {}).get("schema")
                return definitions.converted(schema) if schema else None
        return None

    def _resolved(self, written: Any) -> Mapping[str, Any]:
        return _resolved(self._content, written)


class _Definitions:
    """Schemas of the document as JSON Schemas that refer to `#/$defs/...`; `used` are those that are referred to."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self.used: dict[str, dict[str, Any]] = {}

    def converted(self, schema: Any, depth: int = 0) -> dict[str, Any]:
        """2020-12, of what OpenAPI 3.0 writes otherwise: `nullable`, and exclusive bounds as booleans."""
        if depth > _DEPTH:
            raise Unusable((), zh="模式嵌套太深", en="a schema is nested too deeply")
        if not isinstance(schema, Mapping):
            return {} if schema is not False else {"not": {}}
        told = {str(key): self._inside(str(key), value, depth) for key, value in schema.items()}
        if isinstance(told.get("$ref"), str):
            told["$ref"] = self._definition(told["$ref"])
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            flag = told.get(exclusive)
            if isinstance(flag, bool):
                del told[exclusive]
                if flag and bound in told:
                    told[exclusive] = told.pop(bound)
        if told.pop("nullable", False):
            told = {"anyOf": [told, {"type": "null"}]}
        for word in ("example", "examples", "xml", "discriminator", "externalDocs"):
            told.pop(word, None)
        return told

    def flat(self, schema: Any) -> dict[str, Any]:
        """With what it refers to, and with the members of all its `allOf`."""
        told = dict(_resolved(self._content, schema))
        parts = [self.flat(part) for part in told.pop("allOf", [])]
        if parts:
            properties = {
                name: member for part in (*parts, told) for name, member in (part.get("properties") or {}).items()
            }
            required = [name for part in (*parts, told) for name in _listed(part.get("required"))]
            told |= {"type": "object", "properties": properties, "required": required}
        return told

    def _inside(self, key: str, value: Any, depth: int) -> Any:
        if key in ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas") and isinstance(
            value, Mapping
        ):
            return {str(name): self.converted(member, depth + 1) for name, member in value.items()}
        if key in ("allOf", "anyOf", "oneOf", "prefixItems") and isinstance(value, list):
            return [self.converted(part, depth + 1) for part in value]
        if key in ("items", "not", "additionalProperties", "contains", "propertyNames", "if", "then", "else"):
            return value if isinstance(value, bool) else self.converted(value, depth + 1)
        return value

    def _definition(self, reference: str) -> str:
        if not reference.startswith(_SCHEMAS):
            raise Unusable(
                (), zh=f"不支持引用 {reference}", en=f"only {_SCHEMAS}... can be referred to, not {reference}"
            )
        name = reference.removeprefix(_SCHEMAS)
        if name not in self.used:
            self.used[name] = {}  # it may refer to itself
            self.used[name] = self.converted(_pointed(self._content, reference))
        return f"#/$defs/{name}"


def _resolved(content: Mapping[str, Any], written: Any) -> Mapping[str, Any]:
    for _ in range(_DEPTH):
        if not isinstance(written, Mapping):
            raise Unusable((), zh="格式有误", en="it is malformed")
        if not isinstance(written.get("$ref"), str):
            return written
        written = _pointed(content, written["$ref"])
    raise Unusable((), zh="引用无尽循环", en="references go round in a circle")


def _pointed(content: Mapping[str, Any], reference: str) -> Any:
    if not reference.startswith("#/"):
        raise Unusable((), zh=f"不支持引用其他文件：{reference}", en=f"other files cannot be referred to: {reference}")
    there: Any = content
    for part in reference.removeprefix("#/").split("/"):
        there = there.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(there, Mapping) else None
    if there is None:
        raise Unusable((), zh=f"引用不存在：{reference}", en=f"nothing stands at {reference}")
    return there


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _in_path(path: str) -> list[str]:
    return [part.split("}")[0] for part in path.split("{")[1:]]
