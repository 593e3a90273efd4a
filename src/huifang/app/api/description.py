"""The description of the interface (OpenAPI 3.1): what the operations say, with the errors and headers of all of them.

Its sentences stand once, in English, where the operations and shapes are; their Chinese stands in the file of words ``api.po``.
"""

from __future__ import annotations

from collections.abc import Callable
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
_SENTENCES = ("summary", "description")
_AS_IT_IS = ("examples", "example", "default", "enum")
Say = Callable[[str], str]
"""A sentence in another language."""


def describe(api: NinjaAPI, prefix: str, say: Say = str, language: str = "en") -> dict[str, Any]:
    """The description as JSON-ready values, each sentence as `say` says it; `language` is that of the words which carry both."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=prefix))
    schemas = found["components"]["schemas"]
    made = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(made.pop("$defs"))
    schemas["ProblemAnswer"] = made
    found = _said(found, say)
    found["components"]["responses"] = {f"Error{status}": _error(status, words, say) for status, words in ERRORS.items()}
    found["components"]["securitySchemes"] = {"Key": {"type": "http", "scheme": "bearer", "description": _scopes(say, language)}}
    for operations in found["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation, say)
    return found


def _said(value: Any, say: Say) -> Any:
    if isinstance(value, list):
        return [_said(each, say) for each in value]
    return {name: _held(name, each, say) for name, each in value.items()} if isinstance(value, dict) else value


def _held(name: str, value: Any, say: Say) -> Any:
    if name in _SENTENCES and isinstance(value, str):
        return say(value.strip())
    if name == "tags":
        return [say(each) for each in value]
    return value if name in _AS_IT_IS else _said(value, say)


def _complete(method: str, operation: dict[str, Any], say: Say) -> None:
    scope = operation.get("x-scope")
    if scope:
        operation["description"] = f"{operation['description']}\n\n{say('Scope: `%(scope)s`.') % {'scope': scope}}"
    if method in _WRITES:
        operation["parameters"] = [*operation["parameters"], _said(PARAMETER, say)]
    for parameter in operation["parameters"]:
        if "description" not in parameter:
            parameter["description"] = say(parameter["schema"].get("title", parameter["name"]))
    statuses = [status for status in ERRORS if method in _WRITES or status not in (400, 409, 413)]
    for status in statuses:
        operation["responses"][status] = {"$ref": f"#/components/responses/Error{status}"}
    operation["responses"] = {str(status): operation["responses"][status] for status in sorted(operation["responses"])}


def _error(status: int, words: str, say: Say) -> dict[str, Any]:
    found: dict[str, Any] = {"description": say(words), "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}}
    if status == 429:
        found["headers"] = {"Retry-After": {"description": say("Seconds."), "schema": {"type": "integer"}}}
    return found


def _scopes(say: Say, language: str) -> str:
    lines = [f"- `{scope}`: {words.say(language)}" for scope, words in SCOPES.items()]
    return say("A key that an administrator has made in the settings. Its scopes:") + "\n\n" + "\n".join(lines)
