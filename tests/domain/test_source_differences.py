"""Two lists of the same things: what either lacks and where they differ."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.source_differences import Fact, differences

DAY = date(2026, 11, 20)
facts = st.builds(
    Fact, st.sampled_from([DAY, DAY + timedelta(days=1)]), st.sampled_from([None, Decimal(8), Decimal(9)]), st.sampled_from(["", "A", "B"])
)
sides = st.dictionaries(st.tuples(st.just("job"), st.sampled_from("123456")), facts)


def test_each_field_that_differs_is_named():
    found = differences({("job", "1"): Fact(DAY, Decimal(8), "A")}, {("job", "1"): Fact(DAY + timedelta(days=1), Decimal(9), "B")})
    assert found.differing[0].fields == ("day", "amount", "customer")


def test_what_says_nothing_does_not_differ():
    assert differences({("job", "1"): Fact(DAY)}, {("job", "1"): Fact(DAY, Decimal(9), "B")}).same == 1


def test_the_same_amount_written_otherwise_is_the_same():
    assert differences({("job", "1"): Fact(DAY, Decimal(9))}, {("job", "1"): Fact(DAY, Decimal("9.00"))}).same == 1


@given(sides, sides)
def test_everything_of_both_sides_stands_in_exactly_one_list(there, here):
    found = differences(there, here)
    keys = [*found.missing_here, *found.missing_there, *(one.key for one in found.differing)]
    assert len(set(keys)) == len(keys) == len(there.keys() | here.keys()) - found.same
    turned = differences(here, there)
    assert (found.missing_here, found.missing_there, found.same) == (turned.missing_there, turned.missing_here, turned.same)
