"""``huifang policy``: learns from tables whom a contact is worth most to, and writes the table `contact_policy` that a plan reads."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huifang.commands.options import Business, add_business, parser, read_business
from huifang.commands.printing import written
from huifang.domain.contact_classes import class_title
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

if TYPE_CHECKING:
    from huifang.analytics.contact_decided import Decided
    from huifang.analytics.contact_table import PolicyTable

COLUMNS = {
    "class": Words("客户分类", "Class"),
    "customers": Words("客户数", "Customers"),
    "effect": Words("预期效果", "Effect"),
    "planning": Words("顾及长远", "Plan ahead"),
    "contacts": Words("联络数", "Contacts"),
    "complaints": Words("抱怨打扰", "Complaints"),
    "upper": Words("上限", "Upper end"),
    "pace": Words("间隔", "Gap"),
}
_BY_RULE = {
    "thin": Words(
        "只有 {contacts} 次可供学习的联络，至少要 30 次，因此未用模型，按规则确定。",
        "Only {contacts} contacts can be learned from, 30 are needed: not learned, decided by the rule.",
    ),
    "failed": Words("模型没有收敛，按规则确定。", "The model did not converge: decided by the rule."),
}
"""What is said where the model does not hold, by `analytics.contact_decided.ModelState`."""


def run(arguments: Sequence[str], language: str) -> int:
    """Prints a line for each class; ``--out`` writes ``contact_policy.parquet`` there."""

    def say(words: Words) -> str:
        return words.say(language)

    options = parser("policy", Words("学习联络价值与节奏。", "Learn what contacts are worth, and their pace."), language)
    add_business(options, say)
    options.add_argument(
        "--class", dest="named", metavar="NAME", help=say(Words("按此分层或属性分类", "ladder or attribute that makes the classes"))
    )
    options.add_argument("--period", type=int, default=30, metavar="DAYS", help=say(Words("一期的天数", "days of a period")))
    options.add_argument("--periods", type=int, default=24, metavar="N", help=say(Words("回看的期数", "how many periods back")))
    options.add_argument(
        "--complaint",
        default="contact-complaint",
        metavar="KIND",
        help=say(Words("抱怨打扰的工单类别", "kind of case that complains about contact")),
    )
    options.add_argument("--out", type=Path, metavar="DIR", help=say(Words("把结果写入该文件夹", "write the table there")))
    chosen = options.parse_args(arguments)
    if chosen.period < 1 or chosen.periods < 1:
        options.error(say(Words("天数和期数至少为 1。", "Days and periods are 1 at the least.")))
    _need_libraries()
    business = read_business(chosen)
    found = _learned(business, chosen)
    print(written([_row(line, language) for line in found.made.lines], {name: say(words) for name, words in COLUMNS.items()}, "table"))
    if found.state in _BY_RULE:
        print(say(_BY_RULE[found.state]).format(contacts=found.contacts))
    if chosen.out is not None:
        print(_write(business, found.made, chosen.out))
    return 0


def _learned(business: Business, chosen: Namespace) -> Decided:
    from huifang.analytics.contact_decided import decided
    from huifang.analytics.contact_history import Learning, history

    connection, day = business.context.connection, business.context.day
    counted = history(connection, business.inputs, day, Learning(chosen.period, chosen.periods, chosen.complaint))
    if chosen.named is not None:
        counted = counted.left_join(_classes(business, chosen.named), [("customer_id", "whose")]).drop("whose")
    rows = connection.to_pyarrow(counted.order_by("customer_id"))
    if chosen.named is None:
        return decided(rows, day)
    return decided(rows.drop_columns(["cluster"]), day, rows["cluster"])


def _classes(business: Business, name: str) -> Any:
    """`whose`, `cluster`: the ladder, class, fact or attribute of that name of the first playbook, as text."""
    from huifang.engine.occurrences import facts
    from huifang.engine.stages import fact_column

    known = facts(business.inputs, business.context)
    column = next((one for one in (fact_column(business.context.playbooks[0].playbook, name), name) if one in known.columns), None)
    if column is None:
        raise Invalid(
            Problem(
                "policy.no-class",
                Words(f"没有名为“{name}”的分层或属性。", f"There is no ladder or attribute “{name}”."),
                Words("请写方案 ladders 中的名称，或去掉 --class。", "Name one of the playbook's ladders, or leave --class out."),
            )
        )
    return known.select(whose="customer_id", cluster=known[column].cast("string"))


def _row(line: Any, language: str) -> dict[str, object]:
    guard = line.guard
    pace = Words("暂停", "paused") if guard.paused else Words(f"× {guard.slowed:.1f}", f"x {guard.slowed:.1f}")
    return {
        "class": class_title(line.name).say(language), "customers": line.customers, "effect": f"{100 * line.effect:+.1f} %",
        "planning": line.planning, "contacts": guard.contacts, "complaints": guard.complaints, "upper": f"{100 * guard.upper:.1f} %",
        "pace": pace.say(language),
    }  # fmt: skip


def _write(business: Business, made: PolicyTable, folder: Path) -> Path:
    from huifang.stores.files import write_table

    folder.mkdir(parents=True, exist_ok=True)
    connection = business.context.connection
    return write_table(connection, connection.create_table("contact_policy_made", made.rows, temp=True), folder / "contact_policy.parquet")


def _need_libraries() -> None:
    if find_spec("scipy") is None:
        raise Invalid(
            Problem(
                "policy.not-installed",
                Words("没有安装学习所需的库。", "The libraries for learning are not installed."),
                Words("请运行 pip install 'huifang[analytics]'。", "Run pip install 'huifang[analytics]'."),
            )
        )
