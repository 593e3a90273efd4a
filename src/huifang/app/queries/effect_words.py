"""What may be said of a programme's effect, in a sentence."""

from __future__ import annotations

from huifang.analytics.uplift import Verdict
from huifang.app.formats import chinese
from huifang.app.queries.effect import Effect
from huifang.app.queries.indicator_words import percent
from huifang.domain.words import Words


def points(share: float, language: str) -> str:
    """A difference of shares: ``+2.5 pp`` / ``+2.5 个百分点``."""
    return f"{100 * share:+.1f}{' 个百分点' if chinese(language) else ' pp'}".replace("-", "−")


def said_plainly(one: Effect) -> Words:
    """The verdict. An interval that holds zero is never told as a success."""
    found = one.uplift
    match found.verdict:
        case Verdict.NOTHING:
            return Words(
                "还不能判断：其中一组还没有观察期满的客户。", "Cannot tell yet: one of the groups has no customer whose days are over."
            )
        case Verdict.UNSURE:
            most = found.detectable
            if most is None:
                return Words("还不能判断：对照组太小。", "Cannot tell yet: the hold-out group is too small.")
            return Words(
                f"还不能判断：差异与偶然无法区分。以现在的人数，提高 {percent(most)[:-2]} 个百分点以上才看得出来。",
                f"Cannot tell yet: the difference may be chance. With this many customers a rise of {percent(most)[:-2]} pp would show.",
            )
        case Verdict.MORE:
            return Words("有效：联络过的客户回来得更多。", "It works: more of the contacted customers came back.")
        case _:
            return Words("有害：联络过的客户回来得更少。", "It does harm: fewer of the contacted customers came back.")
