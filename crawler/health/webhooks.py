"""Webhooks of chat programs: the shape, the size and the signature that each of them takes."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import quote_plus
from urllib.request import Request, urlopen

SECONDS: Final = 10.0
LARGEST: Final = {"wecom": 2048, "dingtalk": 16_000, "feishu": 16_000, "slack": 16_000}
"""Bytes of a text: WeCom takes 2048, DingTalk and Feishu 20,000 with all that is around it, Slack 40,000 characters."""


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
            raise NotTold(f"{self.kind} webhook: {error}; what it was to be told is told at the next try") from None
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
