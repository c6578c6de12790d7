"""One object store for all tests of a process, and no credentials but its own."""

from collections.abc import Iterator

import pytest

from tests.object_store import ObjectStore, run_object_store


@pytest.fixture(scope="session")
def running_store() -> Iterator[ObjectStore]:
    with run_object_store() as store:
        yield store


@pytest.fixture
def objects(running_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    for name, value in running_store.environment.items():
        monkeypatch.setenv(name, value)
    yield running_store
    running_store.before = running_store.after = lambda _: None
