"""The description of the interface (OpenAPI 3.1): what the operations say, with the errors and headers of all of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from ninja import NinjaAPI

from huifang.app.api.limits import PER_MINUTE
from huifang.app.api.once import PARAMETER
from huifang.app.api.problems import MEDIA, ProblemAnswer
from huifang.app.services.api_keys import SCOPES

ERRORS = {
    400: "The body is not JSON.",
    401: "No valid key.",
    403: "The key lacks the scope.",
    404: "No such thing within the key's branches.",
    409: "It has changed or is settled already.",
    413: "The body is larger than 1,000,000 bytes.",
    422: "A field is unknown or wrong; or an Idempotency-Key came again with another content.",
    429: f"More than {PER_MINUTE} requests a minute; Retry-After says when to go on.",
}
_WRITES = ("post", "put", "delete")


@cache
def describe(api: NinjaAPI, prefix: str) -> dict[str, Any]:
    """The description as JSON-ready values; the same each time."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=prefix))
    schemas = found["components"]["schemas"]
    made = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(made.pop("$defs"))
    schemas["ProblemAnswer"] = made
    found["components"]["responses"] = {f"Error{status}": _error(status, words) for status, words in ERRORS.items()}
    found["components"]["securitySchemes"] = {"Key": {"type": "http", "scheme": "bearer", "description": _scopes()}}
    for operations in found["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)
    return found


def _complete(method: str, operation: dict[str, Any]) -> None:
    scope = operation.get("x-scope")
    if scope:
        operation["description"] = f"{operation['description'].strip()}\n\nScope: `{scope}`."
    if method in _WRITES:
        operation["parameters"] = [*operation["parameters"], PARAMETER]
    for parameter in operation["parameters"]:
        parameter.setdefault("description", parameter["schema"].get("title", parameter["name"]))
    statuses = [status for status in ERRORS if method in _WRITES or status not in (400, 409, 413)]
    for status in statuses:
        operation["responses"][status] = {"$ref": f"#/components/responses/Error{status}"}
    operation["responses"] = {str(status): operation["responses"][status] for status in sorted(operation["responses"])}


def _error(status: int, words: str) -> dict[str, Any]:
    found: dict[str, Any] = {"description": words, "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}}
    if status == 429:
        found["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return found


def _scopes() -> str:
    lines = [f"- `{scope}`: {words.en}" for scope, words in SCOPES.items()]
    return "A key that an administrator has made in the settings. Its scopes:\n\n" + "\n".join(lines)
