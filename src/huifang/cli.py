"""``huifang <verb>``: each verb is a module with ``run(arguments, language) -> exit status``, imported only when it is asked for.

Exit status: 0 done, 1 something was found (a playbook with errors), 2 the command or what it was given is wrong, 130 interrupted.
"""

from __future__ import annotations

import atexit
import gc
import locale
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

from huifang import __version__
from huifang.domain.errors import HuifangError
from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: the module that carries it out, and what it is for."""

    module: str
    about: Words
    rubbish_after: int | None = None
    """Rubbish is collected whenever there are so many objects more; None: as Python does. 0 is never, which makes what ends soon a fifth
    faster; what plans many days would need gigabytes."""


_SELDOM = 100_000

VERBS: dict[str, Verb] = {
    "plan": Verb("huifang.commands.plan", Words("生成当天的回访计划", "Make the plan of a day"), rubbish_after=0),
    "explain": Verb(
        "huifang.commands.explain",
        Words("说明某个客户为何被安排或不被安排", "Say why a customer is contacted, or why not"),
        rubbish_after=0,
    ),
    "forecast": Verb("huifang.commands.forecast", Words("预测未来的工作量与人手", "Forecast load against capacity"), rubbish_after=_SELDOM),
    "difference": Verb(
        "huifang.commands.difference",
        Words("比较方案的两个版本会改变哪些联络", "Say which contacts two versions of a playbook make differently"),
        rubbish_after=_SELDOM,
    ),
    "learn": Verb(
        "huifang.commands.learn", Words("学习客户价值、活跃与续约", "Learn customer value, activity and renewal"), rubbish_after=0
    ),
    "policy": Verb("huifang.commands.policy", Words("学习联络价值与节奏", "Learn what contacts are worth, and their pace")),
    "check": Verb("huifang.commands.check", Words("检查回访方案文件", "Check playbook files")),
    "playbooks": Verb("huifang.commands.playbooks", Words("列出或显示内置回访方案", "List or show the playbooks that come along")),
    "setup": Verb("huifang.app.commands.setup", Words("建库并添加首位管理员", "Make the database and the first administrator")),
    "serve": Verb("huifang.app.commands.serve", Words("启动系统", "Serve the pages, with a worker beside")),
    "import": Verb("huifang.app.commands.bring", Words("导入文件", "Bring a file in")),
    "erase": Verb("huifang.app.commands.erase", Words("应要求删除客户的个人信息", "Erase a customer's personal data on request")),
    "report": Verb("huifang.app.commands.report", Words("导出登记表", "Write a register to a file")),
    "morning": Verb("huifang.app.commands.morning", Words("立即编排今天的计划", "Plan today now, in the system")),
    "worker": Verb("huifang.app.commands.worker", Words("运行后台任务", "Do what is queued, until stopped")),
    "demo": Verb("huifang.app.commands.demo", Words("启动两家演示企业", "Two demo businesses on this machine")),
}
"""Every verb; another one is a line here and a module."""


def command() -> NoReturn:
    """`main` as a process of its own. What is only memory is not taken apart at the end piece by piece: the system takes it back."""
    status = _command(sys.argv[1:])
    if threading.active_count() == 1:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Carries out one command; returns the exit status. Faults are told in the reader's language, without a traceback."""
    before = gc.get_threshold()
    try:
        return _command(list(sys.argv[1:] if argv is None else argv))
    finally:
        gc.set_threshold(*before)


def _command(arguments: list[str]) -> int:
    """As `main`; how often rubbish is collected stays as the verb wants it: at a process's end all would be gone through."""
    language = _language(arguments)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_help(language))
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        print(f"huifang {__version__}")
        return 0
    verb = VERBS.get(arguments[0])
    if verb is None:
        unknown = Words(f"没有“{arguments[0]}”这个命令。", f"There is no command “{arguments[0]}”.")
        print(f"{unknown.say(language)}\n\n{_help(language)}", file=sys.stderr)
        return 2
    return _carry_out(verb, arguments[1:], language)


def _carry_out(verb: Verb, arguments: Sequence[str], language: str) -> int:
    if verb.rubbish_after is not None:
        gc.set_threshold(verb.rubbish_after)
    try:
        status: int = import_module(verb.module).run(arguments, language)
        sys.stdout.flush()
    except HuifangError as error:
        print(error.say(language), file=sys.stderr)
        return 2
    except _database_errors() as error:
        problem = import_module("huifang.stores.faults").problem_of(error)
        if problem is None:
            raise
        print(problem.say(language), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _database_errors() -> tuple[type[Exception], ...]:
    """The embedded database's, where a verb has loaded it."""
    loaded = sys.modules.get("duckdb")
    return (loaded.Error,) if loaded else ()


def _language(arguments: list[str]) -> str:
    """Takes ``--language zh|en`` out of the arguments; without it the locale's, else Chinese."""
    for place, word in enumerate(arguments):
        if word == "--language" and place + 1 < len(arguments):
            language = arguments[place + 1]
            del arguments[place : place + 2]
            return language
        if word.startswith("--language="):
            del arguments[place]
            return word.partition("=")[2]
    code = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "en" if code.lower().startswith("en") else "zh"


def _help(language: str) -> str:
    lines = [Words("用法：huifang <命令> [选项]", "Usage: huifang <verb> [options]").say(language), ""]
    lines += [f"  {name:<11}{verb.about.say(language)}" for name, verb in VERBS.items()]
    more = Words(
        "每个命令都有 --help；--language zh|en 选择语言。",
        "Every verb has --help; --language zh|en chooses the language.",
    )
    return "\n".join([*lines, "", more.say(language)])
