"""Work that goes on in a thread beside a run, until the run ends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def running_beside(work: Callable[[threading.Event], None], *, name: str) -> Iterator[None]:
    """Have a thread do `work` meanwhile; at the end it is told by the event, and waited for."""
    ending = threading.Event()
    thread = threading.Thread(target=work, args=(ending,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
