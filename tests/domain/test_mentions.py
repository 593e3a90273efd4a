import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.mentions import mentioned

NAMES = {"陈晓": {1}, "陈晓明": {2}, "zhou.min": {3}, "周敏": {3}, "Li": {4}, "售后部": {5, 2}, "li": {6}, "": {9}}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@陈晓 请回电", (1,)),
        ("请@陈晓明看一下", (2,)),
        ("@陈晓，@周敏 @zhou.min", (1, 3)),
        ("＠ＬＩ please", (4, 6)),
        ("@售后部 请今天答复 @陈晓明", (2, 5)),
        ("@Lisa @Li_2", ()),
        ("(@Li)", (4, 6)),
        ("write to a@li.example", ()),
        ("谢谢@", ()),
        ("nobody", ()),
        ("@@Li", (4, 6)),
    ],
)
def test_those_who_are_spoken_to_are_found(text, found):
    assert mentioned(text, NAMES) == found


@given(st.text("陈晓明@ .Li周敏", max_size=30))
def test_only_people_who_are_known_are_found_and_each_once(text):
    found = mentioned(text, NAMES)
    assert len(set(found)) == len(found)
    assert set(found) <= set().union(*NAMES.values()) - {9}
