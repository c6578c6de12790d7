"""One database server for all tests of the fleet."""

from collections.abc import Iterator

import pytest

from tests.postgres import Postgres, run_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with run_postgres() as running:
        yield running
