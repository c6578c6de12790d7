"""Processes that need not import anything anew, and what they tell while they are at work."""

import multiprocessing
import os
from collections.abc import Callable
from typing import IO

FORK = multiprocessing.get_context("fork")


def start(work: Callable[..., None], *arguments: object) -> tuple[multiprocessing.process.BaseProcess, IO[str]]:
    """Begin work in a process of its own, which gets as its last argument the handle to tell by; gives it and its lines."""
    heard, tell = os.pipe()
    process = FORK.Process(target=work, args=(*arguments, tell))
    process.start()
    os.close(tell)
    return process, os.fdopen(heard, encoding="ascii")
