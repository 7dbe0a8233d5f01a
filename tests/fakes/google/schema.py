"""Google's own description of its services, from the discovery documents that come with the client library.

The emulator takes its routes from here, and every request and answer is held against it: a parameter, a field or a
type that Google does not know is a mistake in the emulator or in kith, and never passes.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import googleapiclient

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
_INT32, _INT64 = 2**31, 2**63


class Drift(AssertionError):
    """Something that is not as Google describes it."""


@dataclass(frozen=True)
class Method:
    """One method of a service: ``people.people.connections.list``."""

    id: str
    verb: str
    path: re.Pattern[str]
    parameters: Mapping[str, Mapping[str, Any]]
    scopes: frozenset[str]
    request: str | None
    response: str | None


class Service:
    """What one discovery document says."""

    def __init__(self, name: str, version: str) -> None:
        self._document = json.loads((_DOCUMENTS / f"{name}.{version}.json").read_text("utf-8"))
        self.methods = {method.id: method for method in self._methods(self._document)}

    def _methods(self, holder: Mapping[str, Any]) -> Iterator[Method]:
        common = self._document["parameters"]
        for found in holder.get("methods", {}).values():
            yield Method(
                id=found["id"],
                verb=found["httpMethod"],
                path=_pattern(self._document["servicePath"] + found.get("flatPath", found["path"])),
                parameters={**common, **found.get("parameters", {})},
                scopes=frozenset(found.get("scopes", ())),
                request=found.get("request", {}).get("$ref"),
                response=found.get("response", {}).get("$ref"),
            )
        for inner in holder.get("resources", {}).values():
            yield from self._methods(inner)

    def find(self, verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
        """The method that answers there, and what stands in the path."""
        for method in self.methods.values():
            match = method.path.fullmatch(path) if method.verb == verb else None
            if match:
                return method, {name: unquote(value) for name, value in match.groupdict().items()}
        return None

    def check_query(self, method: Method, query: Mapping[str, list[str]]) -> None:
        """Raise Drift for a parameter that Google does not know, or a value that it does not take."""
        for name, values in query.items():
            described = method.parameters.get(name)
            if described is None:
                raise Drift(f"{method.id} has no parameter {name}")
            if len(values) > 1 and not described.get("repeated"):
                raise Drift(f"{method.id} takes one {name}")
            for value in values:
                _check_parameter(described, value, f"{method.id}?{name}")

    def check_request(self, method: Method, body: object) -> None:
        """Raise Drift for a body that is not as the method takes it."""
        if method.request is None:
            if body is not None:
                raise Drift(f"{method.id} takes no body")
        else:
            self._check({"$ref": method.request}, body, method.id, nulls=method.verb == "PATCH")

    def check_response(self, method: Method, body: object) -> None:
        """Raise Drift for an answer that is not as the method gives it."""
        if method.response is None:
            if body is not None:
                raise Drift(f"{method.id} answers nothing")
        else:
            self._check({"$ref": method.response}, body, method.id)

    def _check(self, schema: Mapping[str, Any], found: object, where: str, *, nulls: bool = False) -> None:
        if "$ref" in schema:
            schema = self._document["schemas"][schema["$ref"]]
        if found is None and nulls:
            return
        match schema.get("type"), found:
            case "object", dict():
                self._check_object(schema, found, where, nulls=nulls)
            case "array", list():
                for number, item in enumerate(found):
                    self._check(schema["items"], item, f"{where}[{number}]", nulls=nulls)
            case "string", str():
                _check_text(schema, found, where)
            case "boolean", bool():
                pass
            case "integer", int() if not isinstance(found, bool):
                if not -_INT32 <= found < _INT32:
                    raise Drift(f"{where}: {found} is no int32")
            case "number", int() | float() if not isinstance(found, bool):
                pass
            case "any", _:
                pass
            case kind, _:
                raise Drift(f"{where}: {type(found).__name__} where {kind} should be")

    def _check_object(self, schema: Mapping[str, Any], found: dict[str, Any], where: str, *, nulls: bool) -> None:
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in found.items():
            described = properties.get(name, others)
            if described is None:
                raise Drift(f"{where}: no field {name}")
            self._check(described, inner, f"{where}.{name}", nulls=nulls)


@cache
def service(name: str, version: str) -> Service:
    """The service as its document describes it; read once."""
    return Service(name, version)


def _pattern(path: str) -> re.Pattern[str]:
    """``calendars/{calendarId}/events`` as a pattern whose groups are what stands in braces."""
    parts = re.split(r"\{\+?(\w+)\}", path)
    return re.compile(
        "/" + "".join(f"(?P<{part}>[^/:]+)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
    )


def _check_parameter(described: Mapping[str, Any], value: str, where: str) -> None:
    kind = described["type"]
    if kind == "boolean" and value not in ("true", "false"):
        raise Drift(f"{where}: {value!r} is no boolean")
    if kind == "integer":
        number = int(value)
        low, high = int(described.get("minimum", -_INT32)), int(described.get("maximum", _INT32))
        if not low <= number <= high:
            raise Drift(f"{where}: {number} is not from {low} to {high}")
    if kind == "string":
        _check_text(described, value, where)


def _check_text(schema: Mapping[str, Any], found: str, where: str) -> None:
    if "enum" in schema and found not in schema["enum"]:
        raise Drift(f"{where}: {found!r} is none of {schema['enum']}")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], found):
        raise Drift(f"{where}: {found!r} is not like {schema['pattern']}")
    try:
        match schema.get("format"):
            case "date-time" | "google-datetime":
                if datetime.fromisoformat(found).tzinfo is None and "timeZone" not in where:
                    return
            case "date":
                date.fromisoformat(found)
            case "int64":
                if not -_INT64 <= int(found) < _INT64:
                    raise Drift(f"{where}: {found} is no int64")
            case "byte":
                base64.urlsafe_b64decode(found)
    except ValueError as error:
        raise Drift(f"{where}: {error}") from None
