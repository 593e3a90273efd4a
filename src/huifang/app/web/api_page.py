"""The description of the interface as a page: its operations by group, their parameters, bodies and answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of a body."""

    name: str
    type: str
    needed: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `example` is a request's body."""

    id: str
    method: str
    path: str
    title: str
    about: str
    scope: str
    parameters: list[Field]
    body: list[Field]
    example: str
    answer: list[Field]


def groups(description: Mapping[str, Any]) -> list[tuple[str, list[Operation]]]:
    """The operations of an OpenAPI description by their first tag, in its order."""
    schemas = description["components"]["schemas"]
    found: dict[str, list[Operation]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(path, method, operation, schemas))
    return list(found.items())


def fields(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[Field]:
    """The fields of an object; those of the items where it is a page of them."""
    held = _held(schema, schemas)
    items = held.get("properties", {}).get("items")
    if items and "next" in held["properties"]:
        held = _held(items["items"], schemas)
    needed = set(held.get("required", ()))
    return [Field(name, said(each), name in needed, each.get("description", "")) for name, each in held.get("properties", {}).items()]


def said(schema: Mapping[str, Any]) -> str:
    """A type in a few words.

    >>> said({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}), said({"type": "array", "items": {"$ref": "#/a/Point"}})
    ('date or null', 'list of Point')
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return f" {_('or')} ".join(dict.fromkeys(said(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(f'"{each}"' for each in schema["enum"])
    if schema.get("type") == "array":
        return _("list of %(type)s") % {"type": said(schema["items"])}
    return str(schema.get("format") or schema.get("type", "any"))


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """A value that fits, from the examples and defaults of the fields."""
    held = _held(schema, schemas)
    if "examples" in held:
        return held["examples"][0]
    if "default" in held:
        return held["default"]
    if "properties" in held:
        needed = set(held.get("required", ()))
        shown = {name: each for name, each in held["properties"].items() if name in needed or "examples" in each}
        return {name: example(each, schemas) for name, each in shown.items()}
    if "enum" in held:
        return held["enum"][0]
    if held.get("type") == "array":
        return [example(held["items"], schemas)]
    return {"boolean": False, "integer": 1, "number": 1.0}.get(str(held.get("type")), "…")


def _held(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
    return found


def _operation(path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Operation:
    parameters = [
        Field(each["name"], f"{said(each['schema'])} ({each['in']})", bool(each["required"]), each.get("description", ""))
        for each in operation["parameters"]
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answer = next(each for status, each in operation["responses"].items() if status.startswith("2"))["content"]["application/json"][
        "schema"
    ]
    shown = json.dumps(example(body, schemas), ensure_ascii=False, indent=2) if body else ""
    scope = operation.get("x-scope", "")
    about = operation["description"].rsplit("\n\n", 1)[0] if scope else operation["description"]  # its last line says the scope
    return Operation(
        operation["operationId"], method.upper(), path, operation["summary"], about, scope, parameters,
        fields(body, schemas) if body else [], shown, fields(answer, schemas),
    )  # fmt: skip
