"""Ten thousand exchanges of every kind at once, http and https mixed: no byte is lost, none ends up elsewhere."""

import json
import random
from pathlib import Path
from time import perf_counter

import pytest

from tests.crawler.certificates import make_authority
from tests.crawler.drive import Ask, drive
from tests.crawler.exchange_matrix import MATRIX
from tests.crawler.origin import Origin, Reply, page

REPORT = Path(__file__).with_name("exact_capture.json")
_EACH = 5000
# Stalls only cost time, and what is cut by a limit is cut anywhere.
_KINDS = sorted(name for name, case in MATRIX.items() if case.failure != "timeout" and case.match == "equal")


def _answer(request: bytes) -> Reply:
    kind, _, number = request.split(b" ", 2)[1].decode()[1:].partition("/")
    if kind == "page":
        return page(random.Random(number).randbytes(int(number) * 37 % 30_000))
    return MATRIX[kind].reply


@pytest.mark.soak
def test_ten_thousand_mixed_exchanges_are_captured_exactly(tmp_path: Path) -> None:
    dice = random.Random(20210629)
    context = make_authority(tmp_path).server(tmp_path, "127.0.0.1")
    with Origin(_answer) as plain, Origin(_answer, context) as secured:
        asks = []
        for number in range(2 * _EACH):
            kind = dice.choice(_KINDS) if number % 5 == 0 else "page"
            case = MATRIX.get(kind)
            url = f"{(plain, secured)[number % 2].base}/{kind}/{number}"
            asks.append(Ask(url, case.method, case.body) if case else Ask(url))
        began = perf_counter()
        told = drive(
            tmp_path,
            asks,
            timeout=1500,
            CONCURRENT_REQUESTS=32,
            CONCURRENT_REQUESTS_PER_DOMAIN=32,
            REDIRECT_ENABLED=False,
            LOG_LEVEL="CRITICAL",
        )
    seconds = perf_counter() - began
    served = {origin.base + one.path: one for origin in (plain, secured) for one in origin.log}
    captured = {capture.url: capture for capture in told.captures}
    assert len(captured) == len(told.captures) == len(asks)
    # A request can be swallowed by a connection that is just being closed: then nothing was read, and nothing came.
    swallowed = captured.keys() - served.keys()
    assert len(swallowed) <= len(asks) // 100
    assert all(captured[url].response == b"" and captured[url].failure for url in swallowed)
    for url in captured.keys() - swallowed:
        capture, one = captured[url], served[url]
        assert capture.request == one.request
        assert capture.interim + capture.response == one.response
    figures = {
        "exchanges": len(asks),
        "kinds": len(_KINDS) + 1,
        "at_a_time": 32,
        "byte_exact": len(asks) - len(swallowed),
    }
    report = {"command": "make soak", **figures, "swallowed_unread": len(swallowed), "seconds": round(seconds, 1)}
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
