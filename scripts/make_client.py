"""Write the Python client from the description of the interface: `python scripts/make_client.py` (clients/python/huifang_client/client.py).

One typed method for each operation, one TypedDict for each shape. `--check` writes nothing and fails where the file is out of date.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "clients" / "python" / "huifang_client" / "client.py"
HEAD = '''"""Client of Huifang's interface. Made by scripts/make_client.py from the description; not to be edited."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Literal, NotRequired, Self, TypedDict, cast
from urllib.parse import quote

import httpx


class Problem(Exception):
    """What was wrong with a request: `status`, `code` for programs, `problems` with words in Chinese and English."""

    def __init__(self, answer: httpx.Response) -> None:
        body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        super().__init__(body.get("detail") or f"HTTP {answer.status_code}")
        self.status = answer.status_code
        self.code = str(body.get("code", ""))
        self.problems: list[dict[str, Any]] = body.get("problems", [])
        self.retry_after = int(answer.headers.get("retry-after", "0"))
'''
CLASS = '''

class Huifang:
    """One installation, reached with a key. Use as a context manager, or call `close`."""

    def __init__(self, address: str, key: str, *, timeout: float = 30.0, language: str = "zh") -> None:
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def _send(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None, token: str | None = None) -> Any:
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        headers = {"Idempotency-Key": token} if token else {}
        answer = self._http.request(method, path, params=asked, json=body, headers=headers)
        if answer.is_error:
            raise Problem(answer)
        return answer.json()
'''
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "object": "dict[str, Any]"}


def type_of(schema: Mapping[str, Any]) -> str:
    """The Python type of a JSON schema.

    >>> type_of({"anyOf": [{"type": "integer"}, {"type": "null"}]}), type_of({"type": "array", "items": {"$ref": "#/x/Point"}})
    ('int | None', 'list[Point]')
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(type_of(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return f"Literal[{', '.join(map(quoted, schema['enum']))}]"
    if "const" in schema:
        return f"Literal[{quoted(schema['const'])}]"
    if schema.get("type") == "array":
        return f"list[{type_of(schema['items'])}]"
    return PLAIN.get(str(schema.get("type")), "Any")


def quoted(value: object) -> str:
    """A literal with double quotes."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def shape(name: str, schema: Mapping[str, Any]) -> str:
    """A TypedDict."""
    needed = set(schema.get("required", ()))
    lines = [f"\n\nclass {name}(TypedDict):", f'    """{first_line(schema)}"""\n']
    for field, held in schema["properties"].items():
        kind = type_of(held)
        lines.append(f"    {field}: {kind if field in needed else f'NotRequired[{kind}]'}")
    return "\n".join(lines) + "\n"


def first_line(schema: Mapping[str, Any]) -> str:
    """What a shape or an operation says of itself, on one line."""
    said = str(schema.get("description", schema.get("title", ""))).strip().splitlines()
    return re.sub(r"\s+", " ", said[0]) if said else ""


def method(path: str, verb: str, operation: Mapping[str, Any]) -> str:
    """A method of the client; a list gets a second one that goes through all pages."""
    inside = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
    asked = [each for each in operation["parameters"] if each["in"] == "query"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    name, writes = operation["operationId"], verb != "get"
    paths = {each["name"]: type_of(each["schema"]) for each in operation["parameters"] if each["in"] == "path"}
    given = ["self", *(f"{each}: {paths[each]}" for each in inside), *([f"body: {type_of(body)}"] if body else [])]
    named = [f"{each['name']}: {type_of(each['schema']).removesuffix(' | None')} | None = None" for each in asked]
    named += ["idempotency_key: str | None = None"] if writes else []
    answer = next(each for status, each in operation["responses"].items() if status.startswith("2"))
    kind = type_of(answer["content"]["application/json"]["schema"])
    where = path.lstrip("/")
    for each in inside:
        where = where.replace(f"{{{each}}}", f"{{quote(str({each}), safe='')}}")
    query = "{" + ", ".join(f'"{each["name"]}": {each["name"]}' for each in asked) + "}" if asked else "None"
    send = [f'"{verb.upper()}"', f'{"f" if inside else ""}"{where}"', query]
    send += ["body" if body else "None", "idempotency_key" if writes else "None"]
    found = [
        "",
        f"    def {name}({', '.join([*given, *(['*', *named] if named else [])])}) -> {kind}:",
        f'        """{first_line(operation)}"""',
        f'        return cast("{kind}", self._send({", ".join(send)}))',
    ]  # fmt: skip
    if any(each["name"] == "cursor" for each in asked):
        found += _through(name, kind, [each for each in named if not each.startswith("cursor:")])
    return "\n".join(found) + "\n"


def _through(name: str, kind: str, named: list[str]) -> list[str]:
    passed = ", ".join(f"{each.split(':')[0]}={each.split(':')[0]}" for each in named)
    return [
        "", f"    def all_{name.removeprefix('list_')}(self, *, {', '.join(named)}) -> Iterator[{kind.removesuffix('Page')}Out]:",
        '        """The same through all pages."""', '        cursor = ""', "        while True:",
        f"            page = self.{name}(cursor=cursor, {passed})",
        '            yield from page["items"]',
        '            cursor = page["next"]',
        "            if not cursor:", "                return",
    ]  # fmt: skip


def client(description: Mapping[str, Any]) -> str:
    """The client's text for an OpenAPI description."""
    held = description["components"]["schemas"].items()
    schemas = {name: each for name, each in held if "properties" in each and "cursor" not in each["properties"]}
    shapes = "".join(shape(name, each) for name, each in sorted(schemas.items()))
    methods = [method(path, verb, each) for path, verbs in description["paths"].items() for verb, each in verbs.items()]
    return HEAD + shapes + CLASS + "".join(methods)


def formatted(text: str) -> str:
    """As the formatter of the repository has it."""
    format_it = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(TARGET), "-"]
    done = subprocess.run(format_it, input=text, capture_output=True, text=True, check=True)
    return done.stdout


def made() -> str:
    """The client for the interface as it is now."""
    os.environ.setdefault("HUIFANG_DATA", tempfile.mkdtemp(prefix="huifang-client-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huifang.app.settings")
    import django

    django.setup()
    from huifang.app.api.routes import openapi

    return formatted(client(openapi()))


def main() -> int:
    """Write the file, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        return 0 if TARGET.read_text("utf-8") == made() else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(made(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
