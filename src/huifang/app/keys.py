"""The installation's secret keys: one file, readable by its owner only, made at the first start."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Keyring:
    """`signing` signs sessions; `index` keys the blind index; `encryption` maps key ids (1–255) to AES-256 keys.

    The highest id encrypts.
    """

    signing: str
    index: bytes
    encryption: dict[int, bytes]

    @property
    def current(self) -> int:
        """Id of the key that encrypts what is written now."""
        return max(self.encryption)


def load_or_create(path: Path) -> Keyring:
    """Read the key file, or make one; the file is created for its owner only and never overwritten."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path)
    kept = json.loads(path.read_text("utf-8"))
    return Keyring(
        signing=kept["signing"],
        index=bytes.fromhex(kept["index"]),
        encryption={int(number): bytes.fromhex(key) for number, key in kept["encryption"].items()},
    )


def _create(path: Path) -> None:
    text = json.dumps(
        {"signing": secrets.token_urlsafe(48), "index": secrets.token_hex(32), "encryption": {"1": secrets.token_hex(32)}}, indent=1
    )
    new = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)  # fails where another process was first: its keys are the keys
    except FileExistsError:
        pass
    finally:
        new.unlink()
