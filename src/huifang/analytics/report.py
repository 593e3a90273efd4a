"""What a learning says of itself: models, parameters, likelihood, whether they settled, how well they foretold, the cuts, renewal."""

from __future__ import annotations

from collections.abc import Iterator

from huifang.analytics.calibration import MOST, Calibration
from huifang.analytics.learning import AboutBuying, AboutContracts, Learned
from huifang.analytics.newton import Fit
from huifang.analytics.renewal import staying
from huifang.domain.words import Words
from huifang.playbooks.known_names import LEARNED

_NAMES = {
    "bg-nbd": Words("BG/NBD 购买模型", "BG/NBD model of buying"),
    "pareto-nbd": Words("Pareto/NBD 购买模型", "Pareto/NBD model of buying"),
    "gamma-gamma": Words("Gamma-Gamma 金额模型", "gamma-gamma model of amounts"),
    "shifted-beta-geometric": Words("移位 Beta-几何续约模型", "shifted beta-geometric model of renewal"),
    "rule": Words("规则", "Rule"),
}
SAME = 0.02
"""Rank correlations that lie no farther apart than this are called equal."""


def report(learned: Learned) -> Iterator[Words]:
    """The report, line by line."""
    if learned.buying is not None:
        yield from _about_buying(learned.buying, learned)
    if learned.contracts is not None:
        yield from _about_contracts(learned.contracts)


def _about_buying(about: AboutBuying, learned: Learned) -> Iterator[Words]:
    size, again = len(about.known.purchases), int((about.known.purchases.repeats > 0).sum())
    day = learned.day.isoformat()
    yield Words(
        f"截至 {day}：{size:,} 位客户买过，其中 {again:,} 位再次购买。",
        f"Up to {day}: {size:,} customers have bought, {again:,} of them again.",
    )
    yield from _fit(about.activity)
    if not about.activity.converged:
        span = learned.rule.active_for.in_words()
        window = learned.rule.window.in_words()
        yield Words(
            f"改按规则：上次购买在{span.zh}以内算仍在购买；预计次数和金额取近{window.zh}的数。用到这些数的分类都注明“按规则”。",
            f"The rule stands in: active is who bought within {span.en}; as many purchases and as much money are expected as the last "
            f"{window.en} saw. Classes that use these numbers are marked so.",
        )
    yield from _fit(about.amounts)
    if about.activity.converged and not about.amounts.converged:
        window = learned.rule.window.in_words()
        yield Words(f"预计消费改按规则：取近{window.zh}的消费。", f"For customer_value the rule stands in: what the last {window.en} saw.")
    if about.calibration is not None:
        yield from _calibration(about.calibration)
    elif about.activity.converged:
        yield Words("历史太短，无法检验模型。", "The history is too short for the model to be tried.")
    for name, cuts in about.cuts.items():
        title = LEARNED[name][1]
        zh, en = "；".join(cut.text.zh for cut in cuts), "; ".join(cut.text.en for cut in cuts)
        yield Words(f"{title.zh}的分界：{zh}。", f"{title.en}, cuts: {en}.")


def _fit(fit: Fit) -> Iterator[Words]:
    name = _NAMES[fit.model]
    figures = ", ".join(f"{name} {value:.4f}" for name, value in fit.parameters.items())
    if fit.converged:
        zh = f"{name.zh}：{figures}；对数似然 {fit.log_likelihood:.3f}，{fit.customers:,} 位客户，{fit.steps} 步收敛。"
        en = f"{name.en}: {figures}; log-likelihood {fit.log_likelihood:.3f}, {fit.customers:,} customers, settled in {fit.steps} steps."
        yield Words(zh, en)
    elif fit.model == "rule":
        yield fit.why or name
    else:
        why = fit.why or Words("", "")
        yield Words(f"{name.zh}没有收敛：{why.zh}", f"{name.en} did not converge: {why.en}")


def _calibration(tried: Calibration) -> Iterator[Words]:
    split, until = tried.split.isoformat(), tried.until.isoformat()
    expected, real = f"{tried.expected:,.0f}", f"{tried.real:,.0f}"
    yield Words(
        f"检验：用 {split} 以前的数据学习，与之后到 {until} 的实际购买相比。预计 {expected} 次，实际 {real} 次。",
        f"Tried: learned up to {split}, compared with what came until {until}. Expected {expected} purchases, real {real}.",
    )
    for group in tried.groups:
        before = f"{group.repeats}{'+' if group.repeats == MOST else ''}"
        yield Words(
            f"  此前再次购买 {before} 次：{group.customers:,} 人，人均预计 {group.expected:.2f}，实际 {group.real:.2f}",
            f"  {before} repeat purchases before: {group.customers:,} customers, expected {group.expected:.2f} each, real {group.real:.2f}",
        )
    ranks = f"{tried.rank:.2f}", f"{tried.plain_rank:.2f}"
    if tried.rank > tried.plain_rank + SAME:
        yield Words(
            f"排序：模型（等级相关 {ranks[0]}）优于单看购买次数（{ranks[1]}）。",
            f"Ranking: the model (rank correlation {ranks[0]}) ranks better than plain frequency ({ranks[1]}).",
        )
    else:
        yield Words(
            f"排序：单看购买次数（等级相关 {ranks[1]}）不比模型（{ranks[0]}）差；模型的用处在于预计次数和仍在购买的概率。",
            f"Ranking: plain frequency ranks as well (rank correlation {ranks[1]}, the model {ranks[0]}); the model earns its place by the "
            "numbers it expects and by the chance of being active.",
        )


def _about_contracts(about: AboutContracts) -> Iterator[Words]:
    yield from _fit(about.fit)
    if not about.fit.converged:
        yield Words(
            "续约概率改按规则：取全部到期合约的续约比例；还没有到期合约时不给数。",
            "For renewal_chance the rule stands in: the share of all ended contracts that were renewed; none while nothing has ended.",
        )
    for one in about.hazards:
        yield Words(
            f"  第 {one.age} 期：到期 {one.ended:,} 份，流失 {one.left:,} 份，{one.counted:.1%}（{one.low:.1%} 到 {one.high:.1%}）",
            f"  term {one.age}: {one.ended:,} ended, {one.left:,} left, {one.counted:.1%} ({one.low:.1%} to {one.high:.1%})",
        )
    if about.fit.converged:
        shares = ", ".join(f"{share:.0%}" for share in staying(about.fit, 5))
        yield Words(
            f"  模型预计一批新客户在 1 至 5 期后仍在的比例：{shares}",
            f"  of a new cohort the model expects to stay after 1 to 5 terms: {shares}",
        )
