import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.masking import mask_email, mask_id, mask_name, mask_phone, mask_plate, mask_text


@pytest.mark.parametrize(
    ("mask", "value", "masked"),
    [
        (mask_phone, "13812342046", "138****2046"), (mask_phone, "+86 138-1234-2046", "138****2046"),
        (mask_phone, "021-58881234", "021****1234"),
        (mask_phone, "58881234", "******34"), (mask_phone, "110", "***"), (mask_phone, "", ""),
        (mask_name, "王小华", "王*华"), (mask_name, "王华", "王*"), (mask_name, "华", "*"), (mask_name, "欧阳小华", "欧**华"),
        (mask_name, "", ""),
        (mask_name, "John Smith", "J*** S****"), (mask_name, "J Smith", "* S****"), (mask_name, "买买提·吐尔逊", "买*****逊"),
        (mask_email, "wang@example.com", "w***@example.com"), (mask_email, "nothing", "*******"),
        (mask_email, "@example.com", "************"),
        (mask_plate, "京A12345", "京A***45"), (mask_plate, "沪 AD12345", "沪A****45"), (mask_plate, "A123", "****"),
        (mask_id, "11010519491231002X", "1****************X"), (mask_id, "12345", "*****"),
        (mask_text, "打 138 1234 2046 或 021-58881234，车 3 台", "打 138****2046 或 021****1234，车 3 台"),
        (mask_text, "2026-05-01 来店，电话-13812342046", "2026-05-01 来店，电话-138****2046"),
        (mask_text, "证号11010519491231002X。", "证号********。"),
    ],
)  # fmt: skip
def test_enough_is_left_to_recognise_and_too_little_to_use(mask, value, masked):
    assert mask(value) == masked


@given(st.from_regex(r"\+?[0-9]{5,15}", fullmatch=True))
def test_a_masked_phone_never_shows_more_than_seven_digits(phone):
    shown = re.sub(r"\D", "", mask_phone(phone))
    assert len(shown) <= min(7, len(phone) - 3)


@given(st.text())
def test_any_text_can_be_masked(text):
    for mask in (mask_name, mask_email, mask_plate, mask_id, mask_phone, mask_text):
        assert isinstance(mask(text), str)


@given(st.text(alphabet="王小华李四abc", min_size=2, max_size=12))
def test_a_name_is_never_shown_whole(name):
    assert mask_name(name) != name
