"""Where the checks write down what they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from huifang.domain.errors import Problem
from huifang.domain.words import Words
from huifang.playbooks.nearest import suggestion
from huifang.playbooks.places import place_of
from huifang.playbooks.yaml_tree import Path


@dataclass(slots=True)
class Findings:
    """Problems of one playbook, each at the line of its key."""

    lines: Mapping[Path, int]
    file: str = ""
    problems: list[Problem] = field(default_factory=list)

    def error(self, path: Path, code: str, what: Words, remedy: Words) -> None:
        """The playbook cannot be used so."""
        self.problems.append(Problem(code, what, remedy, place_of(path, self.lines, self.file)))

    def warn(self, path: Path, code: str, what: Words, remedy: Words) -> None:
        """It can be used; it is probably not what was meant."""
        self.problems.append(Problem(code, what, remedy, place_of(path, self.lines, self.file), "warning"))

    def put(self, path: Path, problems: Iterable[Problem]) -> None:
        """Problems found elsewhere, placed at `path`."""
        place = place_of(path, self.lines, self.file)
        self.problems.extend(replace(problem, place=replace(place, column=problem.place.column)) for problem in problems)

    def known(self, path: Path, name: str | None, options: Iterable[str], what: Words) -> None:
        """An error when `name` is given and is none of the options."""
        options = set(options)
        if name is not None and name not in options:
            said = Words(f"没有{what.zh}“{name}”。", f"There is no {what.en} “{name}”.")
            self.error(path, "check.unknown-name", said, suggestion(name, options))
