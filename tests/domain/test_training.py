import pytest

from huifang.domain.errors import Invalid
from huifang.domain.training import quiz_of, wrong_answers

QUIZ = "多久保养一次？ | 半年 | 一年 | 两年\n\n客户要求退订怎么办？｜立即登记｜下次再说"


def test_options_stand_in_an_order_of_their_own_that_stays():
    first, second = quiz_of(QUIZ)
    assert (first.ask, first.right, second.right) == ("多久保养一次？", "半年", "立即登记")
    assert sorted(first.options) == sorted(["半年", "一年", "两年"])
    assert quiz_of(QUIZ)[0].options == first.options
    assert quiz_of("") == ()


def test_what_is_wrong_is_named_and_all_right_has_passed():
    quiz = quiz_of(QUIZ)
    assert wrong_answers(quiz, {0: "半年", 1: "下次再说"}) == (1,)
    assert wrong_answers(quiz, {}) == (0, 1)
    assert wrong_answers(quiz, {0: "半年", 1: "立即登记"}) == ()


@pytest.mark.parametrize("text", ["只有问题", "问 | 对", " | 对 | 错", "问 | 对 | 对", "问 | 对 | ", "问 | 1 | 2 | 3 | 4 | 5 | 6 | 7"])
def test_a_line_that_is_no_question_is_named(text):
    with pytest.raises(Invalid, match="Line 2"):
        quiz_of(f"问 | 对 | 错\n{text}")


def test_a_quiz_is_short():
    with pytest.raises(Invalid, match="more than 5"):
        quiz_of("问 | 对 | 错\n" * 6)
