"""What words alone tell: weights of praise and blame with negation, degree and contrast; wishes, demands, urgency.

A clause is what stands between two marks. Praise in it is turned by a negation before it (不热情), blame likewise;
a degree multiplies what follows it; what comes after “but” weighs more than what came before; in a wish, what is praised or blamed is not
there yet and weighs little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log1p

from huifang.analytics.feedback.lexicon import Found, lexicon

REACH = 4
"""So many characters before a word a negation or degree still belongs to it."""
_CLAUSE = re.compile(r"[,.!?;:~、。\n]+|\s{2,}")
_AFTER, _BEFORE, _WISHED, _TURNED = 1.5, 0.7, 0.35, 0.8


@dataclass(frozen=True, slots=True)
class Signs:
    """What the words of one text tell; weights from 0. `deciding`: the words behind it, as they stand, the strongest first."""

    praise: float
    blame: float
    wishes: int
    demands: int
    urgency: float
    turned: bool
    last: float
    first: float
    deciding: tuple[str, ...]

    @property
    def sentiment(self) -> float:
        """From -1 (all blame) to 1 (all praise); 0 where nothing is said."""
        return (self.praise - self.blame) / (self.praise + self.blame + 1.0)

    def figures(self) -> tuple[float, ...]:
        """What a model reads beside the characters, each within about -1.5 to 1.5."""
        return (
            self.sentiment, log1p(self.praise) / 1.5, log1p(self.blame) / 1.5, min(self.wishes, 3) / 2, min(self.demands, 3) / 2,
            min(self.urgency, 4) / 3, float(self.turned), self.last, self.first, float(self.praise + self.blame > 0),
        )  # fmt: skip


@dataclass(slots=True)
class _Clause:
    praise: float = 0.0
    blame: float = 0.0
    wishes: int = 0
    demands: int = 0
    urgency: float = 0.0
    contrast: bool = False

    @property
    def net(self) -> float:
        return (self.praise - self.blame) / (self.praise + self.blame + 1.0)


def signs(text: str) -> Signs:
    """What the words of a cleaned text tell."""
    deciding: dict[str, float] = {}
    clauses = [_clause(part, deciding) for part in _CLAUSE.split(text) if part and not part.isspace()]
    turn = next((place for place, each in enumerate(clauses) if each.contrast), None)
    weights = [1.0 if turn is None else _AFTER if place >= turn else _BEFORE for place in range(len(clauses))]
    told = [each for each in clauses if each.praise or each.blame]
    return Signs(
        sum(each.praise * weight for each, weight in zip(clauses, weights, strict=True)),
        sum(each.blame * weight for each, weight in zip(clauses, weights, strict=True)),
        sum(each.wishes for each in clauses), sum(each.demands for each in clauses), sum(each.urgency for each in clauses),
        turn is not None, told[-1].net if told else 0.0, told[0].net if told else 0.0,
        tuple(sorted(deciding, key=lambda word: -deciding[word])[:6]),
    )  # fmt: skip


def _clause(part: str, deciding: dict[str, float]) -> _Clause:
    found = list(lexicon().find(part))
    clause = _Clause(contrast=any(one.role == "contrast" for one in found))
    clause.wishes = sum(one.role == "suggestion" for one in found)
    clause.demands = sum(one.role == "complaint" for one in found)
    clause.urgency = sum(one.weight for one in found if one.role == "urgent" and not _negated(found, one))
    for one in found:
        if one.role in {"suggestion", "complaint", "urgent"}:
            deciding[one.word] = max(deciding.get(one.word, 0.0), one.weight)
        if one.role not in {"positive", "negative"}:
            continue
        weight = one.weight * _degree(found, one) * (_WISHED if clause.wishes else 1.0)
        praised = one.role == "positive"
        if _negated(found, one):
            praised, weight = not praised, weight * _TURNED
        if praised:
            clause.praise += weight
        else:
            clause.blame += weight
        deciding[one.word] = max(deciding.get(one.word, 0.0), weight)
    return clause


def _near(found: list[Found], word: Found, role: str) -> list[Found]:
    return [one for one in found if one.role == role and 0 <= word.at - one.at - len(one.word) <= REACH - 1 and one.word != word.word]


def _negated(found: list[Found], word: Found) -> bool:
    return len(_near(found, word, "negation")) % 2 == 1


def _degree(found: list[Found], word: Found) -> float:
    weight = 1.0
    for one in _near(found, word, "degree"):
        weight *= one.weight
    return min(weight, 2.5)
