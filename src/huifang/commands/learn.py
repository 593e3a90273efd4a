"""``huifang learn``: learns value, activity and renewal from tables, says how good it is, and writes numbers and classes for the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from huifang.commands.options import Business, add_business, parser, read_business
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from huifang.engine.class_standings import Say
    from huifang.engine.stages import Inputs


def run(arguments: Sequence[str], language: str) -> int:
    """Prints the report; ``--out`` writes ``learned.parquet`` (a table of the plan), ``classes.parquet`` (history) and ``learned.txt``.

    Where no playbook has a part `value`, it says what to write where, and ``--out`` writes the history of classes alone.
    """

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
    business = read_business(chosen)
    for line in _learned(business, chosen.playbook, chosen.split, chosen.out):
        print(say(line))
    return 0


def _learned(business: Business, files: Sequence[str], split: date | None, out: Path | None) -> Iterator[Words]:
    rule = next((book.value for book in business.context.playbooks if book.value is not None), None)
    if rule is None:
        yield from _classes_alone(business, files, out)
        return
    _need_libraries()
    from huifang.analytics.learning import learn
    from huifang.analytics.report import report
    from huifang.analytics.score_words import ScoreWords
    from huifang.engine.keeping import keep
    from huifang.stores.class_files import write_learned

    context, rows = business.context, business.inputs
    found = learn(context.connection, rows.events, rows.agreements, rule, context.day, split)
    lines = list(report(found))
    yield from lines
    if out is None:
        return
    path = write_learned(out, found.table(), context.day)
    given = context.connection.read_parquet(str(path))
    whole = replace(rows, learned=keep(context.connection, "learned", given.filter(given.as_of <= context.day)))
    yield _write(business, whole, lines, out, ScoreWords(found).of)


def _classes_alone(business: Business, files: Sequence[str], out: Path | None) -> Iterator[Words]:
    """Where no playbook says what to learn from, the history of classes all the same. Raises Invalid where there is nothing to write."""
    missing = _missing(business, files)
    if out is None or not any(book.classes or book.ladders for book in business.context.playbooks):
        raise Invalid(missing)
    out.mkdir(parents=True, exist_ok=True)
    said = Words(f"{missing.what.zh}{missing.remedy.zh}", f"{missing.what.en} {missing.remedy.en}")
    only = Words("已写的只有分类历史。", "Only the history of classes is written.")
    yield from (said, only)
    yield _write(business, business.inputs, [said, only], out)


def _write(business: Business, whole: Inputs, lines: Iterable[Words], out: Path, say: Say | None = None) -> Words:
    """Goes on with the history of classes that is there; the classes of who is no customer any more end."""
    from huifang.domain.class_history import continued
    from huifang.engine.class_standings import standings
    from huifang.stores.class_files import read_spells, write_spells

    earlier = read_spells(out)
    now = {one.customer: one.reasons() for batch in standings(business.context, whole, say) for one in batch}
    everybody = [*now, *(customer for customer in earlier if customer not in now)]
    spells = ((customer, continued(earlier.get(customer, ()), now.get(customer, ()), business.context.day)) for customer in everybody)
    write_spells(out, spells, business.inputs.customers.customer_id.type().to_pyarrow())
    (out / "learned.txt").write_text("".join(f"{line.zh}\n{line.en}\n" for line in lines), "utf-8")
    return Words(f"已写入 {out}。", f"Written to {out}.")


def _missing(business: Business, files: Sequence[str]) -> Problem:
    """That no playbook says what to learn from, and what to write where: the declared kinds that the tables hold."""
    bought = business.inputs.events.filter(business.inputs.events.amount.notnull())
    kinds = {"purchases": _kinds(business, bought, "events"), "contracts": _kinds(business, business.inputs.agreements, "agreements")}
    text = ", ".join(f"{key}: [{', '.join(found)}]" for key, found in kinds.items() if found) or "purchases: [order]"
    first = files[0]
    return Problem(
        "learn.no-rule",
        Words(
            "方案里没有 value 部分，没有学习客户价值、活跃与续约。",
            "No playbook has a part `value`: value, activity and renewal are not learned.",
        ),
        Words(
            f"请在方案 {first} 中写明从什么学习，例如 value: {{{text}}}。只需要分类历史时，请加 --out 文件夹。",
            f"Say in the playbook {first} what to learn from, as in value: {{{text}}}. "
            "For the history of classes alone, name a folder with --out.",
        ),
    )


def _kinds(business: Business, rows: Table, declared: str) -> list[str]:
    """The kinds that are declared in a playbook and have rows, in order."""
    known = {kind for book in business.context.playbooks for kind in getattr(book, declared)}
    return sorted(known & set(business.context.connection.to_pyarrow(rows.select("kind").distinct())["kind"].to_pylist()))


def _need_libraries() -> None:
    if find_spec("scipy") is None:
        raise Invalid(
            Problem(
                "learn.not-installed",
                Words("没有安装学习所需的库。", "The libraries for learning are not installed."),
                Words("请运行 pip install 'huifang[analytics]'。", "Run pip install 'huifang[analytics]'."),
            )
        )
