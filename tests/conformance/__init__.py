"""One suite a port, for every implementation to run: subclass it in the implementation's tests, and give it the fixture
that its docstring asks for."""

import pkgutil

import pytest

# The suites are not test modules by name, so pytest has to be told that their assertions are worth explaining.
pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__)))
