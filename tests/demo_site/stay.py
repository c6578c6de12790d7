"""`make demo-site`: the sites of the last demo once more, at the same addresses, until Ctrl-C; crawl them as you like."""

import json
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path

from tests.demo_site.commands import ROOT
from tests.demo_site.server import DemoSites

DONE, UNUSABLE, FAILED = 0, 2, 3


def main() -> int:
    """Serve what the demo has crawled last, as it is after the changes."""
    parser = ArgumentParser(prog="python -m tests.demo_site.stay", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "demo-out", help="what the demo has written")
    out = parser.parse_args().folder.resolve()
    try:
        ports = json.loads((out / "sites" / "ports.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        print(f"{out}: holds no demo; run `make demo` first", file=sys.stderr)
        return UNUSABLE
    try:
        with DemoSites(ports=ports) as sites:
            sites.edition = 2
            for site in sites.sites.values():
                print(f"{site.base}/  {site.source.name}")
            print("Ctrl-C ends it", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except OSError as error:
        print(f"{out}: a port of the demo is taken: {error.strerror}; run `make demo` again", file=sys.stderr)
        return FAILED
    return DONE


if __name__ == "__main__":
    # A signal that comes before it is waited for is not lost, and ends no thread that serves.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main())
