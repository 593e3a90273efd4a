"""``huifang morning``: plan today in the system now, with all rights of the machine's owner."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from huifang.app.commands.processes import say, start
from huifang.domain.words import Words


def run(arguments: Sequence[str], language: str) -> int:
    """Plan it and say how many follow-ups there are. Raises `EveryoneContacted` where the number has to be confirmed."""
    options = argparse.ArgumentParser(
        prog="huifang morning", description=Words("立即编排今天的计划。", "Plan today now.").say(language), allow_abbrev=False
    )
    confirm = Words(
        "确认一天要联络的客户数（几乎联络所有客户时必填）", "how many customers are contacted on one day, where that is nearly everybody"
    )
    options.add_argument("--confirm", type=int, metavar="N", help=confirm.say(language))
    chosen = options.parse_args(arguments)
    start()
    from huifang.app import business_clock  # the models are there only now
    from huifang.app.business_time import business_day
    from huifang.app.services.held_plans import held
    from huifang.app.services.planning import plan_day

    now = business_clock.now()
    day = business_day(now)
    made = plan_day(day, now, confirmed=chosen.confirm)
    waiting = held(day)
    if waiting is not None:
        raise waiting
    number = made.counts["followups"]
    say(
        Words(f"{day} 的计划已生成：{number:,} 项回访任务。", f"{day} is planned: {number:,} follow-up{'' if number == 1 else 's'}.").say(
            language
        )
    )
    return 0
