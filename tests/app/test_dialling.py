import pytest

from huifang.app.configuration import Configuration
from huifang.app.dialling import checked, link
from huifang.domain.errors import Invalid


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("tel:{number}", "tel:+8613800138000"),
        ("sip:{local}@pbx.example", "sip:13800138000@pbx.example"),
        ("https://pbx.example/dial?to={number}", "https://pbx.example/dial?to=%2B8613800138000"),
    ],
)
def test_a_number_opens_what_the_installation_says(template, found):
    assert link(checked(template), "+8613800138000") == found


@pytest.mark.parametrize("template", ["javascript:alert({number})", "data:{number}", "tel:110", "//pbx/{number}", "https://[{number}"])
def test_what_cannot_dial_is_refused_at_the_start(template):
    with pytest.raises(Invalid, match="HUIFANG_DIAL"):
        Configuration.read({"HUIFANG_DIAL": template})


def test_without_a_word_the_computers_own_telephone_dials():
    assert Configuration.read({}).dial == "tel:{number}"
