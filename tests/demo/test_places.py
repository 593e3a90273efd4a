"""Addresses, telephone numbers and plates look right and reach nobody."""

from __future__ import annotations

import re
from random import Random

import phonenumbers
import pytest

from huifang.demo.business import Business
from huifang.demo.places import Numbers, address, is_invented


@pytest.mark.parametrize("name", ["shop", "clinic"])
def test_every_telephone_has_a_valid_form_and_lies_in_the_invented_block(name: str, request: pytest.FixtureRequest) -> None:
    business: Business = request.getfixturevalue(name)
    numbers = [phone.number for customer in business.customers for phone in customer.phones if not customer.duplicate_of]
    assert len(numbers) == len(set(numbers))
    assert all(is_invented(number) for number in numbers)
    for number in numbers[:300]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, "CN"))


@pytest.mark.parametrize("written", ["13490123456", "134-9012-3456", "+86 134 9012 3456", "008613490123456"])
def test_an_invented_number_is_known_however_it_is_written(written: str) -> None:
    assert is_invented(written)


@pytest.mark.parametrize("written", ["13800000000", "1349012345", "0571-13490123", ""])
def test_other_numbers_are_not_invented(written: str) -> None:
    assert not is_invented(written)


def test_plates_are_of_no_city_and_none_is_given_twice() -> None:
    numbers = Numbers(Random(1))
    plates = [numbers.plate(electric=n % 5 == 0) for n in range(3000)]
    assert len(plates) == len(set(plates))
    assert all(re.fullmatch(r"浙M[0-9A-HJ-NP-Z]{5,6}", plate) for plate in plates)


def test_addresses_are_of_the_invented_city() -> None:
    assert all(address(Random(n)).startswith("浙江省澜溪市") for n in range(50))
