"""``huifang check FILE...``: everything that is wrong or doubtful in playbook files, with its line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from huifang.commands.options import parser
from huifang.domain.errors import PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks import loader
from huifang.playbooks.checks import check_loaded


def run(arguments: Sequence[str], language: str) -> int:
    """Prints one line for each problem; the status is 1 where a file has an error, and 0 where there are warnings at the most."""
    options = parser("check", Words("检查回访方案文件。", "Check playbook files."), language)
    options.add_argument("files", nargs="+", type=Path, metavar="FILE", help=Words("方案文件", "playbook file").say(language))
    broken = False
    for path in options.parse_args(arguments).files:
        problems = _problems(path)
        broken = broken or any(problem.severity == "error" for problem in problems)
        for problem in problems:
            print(problem.say(language))
        if not problems:
            print(Words(f"{path.name}：没有问题。", f"{path.name}: no problems.").say(language))
    return 1 if broken else 0


def _problems(path: Path) -> Sequence[Problem]:
    try:
        return check_loaded(loader.load(path))
    except PlaybookError as error:
        return error.problems
