"""Telling people: each alarm once when it is raised and once when it is over, in the shape their chat program takes."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import quote_plus
from urllib.request import Request, urlopen

from sqlalchemy import Connection, insert, select, update

from crawler.frontier import Frontier
from crawler.frontier.schema import alarms
from crawler.health.alarms import Alarm
from pipelines.records import format_instant

SECONDS: Final = 10.0
LARGEST: Final = 2048
"""Bytes of a text that WeCom takes; the others take more."""
MOST: Final = 10
"""Messages at once; WeCom, DingTalk and Feishu take some twenty a minute."""


class NotTold(Exception):  # noqa: N818
    """A webhook did not take a message; one line."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to tell: `kind` is wecom, dingtalk, feishu or slack; `secret` signs where the program asks for it."""

    kind: str
    url: str
    secret: str | None = None

    def send(self, text: str) -> None:
        """Post a text; raises NotTold."""
        url, payload = SHAPES[self.kind](self, text)
        data = json.dumps(payload, ensure_ascii=False).encode()
        request = Request(url, data, {"Content-Type": "application/json; charset=utf-8"})  # noqa: S310 (checked)
        try:
            with urlopen(request, timeout=SECONDS) as response:  # noqa: S310
                answer = response.read(65536)
        except (URLError, OSError) as error:
            raise NotTold(f"{self.kind} webhook: {error}; the alarm is told at the next try") from None
        if (refusal := _find_refusal(answer)) is not None:
            raise NotTold(f"{self.kind} webhook: refused: {refusal}; check its address and its secret")


def parse_webhook(text: str) -> Webhook:
    """Read `KIND=URL` or `KIND=URL#SECRET`; raises ValueError.

    >>> parse_webhook("feishu=https://open.feishu.cn/hook/1#geheim").secret
    'geheim'
    """
    kind, separator, rest = text.partition("=")
    url, _, secret = rest.partition("#")
    if not separator or kind not in SHAPES or not url.startswith(("http://", "https://")):
        raise ValueError(f"{text}: write KIND=URL, with KIND one of {', '.join(SHAPES)}")
    return Webhook(kind, url, secret or None)


def tell(
    frontier: Frontier,
    current: Sequence[Alarm],
    webhooks: Sequence[Webhook],
    *,
    now: datetime,
    looked_at: Collection[str] | None = None,
) -> int:
    """Tell what is new and what is over, and remember it; give the number of lines told.

    `looked_at` are the sites whose alarms these are; None for all there are. Others who tell wait: an alarm is told
    once. Raises NotTold, having remembered nothing: all is told at the next try.
    """
    with frontier.telling():
        with frontier.view() as connection:
            rows = connection.execute(select(alarms).where(alarms.c.cleared_at.is_(None))).all()
        known = {(row.site, row.kind, row.about): row for row in rows if looked_at is None or row.site in looked_at}
        raised = [alarm for alarm in current if alarm.name not in known]
        over = [row for name, row in known.items() if name not in {alarm.name for alarm in current}]
        lines = [f"{alarm.site} [{alarm.kind}] {alarm.text}" for alarm in raised]
        lines += [f"{row.site} [{row.kind}] over: {row.text}" for row in over]
        for webhook in webhooks:
            for text in split_message(lines):
                webhook.send(text)
        with frontier.write() as connection:
            _remember(connection, raised, over, format_instant(now))
    return len(lines)


def _remember(connection: Connection, raised: Sequence[Alarm], over: Sequence[Any], moment: str) -> None:
    for alarm in raised:
        values = dict(site=alarm.site, kind=alarm.kind, about=alarm.about, text=alarm.text, raised_at=moment)
        connection.execute(insert(alarms).values(values))
    for row in over:
        connection.execute(update(alarms).where(alarms.c.id == row.id).values(cleared_at=moment))


def split_message(lines: Sequence[str]) -> list[str]:
    r"""Messages of whole lines that every program takes; the last one says how many more there are.

    >>> split_message(["a [list] nothing"])
    ['Lantian\na [list] nothing']
    >>> split_message([])
    []
    """
    texts: list[str] = []
    for number, line in enumerate(lines):
        cut = line.encode()[: LARGEST // 2].decode(errors="ignore")
        if texts and len(f"{texts[-1]}\n{cut}".encode()) <= LARGEST:
            texts[-1] += f"\n{cut}"
        elif len(texts) < MOST:
            texts.append(f"Lantian\n{cut}")
        else:
            return [*texts, f"Lantian\n{len(lines) - number} more; `lantian health` shows them"]
    return texts


def _wecom(webhook: Webhook, text: str) -> tuple[str, Any]:
    return webhook.url, {"msgtype": "text", "text": {"content": text}}


def _dingtalk(webhook: Webhook, text: str) -> tuple[str, Any]:
    """The signature goes into the address: HMAC-SHA256 of `timestamp LF secret` under the secret."""
    url = webhook.url
    if webhook.secret:
        stamp = str(round(time.time() * 1000))
        digest = hmac.new(webhook.secret.encode(), f"{stamp}\n{webhook.secret}".encode(), hashlib.sha256).digest()
        url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"
    return url, {"msgtype": "text", "text": {"content": text}}


def _feishu(webhook: Webhook, text: str) -> tuple[str, Any]:
    """The signature goes into the body: HMAC-SHA256 of nothing under `timestamp LF secret`."""
    payload: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if webhook.secret:
        stamp = str(int(time.time()))
        digest = hmac.new(f"{stamp}\n{webhook.secret}".encode(), b"", hashlib.sha256).digest()
        payload |= {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}
    return webhook.url, payload


def _slack(webhook: Webhook, text: str) -> tuple[str, Any]:
    return webhook.url, {"text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}


SHAPES: Final[dict[str, Callable[[Webhook, str], tuple[str, Any]]]] = {
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
    "slack": _slack,
}


def _find_refusal(answer: bytes) -> str | None:
    """The three Chinese programs answer 200 and say in the body that they refuse; Slack says `ok`."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    code = said.get("errcode", said.get("code", 0)) if isinstance(said, dict) else 0
    return None if code == 0 else str(said.get("errmsg") or said.get("msg") or code)
