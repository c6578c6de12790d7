"""Crashes that cannot be played from outside: at a chosen call, of the power, or of the clock; `shim.c` plays them.

It needs a C compiler. Only programs that are linked dynamically heed it, as Python and its SQLite are.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")


def build(folder: Path) -> Path:
    """Compile the shim."""
    library = folder / "shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl"], check=True)
    return library


@dataclass(frozen=True)
class Shim:
    """A shim over the files below a folder. With `shadow`, what would survive a power cut is written there."""

    library: Path
    under: Path
    shadow: Path

    def environment(
        self, *, at: int | None = None, is_torn: bool = False, has_shadow: bool = False, clock: int = 0
    ) -> dict[str, str]:
        """Variables for a program that dies at its call number `at`, or whose clock is wrong by so many seconds."""
        found = {"LD_PRELOAD": str(self.library), "CRASH_UNDER": str(self.under), "CRASH_CLOCK": str(clock)}
        if at is not None:
            found["CRASH_AT"] = str(at)
        if is_torn:
            found["CRASH_TORN"] = "1"
        if has_shadow:
            (self.shadow / "kept").mkdir(parents=True, exist_ok=True)
            found["CRASH_SHADOW"] = str(self.shadow)
        return found

    def cut_power(self) -> None:
        """Put back every folder and file as it was when it was last synced: the least that a power cut must leave.

        Names that were not synced are gone, and those that were and have been taken away since are there again; a
        file of which nothing was synced is empty.
        """
        draft = self.under.with_name(f"{self.under.name}.draft")
        self._restore(self.under, draft)
        shutil.rmtree(self.under)
        draft.rename(self.under)
        shutil.rmtree(self.shadow)

    def _restore(self, folder: Path, target: Path) -> None:
        target.mkdir()
        names = self.shadow / f"{folder.stat().st_ino}.names"
        now = {entry.inode(): Path(entry.path) for entry in os.scandir(folder)}
        for line in names.read_text().splitlines() if names.exists() else []:
            inode, name = line.split(" ", 1)
            standing = now.get(int(inode))
            if standing is not None and standing.is_dir():
                self._restore(standing, target / name)
                continue
            data = self.shadow / inode
            (target / name).write_bytes(data.read_bytes() if data.exists() else b"")
