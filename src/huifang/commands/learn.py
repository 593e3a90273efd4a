"""``huifang learn``: learns value, activity and renewal from tables, says how good it is, and writes numbers and classes for the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from huifang.commands.options import Business, add_business, parser, read_business
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words
from huifang.playbooks.schema import ValueRule

if TYPE_CHECKING:
    from huifang.analytics.learning import Learned
    from huifang.engine.stages import Inputs


def run(arguments: Sequence[str], language: str) -> int:
    """Prints the report; ``--out`` writes ``learned.parquet`` (a table of the plan), ``classes.parquet`` (history) and ``learned.txt``."""

    def say(words: Words) -> str:
        return words.say(language)

    options = parser("learn", Words("学习客户价值、活跃与续约。", "Learn customer value, activity and renewal."), language)
    add_business(options, say)
    options.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=say(Words("把学习结果和分类历史写入该文件夹", "write the numbers and the history of classes there")),
    )
    options.add_argument(
        "--split",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help=say(Words("检验模型时学到哪一天，默认留最后四分之一", "day up to which the model is tried; default leaves the last quarter")),
    )
    chosen = options.parse_args(arguments)
    _need_libraries()
    business = read_business(chosen)
    for line in _learned(business, chosen.split, chosen.out):
        print(say(line))
    return 0


def _learned(business: Business, split: date | None, out: Path | None) -> Iterator[Words]:
    from huifang.analytics.learning import learn
    from huifang.analytics.report import report
    from huifang.engine.keeping import keep
    from huifang.stores.class_files import write_learned

    context, rows = business.context, business.inputs
    found = learn(context.connection, rows.events, rows.agreements, _rule(business), context.day, split)
    lines = list(report(found))
    yield from lines
    if out is None:
        return
    path = write_learned(out, found.table(), context.day)
    given = context.connection.read_parquet(str(path))
    whole = replace(rows, learned=keep(context.connection, "learned", given.filter(given.as_of <= context.day)))
    _write_classes(business, whole, found, out)
    (out / "learned.txt").write_text("".join(f"{line.zh}\n{line.en}\n" for line in lines), "utf-8")
    yield Words(f"已写入 {out}。", f"Written to {out}.")


def _write_classes(business: Business, whole: Inputs, found: Learned, out: Path) -> None:
    """Goes on with the history that is there; the classes of who is no customer any more end."""
    from huifang.analytics.score_words import ScoreWords
    from huifang.domain.class_history import continued
    from huifang.engine.class_standings import standings
    from huifang.stores.class_files import read_spells, write_spells

    earlier = read_spells(out)
    now = {one.customer: one.reasons() for batch in standings(business.context, whole, ScoreWords(found).of) for one in batch}
    everybody = [*now, *(customer for customer in earlier if customer not in now)]
    spells = ((customer, continued(earlier.get(customer, ()), now.get(customer, ()), business.context.day)) for customer in everybody)
    write_spells(out, spells, business.inputs.customers.customer_id.type().to_pyarrow())


def _rule(business: Business) -> ValueRule:
    """What the first playbook that speaks of value says."""
    for playbook in business.context.playbooks:
        if playbook.value is not None:
            return playbook.value
    raise Invalid(
        Problem(
            "learn.no-rule",
            Words("方案里没有 value 部分。", "No playbook has a part `value`."),
            Words("请写明从什么学习，例如 value: {purchases: [order]}。", "Say what to learn from, as in value: {purchases: [order]}."),
        )
    )


def _need_libraries() -> None:
    if find_spec("scipy") is None:
        raise Invalid(
            Problem(
                "learn.not-installed",
                Words("没有安装学习所需的库。", "The libraries for learning are not installed."),
                Words("请运行 pip install 'huifang[analytics]'。", "Run pip install 'huifang[analytics]'."),
            )
        )
