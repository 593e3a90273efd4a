"""``huifang setup``: make the database and the first administrator."""

from __future__ import annotations

import argparse
import getpass
import secrets
from collections.abc import Sequence

from huifang.app.commands.processes import migrate, say, start
from huifang.domain.errors import HuifangError
from huifang.playbooks import library


def run(arguments: Sequence[str], language: str) -> int:
    """Carry it out; 1 where the password will not do."""
    parser = argparse.ArgumentParser(prog="huifang setup", description="建库并添加首位管理员 / database and first administrator")
    parser.add_argument("--name", default="", help="the administrator's name / 管理员姓名")
    parser.add_argument("--sign-in-name", default="admin", help="default admin / 登录名，默认 admin")
    parser.add_argument("--first-run", action="store_true", help="draw a password that must be changed / 生成首次登录密码，登录后须更改")
    parser.add_argument("--playbook", choices=library.names(), help="put a playbook of the library in force / 启用一个内置方案")
    chosen = parser.parse_args(arguments)
    start()
    migrate()
    from huifang.app import business_clock
    from huifang.app.records.models import Role, Staff
    from huifang.app.services import staff

    if chosen.playbook:
        _put_in_force(chosen.playbook)
    if Staff.objects.filter(role=Role.ADMINISTRATOR).exists():
        say("已有管理员，数据库已是最新。 / There is an administrator already; the database is up to date.")
        return 0
    password = secrets.token_urlsafe(12) if chosen.first_run else getpass.getpass("Password / 密码: ")
    try:
        staff.add(
            None, "ADMIN", chosen.name or chosen.sign_in_name, Role.ADMINISTRATOR, business_clock.now(), sign_in_name=chosen.sign_in_name,
            password=password, all_branches=True, must_change_password=chosen.first_run,
        )  # fmt: skip
    except HuifangError as error:
        say(error.say(language))
        return 1
    if chosen.first_run:
        say(f"登录名 / sign-in name: {chosen.sign_in_name}\n首次密码 / first password: {password}")
    return 0


def _put_in_force(name: str) -> None:
    """Put a playbook of the library in force, unless a version of it is in force already."""
    from huifang.app import business_clock
    from huifang.app.queries.playbooks import in_force
    from huifang.app.services import playbooks

    if any(each.playbook.playbook == name for each in in_force()):
        return
    now = business_clock.now()
    playbooks.activate(None, playbooks.add_version(None, library.text(name), f"{name}.yaml", now), now)
    say(f"已启用方案 {name}。 / Playbook {name} is in force.")
