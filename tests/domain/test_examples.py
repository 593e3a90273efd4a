import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

from huifang import domain

MODULES = [f"huifang.domain.{module.name}" for module in iter_modules(domain.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_documentation_are_true(name):
    assert doctest.testmod(import_module(name)).failed == 0
