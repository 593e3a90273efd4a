"""Personal data planted anywhere in a text is gone before the text leaves the house."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huifang.analytics.feedback.hiding import hide

HAN = st.text("的一是在不了有和人这中大为上个国我以要他时来用们", max_size=8)
DIGITS = "0123456789"
NAMES = st.text("王丽华张建军雷孙强欧阳娜", min_size=2, max_size=4)
PHONES = st.builds("1{}{}".format, st.sampled_from("3456789"), st.text(DIGITS, min_size=9, max_size=9))
GROUPED = st.builds(lambda phone, mark: mark.join((phone[:3], phone[3:7], phone[7:])), PHONES, st.sampled_from(" -.·–"))
IDENTITY = st.builds("{}{}".format, st.text(DIGITS, min_size=17, max_size=17), st.sampled_from("0123456789Xx"))
PLATES = st.builds(
    "{}{}{}".format, st.sampled_from("苏京沪粤"), st.sampled_from("ABCDE"), st.text("ABCDEFGH0123456789", min_size=5, max_size=5)
)
MAILS = st.builds(
    "{}@{}.com".format, st.text("abcxyz.", min_size=3, max_size=9).filter(lambda one: one.strip(".") == one), st.text("abc", min_size=2)
)
STREETS = st.builds("{}路{}号{}栋{}室".format, st.text("幸福和平建设", min_size=2, max_size=3), *(st.integers(1, 99) for _ in range(3)))


@given(HAN, st.one_of(PHONES, GROUPED, IDENTITY, PLATES, MAILS, STREETS), HAN)
def test_numbers_plates_mails_and_addresses_are_gone(before: str, planted: str, after: str):
    found = hide(f"{before}，{planted}，{after}")
    assert planted not in found
    assert not any(part in found for part in planted.split("路")[1:])
    assert found.startswith(before)


@given(HAN, NAMES, HAN, NAMES)
def test_names_that_are_known_are_gone_wherever_they_stand(before: str, name: str, after: str, other: str):
    found = hide(f"{before}{name}{after}{other}{name}", [name, other, "x"])
    assert name not in found
    assert other not in found


def test_latin_names_are_gone_in_any_case():
    assert hide("call JOHN smith", ["John Smith"]) == "call [name]"
