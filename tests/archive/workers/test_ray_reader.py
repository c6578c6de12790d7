import pytest

from archive.errors import WorkerError
from archive.workers.ray_reader import ADDRESS, using_ray


def test_a_cluster_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading with one that is there takes 20 s: see `tests/soak/test_ray_soak.py`."""
    monkeypatch.setenv(ADDRESS, "127.0.0.1:9")
    with pytest.raises(WorkerError, match=r"ray: .*; is the cluster of RAY_ADDRESS running"), using_ray(1):
        pass
