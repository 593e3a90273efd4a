"""Coverage that only grows: 100 % of lines and branches everywhere, but for the files on a list of exceptions that only shrinks.

`domain`, `playbooks`, `engine` and `analytics` are covered whole. `tests/coverage-exceptions.txt` names the other files that are not, each
with the percentage it has reached; a listed file may not fall below its figure, nor another below 100 %; outside those four packages two
points are allowed, for paths that only two writers who meet take. `--write` renews the list from the last run: covered files leave it
and figures only rise; a new file is taken in only with `--with-new`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WHOLE = ("domain", "playbooks", "engine", "analytics")
SLACK = 2
LIST = Path("tests/coverage-exceptions.txt")
HEAD = "# Files that the tests do not cover whole, with the percentage reached. This list only shrinks.\n"


def measured() -> dict[str, float]:
    """Percentage covered (lines and branches) of each file, rounded down to whole percents but for 100."""
    report = json.loads(Path(".coverage.json").read_text("utf-8"))
    return {name.replace("\\", "/"): _floor(data["summary"]) for name, data in report["files"].items()}


def _floor(summary: dict[str, float]) -> float:
    missing = summary["missing_lines"] + summary.get("missing_branches", 0)
    return 100 if not missing else min(99, int(summary["percent_covered"]))


def exceptions() -> dict[str, float]:
    """The list."""
    if not LIST.exists():
        return {}
    lines = [line.split() for line in LIST.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return {name: float(figure) for name, figure in lines}


def faults(now: dict[str, float], allowed: dict[str, float]) -> list[str]:
    """What breaks the rule, one sentence each."""
    found = []
    for name, figure in sorted(now.items()):
        floor = 100 if _whole(name) else allowed.get(name, 100) - SLACK
        if figure < floor:
            found.append(f"{name} is covered to {figure:.0f} %, and {floor:.0f} % is asked.")
    found += [f"{name} is on the list of exceptions and is not there any more." for name in sorted(set(allowed) - set(now))]
    return found


def _whole(name: str) -> bool:
    return any(f"src/huifang/{package}/" in name for package in WHOLE)


def over(now: dict[str, float], allowed: dict[str, float]) -> list[str]:
    """Listed files that need not be listed any more."""
    return [f"{name} is covered whole and can leave the list of exceptions." for name in sorted(allowed) if now.get(name, 0) == 100]


def write(now: dict[str, float], allowed: dict[str, float], *, with_new: bool) -> None:
    """Take the last run's figures into the list; a figure never falls, and a covered file leaves."""
    kept = {
        name: max(figure, allowed.get(name, 0))
        for name, figure in sorted(now.items())
        if figure < 100 and not _whole(name) and (with_new or name in allowed)
    }
    LIST.write_text(HEAD + "".join(f"{name} {figure:.0f}\n" for name, figure in kept.items()), "utf-8")


def main() -> int:
    """Check, or with --write renew the list."""
    now, allowed = measured(), exceptions()
    if "--write" in sys.argv:
        write(now, allowed, with_new="--with-new" in sys.argv)
        allowed = exceptions()
    found = faults(now, allowed)
    holds = [] if found else [f"Coverage holds: {len(now)} files, {len(allowed)} on the list of exceptions."]
    print("\n".join([*found, *over(now, allowed), *holds]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
