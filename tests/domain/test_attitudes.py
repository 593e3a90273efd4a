import pytest

from huifang.domain.attitudes import ATTITUDES, check_attitude
from huifang.domain.errors import Invalid


@pytest.mark.parametrize("key", ["", *ATTITUDES])
def test_an_attitude_that_is_known_or_not_chosen_is_taken(key):
    check_attitude(key)


def test_an_attitude_that_is_not_known_is_refused_with_those_there_are():
    with pytest.raises(Invalid) as caught:
        check_attitude("furious")
    assert caught.value.problems[0].code == "attitude.unknown"
    assert "hostile" in caught.value.say("en")
