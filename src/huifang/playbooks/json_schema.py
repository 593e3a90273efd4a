"""The format as a JSON Schema, for editors that complete and check while one types."""

from __future__ import annotations

import json
from typing import Any

from huifang.playbooks.schema import FORMAT, Playbook


def json_schema() -> dict[str, Any]:
    """The schema of a playbook file."""
    schema = Playbook.model_json_schema(by_alias=True)
    patterns = schema["properties"]["facts"]["patternProperties"]
    for pattern, fact in patterns.items():
        patterns[pattern] = {"anyOf": [{"type": "string"}, fact]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": FORMAT, **schema}


def text() -> str:
    """The schema as the text that is kept in ``docs/playbook.schema.json``."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
