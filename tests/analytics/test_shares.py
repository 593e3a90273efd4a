from math import isclose

import pytest

from huifang.analytics.shares import difference, share


def test_wilsons_interval_is_the_published_one():
    """Newcombe 1998, Statistics in Medicine 17, 857–872, table I: 81 of 263 gives 0.2553 to 0.3662, 0 of 20 gives 0 to 0.1611."""
    found = share(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    none = share(0, 20)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)


def test_newcombes_difference_is_the_published_one():
    """Newcombe 1998, 873–890, table II, method 10: 56/70 less 48/80 gives 0.0524 to 0.3339."""
    found = difference(share(48, 80), share(56, 70))
    assert found
    assert isclose(found.difference, 0.2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_nothing_is_known_of_nothing():
    assert (share(0, 0).share, share(0, 0).low, share(0, 0).high) == (None, 0.0, 1.0)
    assert difference(share(0, 0), share(1, 2)) is None
    with pytest.raises(ValueError, match="3 of 2"):
        share(3, 2)
