"""Work that dies by SIGKILL at a chosen point: before and after every call that changes a file or a folder."""

import builtins
import io
import itertools
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CALLS = ("fsync", "ftruncate", "link", "mkdir", "pwrite", "rename", "replace", "unlink", "write")


def die_at_points(work: Callable[[Path], None], begun: Path, folder: Path, *, every: int) -> Iterator[Path]:
    """Do `work` in one copy of `begun` after another, in a process that dies some points later each time; gives what it left.

    The last is the copy of the first that came to its end. Which points are left out differs from run to run.
    """
    for point in itertools.count(random.randrange(1, every + 1), every):
        place = folder / str(point)
        shutil.copytree(begun, place)
        is_dead = _die(point, work, place)
        yield place
        if not is_dead:
            return


def _die(point: int, work: Callable[[Path], None], place: Path) -> bool:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _arm(point)
            work(place)
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    is_dead = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert is_dead or status == 0, "the work failed by itself"
    return is_dead


def _arm(point: int) -> None:
    """In the child: count, and die."""
    numbers = itertools.count(1)

    def pass_point() -> None:
        if next(numbers) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in CALLS:
        setattr(os, name, _surround(getattr(os, name), pass_point))
    opened = _surround(io.open, pass_point)
    io.open = builtins.open = _only_writing(io.open, opened)


def _surround(call: Callable[..., Any], pass_point: Callable[[], None]) -> Callable[..., Any]:
    def surrounded(*args: Any, **options: Any) -> Any:
        pass_point()
        result = call(*args, **options)
        pass_point()
        return result

    return surrounded


def _only_writing(call: Callable[..., Any], surrounded: Callable[..., Any]) -> Callable[..., Any]:
    def opens(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        return (call if mode.startswith("r") else surrounded)(file, mode, *args, **options)

    return opens
