"""What the tests of repair share."""

import importlib.resources

import pytest

from pipelines.repair import Language, parse_language


@pytest.fixture(scope="session")
def language() -> Language:
    return parse_language(importlib.resources.files("pipelines.repair").joinpath("data/language.bin").read_bytes())
