"""What the processes of this machine have used, read from /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Process:
    """One that lives: CPU seconds of its own and of its children that have ended; bytes it holds in memory."""

    parent: int
    name: str
    spent: float
    memory: int


def processes() -> dict[int, Process]:
    """By number."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
            except OSError:
                continue
            parts = rest.split()
            found[int(entry.name)] = Process(int(parts[1]), name, sum(map(int, parts[11:15])) / TICK, int(parts[21]) * PAGE)
    return found


def below(root: int) -> list[Process]:
    """A process and all below it."""
    every, children = processes(), defaultdict(list)
    for number, one in every.items():
        children[one.parent].append(number)
    waiting, found = [root], []
    while waiting:
        number = waiting.pop()
        if number in every:
            found.append(every[number])
        waiting += children[number]
    return found


def cpu_of(root: int) -> float:
    """CPU seconds of a process and all below it, ended ones included."""
    return sum(one.spent for one in below(root))


def server_of(backend: int) -> int:
    """The server that one of its processes belongs to; 0 where there is none."""
    found = processes().get(backend)
    return found.parent if found else 0


def cpu_named(name: str) -> float:
    """CPU seconds of all processes of a name."""
    return sum(one.spent for one in processes().values() if one.name == name)
