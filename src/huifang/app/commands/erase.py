"""``huifang erase KH000123 --reason "by letter of 2026-11-20"``: destroy a customer's personal data, once the number was typed again."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from huifang.app.commands.processes import say, start
from huifang.domain.words import Words


def run(arguments: Sequence[str], language: str) -> int:
    """Erase, or raise `HuifangError` where it is refused. The audit trail keeps the certificate."""
    chosen = _parser(language).parse_args(arguments)
    start()
    from huifang.app import business_clock  # the models are there only now
    from huifang.app.records.models import Customer
    from huifang.app.services import erasing

    found = Customer.objects.filter(code=chosen.code).first()
    if found is None:
        say(Words("没有这个编号的客户。", "There is no customer with this number.").say(language))
        return 1
    typed = chosen.confirm or input(Words("再输入一次客户编号以确认：", "Type the customer's number once more: ").say(language))
    erased = erasing.erase(None, found, typed, chosen.reason, business_clock.now())
    done = Words(f"已删除：{erased.rows} 行，{erased.files} 个文件。", f"Erased: {erased.rows} rows, {erased.files} files.")
    say(done.say(language))
    return 0


def _parser(language: str) -> argparse.ArgumentParser:
    def help_(zh: str, en: str) -> str:
        return Words(zh, en).say(language)

    about = help_("应要求删除一位客户的个人信息，不能恢复。", "Erase a customer's personal data on request; it cannot be undone.")
    options = argparse.ArgumentParser(prog="huifang erase", description=about, allow_abbrev=False)
    options.add_argument("code", help=help_("客户编号", "the customer's number"))
    options.add_argument(
        "--reason", required=True, help=help_("何时、以什么方式要求，不写姓名", "when and how it was asked for, without names")
    )
    options.add_argument("--confirm", default="", help=help_("再写一次编号，不再询问", "the number once more, instead of being asked"))
    return options
